"""Read what the reviewer and the attester work with: waiting invoices, their remarks, who did what when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from kvitt.foundation import clock
from kvitt.foundation.values import dates, parameters
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import rules
from kvitt.ledger.lifecycle import DEAD_INVOICES, InvoiceStatus, LineStatus, RowKind
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceStep, Line
from kvitt.ledger.queries.invoices import invoices_of
from kvitt.ledger.queries.postings import booking_problems
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists.models import ParameterValue

# Who does something with invoices in a status.
DESK_PERMISSIONS = {
    InvoiceStatus.ISSUED: Permission.REVIEW_INVOICES,
    InvoiceStatus.REVIEWED: Permission.ATTEST_INVOICES,
    InvoiceStatus.AUTHORISED: Permission.ATTEST_INVOICES,
    InvoiceStatus.PAYING_OUT: Permission.ATTEST_INVOICES,
}
# What is paid out by hand from these is what neither a payment run nor the clinic settles.
BY_HAND = frozenset({InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT})
# Where a patient has one case at a time, so that two of them are worth a remark.
SCHEMES_OF_LASTING_CASES = frozenset({Scheme.NEEDS_ALLOWANCE})
LIMITS = {
    "factor": "ledger.remark_factor",
    "months": "ledger.remark_months",
    "least_invoices": "ledger.remark_least_invoices",
    "old_after_months": "ledger.remark_old_after",
}
CHARGED = Q(kind=RowKind.CHARGE, line__amount__gt=0)


def desk_invoices(actor: Actor, status: InvoiceStatus) -> QuerySet[Invoice]:
    """Return the invoices in a status that the actor has to do with, with the name of who approved each.

    Of those to be paid out only what nothing else settles. Raises NotAllowed for who does nothing with them.
    """
    actor.require(DESK_PERMISSIONS[status])
    reviewed = InvoiceStep.objects.filter(invoice=OuterRef("pk"), status=InvoiceStatus.REVIEWED)
    waiting = invoices_of(actor).filter(status_order=status.order)
    if status in BY_HAND:
        waiting = waiting.filter(payout_reference="")
    return waiting.annotate(reviewer_name=Subquery(reviewed.values("user_name")[:1]))


def chosen_ids(actor: Actor, invoice_ids: Collection[int]) -> list[int]:
    """Return the ids, all of invoices that the actor may see. Raises Http404 where one is not."""
    wanted = set(invoice_ids)
    found = list(invoices_of(actor).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    if len(found) != len(wanted):
        raise Http404
    return found


def may_take_step(actor: Actor, invoice: Invoice) -> bool:
    """Tell whether the next step of the invoice is the actor's to take."""
    status = InvoiceStatus(invoice.status)
    needed = DESK_PERMISSIONS.get(status)
    if needed is None or (status in BY_HAND and rules.check_by_hand(invoice.payout_reference)):
        return False
    return actor.may(needed)


def may_reject(actor: Actor, invoice: Invoice) -> bool:
    """Tell whether the actor may return the invoice now."""
    status = InvoiceStatus(invoice.status)
    is_returnable = not rules.check_reject(status, payout_reference=invoice.payout_reference)
    return is_returnable and actor.may(Permission.REVIEW_INVOICES)


# The invoice's own page ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """That an invoice came to a status: by whom and when, if that is known."""

    status: InvoiceStatus
    at: datetime | None
    name: str


@dataclass(frozen=True)
class InvoiceStory:
    """What is told about an invoice above its rows: its way so far, remarks, and why it came back.

    `faults` are what hinders its attest.
    """

    passages: Sequence[Passage]
    remarks: Sequence[Problem]
    faults: Sequence[Problem]
    return_reason: str


def invoice_story(actor: Actor, invoice: Invoice) -> InvoiceStory:
    """Return the story of an invoice; the remarks are for those who review and attest."""
    steps = InvoiceStep.objects.filter(invoice=invoice).order_by("at", "pk")
    passages = [Passage(InvoiceStatus(step.status), step.at, step.user_name) for step in steps]
    if not passages or passages[0].status is not InvoiceStatus.ISSUED:
        passages.insert(0, Passage(InvoiceStatus.ISSUED, invoice.issued_at, ""))
    reviews = actor.may(Permission.REVIEW_INVOICES) or actor.may(Permission.ATTEST_INVOICES)
    is_open = invoice.status in {InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED}
    remarks = remarks_of([invoice])[invoice.pk] if reviews and is_open else []
    faults = [remark for remark in remarks if remark.code == rules.RemarkKind.MISSING_ACCOUNT]
    return InvoiceStory(
        passages, [remark for remark in remarks if remark not in faults], faults, invoice.return_reason
    )


