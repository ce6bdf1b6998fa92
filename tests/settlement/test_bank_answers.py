"""What a file of the bank says, what follows from it, and files that cannot be read."""

import contextlib
import datetime as dt
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.problems import Refused
from kvitt.settlement.exchange import read_bank_file
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.rules import bank_answers as rules
from kvitt.settlement.rules.bank_answers import BankAnswer, PaymentSeen, Statement, Verdict, plan_answers
from tests.settlement.bank_answers import (
    BOOKED,
    OLD_BOOKED,
    OLD_STATUS,
    STATUS,
    booked,
    booked_together,
    notification,
    status_report,
)

pytestmark = pytest.mark.requirement("SC-23")
TODAY = dt.date(2024, 11, 22)
MESSAGE = "KVITT-2321000040-1"


def seen(status=PaymentStatus.ORDERED, *, pk=1, amount=100_00):
    return PaymentSeen(pk, f"P{pk}", amount, status, MESSAGE, pay_on=dt.date(2024, 11, 20))


def plan(content, *payments):
    return plan_answers(read_bank_file(content), payments, today=TODAY)


def codes(made):
    return [problem.code for problem in made.remarks]


# Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("namespace", [STATUS, OLD_STATUS])
def test_status_report_tells_of_each_payment(namespace):
    content = status_report(
        ("P1", "ACCP"), ("P2", "RJCT", "AC04", "Kontot avslutat"), ("P3", "RJCT"), namespace=namespace
    )

    assert read_bank_file(content).statements == (
        Statement("P1", Verdict.ACCEPTED, "ACCP"),
        Statement("P2", Verdict.REJECTED, "AC04: Kontot avslutat"),
        Statement("P3", Verdict.REJECTED, "RJCT"),
    )


@pytest.mark.parametrize("code", ["ACCP", "ACTC", "ACSP", "ACSC", "PDNG"])
def test_bank_has_several_words_for_accepted(code):
    """That the bank has settled a payment is no booking on our account."""
    assert plan(status_report(("P1", code)), seen()).accepted == {1}


@pytest.mark.parametrize(("namespace", "status"), [(BOOKED, "<Cd>BOOK</Cd>"), (OLD_BOOKED, "BOOK")])
def test_notification_tells_what_was_booked(namespace, status):
    content = notification(booked("P1", "100.50", status=status), namespace=namespace)

    [statement] = read_bank_file(content).statements
    assert statement == Statement("P1", Verdict.PAID, "", 100_50, dt.date(2024, 11, 22))


def test_amount_of_the_payment_goes_before_that_of_the_entry():
    content = notification(
        booked("P1", "500.00", more='<Amt Ccy="SEK">100.00</Amt>'),
        booked("P2", "500.00", more='<AmtDtls><TxAmt><Amt Ccy="SEK">70</Amt></TxAmt></AmtDtls>'),
    )

    assert [each.amount for each in read_bank_file(content).statements] == [100_00, 70_00]


@pytest.mark.parametrize(
    "entry",
    [
        booked("P1", "100.00", status="<Cd>PDNG</Cd>"),
        booked("P1", "100.00", sign="CRDT"),
        booked("NOTPROVIDED", "100.00"),
        booked("", "100.00"),
    ],
    ids=["pending", "incoming", "no reference", "empty"],
)
def test_what_is_no_booked_payment_says_nothing(entry):
    answer = read_bank_file(notification(entry))

    assert (answer.statements, dict(answer.messages)) == ((), {})


# What follows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [PaymentStatus.ORDERED, PaymentStatus.ACCEPTED])
def test_open_payment_follows(status):
    assert plan(notification(booked("P1", "100.00")), seen(status)).paid == {1: TODAY}
    assert plan(status_report(("P1", "RJCT", "AC01", "Fel konto")), seen(status)).rejected == {
        1: "AC01: Fel konto"
    }


