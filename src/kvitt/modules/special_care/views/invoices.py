"""*Era fakturor*: the four lists, one invoice, deleting and crediting."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.forms import Form, FormPage, problem_text
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.templatetags.kvitt import kronor
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop
from kvitt.modules.special_care.commands import crediting, deletion
from kvitt.modules.special_care.forms.invoices import ClaimInvoiceSearchForm
from kvitt.modules.special_care.queries import invoices as queries
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.modules.special_care.tables import invoices as columns
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import Claim, ClaimInvoice
    from kvitt.registers.people.models import Person

# A few invoices found by claim or patient are unfolded at once.
UNFOLDED_ROWS = 5
LEADS = {
    Folder.PROCESSING: gettext_noop(
        "Everything that is registered and not yet paid. Here claims and whole invoices can be deleted."
    ),
    Folder.PAID: gettext_noop(
        "Two to five bank days after the payment date the money is in the account. Here claims can be credited."
    ),
    Folder.CREDITS: gettext_noop("The invoices that credit paid claims."),
    Folder.VOIDED: gettext_noop("The invoices that the region has voided."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def claim_invoices(request: Request, folder: str) -> HttpResponse:
    """*Era fakturor*: one of the four lists; a search is sent in the body, and answered with its address."""
    kind = _folder(folder)
    url = reverse("special_care:claim_invoices", args=[kind.value])
    if request.method == "POST":
        form = _search_form(request, kind, request.POST)
        if form.is_valid():
            digits = form.cleaned_data["number"]
            person = queries.person_to_search(request.actor, digits) if digits else None
            if person is not None or not digits:
                return see_other(request, f"{url}?{form.address(person.code if person else None)}")
            form.add_error("number", _("No claim of yours is about this patient. Check the number."))
        response = _list(request, kind, form, None)
        response.status_code = 422
        return response
    searched = _searched(request)
    return _list(request, kind, _search_form(request, kind, _given(request, searched)), searched)


@require_safe
def claim_invoice(request: Request, our_reference: int) -> HttpResponse:
    """One invoice with its claims."""
    found = queries.invoice(request.actor, our_reference)
    [row] = queries.with_states(request.actor, [found])
    is_workbook = request.GET.get("format") == "xlsx"
    delete = tables.Action(
        _("Delete the invoice"),
        reverse("special_care:delete_claim_invoice", args=[our_reference]),
        is_dialog=True,
        icon="trash-2",
    )
    source = tables.ListSource(
        title=_("Credit invoice %(reference)s") % {"reference": found.reference}
        if found.is_credit
        else _("Invoice %(reference)s") % {"reference": found.reference},
        columns=columns.claim_columns(has_actions=not is_workbook),
        rows=queries.claims_on(request.actor, found),
        order="reference",
        empty=_("The credit is undone: the claim is paid as before.")
        if found.is_credit
        else _("The invoice has no claims."),
        crumbs=_way_to(found),
        actions=[delete] if row.may_delete else [],
        facts=columns.invoice_facts(row),
        about=columns.repayment_text(row, queries.region_bankgiro(found.authority_id)),
        person_of=lambda claim: claim.person.pk,
        record_read=lambda persons: audit.record_read(
            "special_care.claim_invoice",
            request.actor,
            person_ids=persons,
            subject=(queries.SUBJECT, our_reference),
        ),
        prepare=lambda claims: queries.claim_rows(request.actor, claims, is_credit=found.is_credit),
        below=lambda claim: _details(request, claim),
        count_text=columns.claim_count_text,
        is_wide=True,
        file_name=f"faktura-{our_reference}",
    )
    return tables.respond(request, source, template="special_care/claim_invoice.html")


@require_http_methods(["GET", "POST"])
def delete_claim_invoice(request: Request, our_reference: int) -> HttpResponse:
    """Ask, and delete every claim of an invoice."""
    question = queries.invoice_deletion(request.actor, our_reference)
    url = reverse("special_care:claim_invoice", args=[our_reference])
    if question.problems:
        return _cannot(request, question.problems, url)
    if request.method == "POST":
        try:
            count = deletion.delete_invoice(request.actor, our_reference=our_reference)
        except Refused as refused:
            return _cannot(request, refused.problems, url)
        text = ngettext(
            "Invoice %(reference)s is deleted with %(count)s claim.",
            "Invoice %(reference)s is deleted with %(count)s claims.",
            count,
        )
        messages.success(request, text % {"reference": question.invoice.reference, "count": count})
        return see_other(request, url)
    text = ngettext(
        "Do you want to delete the invoice and its claim, %(amount)s?",
        "Do you want to delete the invoice and its %(count)s claims, together %(amount)s?",
        question.count,
    )
    return _ask(
        request,
        FormPage(
            title=_("Delete invoice %(reference)s") % {"reference": question.invoice.reference},
            lead=_("Our reference %(number)s") % {"number": our_reference},
            crumbs=_way_to(question.invoice),
            question=text % {"count": question.count, "amount": kronor(question.amount)},
            note=_("This cannot be undone."),
            form=Form(),
            submit=_("Delete"),
            cancel_url=url,
            is_danger=True,
        ),
        outcome=_("It is not paid. The claims can be found as deleted, and their references stay used."),
    )


@require_http_methods(["GET", "POST"])
def delete_claim(request: Request, number: str) -> HttpResponse:
    """Ask, and delete one claim."""
    question = queries.claim_deletion(request.actor, number)
    if question.problems:
        return _cannot(request, question.problems, _case_url(number))
    url = _invoice_url(question.claim)
    if request.method == "POST":
        try:
            deletion.delete_claim(request.actor, number=number)
        except Refused as refused:
            return _cannot(request, refused.problems, url)
        messages.success(
            request, _("Claim %(reference)s is deleted.") % {"reference": question.claim.reference}
        )
        return see_other(request, url)
    _note_claim(request, question.claim)
    return _ask(
        request,
        FormPage(
            title=_("Delete claim %(reference)s") % {"reference": question.claim.reference},
            lead=question.lead,
            crumbs=_way_to_claim(question.claim),
            question=_("Do you want to delete the claim, %(amount)s?")
            % {"amount": kronor(question.claim.total)},
            note=_("This cannot be undone."),
            form=Form(),
            submit=_("Delete"),
            cancel_url=url,
            is_danger=True,
        ),
        outcome=_("It is not paid. It can be found as deleted, and its reference stays used.")
        + (" " + _("What it used of the preauthorization can be used again.") if question.gives_back else ""),
    )


@require_http_methods(["GET", "POST"])
def credit_claim(request: Request, number: str) -> HttpResponse:
    """Ask, tell what happens, and credit a claim; with `anew` a new one is begun with the same."""
    question = queries.claim_credit(request.actor, number)
    if question.problems:
        return _cannot(request, question.problems, _case_url(number))
    if request.method == "POST":
        try:
            draft = crediting.credit_claim(
                request.actor, today=request.today, number=number, and_register="anew" in request.POST
            )
        except Refused as refused:
            return _cannot(request, refused.problems, _case_url(number))
        credited = queries.credited(request.actor, number)
        messages.success(request, columns.credited_text(credited))
        if draft:
            return see_other(request, f"{reverse('special_care:draft', args=[draft])}?focus=card")
        return see_other(request, _credit_url(credited.claim))
    _note_claim(request, question.claim)
    page = FormPage(
        title=_("Credit claim %(reference)s") % {"reference": question.claim.reference},
        lead=question.lead,
        crumbs=_way_to_claim(question.claim),
        note=_("This cannot be undone."),
        form=Form(),
        submit=_("Credit"),
        cancel_url=_invoice_url(question.claim),
    )
    context = {"page": page, "credit": question, "paid_back": columns.paid_back_text(question)}
    return render(request, "special_care/credit_claim.html", context)


@require_http_methods(["GET", "POST"])
def withdraw_credit(request: Request, number: str) -> HttpResponse:
    """*Ångra kreditering*: ask, and undo a credit whose invoice the region has returned."""
    question = queries.credit_withdrawal(request.actor, number)
    if question.problems:
        return _cannot(request, question.problems, _case_url(number))
    url = _invoice_url(question.claim)
    if request.method == "POST":
        try:
            crediting.withdraw_credit(request.actor, number=number)
        except Refused as refused:
            return _cannot(request, refused.problems, _case_url(number))
        messages.success(request, _("The crediting is undone."))
        return see_other(request, url)
    _note_claim(request, question.claim)
    return _ask(
        request,
        FormPage(
            title=_("Undo the crediting of claim %(reference)s") % {"reference": question.claim.reference},
            lead=question.lead,
            crumbs=_way_to_claim(question.claim),
            question=_("Do you want to undo the crediting, %(amount)s?")
            % {"amount": kronor(question.claim.total)},
            form=Form(),
            submit=_("Undo crediting"),
            cancel_url=url,
        ),
        outcome=_("The region has returned the credit invoice. The claim stays paid as it was."),
    )


# What the lists share -----------------------------------------------------------------------------


def _folder(name: str) -> Folder:
    try:
        return Folder(name)
    except ValueError as fault:
        raise Http404 from fault


def _search_form(request: Request, folder: Folder, data: QueryDict) -> ClaimInvoiceSearchForm:
    return ClaimInvoiceSearchForm(
        data,
        clinics=queries.offered_clinics(request.actor),
        may_be_deleted=folder is Folder.PROCESSING,
        reserve_patterns=people.reserve_patterns(request.actor.authority_id),
    )


def _searched(request: Request) -> "Person | None":
    """Return the person whose code stands in the address. Raises Http404 for one who is not the actor's."""
    code = request.GET.get("person", "")
    if not code:
        return None
    try:
        return queries.person_searched(request.actor, UUID(code))
    except ValueError as fault:
        raise Http404 from fault


