"""The file that the approval of a run makes, beside what the run says."""

import pytest

from kvitt.settlement.models import OutgoingFile, Payment
from tests.settlement.payment_files import payments_in, validated

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]


def test_file_orders_what_the_run_pays_and_lists_its_invoices(payouts):
    payouts.give_account(payouts.world.linghem, "83279-1234567890", "account")
    payouts.invoice(1_000)
    payouts.invoice(-300)
    payouts.invoice(400, clinic=payouts.world.linghem)
    payouts.invoice(50, clinic=payouts.world.bjork)
    payouts.run()

    file = OutgoingFile.objects.get()

    assert payments_in(bytes(file.content)) == [
        (payment.end_to_end_id, payment.amount / 100) for payment in Payment.objects.order_by("pk")
    ]
    root = validated(bytes(file.content))
    assert root.findtext(".//GrpHdr/MsgId") == "KVITT-2321000040-1"
    assert root.findtext(".//GrpHdr/CtrlSum") == "1150.00"
    told = {
        payment.findtext("CdtrAcct/Id/Othr/Id"): [
            "".join(element.itertext()).split() for element in payment.find("RmtInf")
        ]
        for payment in root.iter("CdtTrfTxInf")
    }
    assert told == {
        "9912346": [["CINV", "F", "B2024-000001", "1000.00"], ["CREN", "F", "B2024-000002", "300.00"]],
        "1234567890": [["F", "B2024-000003"]],
        "1609908": [["CINV", "F", "B2024-000004", "50.00"]],
    }


def test_run_that_pays_nothing_has_no_file(payouts):
    payouts.invoice(100)
    payouts.invoice(-120)

    payouts.run()

    assert not OutgoingFile.objects.exists()


def test_account_that_owes_lowers_what_the_other_one_gets(payouts):
    payouts.invoice(-300)
    payouts.invoice(400, clinic=payouts.world.linghem)
    payouts.run()

    root = validated(bytes(OutgoingFile.objects.get().content))

    lines = ["".join(each.itertext()).split() for each in root.iter("Strd")]
    assert sorted(lines) == [["CINV", "F", "B2024-000002", "400.00"], ["CREN", "F", "B2024-000001", "300.00"]]


def test_debt_carried_on_from_an_earlier_run_is_told(payouts):
    payouts.invoice(-20)
    payouts.run()
    payouts.invoice(100)
    payouts.run()

    root = validated(bytes(OutgoingFile.objects.get().content))

    assert root.findtext(".//InstdAmt") == "80.00"
    assert root.findall(".//RfrdDocInf/Nb")[-1].text == "Avräknat"
