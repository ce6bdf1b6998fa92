"""What both sides see of the money: payments, what is carried on, and the remittance advice of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.http import Http404

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.registers.access.rules import SEES_INVOICES, Actor, Permission, ScopeKind
from kvitt.registers.clinic_administration.queries import account_text
from kvitt.registers.organisations import queries as organisations
from kvitt.settlement.lifecycle import OPEN_PAYMENTS, NettingOutcome, PaymentStatus, RunStatus
from kvitt.settlement.models import Netting, Payment, PaymentRun, SettledInvoice


@dataclass(frozen=True)
class PaymentRow:
    """A payment in the list, or a netting that paid nothing; then `payment_id` is None."""

    netting_id: int
    payment_id: int | None
    pay_on: date
    paid_on: date | None
    run_number: int
    provider: str
    account: str
    amount: Ore
    status: Labelled


@dataclass(frozen=True)
class Parts:
    """What an advice is made of, in öre: invoices and credits of the reader's clinics, and all the rest."""

    invoices: int
    invoiced: Ore
    credits: int
    credited: Ore
    others: int
    of_others: Ore
    carried_in: Ore
    carried_from: int | None
    retried: Ore
    carried_out: Ore
    paid: Ore


@dataclass(frozen=True)
class Advice:
    """A remittance advice (*betalningsavi*): of one payment, or of a netting as a whole."""

    netting: Netting
    payment: Payment | None
    parts: Parts
    payments: Sequence[Payment]
    carried_to: int | None
    retried_in: int | None
    may_confirm: bool
    sees_run: bool

    @property
    def run(self) -> PaymentRun:
        """The run that it belongs to."""
        return self.netting.run

    @property
    def status(self) -> Labelled:
        """Where the payment stands, or what the netting came to."""
        if self.payment is not None:
            return PaymentStatus(self.payment.status)
        if self.run.status != RunStatus.APPROVED or self.netting.paid_amount:
            return RunStatus(self.run.status)
        return outcome_of(self.netting)

    @property
    def account(self) -> str:
        """Where the money goes; nothing where none does."""
        return account_of(self.payment) if self.payment else ""

    @property
    def paid_on(self) -> date | None:
        """The day of the money in the account, as the bank or somebody for it says."""
        return self.payment.paid_on if self.payment else None

    @property
    def is_carried(self) -> bool:
        """Whether it pays nothing because the credits are larger."""
        return bool(self.netting.carried_out_amount < 0)


# The list -----------------------------------------------------------------------------------------


def nettings_of(actor: Actor) -> QuerySet[Netting]:
    """Return what the actor may see of what runs come to: at a clinic, what has its invoices and is decided.

    Who answers for a care provider sees all of its. Raises NotAllowed. Source: spec SC-23.
    """
    actor.require(Permission.SEE_PAYMENTS)
    nettings = Netting.objects.filter(run__authority_id=actor.authority_id)
    if actor.clinic_ids is None:
        return nettings
    nettings = nettings.filter(run__status=RunStatus.APPROVED)
    if actor.scope is ScopeKind.PROVIDER:
        return nettings.filter(provider_id=actor.unit_id)
    # Those of its care provider are few: the rest of the authority's are not looked through.
    nettings = nettings.filter(provider__in=organisations.clinics_of(actor).order_by().values("provider"))
    settled = Exists(_own(actor, SettledInvoice.objects.filter(netting=OuterRef("pk"))))
    retried = Exists(_own(actor, SettledInvoice.objects.filter(payment__netting=OuterRef("pk"))))
    return nettings.filter(settled | retried)


