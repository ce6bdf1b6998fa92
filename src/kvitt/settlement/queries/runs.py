"""Read payment runs, what they net for each care provider, and payments, within what the actor may see."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import Http404

from kvitt.foundation.values.money import Ore
from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.lifecycle import RunStatus
from kvitt.settlement.models import Netting, Payment, PaymentRun, SettledInvoice


def runs_of(actor: Actor) -> QuerySet[PaymentRun]:
    """Return the payment runs of the actor's authority, the newest first. Raises NotAllowed for clinics.

    Source: spec SC-23.
    """
    actor.require(Permission.PROPOSE_PAYMENTS)
    return PaymentRun.objects.filter(authority_id=actor.authority_id).order_by("-number")


def run_of(actor: Actor, number: int, *, lock: bool = False) -> PaymentRun:
    """Return a payment run by its number. Raises Http404 for any other, NotAllowed for clinics."""
    found = runs_of(actor).filter(number=number)
    run = (found.select_for_update(no_key=True) if lock else found).first()
    if run is None:
        raise Http404
    return run


def nettings_of(actor: Actor) -> QuerySet[Netting]:
    """Return what runs net for care providers, the newest first: for clinics where they have an invoice in.

    What is not approved yet, or was cancelled, is the authority's own. Raises NotAllowed. Source: spec SC-23.
    """
    actor.require(Permission.SEE_PAYMENTS)
    nettings = Netting.objects.filter(run__authority_id=actor.authority_id)
    if actor.clinic_ids is not None:
        settled = _invoices_of(actor).filter(netting=OuterRef("pk"))
        nettings = nettings.filter(Exists(settled), run__status=RunStatus.APPROVED)
    return nettings.select_related("run").order_by("-run__number", "provider_name", "pk")


def payments_of(actor: Actor) -> QuerySet[Payment]:
    """Return payments, the newest first: for clinics those that hold, or held, an invoice of theirs.

    What is not approved yet, or was cancelled, is the authority's own. Raises NotAllowed. Source: spec SC-23.
    """
    actor.require(Permission.SEE_PAYMENTS)
    payments = Payment.objects.filter(netting__run__authority_id=actor.authority_id)
    if actor.clinic_ids is not None:
        invoices = _invoices_of(actor)
        holds = Exists(invoices.filter(payment=OuterRef("pk")))
        held = Exists(invoices.filter(retried_from=OuterRef("pk")))
        payments = payments.filter(holds | held, netting__run__status=RunStatus.APPROVED)
    return payments.select_related("netting__run").order_by("-netting__run__number", "pk")


def payment_of(actor: Actor, payment_id: int) -> Payment:
    """Return a payment that the actor may see. Raises Http404 for any other, NotAllowed for who sees none."""
    found = payments_of(actor).filter(pk=payment_id).first()
    if found is None:
        raise Http404
    return found


def invoices_in(actor: Actor, payment: Payment) -> QuerySet[SettledInvoice]:
    """Return what a payment settles of the clinics that the actor sees, by invoice."""
    settled = _invoices_of(actor).filter(payment=payment)
    return settled.select_related("invoice").order_by("invoice__invoice_date", "invoice_id")


def _invoices_of(actor: Actor) -> QuerySet[SettledInvoice]:
    settled = SettledInvoice.objects.filter(is_void=False)
    if actor.clinic_ids is not None:
        settled = settled.filter(invoice__clinic_id__in=actor.clinic_ids)
    return settled


@dataclass(frozen=True)
class RunSums:
    """What a run comes to: its nettings, payments and invoices, what it pays and what it carries on (öre)."""

    netting_count: int
    payment_count: int
    invoice_count: int
    paid_amount: Ore
    carried_out_amount: Ore


def sums_of(run: PaymentRun) -> RunSums:
    """Return what a run comes to, of a cancelled one what it would have come to."""
    sums = Netting.objects.filter(run=run).aggregate(
        count=Count("pk"), paid=Sum("paid_amount", default=0), carried=Sum("carried_out_amount", default=0)
    )
    return RunSums(
        netting_count=sums["count"],
        payment_count=Payment.objects.filter(netting__run=run).count(),
        invoice_count=SettledInvoice.objects.filter(netting__run=run).count(),
        paid_amount=sums["paid"],
        carried_out_amount=sums["carried"],
    )


# What the commands work with ----------------------------------------------------------------------


def settled_by(run: PaymentRun) -> dict[int, bool]:
    """Return the invoices that a run takes up, by id, and whether a payment of it holds each."""
    settled = SettledInvoice.objects.filter(netting__run=run, is_void=False)
    return {pk: payment is not None for pk, payment in settled.values_list("invoice_id", "payment_id")}


def netted_retries(run: PaymentRun) -> list[int]:
    """Return the invoices of rejected payments that the run settles without any payment."""
    settled = SettledInvoice.objects.filter(retried_from__retried_in__run=run, payment=None, is_void=False)
    return list(settled.order_by("invoice_id").values_list("invoice_id", flat=True))


def chosen_payments(actor: Actor, payment_ids: set[int]) -> list[Payment]:
    """Return payments of the actor's authority, locked by id. Raises Http404 where one is not."""
    found = Payment.objects.filter(netting__run__authority_id=actor.authority_id, pk__in=payment_ids)
    locked = found.select_related("netting__run").select_for_update(no_key=True, of=("self",))
    payments = list(locked.order_by("pk"))
    if len(payments) != len(payment_ids):
        raise Http404
    return payments
