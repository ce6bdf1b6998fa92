"""A file of the bank takes payments on, once, and with them their invoices."""

import pytest

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger.models import Invoice
from kvitt.registers.access.rules import NotAllowed
from kvitt.settlement.commands.bank_files import read_bank_file
from kvitt.settlement.models import BankFile, OutgoingFile, Payment
from tests.settlement.bank_answers import booked, notification, status_report
from tests.settlement.conftest import PAY_ON

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]


@pytest.fixture
def run(payouts):
    """Ryd is paid 1 000 kr, Björken 50 kr."""
    payouts.invoice(1_000)
    payouts.invoice(50, clinic=payouts.world.bjork)
    return payouts.run()


@pytest.fixture
def read(payouts):
    def reading(content, *, by="hanna"):
        return read_bank_file(payouts.world.actor(by), today=PAY_ON, name="svar.xml", content=content)

    return reading


def statuses():
    return list(Payment.objects.order_by("pk").values_list("status", flat=True))


def test_accepted_then_paid_and_rejected(run, read, payouts):
    first, second = Payment.objects.order_by("pk")

    accepted = read(status_report(message="KVITT-2321000040-1", group="ACCP"))
    booked_on_friday = read(notification(booked(first.end_to_end_id, "1000.00")))
    rejected = read(status_report((second.end_to_end_id, "RJCT", "AC04", "Kontot avslutat")))

    assert (accepted.accepted, booked_on_friday.paid, rejected.rejected) == (2, 1, 1)
    assert statuses() == ["paid", "rejected"]
    assert list(Invoice.objects.order_by("pk").values_list("status", "paid_on")) == [
        ("paid_out", PAY_ON),
        ("paying_out", None),
    ]
    second.refresh_from_db()
    assert second.reason == "AC04: Kontot avslutat"
    told = Event.objects.filter(action="settlement.read_bank_file", subject_key=second.end_to_end_id).last()
    assert told.data["after"]["reason"] == "AC04: Kontot avslutat"


def test_same_file_is_read_once(run, read):
    content = status_report(("P1", "ACCP"))
    result = read(content)

    with pytest.raises(Refused, match="has been read already"):
        read(content)

    assert [problem.code for problem in result.remarks] == ["unknown_payment"]
    assert BankFile.objects.count() == 1


def test_file_that_cannot_be_read_leaves_nothing(run, read):
    with pytest.raises(Refused):
        read(b"<html/>")

    assert not BankFile.objects.exists()
    assert statuses() == ["ordered", "ordered"]


@pytest.mark.requirement("QU-14")
@pytest.mark.parametrize("status", ["sending", "waiting"])
def test_unsent_file_that_the_bank_answers_has_arrived(run, read, status):
    """Its sending was interrupted, or somebody took it to the bank: it is not sent once more."""
    OutgoingFile.objects.update(status=status)

    read(status_report(message="KVITT-2321000040-1", group="ACCP"))

    assert OutgoingFile.objects.get().status == "sent"


@pytest.mark.parametrize("name", ["anna", "gustav", "ivar"])
def test_only_who_approves_payments_reads_them(run, read, name):
    with pytest.raises(NotAllowed):
        read(status_report(("P1", "ACCP")), by=name)