def payments(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    status: str = "",
    provider_number: str = "",
) -> QuerySet[Netting]:
    """Return a row for each payment, and one for each netting that paid nothing. Raises NotAllowed.

    A row is a netting with the facts of one of its payments, for `payment_rows`. Source: spec SC-23.
    """
    found = nettings_of(actor).annotate(
        payment_id=F("payments__pk"),
        account_kind=F("payments__account_kind"),
        account_number=F("payments__account_number"),
        payment_amount=F("payments__amount"),
        payment_status=F("payments__status"),
        paid_on=F("payments__paid_on"),
    )
    found = found.filter(Q(payment_id__isnull=False) | Q(paid_amount=0))
    if actor.scope is ScopeKind.CLINIC:
        found = found.filter(Q(payment_id__isnull=True) | _has_own(actor, OuterRef("payment_id")))
    if first_on:
        found = found.filter(run__pay_on__gte=first_on)
    if last_on:
        found = found.filter(run__pay_on__lte=last_on)
    if status == NettingOutcome.CARRIED:
        found = found.filter(carried_out_amount__lt=0)
    elif status:
        found = found.filter(payment_status=status)
    if provider_number:
        found = found.filter(provider_number=provider_number)
    return found.select_related("run")


def payment_rows(found: Sequence[Netting]) -> list[PaymentRow]:
    """Return the rows of the list as they are shown."""
    return [_row(netting, vars(netting)) for netting in found]


def _row(netting: Netting, joined: dict[str, Any]) -> PaymentRow:
    payment_id = joined["payment_id"]
    facts = {"amount": netting.carried_out_amount, "account": "", "status": outcome_of(netting)}
    if payment_id is not None:
        facts = {
            "amount": joined["payment_amount"],
            "account": account_text(str(joined["account_kind"]), str(joined["account_number"])),
            "status": PaymentStatus(str(joined["payment_status"])),
        }
    elif netting.run.status != RunStatus.APPROVED:
        facts["status"] = RunStatus(netting.run.status)
    return PaymentRow(
        netting_id=netting.pk,
        payment_id=payment_id,
        pay_on=netting.run.pay_on,
        paid_on=joined["paid_on"],
        run_number=netting.run.number,
        provider=netting.provider_name,
        **facts,
    )


def outcome_of(netting: Netting) -> NettingOutcome:
    """Return what a netting that pays nothing came to."""
    return NettingOutcome.CARRIED if netting.carried_out_amount else NettingOutcome.EVEN


def account_of(payment: Payment) -> str:
    """Return the account of a payment as it is written: `Bankgiro 991-2346`."""
    return account_text(payment.account_kind, payment.account_number)


def sees_providers(actor: Actor) -> bool:
    """Tell whether the actor sees payments to more than one care provider."""
    return actor.clinic_ids is None


def opens_runs(actor: Actor) -> bool:
    """Tell whether the actor sees the runs themselves."""
    return actor.may(Permission.PROPOSE_PAYMENTS)


# The advice ---------------------------------------------------------------------------------------


def payment_advice(actor: Actor, payment_id: int) -> Advice:
    """Return the advice of one payment. Raises NotAllowed, and Http404 for one that is not the actor's."""
    payments = Payment.objects.filter(netting__in=nettings_of(actor), pk=payment_id)
    found = (
        _seen(actor, payments)
        .select_related("netting__run__authority", "netting__carried_from__run", "retried_in__run")
        .first()
    )
    if found is None:
        raise Http404
    return _advice(actor, found.netting, found)


def netting_advice(actor: Actor, netting_id: int) -> Advice:
    """Return what a run comes to for one care provider. Raises NotAllowed, Http404."""
    nettings = nettings_of(actor).select_related("run__authority", "carried_from__run")
    found = nettings.filter(pk=netting_id).first()
    if found is None:
        raise Http404
    return _advice(actor, found, None)


def settling(actor: Actor, invoice_id: int) -> tuple[int, int | None]:
    """Return the netting that settles an invoice of the actor's clinics, and its payment where one has it.

    Raises NotAllowed, Http404.
    """
    settled = SettledInvoice.objects.filter(
        netting__in=nettings_of(actor), invoice__id=invoice_id, is_void=False
    )
    found = _own(actor, settled).values_list("netting_id", "payment_id").first()
    if found is None:
        raise Http404
    return found


def invoices_on(actor: Actor, advice: Advice) -> QuerySet[SettledInvoice]:
    """Return the invoices of the reader's own clinics in an advice, with their facts."""
    return _own(actor, _settled(advice.netting, advice.payment)).select_related("invoice")


