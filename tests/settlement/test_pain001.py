"""Payment files: what the bank reads for each kind of account, and nothing that it cannot take."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kvitt.foundation.values.identity import luhn_check_digit
from kvitt.settlement.exchange import write_payments
from kvitt.settlement.rules import orders
from kvitt.settlement.rules.orders import PaymentFacts, PaymentOrder, RemittanceLine
from tests.settlement.payment_files import validated

pytestmark = pytest.mark.requirement("SC-23")
TEXTS = st.text(max_size=200)
LINES = st.builds(RemittanceLine, TEXTS, st.integers(-(10**11), 10**11))
NUMBERS = {"bankgiro": "50501055", "plusgiro": "4902201", "account": "83279-1234567890"}


def payment(kind="bankgiro", *lines, amount=None, name="Ekens Tandvård AB"):
    lines = tuple(RemittanceLine(*line) for line in lines)
    total = sum(line.amount for line in lines) if amount is None else amount
    return PaymentFacts("KVITT-12-1", name, kind, NUMBERS[kind], total, lines)


def order(*payments):
    return PaymentOrder(
        message_id="KVITT-2321000040-12",
        created_at=dt.datetime(2024, 11, 20, 9, 30, tzinfo=dt.UTC),
        debtor_name="Region Exempel",
        organisation_number="2321000040",
        iban="SE4550000000058398257466",
        bic="ESSESESS",
        pay_on=dt.date(2024, 11, 22),
        payments=payments,
    )


def written(*payments):
    return validated(write_payments(order(*payments)))


def remittance(*payments):
    return written(*payments).find(".//RmtInf")


def test_header_says_who_pays_how_many_and_how_much():
    root = written(payment("bankgiro", ("1234", 100_50)), payment("plusgiro", ("5678", 7)))

    header, instruction = root[0]
    for part in (header, instruction):
        assert part.findtext("NbOfTxs") == "2"
        assert part.findtext("CtrlSum") == "100.57"
    assert header.findtext("MsgId") == "KVITT-2321000040-12"
    assert header.findtext("CreDtTm") == "2024-11-20T09:30:00Z"
    assert instruction.findtext("PmtMtd") == "TRF"
    assert instruction.findtext("PmtTpInf/SvcLvl/Cd") == "NURG"
    assert instruction.findtext("ReqdExctnDt/Dt") == "2024-11-22"
    assert instruction.findtext("Dbtr/Nm") == "Region Exempel"
    assert instruction.findtext("Dbtr/Id/OrgId/Othr/Id") == "2321000040"
    assert instruction.findtext("DbtrAcct/Id/IBAN") == "SE4550000000058398257466"
    assert instruction.findtext("DbtrAgt/FinInstnId/BICFI") == "ESSESESS"
    assert instruction.findtext("ChrgBr") == "SLEV"


@pytest.mark.parametrize(
    ("kind", "member", "number", "scheme"),
    [
        ("bankgiro", "9900", "50501055", ("Prtry", "BGNR")),
        ("plusgiro", "9960", "4902201", ("Cd", "BBAN")),
        ("account", "8327", "1234567890", ("Cd", "BBAN")),
    ],
)
def test_payee_is_paid_on_each_kind_of_account(kind, member, number, scheme):
    found = written(payment(kind, ("1234", 100_00))).find(".//CdtTrfTxInf")

    assert found.findtext("CdtrAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd") == "SESBA"
    assert found.findtext("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == member
    assert found.findtext("CdtrAcct/Id/Othr/Id") == number
    assert found.findtext(f"CdtrAcct/Id/Othr/SchmeNm/{scheme[0]}") == scheme[1]
    assert found.find("Amt/InstdAmt").attrib == {"Ccy": "SEK"}


@pytest.mark.parametrize("kind", ["bankgiro", "plusgiro"])
def test_one_ocr_reference_is_told_as_such(kind):
    advice = remittance(payment(kind, ("1234566", 100_00)))

    assert advice.findtext("Strd/CdtrRefInf/Tp/CdOrPrtry/Cd") == "SCOR"
    assert advice.findtext("Strd/CdtrRefInf/Ref") == "1234566"


@pytest.mark.parametrize(
    "lines",
    [
        [("1234567", 100_00)],  # no check digit
        [("Faktura 12", 100_00)],
        [("1234566", 100_00), ("1234566_Kredit", -20_00)],
    ],
)
def test_what_is_no_single_ocr_reference_is_told_invoice_by_invoice(lines):
    advice = remittance(payment("bankgiro", *lines))

    told = [
        (
            each.findtext("RfrdDocInf/Tp/CdOrPrtry/Cd"),
            each.findtext("RfrdDocInf/Nb"),
            each.findtext("RfrdDocAmt/RmtdAmt") or each.findtext("RfrdDocAmt/CdtNoteAmt"),
        )
        for each in advice
    ]
    assert told == [
        ("CINV" if amount > 0 else "CREN", reference.replace("_", "-"), f"{abs(amount) // 100}.00")
        for reference, amount in lines
    ]


def test_what_is_offset_elsewhere_is_told_so_that_the_advice_comes_to_the_amount():
    advice = remittance(payment("bankgiro", ("1234566", 100_00), amount=80_00))

    assert [each.findtext("RfrdDocInf/Nb") for each in advice] == ["1234566", "Avräknat"]
    assert advice.findtext("Strd/RfrdDocAmt/CdtNoteAmt") == "20.00"


def test_bank_account_gets_one_text():
    references = [(f"Faktura {number:04}", 100_00) for number in range(20)]

    advice = remittance(payment("account", *references))

    assert [each.tag for each in advice] == ["Ustrd"]
    assert advice.findtext("Ustrd").startswith("Faktura 0000, Faktura 0001, ")
    assert advice.findtext("Ustrd").endswith("Faktura 0008 + 11 till")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ekens Tandvård AB", "Ekens Tandvård AB"),
        ("Ærø & Søn", "Ärö + Sön"),
        ("//Łódź™ Dental", "LodzTM Dental"),
        ("Zoë  Müller's\tKlinik №1", "Zoe Muller's Klinik No1"),
        ("Å" + "a" * 100, "Å" + "a" * 69),
        ("歯科", "Mottagare"),
        ("", "Mottagare"),
    ],
)
def test_name_has_what_banks_take(name, expected):
    assert orders.calculate_name(name) == expected


def test_same_order_is_the_same_bytes():
    payments = [payment(kind, ("1234566", 100_00), ("x" * 60, 1)) for kind in NUMBERS]

    assert write_payments(order(*payments)) == write_payments(order(*payments))


@given(
    kind=st.sampled_from(sorted(NUMBERS)),
    name=TEXTS,
    lines=st.lists(LINES, max_size=12),
    amount=st.integers(1, 10**11),
)
@example(kind="account", name="\x00", lines=[RemittanceLine("a" * 300, -5)], amount=1)
@example(kind="plusgiro", name="/", lines=[RemittanceLine("\ud7ff/" * 40, 0)], amount=1)
def test_any_names_and_references_make_a_whole_file(kind, name, lines, amount):
    facts = PaymentFacts("KVITT-12-1", name, kind, NUMBERS[kind], amount, tuple(lines))

    root = validated(write_payments(order(facts)))

    assert 1 <= len(root.findtext(".//Cdtr/Nm")) <= 70
    told = root.findall(".//Strd/RfrdDocAmt/*")
    if told:
        signs = {"RmtdAmt": 1, "CdtNoteAmt": -1}
        assert sum(signs[each.tag] * Decimal(each.text) for each in told) * 100 == amount


@given(st.text(alphabet="0123456789", min_size=1, max_size=24))
def test_digits_with_a_check_digit_are_ocr(digits):
    assert orders.is_ocr(digits + luhn_check_digit(digits))
    assert not orders.is_ocr(digits + str((int(luhn_check_digit(digits)) + 1) % 10))


@pytest.mark.parametrize(
    ("message_id", "run"),
    [
        ("KVITT-2321000040-12", 12),
        ("KVITT-2321000041-12", None),
        ("KVITT-2321000040-", None),
        ("12", None),
        ("KVITT-2321000040-٣", None),
    ],
)
def test_payment_file_is_known_by_its_name(message_id, run):
    assert orders.parse_message_id(message_id, "2321000040") == run
