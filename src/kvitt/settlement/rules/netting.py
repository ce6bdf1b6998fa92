"""What a payment run comes to: for each care provider what is paid to which accounts, or carried on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from kvitt.foundation.values.money import Ore


@dataclass(frozen=True, order=True)
class Account:
    """Where a clinic is paid."""

    kind: str
    number: str


@dataclass(frozen=True)
class Payable:
    """An invoice that a run can settle, at the account of its clinic; `amount` in öre, credits below 0."""

    invoice_id: int
    provider_id: int
    account: Account
    amount: Ore


@dataclass(frozen=True)
class Retried:
    """A payment that the bank rejected, with what it was to settle, at the accounts of now."""

    payment_id: int
    provider_id: int
    amount: Ore
    invoices: Sequence[Payable]


@dataclass(frozen=True)
class PaymentPlan:
    """What goes to an account at once, and the invoices that it settles, new ones and retried ones."""

    account: Account
    amount: Ore
    invoice_ids: tuple[int, ...]


@dataclass(frozen=True)
class NettingPlan:
    """What a run comes to for one care provider; without payments everything is settled by the netting."""

    provider_id: int
    invoiced_amount: Ore
    carried_in_amount: Ore
    retried_amount: Ore
    paid_amount: Ore
    carried_out_amount: Ore
    payments: tuple[PaymentPlan, ...]
    invoices: tuple[Payable, ...]
    retried: tuple[Retried, ...]


@dataclass(frozen=True)
class RunPlan:
    """What a run comes to, provider by provider in the order of their ids."""

    nettings: tuple[NettingPlan, ...]

    @property
    def paid_amount(self) -> Ore:
        """What leaves the account of the authority."""
        return sum(netting.paid_amount for netting in self.nettings)


def plan_run(
    invoices: Sequence[Payable], carried: Mapping[int, Ore], retried: Sequence[Retried] = ()
) -> RunPlan:
    """Each provider's invoices are netted with what an earlier run carried on and what the bank rejected.

    A sum above 0 is paid, any other is carried on, and nothing is paid. `carried` holds, by provider, amounts
    that are not above 0; one waits until its provider has something to net it with.
    Source: decision 0020; spec SC-21, SC-23.
    """
    new: dict[int, list[Payable]] = {}
    again: dict[int, list[Retried]] = {}
    for invoice in invoices:
        new.setdefault(invoice.provider_id, []).append(invoice)
    for payment in retried:
        again.setdefault(payment.provider_id, []).append(payment)
    return RunPlan(
        tuple(
            _plan_netting(pk, new.get(pk, []), carried.get(pk, 0), again.get(pk, []))
            for pk in sorted(new.keys() | again.keys())
        )
    )


def _plan_netting(
    provider_id: int, invoices: Sequence[Payable], carried_in: Ore, retried: Sequence[Retried]
) -> NettingPlan:
    invoiced = sum(each.amount for each in invoices)
    again = sum(each.amount for each in retried)
    total = invoiced + carried_in + again
    settled = [*invoices, *chain.from_iterable(each.invoices for each in retried)]
    return NettingPlan(
        provider_id=provider_id,
        invoiced_amount=invoiced,
        carried_in_amount=carried_in,
        retried_amount=again,
        paid_amount=max(total, 0),
        carried_out_amount=min(total, 0),
        payments=plan_payments(settled, total) if total > 0 else (),
        invoices=tuple(sorted(invoices, key=_id_of)),
        retried=tuple(sorted(retried, key=_payment_of)),
    )


def plan_payments(settled: Sequence[Payable], total: Ore) -> tuple[PaymentPlan, ...]:
    """A provider is paid account by account; what accounts owe and what was carried on is taken first.

    It is taken of the largest account, then of the next, ties by kind and number. What has no payment of its
    own is settled by the first one: any other payment comes to its invoices. `total` is above 0.
    Source: decision 0020; spec SC-23.
    """
    sums: dict[Account, Ore] = {}
    held: dict[Account, list[int]] = {}
    for each in sorted(settled, key=_id_of):
        sums[each.account] = sums.get(each.account, 0) + each.amount
        held.setdefault(each.account, []).append(each.invoice_id)
    above = sorted((account for account in sums if sums[account] > 0), key=lambda each: (-sums[each], each))
    owed = sum(sums[account] for account in above) - total
    payments: list[PaymentPlan] = []
    loose = [pk for account in sums if sums[account] <= 0 for pk in held[account]]
    for account in above:
        taken = min(owed, sums[account])
        owed -= taken
        if taken == sums[account]:
            loose += held[account]
        else:
            payments.append(PaymentPlan(account, sums[account] - taken, tuple(held[account])))
    first = payments[0]
    payments[0] = PaymentPlan(first.account, first.amount, tuple(sorted([*first.invoice_ids, *loose])))
    return tuple(payments)


def _id_of(invoice: Payable) -> int:
    return invoice.invoice_id


def _payment_of(retried: Retried) -> int:
    return retried.payment_id
