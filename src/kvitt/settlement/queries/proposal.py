"""Read what a payment run is made of: what can be paid, where to, what was carried on or rejected."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Sum

from kvitt.foundation.values.money import Ore
from kvitt.ledger import queries as ledger
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Clinic
from kvitt.settlement.lifecycle import PaymentStatus, RunStatus
from kvitt.settlement.models import Netting, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.queries.accounts import paying_account
from kvitt.settlement.rules.netting import Account, Payable, Retried

_WITH_ACCOUNT = {"clinic__giro_kind__gt": "", "clinic__giro_number__gt": ""}


@dataclass(frozen=True)
class LeftOut:
    """A clinic whose invoices no run takes up because it has no account, and their sum in öre."""

    clinic_id: int
    clinic_number: str
    clinic_name: str
    provider_name: str
    count: int
    total: Ore


def has_paying_account(authority_id: int, *, on: date) -> bool:
    """Tell whether the authority has an account to pay from on the day."""
    return paying_account(authority_id, on) is not None


def waiting_number(authority_id: int) -> int | None:
    """Return the number of the run that waits to be approved, if one does."""
    waiting = PaymentRun.objects.filter(authority_id=authority_id, status=RunStatus.PROPOSED)
    return waiting.values_list("number", flat=True).first()


def payable_ids(authority_id: int) -> list[int]:
    """Return the invoices that a run takes up now: those that can be paid, of clinics with an account."""
    payable = ledger.payable_invoices(authority_id).filter(**_WITH_ACCOUNT)
    return list(payable.order_by("pk").values_list("pk", flat=True))


def payables(invoice_ids: Collection[int]) -> list[Payable]:
    """Return invoices that are held already at the accounts of now, by id."""
    totals = ledger.totals_of(invoice_ids)
    clinics = _clinics({clinic_id for clinic_id, _total in totals.values()})
    return [
        Payable(pk, clinics[clinic_id].provider_id, _account(clinics[clinic_id]), total)
        for pk, (clinic_id, total) in sorted(totals.items())
    ]


def moved_clinics(run: PaymentRun) -> list[str]:
    """Return the numbers of the clinics that got another account since a run took up their invoices."""
    same = {
        "account_kind": F("invoice__clinic__giro_kind"),
        "account_number": F("invoice__clinic__giro_number"),
    }
    moved = SettledInvoice.objects.filter(netting__run=run, is_void=False).exclude(**same)
    numbers = moved.order_by("invoice__clinic__number").values_list("invoice__clinic__number", flat=True)
    return list(numbers.distinct())


def rejected_payments(authority_id: int, *, lock: bool = False) -> list[Payment]:
    """Return the payments that the bank rejected and no run has tried again, by id."""
    rejected = Payment.objects.filter(
        netting__run__authority_id=authority_id, status=PaymentStatus.REJECTED, retried_in=None
    ).order_by("pk")
    return list(rejected.select_for_update(no_key=True, of=("self",)) if lock else rejected)


def retried(payments: Collection[Payment]) -> list[Retried]:
    """Return rejected payments with their invoices at the accounts of now.

    In a constant number of statements. One with an invoice of a clinic that has no account now is left out,
    and one of a clinic that has another care provider now: that one's account is not to have the money.
    """
    held: dict[int, list[int]] = {}
    rows = SettledInvoice.objects.filter(payment__in=[each.pk for each in payments], is_void=False)
    for payment_id, invoice_id in rows.values_list("payment_id", "invoice_id"):
        held.setdefault(payment_id or 0, []).append(invoice_id)
    payable = {each.invoice_id: each for each in payables([pk for ids in held.values() for pk in ids])}
    providers = dict(
        Netting.objects.filter(payments__in=[each.pk for each in payments]).values_list("pk", "provider_id")
    )
    found = [
        Retried(
            payment_id=each.pk,
            provider_id=providers[each.netting_id],
            amount=each.amount,
            invoices=[payable[pk] for pk in sorted(held.get(each.pk, ()))],
        )
        for each in payments
    ]
    return [each for each in found if all(_is_still_paid(invoice, each) for invoice in each.invoices)]


def _is_still_paid(invoice: Payable, retried: Retried) -> bool:
    return bool(invoice.account.number) and invoice.provider_id == retried.provider_id


def open_carries(authority_id: int) -> Mapping[int, Netting]:
    """Return by provider the netting whose carried amount no later one has netted."""
    netted = Netting.objects.filter(carried_from=OuterRef("pk"), is_live=True)
    nettings = Netting.objects.filter(
        ~Exists(netted),
        run__authority_id=authority_id,
        run__status=RunStatus.APPROVED,
        carried_out_amount__lt=0,
    )
    return {each.provider_id: each for each in nettings.order_by("pk")}


def left_out(actor: Actor) -> list[LeftOut]:
    """Return the clinics without account, whose invoices a run would leave out now, by clinic number.

    Raises NotAllowed. Source: spec SC-23.
    """
    actor.require(Permission.PROPOSE_PAYMENTS)
    payable = ledger.payable_invoices(actor.authority_id).exclude(**_WITH_ACCOUNT)
    rows = (
        payable.values("clinic_id", number=F("clinic__number"), name=F("clinic__name"))
        .annotate(provider=F("clinic__provider__name"), count=Count("pk"), sum=Sum("total"))
        .order_by("number")
    )
    return [
        LeftOut(row["clinic_id"], row["number"], row["name"], row["provider"], row["count"], row["sum"])
        for row in rows
    ]


def _clinics(clinic_ids: Collection[int]) -> dict[int, Clinic]:
    found = Clinic.objects.filter(pk__in=clinic_ids)
    return {each.pk: each for each in found.only("provider_id", "giro_kind", "giro_number")}


def _account(clinic: Clinic) -> Account:
    is_known = clinic.giro_kind and clinic.giro_number
    return Account(clinic.giro_kind, clinic.giro_number) if is_known else Account("", "")