def is_proposed(invoice: Invoice) -> bool:
    """Tell whether the region has proposed the invoice itself. Source: spec SC-19a."""
    return rules.is_proposed(issued_by_id=invoice.issued_by_id, reviewed_by_id=invoice.reviewed_by_id)


# Remarks ------------------------------------------------------------------------------------------


def with_remarks(invoices: Sequence[Invoice]) -> Sequence[Invoice]:
    """Return the invoices with what the program remarks on each."""
    remarks = remarks_of(invoices)
    for invoice in invoices:
        invoice.remarks = remarks[invoice.pk]
    return invoices


def remarked_ids(invoices: Sequence[Invoice]) -> frozenset[int]:
    """Return which of the invoices have remarks."""
    return frozenset(pk for pk, remarks in remarks_of(invoices).items() if remarks)


def remarks_of(invoices: Sequence[Invoice]) -> dict[int, list[Problem]]:
    """Return the remarks on each of an authority's invoices, in a constant number of statements.

    What hinders the attest comes first: account strings that are missing today. Source: spec NA-28, SC-23.
    """
    if not invoices:
        return {}
    limits = _limits(invoices)
    totals = _earlier_totals(invoices, limits)
    cases, treated, repeated = _cases(invoices), _treated(invoices), _repeated(invoices)
    unbookable = booking_problems(invoices, on=clock.today())
    return {
        invoice.pk: unbookable[invoice.pk]
        + rules.calculate_remarks(
            rules.RemarkFacts(
                total=invoice.total,
                invoice_date=invoice.invoice_date,
                earlier_totals=totals[invoice.pk],
                cases=cases.get(invoice.pk, []),
                treated=[
                    each
                    for person_id in {case.person_id for case in cases.get(invoice.pk, [])}
                    for each in treated.get((invoice.module, person_id), [])
                ],
                repeated=repeated.get(invoice.pk, []),
            ),
            limits[invoice.invoice_date],
        )
        for invoice in invoices
    }


def _limits(invoices: Iterable[Invoice]) -> dict[date, rules.RemarkLimits]:
    """Return the limits on the date of each invoice."""
    listed = list(invoices)
    values = list(
        ParameterValue.objects.filter(
            authority_id__in={invoice.authority_id for invoice in listed}, name__in=LIMITS.values()
        )
    )

    def value(name: str, on: date) -> int:
        return parameters.value_on(name, on, own=[each.dated() for each in values if each.name == name])

    return {
        day: rules.RemarkLimits(**{key: value(name, day) for key, name in LIMITS.items()})
        for day in {invoice.invoice_date for invoice in listed}
    }


def _earlier_totals(
    invoices: Sequence[Invoice], limits: dict[date, rules.RemarkLimits]
) -> dict[int, list[Ore]]:
    """Return the totals above zero of the live invoices that each one's clinic made in the months before."""
    since = {day: dates.add_months(day, -there.months) for day, there in limits.items()}
    earlier = (
        Invoice.objects.filter(
            clinic_id__in={invoice.clinic_id for invoice in invoices},
            invoice_date__gt=min(since.values()),
            invoice_date__lte=max(since),
            total__gt=0,
        )
        .exclude(status__in=list(DEAD_INVOICES))
        .order_by("pk")
        .values_list("pk", "clinic_id", "module", "invoice_date", "total")
    )
    of_clinic: dict[tuple[int, str], list[tuple[int, date, Ore]]] = {}
    for pk, clinic_id, module, day, total in earlier:
        of_clinic.setdefault((clinic_id, module), []).append((pk, day, total))
    return {
        invoice.pk: [
            total
            for pk, day, total in of_clinic.get((invoice.clinic_id, invoice.module), [])
            if pk < invoice.pk and since[invoice.invoice_date] < day <= invoice.invoice_date
        ]
        for invoice in invoices
    }


