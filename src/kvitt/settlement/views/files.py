"""Files that leave and come back: the outbox, the bank's answers, and the account that pays."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, cannot, form_status, see_other
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import Permission
from kvitt.settlement.commands import bank_files, outbox, paying_accounts
from kvitt.settlement.forms.files import BankFileForm, PayingAccountForm
from kvitt.settlement.queries import file_page as queries
from kvitt.settlement.queries import outbox as outbox_queries
from kvitt.settlement.rules.bank_answers import LARGEST_FILE
from kvitt.settlement.tables import files as columns


@require_safe
def outgoing_files(request: Request) -> HttpResponse:
    """*Filer och bankbesked*: payment files and voucher files, newest first."""
    is_workbook = request.GET.get("format") == "xlsx"
    is_of_fees = request.actor.may(Permission.MANAGE_BILLING)
    source = tables.ListSource(
        title=_("Files that leave") if is_of_fees else _("Files and bank answers"),
        lead=_("Files are put in the outbox once. Whoever downloads one, or sends it again, is in the log."),
        columns=columns.file_columns(
            may_resend=None if is_workbook else lambda file: queries.may_resend(request.actor, file)
        ),
        rows=outbox_queries.files_of(request.actor),
        order="-made",
        empty=_("No file has been made yet. Sending a batch of invoices makes them.")
        if is_of_fees
        else _("No file has been made yet. The approval of a payment run makes one."),
        tabs=_tabs(request, is_out=True),
        about=queries.undecided_files(request.actor),
        is_wide=True,
        file_name="utgaende-filer",
    )
    return tables.respond(request, source, template="settlement/outgoing_files.html")


@require_safe
def download_file(request: Request, file_id: int) -> HttpResponse:
    """A file as it was made, to be saved under its name; the log says who took it."""
    try:
        file = outbox.download_file(request.actor, file_id=file_id)
    except Refused as refused:
        return cannot(request, refused.problems, reverse("settlement:outgoing_files"))
    return HttpResponse(
        bytes(file.content),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{file.name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def resend_file(request: Request, file_id: int) -> HttpResponse:
    """*Skicka igen*: ask, and put a file in the outbox once more."""
    file = outbox_queries.file_of(request.actor, file_id)
    queries.require_resending(request.actor, file)
    back = reverse("settlement:outgoing_files")
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            outbox.resend_file(request.actor, file_id=file_id)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("%(file)s is sent again.") % {"file": file.name})
            return see_other(request, back)
    dialog = FormPage(
        title=_("Send the file again"),
        crumbs=[tables.Crumb(_("Files and bank answers"), back), tables.Crumb(file.name)],
        lead=file.name,
        question=columns.resend_question(file),
        form=form,
        submit=_("Send again"),
        cancel_url=back,
        is_danger=True,
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))


@require_http_methods(["GET", "HEAD", "POST"])
def upload_bank_file(request: Request) -> HttpResponse:
    """*Läs in fil från banken*: what it says of the payments; and the files that were read before."""
    rows = queries.bank_files(request.actor)
    may_read = request.actor.may(Permission.APPROVE_PAYMENTS)
    if request.method == "POST":
        request.actor.require(Permission.APPROVE_PAYMENTS)
    form = BankFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            # One byte more than it may have: the reader refuses it then, and the rest is not read.
            result = bank_files.read_bank_file(
                request.actor, today=request.today, name=file.name, content=file.read(LARGEST_FILE + 1)
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            page = columns.bank_file_answer(result, file.name, way=_way())
            return render(request, "settlement/bank_file_read.html", {"page": page})
    about = FormPage(
        title=_("Read in a file from the bank"),
        form=form,
        submit=_("Read the file"),
        cancel_url="",
        note=_("The same file is read once."),
    )
    source = tables.ListSource(
        title=_("Read in a file from the bank"),
        lead=_("The bank's answer sets payments as paid or rejected."),
        columns=columns.BANK_FILES,
        rows=rows,
        order="-read",
        empty=_("No file of the bank has been read yet."),
        tabs=_tabs(request, is_out=False),
        about=about if may_read else None,
        file_name="bankbesked",
    )
    response = tables.respond(request, source, template="settlement/upload_bank_file.html")
    response.status_code = form_status(request)
    return response


def _tabs(request: Request, *, is_out: bool) -> list[tables.Tab]:
    """Return the lists beside this one: files out, and what the bank sends to who may read that."""
    if not request.actor.may(Permission.PROPOSE_PAYMENTS):
        return []
    return [
        tables.Tab(_("Files that leave"), reverse("settlement:outgoing_files"), is_current=is_out),
        tables.Tab(_("Files from the bank"), reverse("settlement:upload_bank_file"), is_current=not is_out),
    ]


def _way() -> list[tables.Crumb]:
    return [
        tables.Crumb(_("Files from the bank"), reverse("settlement:upload_bank_file")),
        tables.Crumb(_("The file is read")),
    ]


# The account that pays ----------------------------------------------------------------------------


@require_safe
def paying_account_list(request: Request) -> HttpResponse:
    """*Betalningskonto*: the account that the authority pays from, from which day."""
    new = tables.Action(
        _("New account"), reverse("settlement:save_paying_account"), is_primary=True, is_dialog=True
    )
    source = tables.ListSource(
        title=_("Accounts that pay"),
        lead=_("The account that the payment file tells the bank to pay from. The newest one counts."),
        columns=columns.PAYING_ACCOUNTS,
        rows=queries.accounts(request.actor),
        order="-first",
        empty=_("There is no account to pay from, so no payment run can be proposed. Add one."),
        actions=[new],
        file_name="betalningskonto",
    )
    return tables.respond(request, source)


@require_http_methods(["GET", "HEAD", "POST"])
def save_paying_account(request: Request) -> HttpResponse:
    """Say which account pays from a day on."""
    request.actor.require(Permission.ADMINISTER)
    back = reverse("settlement:paying_accounts")
    form = PayingAccountForm(
        request.POST if request.method == "POST" else None, initial={"first_on": request.today}
    )
    if request.method == "POST" and form.is_valid():
        try:
            paying_accounts.save_paying_account(request.actor, **form.cleaned_data)
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("The account is saved."))
            return see_other(request, back)
    dialog = FormPage(
        title=_("Account to pay from"),
        crumbs=[tables.Crumb(_("Accounts that pay"), back), tables.Crumb(_("New account"))],
        form=form,
        submit=_("Save"),
        cancel_url=back,
        note=_("Files that are made already keep their account."),
    )
    return render(request, "dialog.html", {"page": dialog}, status=form_status(request))
