"""Find the invoices of special care dentistry, and say of each, and of its claims, what is shown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    prefetch_related_objects,
)
from django.http import Http404

from kvitt.foundation import clock
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import search_key
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import DEAD_INVOICES, InvoiceStatus
from kvitt.modules.special_care.lifecycle import LIVE, CareModel, ClaimStatus, SupportType
from kvitt.modules.special_care.models import (
    Claim,
    ClaimInvoice,
    PatientCategory,
)
from kvitt.modules.special_care.queries import claims as claim_queries
from kvitt.modules.special_care.queries import undoing
from kvitt.modules.special_care.rules import invoice as rules
from kvitt.modules.special_care.rules.invoice import Folder
from kvitt.registers.access.rules import Actor, NotAllowed, Permission, ScopeKind
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

# The log names an invoice by our reference.
SUBJECT = "special_care.claim_invoice"
# So many claims are unfolded in a list; the page of the invoice shows all.
UNFOLDED_CLAIMS = 50


# Invoices -----------------------------------------------------------------------------------------


def invoices_of(actor: Actor) -> QuerySet[ClaimInvoice]:
    """Return the invoices that the actor may see. Raises NotAllowed without the permission."""
    actor.require(Permission.SEE_CLAIMS)
    invoices = ClaimInvoice.objects.filter(authority_id=actor.authority_id)
    return invoices if actor.clinic_ids is None else invoices.filter(clinic_id__in=actor.clinic_ids)


def invoice(actor: Actor, our_reference: int) -> ClaimInvoice:
    """Return one invoice that the actor may see. Raises Http404 else."""
    invoices = invoices_of(actor).select_related("clinic__provider", "ledger_invoice")
    found = invoices.filter(our_reference=our_reference).first()
    if found is None:
        raise Http404
    return found


def sees_payment(actor: Actor, invoice: ClaimInvoice) -> bool:
    """Tell whether the actor may see the payment run that settles the invoice."""
    return invoice.ledger_invoice is not None and ledger.sees_payment(actor, invoice.ledger_invoice)


def claim_invoices(
    actor: Actor,
    *,
    today: date,
    folder: Folder,
    reference: str = "",
    claim_reference: str = "",
    first_on: date | None = None,
    last_on: date | None = None,
    person_id: int | None = None,
    clinic_id: int | None = None,
    shows_deleted: bool = False,
) -> QuerySet[ClaimInvoice]:
    """Return the actor's invoices of a folder that every given filter lets through.

    Among its own a clinic finds any part of a reference; over the authority its beginning. A number that is
    our reference is found as well. Source: fakturaportalen, pages 6 and 7; spec SC-17, SC-19, SC-20.
    """
    invoices = _in_folder(invoices_of(actor), folder, today=today, shows_deleted=shows_deleted)
    how = "startswith" if actor.clinic_ids is None else "contains"
    if reference:
        condition = Q(**{f"reference_key__{how}": search_key(reference)})
        if reference.strip().isdecimal() and len(reference.strip()) < 10:  # noqa: PLR2004 - a database integer
            condition |= Q(our_reference=int(reference))
        invoices = invoices.filter(condition)
    if claim_reference or person_id is not None:
        claims = claim_queries.claims_of(actor).exclude(status=ClaimStatus.DRAFT)
        if claim_reference:
            claims = claims.filter(
                Q(**{f"reference_key__{how}": search_key(claim_reference)})
                | Q(number=claim_reference.strip().upper())
            )
        if person_id is not None:
            records = Person.objects.filter(Q(pk=person_id) | Q(merged_into_id=person_id))
            claims = claims.filter(person_id__in=set(records.values_list("pk", flat=True)))
        holder = "credit_invoice_id" if folder is Folder.CREDITS else "invoice_id"
        ids = claims.filter(**{f"{holder}__isnull": False}).values_list(holder, flat=True)
        # A person's claims are few: their invoices are looked up by id.
        invoices = invoices.filter(pk__in=ids if person_id is None else set(ids))
    given = {"received_on__gte": first_on, "received_on__lte": last_on, "clinic_id": clinic_id}
    invoices = invoices.filter(**{name: value for name, value in given.items() if value})
    return invoices.select_related("clinic", "ledger_invoice")


def _in_folder(
    invoices: QuerySet[ClaimInvoice], folder: Folder, *, today: date, shows_deleted: bool
) -> QuerySet[ClaimInvoice]:
    """Keep what `calculate_folders` puts in the folder."""
    held = Claim.objects.filter(invoice=OuterRef("pk"))
    credited = Claim.objects.filter(credit_invoice=OuterRef("pk"))
    voided = Claim.objects.filter(status=ClaimStatus.VOIDED)
    if folder is Folder.CREDITS:
        return invoices.filter(Exists(credited), is_credit=True)
    if folder is Folder.PAID:
        return invoices.filter(_in_ledger(InvoiceStatus.PAID_OUT), is_credit=False)
    if folder is Folder.VOIDED:
        # Only a credit that the region returned can be withdrawn.
        returned = invoices.filter(_in_ledger(*DEAD_INVOICES), ~Exists(credited), is_credit=True)
        without = invoices.filter(~Exists(held.filter(status__in=LIVE)), is_credit=False)
        without = without.filter(pk__in=voided.values("invoice_id"))
        return invoices.filter(pk__in=returned.values("pk").union(without.values("pk")))
    since = datetime.combine(rules.calculate_default_period(today).first, time.min, tzinfo=clock.STOCKHOLM)
    # One question about the claims: two of them, with an "or" between, would be asked of every invoice.
    in_sight = Q(status__in=LIVE) | Q(status=ClaimStatus.VOIDED, changed_at__gte=since)
    shown = Q(Exists(held.filter(in_sight)))
    if shows_deleted:
        shown |= ~Q(Exists(held.filter(status=ClaimStatus.VOIDED)))
    # What is open or not paid are few, of all that ever were.
    unpaid = invoices.filter(_in_ledger(*set(InvoiceStatus) - {InvoiceStatus.PAID_OUT}), is_credit=False)
    begun = invoices.filter(is_open=True).values("pk").union(unpaid.values("pk"))
    return invoices.filter(shown, pk__in=begun)


def _in_ledger(*statuses: InvoiceStatus) -> Q:
    return Q(
        ledger_invoice__status_order__in=sorted(status.order for status in statuses),
        ledger_invoice__authority_id=F("authority_id"),
    )


def person_searched(actor: Actor, code: UUID) -> Person:
    """Return the person of that code, if any claim that the actor may see is about him. Raises Http404."""
    person = people.person_of(actor, code)
    if not has_claims(actor, person):
        raise Http404
    return person


def has_claims(actor: Actor, person: Person) -> bool:
    """Tell whether any claim that the actor may see is about that person."""
    return claim_queries.claims_of(actor).filter(person_id__in=people.record_ids(person)).exists()


# What a row shows ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimRow:
    """A claim as the lists of its invoice show it; amounts in öre, turned where they are credited."""

    claim: Claim
    person: Person
    state: rules.ClaimState
    fee: Ore
    total: Ore
    category: str
    care_model: CareModel | None
    support: SupportType
    may_delete: bool = False
    may_credit: bool = False
    may_withdraw_credit: bool = False
    is_credit: bool = False

    @property
    def pk(self) -> int:
        """What tells it from the others on the page."""
        return self.claim.pk


@dataclass(frozen=True)
class InvoiceRow:
    """An invoice as the lists show it; `claims` where it is unfolded, more of them there are not shown."""

    invoice: ClaimInvoice
    shown: rules.ShownState
    amount: Ore
    counts: dict[rules.ClaimState, int]
    claim_count: int
    claims: Sequence[ClaimRow] = ()
    has_more_claims: bool = False
    may_delete: bool = False

    @property
    def pk(self) -> int:
        """What tells it from the others on the page."""
        return self.invoice.pk

    @property
    def heading_id(self) -> str:
        """The id of the heading over its claims."""
        return f"claims-of-{self.invoice.our_reference}"


def with_states(
    actor: Actor,
    invoices: Sequence[ClaimInvoice],
    *,
    unfolded: Collection[int] = (),
    shows_deleted: bool = False,
) -> list[InvoiceRow]:
    """Return what the page shows of each, in a constant number of statements.

    `unfolded` are those, by our reference, whose claims are shown.
    """
    facts = _facts(invoices)
    opened = [one for one in invoices if one.our_reference in unfolded]
    claims = _unfolded(actor, opened, shows_deleted=shows_deleted)
    may_report = actor.may(Permission.REPORT_CLAIMS)
    rows = []
    for one in invoices:
        about = facts[one.pk]
        found = claims.get(one.pk, [])
        rows.append(
            InvoiceRow(
                invoice=one,
                shown=rules.calculate_state(about),
                amount=rules.calculate_amount(about),
                counts=rules.calculate_claim_counts(about.claims),
                claim_count=sum(group.count for group in about.claims),
                claims=found[:UNFOLDED_CLAIMS],
                has_more_claims=len(found) > UNFOLDED_CLAIMS,
                may_delete=may_report and not rules.check_invoice_deletion(about),
            )
        )
    return rows


def _facts(invoices: Iterable[ClaimInvoice]) -> dict[int, rules.InvoiceFacts]:
    """Return what the rules need of each: claims that stand alike are counted by the database."""
    kept = list(invoices)
    groups = _groups("invoice_id", [one.pk for one in kept if not one.is_credit])
    groups |= _groups("credit_invoice_id", [one.pk for one in kept if one.is_credit])
    return {
        one.pk: rules.InvoiceFacts(
            claims=groups.get(one.pk, ()),
            is_credit=one.is_credit,
            ledger_status=undoing.ledger_status(one),
            paid_on=one.ledger_invoice.paid_on if one.ledger_invoice else None,
            awaits_repayment=one.awaits_repayment,
            repaid_on=one.repaid_on,
        )
        for one in kept
    }


def _groups(holder: str, invoice_ids: Sequence[int]) -> dict[int, list[rules.ClaimGroup]]:
    if not invoice_ids:
        return {}
    claims = Claim.objects.filter(**{f"{holder}__in": invoice_ids}).annotate(
        held_by=F(holder), was_credited=Q(credit_invoice__isnull=False)
    )
    found: dict[int, list[rules.ClaimGroup]] = {}
    for row in (
        claims.order_by()
        .values("held_by", "status", "was_credited")
        .annotate(count=Count("pk"), sum=Sum("total"), released=Max("released_on"), changed=Max("changed_at"))
    ):
        group = rules.ClaimGroup(
            status=ClaimStatus(row["status"]),
            total=row["sum"],
            count=row["count"],
            is_credited=row["was_credited"],
            released_on=row["released"],
            changed_on=row["changed"].astimezone(clock.STOCKHOLM).date(),
        )
        found.setdefault(row["held_by"], []).append(group)
    return found


def invoice_facts(invoice: ClaimInvoice) -> rules.InvoiceFacts:
    """Return what the rules need of one invoice."""
    return _facts([invoice])[invoice.pk]


def shown_status(invoice: ClaimInvoice) -> rules.ShownState:
    """Return the status that is shown of an invoice, with its day. Source: spec SC-19."""
    return rules.calculate_state(invoice_facts(invoice))


# Claims of an invoice -----------------------------------------------------------------------------


def claims_on(actor: Actor, invoice: ClaimInvoice) -> QuerySet[Claim]:
    """Return the claims on an invoice, or those that it credits; deleted ones too."""
    holder = "credit_invoice" if invoice.is_credit else "invoice"
    return _shown_claims(shows_deleted=True).filter(**{holder: invoice}, authority_id=actor.authority_id)


def _shown_claims(*, shows_deleted: bool) -> QuerySet[Claim]:
    claims = Claim.objects.select_related(
        "person__merged_into",
        "certificate",
        "plan",
        "invoice__ledger_invoice",
        "credit_invoice__ledger_invoice",
    ).order_by("pk")
    return claims if shows_deleted else claims.exclude(status=ClaimStatus.DELETED)


def _unfolded(
    actor: Actor, opened: Sequence[ClaimInvoice], *, shows_deleted: bool
) -> dict[int, list[ClaimRow]]:
    if not opened:
        return {}
    some = _shown_claims(shows_deleted=shows_deleted)[: UNFOLDED_CLAIMS + 1]
    charging = [one for one in opened if not one.is_credit]
    crediting = [one for one in opened if one.is_credit]
    prefetch_related_objects(charging, Prefetch("claims", some, to_attr="shown_claims"))
    prefetch_related_objects(crediting, Prefetch("credited_claims", some, to_attr="shown_claims"))
    names = _category_names(actor.authority_id)
    return {
        one.pk: [
            _claim_row(actor, claim, names, is_credit=one.is_credit)
            for claim in one.shown_claims  # type: ignore[attr-defined]  # the prefetch gave it
        ]
        for one in opened
    }


def claim_rows(actor: Actor, claims: Sequence[Claim], *, is_credit: bool) -> list[ClaimRow]:
    """Return what the page of an invoice shows of its claims."""
    names = _category_names(actor.authority_id)
    return [_claim_row(actor, claim, names, is_credit=is_credit) for claim in claims]


def _claim_row(actor: Actor, claim: Claim, categories: dict[str, str], *, is_credit: bool) -> ClaimRow:
    sign = -1 if is_credit else 1
    name = categories.get(claim.category, "")
    return ClaimRow(
        claim=claim,
        person=claim.person.merged_into or claim.person,
        state=rules.calculate_claim_state(undoing.standing(claim)),
        fee=-sign * claim.fee,
        total=sign * claim.total,
        category=", ".join(part for part in (claim.category, name) if part),
        care_model=CareModel(claim.care_model) if claim.care_model else None,
        support=SupportType(claim.support),
        may_delete=not is_credit and undoing.may_delete(actor, claim),
        may_credit=undoing.may_credit(actor, claim) and is_credit == (claim.credit_invoice_id is not None),
        may_withdraw_credit=is_credit and undoing.may_withdraw_credit(actor, claim),
        is_credit=is_credit,
    )


def _category_names(authority_id: int) -> dict[str, str]:
    rows = PatientCategory.objects.filter(authority_id=authority_id)
    return dict(rows.values_list("code", "name"))


def sees_clinics(actor: Actor) -> bool:
    """Tell whether the actor's invoices are of several clinics."""
    return actor.scope is ScopeKind.AUTHORITY


