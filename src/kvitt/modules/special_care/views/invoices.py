"""*Era fakturor*: the four lists, and one invoice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.values.text import gettext_noop
from kvitt.modules.special_care.forms.invoices import ClaimInvoiceSearchForm
from kvitt.modules.special_care.queries import invoices as queries
from kvitt.modules.special_care.queries import undoing
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.modules.special_care.tables import invoices as columns
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import ClaimInvoice
    from kvitt.registers.people.models import Person

# A few invoices found by claim or patient are unfolded at once.
UNFOLDED_ROWS = 5
LEADS = {
    Folder.PROCESSING: gettext_noop("Everything that is registered and not yet paid."),
    Folder.PAID: gettext_noop("The money is in the account two to five bank days after the payment date."),
    Folder.CREDITS: gettext_noop("The invoices that credit paid claims."),
    Folder.VOIDED: gettext_noop("The invoices that the region has voided."),
}
# What the clinic itself can do there.
CLINIC_LEADS = {
    Folder.PROCESSING: gettext_noop("Here claims and whole invoices can be deleted."),
    Folder.PAID: gettext_noop("Here claims are credited."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def claim_invoices(request: Request, folder: str) -> HttpResponse:
    """*Era fakturor*: one of the four lists; a search is sent in the body, and answered with its address."""
    request.actor.require(Permission.SEE_CLAIMS)
    kind = _folder(folder)
    url = reverse("special_care:claim_invoices", args=[kind.value])
    if request.method == "POST":
        form = _search_form(request, kind, request.POST)
        if form.is_valid():
            digits = form.cleaned_data["number"]
            found = people.find_by_number(request.actor, digits) if digits else None
            person = found if found is not None and queries.has_claims(request.actor, found) else None
            if person is not None or not digits:
                return see_other(request, f"{url}?{form.address(person.code if person else None)}")
            _note_list(request, {found.pk} if found is not None else set())
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
    payment = tables.Action(
        _("Show the payment"),
        reverse("settlement:payment_of", args=[found.ledger_invoice_id or 0]),
        icon="landmark",
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
        crumbs=way_to(found),
        actions=[
            *([payment] if queries.sees_payment(request.actor, found) else []),
            *([delete] if row.may_delete else []),
        ],
        facts=columns.invoice_facts(row),
        about=columns.repayment_text(row, undoing.region_bankgiro(found.authority_id)),
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
        lead=_lead(folder, is_at_clinic=not sees_clinics),
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


def _lead(folder: Folder, *, is_at_clinic: bool) -> str:
    own = CLINIC_LEADS.get(folder) if is_at_clinic else None
    return f"{_(LEADS[folder])} {_(own)}" if own else _(LEADS[folder])


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


def way_to(invoice: "ClaimInvoice") -> list[tables.Crumb]:
    """Return the way to an invoice: by the list that it stands in."""
    folder = queries.folder_of(invoice)
    return [
        tables.Crumb(_(folder.label), reverse("special_care:claim_invoices", args=[folder.value])),
        tables.Crumb(str(invoice.our_reference)),
    ]