def _cases(invoices: Sequence[Invoice]) -> dict[int, list[rules.InvoicedCase]]:
    """Return the cases on each invoice."""
    rows = InvoiceRow.objects.filter(invoice__in=invoices)
    credited = Line.objects.filter(
        authority_id=OuterRef("line__authority_id"),
        module=OuterRef("line__module"),
        case_number=OuterRef("line__case_number"),
        status=LineStatus.CREDITED,
    )
    found = (
        rows.values("invoice_id", "line__case_number", "line__person_id")
        .annotate(
            first_on=Min("line__performed_on", filter=CHARGED),
            anew=Count("pk", filter=Q(kind=RowKind.CREDIT) | Q(line__replaces__isnull=False)),
            is_credited=Exists(credited),
        )
        .order_by()
    )
    lasting = {invoice.pk for invoice in invoices if invoice.module in SCHEMES_OF_LASTING_CASES}
    cases: dict[int, dict[tuple[str, int | None], rules.InvoicedCase]] = {}
    for row in found:
        case = rules.InvoicedCase(
            case_number=row["line__case_number"],
            person_id=row["line__person_id"] if row["invoice_id"] in lasting else None,
            first_on=row["first_on"],
            is_recalculated=bool(row["anew"]) or row["is_credited"],
        )
        of_invoice = cases.setdefault(row["invoice_id"], {})
        key = case.case_number, case.person_id
        of_invoice[key] = _joined(of_invoice.get(key, case), case)
    return {pk: list(of_invoice.values()) for pk, of_invoice in cases.items()}


def _joined(one: rules.InvoicedCase, other: rules.InvoicedCase) -> rules.InvoicedCase:
    """Return a case of which parts were found by themselves."""
    days = [day for day in (one.first_on, other.first_on) if day is not None]
    return rules.InvoicedCase(
        one.case_number, one.person_id, min(days, default=None), one.is_recalculated or other.is_recalculated
    )


def _treated(invoices: Sequence[Invoice]) -> dict[tuple[str, int | None], list[rules.TreatedCase]]:
    """Return from when to when treatment is invoiced in the cases of those who have several, by person."""
    persons = InvoiceRow.objects.filter(invoice__in=invoices, line__person__isnull=False)
    lines = (
        Line.objects.filter(
            authority_id__in={invoice.authority_id for invoice in invoices},
            module__in={invoice.module for invoice in invoices},
            person_id__in=persons.values("line__person_id"),
            status=LineStatus.INVOICED,
            amount__gt=0,
        )
        .values("module", "person_id", "case_number")
        .annotate(first_on=Min("performed_on"), last_on=Max("performed_on"))
        .order_by("case_number")
    )
    treated: dict[tuple[str, int | None], list[rules.TreatedCase]] = {}
    for row in lines:
        treated.setdefault((row["module"], row["person_id"]), []).append(
            rules.TreatedCase(row["case_number"], row["person_id"], Period(row["first_on"], row["last_on"]))
        )
    return {key: cases for key, cases in treated.items() if len(cases) > 1}


def _repeated(invoices: Sequence[Invoice]) -> dict[int, list[rules.RepeatedProcedure]]:
    """Return what each invoice charges that another line charges for the same person and day."""
    same = ("authority_id", "module", "person_id", "code", "text", "performed_on")
    twin = Line.objects.filter(
        **{name: OuterRef(f"line__{name}") for name in same}, status=LineStatus.INVOICED, amount__gt=0
    ).exclude(pk=OuterRef("line_id"))
    rows = (
        InvoiceRow.objects.filter(CHARGED, Exists(twin), invoice__in=invoices, line__person__isnull=False)
        .order_by("pk")
        .values_list("invoice_id", "line__case_number", "line__code", "line__text", "line__performed_on")
    )
    repeated: dict[int, list[rules.RepeatedProcedure]] = {}
    for invoice_id, case_number, code, text, day in rows:
        if day is not None:  # what is charged has one
            repeated.setdefault(invoice_id, []).append(rules.RepeatedProcedure(case_number, code, text, day))
    return repeated