def _given(request: Request, person: "Person | None") -> QueryDict:
    """Return the filters of the address, with the usual period where none is asked for."""
    given = request.GET.copy()
    period = rules.calculate_default_period(request.today)
    given.setdefault("first_on", period.first.isoformat())
    given.setdefault("last_on", request.today.isoformat())
    given["number"] = person.identity_number if person else ""
    return given


def _list(
    request: Request, folder: Folder, form: ClaimInvoiceSearchForm, person: "Person | None"
) -> HttpResponse:
    search = form.search()
    is_workbook = request.GET.get("format") == "xlsx"
    opened = {int(each) for each in request.GET.getlist("open") if each.isdecimal() and len(each) < 10}  # noqa: PLR2004 - a database integer
    opens_found = "open" not in request.GET and bool(person or search.get("claim_reference"))

    def prepare(found: "Sequence[ClaimInvoice]") -> "Sequence[queries.InvoiceRow]":
        if opens_found and len(found) <= UNFOLDED_ROWS:
            opened.update(one.our_reference for one in found)
        rows = queries.with_states(
            request.actor,
            found,
            unfolded=() if is_workbook else opened,
            shows_deleted="shows_deleted" in search,
        )
        if not is_workbook:
            shown = {claim.person.pk for row in rows for claim in row.claims}
            _note_list(request, shown | ({person.pk} if person else set()))
        return rows

    def unfolding(row: "queries.InvoiceRow") -> tuple[str, bool]:
        number = row.invoice.our_reference
        query = request.GET.copy()
        query.setlist("open", [str(each) for each in sorted(opened ^ {number})] or ["0"])
        return f"?{query.urlencode()}", number in opened

    if is_workbook and person:
        _note_list(request, {person.pk})
    sees_clinics = queries.sees_clinics(request.actor)
    kept = request.GET.copy()
    for name in ("open", "page", "sort", "deleted"):
        kept.pop(name, None)
    source = tables.ListSource(
        title=_("Invoices of special care dentistry") if sees_clinics else _("Your invoices"),
        lead=_(LEADS[folder]),
        columns=columns.invoice_columns(
            has_clinics=sees_clinics,
            has_actions=queries.may_change(request.actor) and folder is Folder.PROCESSING and not is_workbook,
            unfolding=None if is_workbook else unfolding,
        ),
        rows=queries.claim_invoices(
            request.actor,
            today=request.today,
            folder=folder,
            person_id=person.pk if person else None,
            **search,
        ),
        order="-received",
        form=form,
        empty=_("No invoice matches. Change the period or another filter."),
        prepare=prepare,
        below=lambda row: _claims(request, row),
        count_text=columns.count_text,
        tabs=[
            tables.Tab(
                _(each.label),
                f"{reverse('special_care:claim_invoices', args=[each.value])}?{kept.urlencode()}".rstrip("?"),
                is_current=each is folder,
            )
            for each in Folder
        ],
        is_wide=True,
        file_name="fakturor",
    )
    return tables.respond(request, source)