def opened_modules(actor: Actor) -> frozenset[str]:
    """Return the modules whose invoices the actor opens in the ledger."""
    if not actor.may(Permission.SEE_INVOICES):
        return frozenset()
    return frozenset(actor.modules_where(SEES_INVOICES))


def _advice(actor: Actor, netting: Netting, payment: Payment | None) -> Advice:
    retried_in = payment.retried_in if payment else None
    later = netting.carried_to.filter(run__status=RunStatus.APPROVED)
    carried_to = later.values_list("run__number", flat=True).first()
    return Advice(
        netting=netting,
        payment=payment,
        parts=_parts(actor, netting, payment),
        payments=[] if payment else list(_seen(actor, netting.payments.order_by("pk"))),
        carried_to=carried_to,
        retried_in=retried_in.run.number if retried_in else None,
        may_confirm=payment is not None
        and payment.status in OPEN_PAYMENTS
        and actor.may(Permission.APPROVE_PAYMENTS),
        sees_run=opens_runs(actor),
    )


def _parts(actor: Actor, netting: Netting, payment: Payment | None) -> Parts:
    own = Q() if actor.clinic_ids is None else Q(invoice__clinic_id__in=actor.clinic_ids)
    sums = _settled(netting, payment).aggregate(
        invoices=Count("pk", filter=own & Q(amount__gte=0)),
        invoiced=Sum("amount", filter=own & Q(amount__gte=0)),
        credits=Count("pk", filter=own & Q(amount__lt=0)),
        credited=Sum("amount", filter=own & Q(amount__lt=0)),
        all=Count("pk"),
        total=Sum("amount"),
    )
    invoiced, credited, total = (sums[name] or 0 for name in ("invoiced", "credited", "total"))
    return Parts(
        invoices=sums["invoices"],
        invoiced=invoiced,
        credits=sums["credits"],
        credited=credited,
        others=sums["all"] - sums["invoices"] - sums["credits"],
        of_others=total - invoiced - credited,
        # What was carried on is taken of the first payment; a retried one has its invoices with it.
        carried_in=_carried_in(payment, total if sums["all"] else None)
        if payment
        else netting.carried_in_amount,
        carried_from=netting.carried_from.run.number if netting.carried_from else None,
        retried=0 if payment else netting.retried_amount,
        carried_out=netting.carried_out_amount,
        paid=payment.amount if payment else netting.paid_amount,
    )


def _carried_in(payment: Payment, total: Ore | None) -> Ore:
    """Return what a payment is less than its invoices; unknown (0) when they went on twice."""
    return 0 if total is None else payment.amount - total


def _settled(netting: Netting, payment: Payment | None) -> QuerySet[SettledInvoice]:
    """Return the invoices of an advice; a cancelled run shows those it would have settled."""
    of = Q(payment=payment) | Q(retried_from=payment) if payment else Q(netting=netting)
    return SettledInvoice.objects.filter(of, is_void=netting.run.status == RunStatus.CANCELLED)


def _seen(actor: Actor, payments: QuerySet[Payment]) -> QuerySet[Payment]:
    """Return those of some payments that the actor may see: a clinic those with invoices of its own."""
    return payments.filter(_has_own(actor, OuterRef("pk"))) if actor.scope is ScopeKind.CLINIC else payments


def _has_own(actor: Actor, payment: OuterRef) -> Q:
    """Whether a payment holds an invoice of the actor's clinics, or held one that another payment has now."""
    settled = SettledInvoice.objects.all()
    holds = Exists(_own(actor, settled.filter(payment=payment)))
    held = Exists(_own(actor, settled.filter(retried_from=payment)))
    return Q(holds) | Q(held)


def _own(actor: Actor, settled: QuerySet[SettledInvoice]) -> QuerySet[SettledInvoice]:
    if actor.clinic_ids is None:
        return settled
    return settled.filter(invoice__clinic_id__in=actor.clinic_ids)
