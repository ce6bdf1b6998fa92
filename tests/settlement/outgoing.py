"""An approved run with two payments, and the file that orders them: rows alone, without what leads there."""

from kvitt.foundation import clock
from kvitt.registers.organisations.models import CareProvider
from kvitt.settlement.commands import outbox
from kvitt.settlement.commands.paying_accounts import save_paying_account
from kvitt.settlement.models import Netting, OutgoingFile, Payment, PaymentRun

IBAN, BIC = "SE45 5000 0000 0583 9825 7466", "esse se ss"


def approved_run(world, *, number: int = 1, status: str = "ordered") -> PaymentRun:
    """Make a run of two payments to Eken: 10 000 kr to a bankgiro, 25,50 kr to a bank account."""
    save_paying_account(world.actor("ivar"), first_on=world.today.replace(day=1), iban=IBAN, bic=BIC)
    run = PaymentRun.objects.create(
        authority=world.region,
        number=number,
        pay_on=world.today,
        status="approved",
        proposed_at=clock.now(),
        proposed_by="Gustav Granskare",
        proposed_by_id=world.users["gustav"].pk,
        decided_at=clock.now(),
        decided_by="Hanna Attestsson",
        decided_by_id=world.users["hanna"].pk,
    )
    eken: CareProvider = world.eken
    netting = Netting.objects.create(
        run=run,
        provider=eken,
        provider_number=eken.organisation_number,
        provider_name=eken.name,
        invoiced_amount=10_025_50,
        paid_amount=10_025_50,
    )
    for place, kind, account, amount in (
        (1, "bankgiro", "9912346", 10_000_00),
        (2, "account", "83279-1234567890", 25_50),
    ):
        Payment.objects.create(
            netting=netting,
            end_to_end_id=f"KVITT-{number}-{place}",
            account_kind=kind,
            account_number=account,
            payee_name=eken.name,
            amount=amount,
            status=status,
        )
    return run


def registered_file(world, *, number: int = 1) -> OutgoingFile:
    """Return the file of such a run, which waits."""
    file = outbox.register_payments(approved_run(world, number=number))
    assert file is not None
    return file
