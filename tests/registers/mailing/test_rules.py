"""When a message is tried again, which addresses are taken, what a message may hold."""

import datetime as dt
import smtplib
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Refused
from kvitt.registers.mailing import rules
from kvitt.registers.mailing.lifecycle import STEPS, MailEvent, MailFault, MailStatus, ensure_step
from tests.registers.mailing.conftest import NOW

pytestmark = pytest.mark.requirement("CO-29")
DAY = dt.timedelta(days=1)
WINDOW = Period(dt.date(2024, 11, 9), dt.date(2024, 11, 25))


def codes(problems):
    return [problem.code for problem in problems]


# Trying again -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (50, 60)])
def test_each_wait_is_twice_the_last_up_to_an_hour(tries, minutes):
    assert rules.calculate_next_try(tries, now=NOW) == NOW + dt.timedelta(minutes=minutes)


@given(st.integers(min_value=0, max_value=rules.MOST_TRIES - 2))
def test_waits_grow_and_never_pass_an_hour(tries):
    wait, next_wait = (rules.calculate_next_try(each, now=NOW) - NOW for each in (tries, tries + 1))

    assert dt.timedelta() < wait <= next_wait <= rules.LONGEST_WAIT


@given(st.integers(min_value=rules.MOST_TRIES, max_value=10**9))
def test_message_is_given_up_at_last(tries):
    assert rules.calculate_next_try(tries, now=NOW) is None


def test_three_days_are_tried():
    waits = [rules.calculate_next_try(tries, now=NOW) - NOW for tries in range(1, rules.MOST_TRIES)]

    assert 3 * DAY <= sum(waits, dt.timedelta()) < 3 * DAY + dt.timedelta(hours=2)


def test_a_claim_outlasts_a_slow_mail_server(settings):
    # Greeting, sign-in, sender, receiver, text and good-bye, each answered at the last moment.
    assert 20 * dt.timedelta(seconds=settings.EMAIL_TIMEOUT) < rules.LEASE


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (ConnectionRefusedError(), MailFault.NO_ANSWER),
        (TimeoutError(), MailFault.NO_ANSWER),
        (socket.gaierror(), MailFault.NO_ANSWER),
        (smtplib.SMTPServerDisconnected(), MailFault.NO_ANSWER),
        (smtplib.SMTPAuthenticationError(535, b"no"), MailFault.NO_SIGN_IN),
        (smtplib.SMTPRecipientsRefused({}), MailFault.BAD_ADDRESS),
        (smtplib.SMTPSenderRefused(451, b"later", "kvitt"), MailFault.REFUSED),
        (smtplib.SMTPDataError(554, b"spam"), MailFault.REFUSED),
        (ValueError("line break in subject"), MailFault.REFUSED),
        (TypeError("a fault of the program"), MailFault.REFUSED),
    ],
)
def test_fault_is_told_in_words(error, fault):
    assert rules.calculate_fault(error) is fault


@pytest.mark.parametrize("before", MailStatus)
@pytest.mark.parametrize("after", MailStatus)
@pytest.mark.parametrize("command", ["send_mail", "give_up", "send_again"])
def test_only_the_steps_of_the_table_are_taken(before, after, command):
    if STEPS.get((before, after)) == command:
        ensure_step(before, after, command=command)
    else:
        with pytest.raises(Refused):
            ensure_step(before, after, command=command)


# Choosing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", ["\n", "\r\n", ", ", "; ", " ", ",\n\n"])
def test_addresses_may_be_parted_as_one_likes(between):
    assert rules.split_addresses(f" a@example.org{between}b@example.org ") == [
        "a@example.org",
        "b@example.org",
    ]


def test_an_address_stands_once():
    assert rules.split_addresses("Ryd@example.org ryd@EXAMPLE.org") == ["Ryd@example.org"]


@pytest.mark.parametrize(
    "address", ["ryd@example.org", "ryd.1111+kvitt@post.example.se", "reception@tandvård.example"]
)
def test_address_is_taken(address):
    assert rules.check_choices([address], [MailEvent.INVOICE_RETURNED]) == []


@pytest.mark.parametrize(
    "address",
    [
        "ryd",
        "ryd@example",
        "@example.org",
        "a@b@example.org",
        "ryd@example.org>",
        "ryd@.org",
        "r\x01d@example.org",
        "r" * 260 + "@a.se",
    ],
)
def test_address_is_refused(address):
    assert codes(rules.check_choices([address], [])) == ["bad_address"]


def test_events_need_an_address():
    assert codes(rules.check_choices([], [MailEvent.WINDOW_OPENS])) == ["no_address"]
    assert rules.check_choices([], []) == []


def test_addresses_are_at_most_ten():
    addresses = [f"a{number}@example.org" for number in range(11)]

    assert rules.check_choices(addresses[:10], []) == []
    assert codes(rules.check_choices(addresses, [])) == ["too_many"]


@given(st.text(max_size=60))
def test_whatever_is_typed_is_taken_or_refused_in_words(text):
    addresses = rules.split_addresses(text)

    for problem in rules.check_choices(addresses, []):
        assert str(problem)
        assert "\n" not in str(problem)


# What a message holds -----------------------------------------------------------------------------


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize("path", ["/", "/needs-allowance/invoices/create/"])
def test_message_leads_to_a_list(path):
    rules.check_content(path, {"count": 3, "first": dt.date(2024, 11, 9)})


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    "path",
    [
        "/needs-allowance/cases/B2024-000014/",
        "/listings/7c9e6679-7425-40de-944b-e07fc1f90ae7/",
        "/invoicing/12/",
        "/patients/found/?q=Tova",
        "https://elsewhere.example/",
        "//elsewhere/",
        "",
    ],
)
def test_message_leads_to_no_patient_case_or_invoice(path):
    with pytest.raises(rules.SaysTooMuch):
        rules.check_content(path, {})


@pytest.mark.requirement("QU-18")
def test_message_holds_no_text_from_elsewhere():
    with pytest.raises(rules.SaysTooMuch):
        rules.check_content("/", {"name": "Tova Provsson"})


def test_every_event_has_a_text():
    assert set(rules.TEXTS) == set(MailEvent)


# The invoicing period -----------------------------------------------------------------------------


def planned(today, window=WINDOW):
    return [(plan.event, plan.day) for plan in rules.plan_window_mail(window, today=today)]


OPENS = (MailEvent.WINDOW_OPENS, WINDOW.first)
CLOSES = (MailEvent.WINDOW_CLOSES, WINDOW.last)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(8, []), (9, [OPENS]), (22, [OPENS]), (23, [OPENS, CLOSES]), (25, [OPENS, CLOSES]), (26, [])],
)
def test_period_is_told_of_while_it_is_open_and_twice_at_most(day, expected):
    assert planned(dt.date(2024, 11, day)) == expected


@given(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 1)), st.integers(0, 27), st.integers(-40, 40))
def test_plans_are_the_same_every_day_so_that_each_is_told_once(first, length, offset):
    window = Period(first, first + length * DAY)

    keys = planned(first + offset * DAY, window)

    assert len(keys) == len(set(keys))
    assert all(window.contains(day) for _, day in keys)