def may_change(actor: Actor) -> bool:
    """Tell whether the actor deletes claims of his clinic."""
    return actor.clinic_id is not None and actor.may(Permission.REPORT_CLAIMS)


def offered_clinics(actor: Actor) -> list[Clinic]:
    """Return the clinics to choose from; none where the actor has one."""
    return list(organisations.clinics_of(actor)) if sees_clinics(actor) else []


def folder_of(invoice: ClaimInvoice) -> Folder:
    """Return the list that leads to an invoice."""
    folders = rules.calculate_folders(invoice_facts(invoice), today=clock.today())
    return next(folder for folder in reversed(Folder) if folder in folders)


# Questions ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InvoiceQuestion:
    """What is asked before an invoice is deleted: how many claims, of whom and how much, or why it cannot."""

    invoice: ClaimInvoice
    count: int
    person_ids: Sequence[int]
    amount: Ore
    problems: Sequence[Problem]


def invoice_deletion(actor: Actor, our_reference: int) -> InvoiceQuestion:
    """Return what is asked before an invoice is deleted. Raises Http404, NotAllowed."""
    found = own_invoice(actor, our_reference)
    facts = invoice_facts(found)
    return InvoiceQuestion(
        invoice=found,
        count=sum(group.count for group in facts.live),
        person_ids=list(found.claims.filter(status__in=LIVE).values_list("person_id", flat=True)),
        amount=rules.calculate_amount(facts),
        problems=rules.check_invoice_deletion(facts),
    )


def own_invoice(actor: Actor, our_reference: int) -> ClaimInvoice:
    """Return an invoice of the clinic that the actor reports for. Raises Http404, NotAllowed."""
    found = invoice(actor, our_reference)
    if found.clinic_id != claim_queries.reporting_clinic(actor):
        raise NotAllowed(Permission.REPORT_CLAIMS.value)
    return found