def _note_list(request: Request, person_ids: set[int]) -> None:
    audit.record_read("special_care.claim_invoices", request.actor, person_ids=person_ids)


def _claims(request: Request, row: "queries.InvoiceRow") -> SafeString:
    """Return what a row of the list unfolds: its claims."""
    if not row.claims:
        return SafeString("")
    has_actions = any(one.may_delete or one.may_credit or one.may_withdraw_credit for one in row.claims)
    table = tables.plain_table(
        columns.claim_columns(has_actions=has_actions),
        row.claims,
        below=lambda claim: _details(request, claim),
    )
    return render_to_string("special_care/unfolded_claims.html", {"row": row, "table": table})


def _details(request: Request, row: "queries.ClaimRow") -> SafeString:
    """Return what *Expandera* tells of a claim; nothing in a workbook."""
    context = {"reference": row.claim.reference, "details": columns.claim_details(row)}
    return render_to_string("special_care/claim_details.html", context, request)


# What the questions share -------------------------------------------------------------------------


def _ask(request: Request, page: FormPage, *, outcome: str) -> HttpResponse:
    context = {"page": page, "outcome": outcome}
    return render(request, "special_care/claim_question.html", context, status=form_status(request))


def _cannot(request: Request, problems: Sequence[Problem], url: str) -> HttpResponse:
    """Say why it cannot be done, on the page that shows how things stand now."""
    for problem in problems:
        messages.error(request, problem_text(problem))
    return see_other(request, url)