def test_bank_says_of_a_whole_file_what_it_does_not_say_of_payments():
    content = status_report(("P2", "RJCT", "AC04"), message=MESSAGE, group="ACCP")

    made = plan(content, seen(), seen(pk=2), seen(PaymentStatus.PAID, pk=3))

    assert (made.accepted, made.rejected, made.remarks) == ({1}, {2: "AC04"}, [])


def test_file_that_is_rejected_rejects_all_its_payments():
    made = plan(status_report(message=MESSAGE, group="RJCT"), seen(), seen(PaymentStatus.ACCEPTED, pk=2))

    assert made.rejected == {1: "RJCT", 2: "RJCT"}


def test_file_booked_as_one_sum_pays_what_it_comes_to():
    payments = seen(), seen(PaymentStatus.ACCEPTED, pk=2), seen(PaymentStatus.REJECTED, pk=3)

    assert plan(notification(booked_together(MESSAGE, "200.00")), *payments).paid == {1: TODAY, 2: TODAY}
    assert codes(plan(notification(booked_together(MESSAGE, "300.00")), *payments)) == ["wrong_sum"]


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (notification(booked("P9", "100.00")), PaymentStatus.ORDERED, ["unknown_payment"]),
        (notification(booked("P1", "99.99")), PaymentStatus.ORDERED, ["wrong_amount"]),
        (notification(booked("P1", "100.00", currency="EUR")), PaymentStatus.ORDERED, ["no_amount"]),
        (notification(booked("P1", "100.00", "2024-11-23")), PaymentStatus.ORDERED, ["booked_later"]),
        (notification(booked("P1", "100.00", "2024-11-19")), PaymentStatus.ORDERED, ["booked_early"]),
        (notification(booked("P1", "100.00")), PaymentStatus.PAID, ["paid_already"]),
        (notification(booked("P1", "100.00")), PaymentStatus.REJECTED, ["paid_but_rejected"]),
        (notification(booked("P1", "100.00")), PaymentStatus.PLANNED, ["not_ordered"]),
        (
            notification(
                booked("P1", "100.00", sign="CRDT", more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")
            ),
            PaymentStatus.PAID,
            ["unclear"],
        ),
        (status_report(("P1", "RJCT")), PaymentStatus.PAID, ["rejected_but_paid"]),
        (status_report(("P1", "RJCT")), PaymentStatus.REJECTED, []),
        (status_report(("P1", "ACCP")), PaymentStatus.PAID, []),
        (status_report(("P1", "ACCP")), PaymentStatus.ACCEPTED, []),
        (status_report(("P1", "XXXX")), PaymentStatus.ORDERED, ["unclear"]),
        (
            status_report(message="KVITT-2321000057-1", group="RJCT"),
            PaymentStatus.ORDERED,
            ["unknown_message"],
        ),
    ],
)
def test_what_does_not_fit_is_told_and_changes_nothing(content, status, told):
    made = plan(content, seen(status))

    assert codes(made) == told
    assert (made.accepted, made.paid, made.rejected) == (set(), {}, {})
    assert all(str(problem) for problem in made.remarks)


@pytest.mark.parametrize("codes_said", [("RJCT", "ACCP"), ("ACCP", "RJCT")])
def test_payment_that_is_accepted_and_rejected_in_one_file_is_rejected(codes_said):
    made = plan(status_report(*(("P1", code, "AC04") for code in codes_said)), seen())

    assert (made.rejected, made.accepted) == ({1: "AC04"}, set())


@pytest.mark.requirement("QU-14")
@pytest.mark.parametrize(
    "statuses", [(), (("P1", "RJCT"),), (("P1", "RJCT", "AM05"), ("P2", "RJCT", "DU04"))]
)
def test_file_that_the_bank_got_a_second_time_rejects_nothing(statuses):
    """It was sent again, and the bank's own check stopped it: the payments of the first one stand."""
    made = plan(
        status_report(*statuses, message=MESSAGE, group="RJCT", why="DU01"),
        seen(),
        seen(PaymentStatus.PAID, pk=2),
    )

    assert set(codes(made)) == {"repeated"}
    assert (made.accepted, made.paid, made.rejected) == (set(), {}, {})


