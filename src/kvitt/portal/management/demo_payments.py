"""Payment runs in the demo: one that is paid, one that carries a debt on, and one that waits for approval.

Everything is made through the commands that the pages use, on days before today.
"""

from datetime import date, timedelta

from kvitt.ledger import commands as ledger
from kvitt.modules.special_care.commands import crediting
from kvitt.modules.special_care.models import ClaimInvoice
from kvitt.portal.management.demo_data import actor_of
from kvitt.portal.management.demo_special_care import CLINICS, DemoClaim, DemoLine, send
from kvitt.settlement.commands import confirmation, paying_accounts, runs
from kvitt.settlement.models import Payment
from kvitt.settlement.rules import bank_days

IBAN, BIC = "SE4550000000058398257466", "ESSESESS"
_DAY = timedelta(days=1)
# What the runs pay: 341 and 704 are much, 206 is little.
_MUCH, _LITTLE = (DemoLine("341"), DemoLine("704", "46")), (DemoLine("206"),)


def make(*, today: date) -> None:
    """Make the runs, relative to the day."""
    first, second = (bank_days.next_bank_day(today - days * _DAY) for days in (10, 5))
    paying_accounts.save_paying_account(
        actor_of("ivar", today=today), first_on=date(today.year - 1, 1, 1), iban=IBAN, bic=BIC
    )
    credited = send(DemoClaim("mats", "Greta", "2024-40", "L1040", _MUCH, fee=100), on=first - 6 * _DAY)
    send(DemoClaim("nora", "Märta", "B-60", "690", _LITTLE), on=first - 5 * _DAY)
    _run(first, first)
    _confirm(first)

    _credit(credited, on=second - _DAY)
    send(DemoClaim("lisa", "Märta", "7001", "980920", _LITTLE), on=second - 2 * _DAY)
    send(DemoClaim("nora", "Ulla-Britt", "B-61", "691", _LITTLE), on=second - 2 * _DAY)
    _run(second, second)

    send(DemoClaim("mats", "Arne", "2024-41", "L1041", _MUCH, fee=100), on=today - 2 * _DAY)
    runs.propose_run(
        actor_of("gustav", today=today), today=today, pay_on=bank_days.next_bank_day(today + _DAY)
    )


def _run(day: date, pay_on: date) -> None:
    """Let Gustav propose a run, and Hanna approve it."""
    number = runs.propose_run(actor_of("gustav", today=day), today=day, pay_on=pay_on)
    runs.approve_run(actor_of("hanna", today=day), today=day, number=number)


def _confirm(day: date) -> None:
    """Say that what is ordered is paid."""
    ids = list(Payment.objects.order_by("pk").values_list("pk", flat=True))
    confirmation.confirm_payments(actor_of("hanna", today=day), today=day, paid_on=day, payment_ids=ids)


def _credit(number: str, *, on: date) -> None:
    """Credit a paid claim; the region approves and attests the credit."""
    crediting.credit_claim(actor_of("mats", CLINICS["mats"], today=on), today=on, number=number)
    invoice = ClaimInvoice.objects.get(credited_claims__number=number)
    ids = [invoice.ledger_invoice_id or 0]
    ledger.review_invoices(actor_of("gustav", today=on), invoice_ids=ids)
    ledger.attest_invoices(actor_of("hanna", today=on), today=on, invoice_ids=ids)
