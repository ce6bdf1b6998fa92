"""Take invoices through the review chain: approved or returned, attested by another person, paid out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import queries, rules
from kvitt.ledger.commands import steps
from kvitt.ledger.commands.invoices import NewInvoice, issue_invoices, return_invoice
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice, Posting, VoucherSeries
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent


def review_invoices(
    actor: Actor, *, invoice_ids: Collection[int], is_unremarked_only: bool = False
) -> rules.AdvancePlan:
    """Approve invoices; with `is_unremarked_only` those on which the program has something to remark stay.

    Each invoice goes by itself: what is refused is told, and the others are approved.
    Raises Http404, NotAllowed, and Refused when none is chosen. Source: spec CO-20, NA-28.
    """
    actor.require(Permission.REVIEW_INVOICES)
    with transaction.atomic():
        invoices = _chosen(actor, invoice_ids)
        remarked = queries.remarked_ids(invoices) if is_unremarked_only else frozenset[int]()
        plan = _plan(actor, invoices, InvoiceStatus.REVIEWED, remarked_ids=remarked)
        _take(actor, invoices, plan)
        audit.record_many("ledger.review_invoices", actor, _entries(invoices, plan))
    return plan


def issue_reviewed_invoices(actor: Actor, wanted: Sequence[NewInvoice]) -> list[Invoice]:
    """Make invoices that whoever makes them has reviewed already: they are approved, another attests them.

    A mechanism: the module's command has checked the permission to approve. Raises as `issue_invoices`.
    Source: spec CO-20, SC-19a.
    """
    invoices = issue_invoices(actor, wanted)
    _take(actor, invoices, _plan(actor, invoices, InvoiceStatus.REVIEWED))
    return invoices


def reject_invoice(actor: Actor, *, invoice_id: int, reason: str) -> None:
    """Return an invoice to its clinic with the reason (*Avvisad*): its lines can be invoiced again.

    Each of its cases gets the event in its log. The clinic gets an e-mail, but not of a proposal: it did not
    send that in, and has nothing to correct. Raises Http404, NotAllowed, Refused.
    Source: spec CO-19, CO-20.
    """
    with transaction.atomic():
        invoice = queries.invoice(actor, invoice_id)
        actor.require(Permission.REVIEW_INVOICES)
        held = steps.locked_invoice(invoice_id)
        refuse_if_any(rules.check_reject(InvoiceStatus(held.status), payout_reference=held.payout_reference))
        return_invoice(invoice_id, InvoiceStatus.RETURNED, reason=reason)
        steps.note_steps(actor, [invoice], InvoiceStatus.RETURNED)
        entries = steps.case_entries([invoice], told={invoice.pk: {"reason": reason.strip()}})
        audit.record_many("ledger.reject_invoice", actor, entries)
        if not queries.is_proposed(invoice):
            mailing.tell_clinic(invoice.clinic_id, MailEvent.INVOICE_RETURNED)


def attest_invoices(actor: Actor, *, today: date, invoice_ids: Collection[int]) -> rules.AdvancePlan:
    """Attest approved invoices, the oldest first; each gets the next voucher number of the year of the day.

    Each is booked on the account strings of the day. Each goes by itself: what is refused, as when an
    account string is missing, is told, and the others are attested. The numbers are drawn last, so that
    others wait for the series as shortly as possible.
    Raises Http404, NotAllowed, and Refused when none is chosen. Source: spec CO-20, CO-21, NA-28, SC-23.
    """
    actor.require(Permission.ATTEST_INVOICES)
    with transaction.atomic():
        invoices = _chosen(actor, invoice_ids)
        attest = attest_locked(actor, invoices, today=today)
        audit.record_many("ledger.attest_invoices", actor, _entries(invoices, attest.plan))
        book(attest)
    return attest.plan


@dataclass(frozen=True)
class Attest:
    """What an attest came to: its plan, and what is attested by it and has yet to be booked."""

    plan: rules.AdvancePlan
    attested: Sequence[Invoice]
    bookings: Mapping[int, rules.Booking]
    on: date


def attest_locked(actor: Actor, invoices: Sequence[Invoice], *, today: date) -> Attest:
    """Attest those of locked invoices that may be. A mechanism: the caller books them, last of all.

    Source: spec CO-20, NA-28, SC-23.
    """
    bookings = queries.bookings(invoices, on=today)
    plan = _plan(actor, invoices, InvoiceStatus.AUTHORISED, bookings=bookings)
    return Attest(plan, _take(actor, invoices, plan), bookings, today)


def start_payouts(actor: Actor, *, today: date, invoice_ids: Collection[int]) -> rules.AdvancePlan:
    """Say that attested invoices are on their way to the account (*Utbetalas*); those of 0 kr are paid today.

    Raises Http404, NotAllowed, and Refused when none is chosen. Source: spec CO-20.
    """
    actor.require(Permission.ATTEST_INVOICES)
    with transaction.atomic():
        invoices = _chosen(actor, invoice_ids)
        plan = _plan(actor, invoices, InvoiceStatus.PAYING_OUT)
        _take(actor, invoices, plan, paid_on=today)
        audit.record_many("ledger.start_payouts", actor, _entries(invoices, plan))
    return plan


def confirm_payouts(actor: Actor, *, today: date, invoice_ids: Collection[int]) -> rules.AdvancePlan:
    """Say that invoices are paid out today (*Utbetald*).

    Raises Http404, NotAllowed, and Refused when none is chosen. Source: spec CO-20.
    """
    actor.require(Permission.ATTEST_INVOICES)
    with transaction.atomic():
        invoices = _chosen(actor, invoice_ids)
        plan = _plan(actor, invoices, InvoiceStatus.PAID_OUT)
        _take(actor, invoices, plan, paid_on=today)
        audit.record_many("ledger.confirm_payouts", actor, _entries(invoices, plan))
    return plan


# Steps that they share ----------------------------------------------------------------------------


def _chosen(actor: Actor, invoice_ids: Collection[int]) -> list[Invoice]:
    """Lock the chosen invoices, all of which the actor may see."""
    refuse_if_any(rules.check_chosen(invoice_ids))
    return steps.locked_invoices(queries.chosen_ids(actor, invoice_ids))


def _plan(
    actor: Actor,
    invoices: Sequence[Invoice],
    to: InvoiceStatus,
    *,
    remarked_ids: Collection[int] = (),
    bookings: Mapping[int, rules.Booking] | None = None,
) -> rules.AdvancePlan:
    """Plan a step of locked invoices; an attest needs what they are booked with."""
    is_attest = to is InvoiceStatus.AUTHORISED
    return rules.plan_advance(
        [queries.invoice_facts(invoice) for invoice in invoices],
        to,
        user_id=actor.user_id,
        earlier_unattested=queries.unattested_before_each(invoices) if is_attest else {},
        remarked_ids=remarked_ids,
        unbookable={pk: rules.check_booking(booking) for pk, booking in (bookings or {}).items()},
    )


def _take(
    actor: Actor, invoices: Sequence[Invoice], plan: rules.AdvancePlan, *, paid_on: date | None = None
) -> list[Invoice]:
    """Take locked invoices to their planned statuses; return those that are attested now.

    `paid_on` is the day of what is paid out by it.
    """
    by_id = {invoice.pk: invoice for invoice in invoices}
    for to in InvoiceStatus:
        there = [by_id[facts.id] for facts, status in plan.steps if status is to]
        if not there:
            continue
        noted: dict[InvoiceStatus, dict[str, object]] = {
            InvoiceStatus.REVIEWED: {"reviewed_by_id": actor.user_id},
            InvoiceStatus.AUTHORISED: {"authorised_by_id": actor.user_id},
            InvoiceStatus.PAID_OUT: {"paid_on": paid_on, "payout_posted_on": paid_on},
        }
        Invoice.objects.filter(pk__in=[invoice.pk for invoice in there]).update(
            status=to, **noted.get(to, {})
        )
        steps.note_steps(actor, there, to)
    return [by_id[facts.id] for facts, status in plan.steps if status is InvoiceStatus.AUTHORISED]


def _entries(invoices: Sequence[Invoice], plan: rules.AdvancePlan) -> list[audit.Entry]:
    told = {facts.id: {"invoice_status": to.value} for facts, to in plan.steps}
    return steps.case_entries([each for each in invoices if each.pk in told], told=told)


def book(attest: Attest) -> None:
    """Book attested invoices, and give them their voucher numbers last. Source: spec CO-21, SC-23."""
    Posting.objects.bulk_create(
        [
            Posting(
                authority_id=invoice.authority_id,
                invoice=invoice,
                posted_on=attest.on,
                account=posting.string.account,
                cost_centre=posting.string.cost_centre,
                activity=posting.string.activity,
                amount=posting.amount,
            )
            for invoice in attest.attested
            for posting in rules.plan_postings(attest.bookings[invoice.pk])
        ],
        batch_size=steps.ROWS_PER_STATEMENT,
    )
    _give_vouchers(attest.attested, year=attest.on.year)


def _give_vouchers(invoices: Sequence[Invoice], *, year: int) -> None:
    """Give attested invoices the next numbers, in their order; nothing is drawn for none."""
    if not invoices:
        return
    number = _draw_numbers(invoices[0].authority_id, year, len(invoices))
    for invoice in invoices:
        invoice.voucher_year, invoice.voucher_number = year, number
        number += 1
    Invoice.objects.bulk_update(
        invoices, ["voucher_year", "voucher_number"], batch_size=steps.ROWS_PER_STATEMENT
    )


def _draw_numbers(authority_id: int, year: int, count: int) -> int:
    """Draw numbers and return the first; the row of the series stays locked until the transaction ends."""
    series = VoucherSeries.objects.filter(authority_id=authority_id, year=year)
    if not series.update(last_number=F("last_number") + count):
        VoucherSeries.objects.bulk_create(
            [VoucherSeries(authority_id=authority_id, year=year)], ignore_conflicts=True
        )
        series.update(last_number=F("last_number") + count)
    return series.get().last_number - count + 1