def test_what_one_file_says_twice_of_a_payment_is_told():
    """Money that came back the same day, and a payment that the bank booked twice."""
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    made = plan(
        notification(
            booked("P1", "100.00"),
            booked("P1", "100.00", sign="CRDT", more=returned),
            booked("P2", "100.00"),
            booked("P2", "100.00"),
        ),
        seen(),
        seen(pk=2),
    )

    assert codes(made) == ["unclear", "paid_already"]
    assert made.paid == {1: TODAY, 2: TODAY}


STATEMENTS = st.builds(
    Statement,
    st.sampled_from(["P1", "P2", "P3"]),
    st.sampled_from(Verdict),
    st.text(max_size=300),
    st.none() | st.sampled_from([100_00, 1]),
    st.none() | st.dates(dt.date(2024, 11, 1), dt.date(2024, 11, 30)),
)


@given(
    st.lists(STATEMENTS, max_size=8),
    st.dictionaries(st.sampled_from([MESSAGE, "X"]), STATEMENTS),
    st.lists(st.sampled_from(PaymentStatus), min_size=2, max_size=2),
)
def test_each_payment_takes_at_most_one_step_that_it_may_take(statements, messages, statuses):
    payments = [seen(status, pk=pk) for pk, status in enumerate(statuses, start=1)]
    answer = BankAnswer(rules.BankFileKind.NOTIFICATION, tuple(statements), messages)

    made = plan_answers(answer, payments, today=TODAY)

    moved = [*made.accepted, *made.paid, *made.rejected]
    assert len(moved) == len(set(moved))
    for payment in payments:
        if payment.id in moved:
            assert payment.status in {PaymentStatus.ORDERED, PaymentStatus.ACCEPTED}
        if payment.id in made.accepted:
            assert payment.status is PaymentStatus.ORDERED
    assert all(day <= TODAY for day in made.paid.values())
    assert all(len(reason) <= 200 for reason in made.rejected.values())


# What cannot be read ------------------------------------------------------------------------------


def zipped():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("camt.xml", notification())
    return made.getvalue()


BOMB = (
    b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b']><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">&j;</Document>'
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x" * 10_000_001, "too_large"),
        (b"\x00\x01\x02", "not_xml"),
        (b"<html><body>404", "not_xml"),
        (b"<html/>", "unknown_format"),
        (notification()[:-20], "not_xml"),
        (notification() + b"<more/>", "not_xml"),
        (zipped(), "not_xml"),
        (notification().replace(b"B2", b"\xe5"), "not_xml"),
        (notification().replace(b"UTF-8", b"KLINGON"), "not_xml"),
        (b"<a>" * 100_000, "not_xml"),
        (BOMB, "has_doctype"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>', "has_doctype"),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', "has_doctype"),
        (status_report(namespace="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"), "unknown_format"),
        (status_report(namespace="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"), "unknown_format"),
        (notification(booked("P1", "1,00")), "bad_value"),
        (notification(booked("P1", "-1.00")), "bad_value"),
        (notification(booked("P1", "1.005")), "bad_value"),
        (notification(booked("P1", "9" * 5_000)), "bad_value"),
        (notification(booked("P1", "1.00", "2024-02-30")), "bad_value"),
    ],
    ids=range(22),
)
def test_file_that_cannot_be_read_gets_one_clear_answer(content, code):
    with pytest.raises(Refused) as refused:
        read_bank_file(content)

    assert [problem.code for problem in refused.value.problems] == [code]
    assert len(str(refused.value)) < 200


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content):
    with pytest.raises(Refused):
        read_bank_file(content)


@given(st.integers(0, 900), st.binary(min_size=1, max_size=3))
def test_broken_anywhere_it_is_read_or_refused(place, rubbish):
    content = notification(booked("P1", "100.00"), booked_together(MESSAGE, "1.00"))

    with contextlib.suppress(Refused):
        assert read_bank_file(content[:place] + rubbish + content[place:]).kind in rules.BankFileKind