def _note_claim(request: Request, claim: "Claim") -> None:
    audit.record_read(
        "special_care.case",
        request.actor,
        person_ids=[claim.person.pk],
        subject=("special_care.case", claim.number),
    )


def _case_url(number: str) -> str:
    return reverse("special_care:case", args=[number])


def _invoice_url(claim: "Claim") -> str:
    held = claim.invoice
    return (
        reverse("special_care:claim_invoice", args=[held.our_reference]) if held else _case_url(claim.number)
    )


def _credit_url(claim: "Claim") -> str:
    credit = claim.credit_invoice
    return (
        reverse("special_care:claim_invoice", args=[credit.our_reference])
        if credit
        else _case_url(claim.number)
    )


def _way_to(invoice: "ClaimInvoice") -> list[tables.Crumb]:
    folder = queries.folder_of(invoice)
    return [
        tables.Crumb(_(folder.label), reverse("special_care:claim_invoices", args=[folder.value])),
        tables.Crumb(str(invoice.our_reference)),
    ]


def _way_to_claim(claim: "Claim") -> list[tables.Crumb]:
    return [
        tables.Crumb(
            _(Folder.PROCESSING.label), reverse("special_care:claim_invoices", args=[Folder.PROCESSING.value])
        ),
        tables.Crumb(claim.reference, _case_url(claim.number)),
    ]
