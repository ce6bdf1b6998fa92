"""Who gets the invoices, where those of a dead client may go, and how long they may wait."""

import datetime as dt

import pytest

from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.rules import areas, recipients
from kvitt.modules.care_fees.rules.recipients import Place

pytestmark = pytest.mark.requirement("CF-3", "CF-4")

TODAY = dt.date(2024, 11, 20)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("first_on", "began_on", "proposed"),
    [
        (dt.date(2024, 12, 1), dt.date(2024, 1, 1), dt.date(2024, 11, 30)),
        (dt.date(2024, 12, 17), dt.date(2024, 1, 1), dt.date(2024, 11, 30)),
        (dt.date(2024, 12, 17), dt.date(2024, 12, 1), dt.date(2024, 12, 16)),
    ],
)
def test_present_recipient_is_proposed_to_end_with_the_month_before(first_on, began_on, proposed):
    assert recipients.calculate_previous_end(first_on, began_on=began_on) == proposed


@pytest.mark.parametrize(
    ("street", "is_refused"),
    [
        ("Ekgatan 4", True),
        ("ekgatan  4, lgh 1204", True),
        ("Ekgatan 4 rum 12", True),
        ("Ekgatan 40", False),
        ("Ekgatan 4B", False),
        ("Storgatan 4", False),
    ],
)
def test_estate_is_never_sent_where_the_dead_lived(street, is_refused):
    found = recipients.check_estate(
        Place(street, "58222"), is_dead=True, places_of_dead=[Place("Ekgatan 4, rum 12"), Place("", "")]
    )
    assert codes(found) == (["estate_with_the_dead"] if is_refused else [])


def test_same_street_in_another_town_is_another_place():
    other = [Place("Ekgatan 4", "60222")]
    assert recipients.check_estate(Place("Ekgatan 4", "58222"), is_dead=True, places_of_dead=other) == []


def test_estate_of_the_living_is_refused():
    found = recipients.check_estate(Place("Ekgatan 4"), is_dead=False, places_of_dead=[])
    assert codes(found) == ["estate_of_living"]


def test_recipient_is_ended_once_and_not_before_it_begins():
    period = Period(dt.date(2024, 3, 1))
    assert recipients.check_end(period, dt.date(2024, 3, 1)) == []
    assert codes(recipients.check_end(period, dt.date(2024, 2, 29))) == ["end_before_start"]
    assert codes(recipients.check_end(Period(period.first, TODAY), TODAY)) == ["already_ended"]
    assert codes(recipients.check_days(dt.date(2024, 3, 1), dt.date(2024, 2, 1))) == ["ends_before_begin"]
    assert codes(recipients.check_overlap(period, others=[Period(dt.date(2024, 1, 1))])) == ["overlaps"]


@pytest.mark.parametrize(
    ("last_on", "held_until", "reason", "wrong"),
    [
        (TODAY, None, "Bouppteckning", []),
        (dt.date(2024, 11, 19), None, "Bouppteckning", ["respite_passed"]),
        (dt.date(2025, 11, 21), None, "Bouppteckning", ["respite_too_long"]),
        (dt.date(2024, 12, 31), dt.date(2024, 12, 31), "Bouppteckning", ["respite_holds"]),
        (dt.date(2025, 1, 31), dt.date(2024, 12, 31), " ", ["no_reason"]),
    ],
)
def test_respite_lasts_until_a_day_ahead_for_a_reason(last_on, held_until, reason, wrong):
    died_on = dt.date(2024, 10, 1)
    found = recipients.check_respite(
        last_on, reason=reason, died_on=died_on, held_until=held_until, today=TODAY
    )
    assert codes(found) == wrong


def test_respite_is_for_the_dead():
    found = recipients.check_respite(TODAY, reason="x", died_on=None, held_until=None, today=TODAY)
    assert codes(found) == ["respite_of_living"]


@pytest.mark.requirement("CF-5")
def test_move_is_proposed_after_the_last_locked_month():
    locked, intake = dt.date(2024, 9, 1), dt.date(2024, 11, 4)
    assert areas.propose_day(last_locked=locked, in_intake_since=intake, today=TODAY) == dt.date(2024, 10, 1)
    assert areas.propose_day(last_locked=None, in_intake_since=intake, today=TODAY) == intake
    assert areas.propose_day(last_locked=None, in_intake_since=None, today=TODAY) == dt.date(2024, 11, 1)


@pytest.mark.requirement("CF-5", "CF-28")
def test_move_into_a_locked_month_is_refused():
    def check(first_on, *, is_same=False):
        return codes(
            areas.check_move(area="Norr", is_same=is_same, first_on=first_on, last_locked=dt.date(2024, 9, 1))
        )

    assert check(dt.date(2024, 9, 30)) == ["month_locked"]
    assert check(dt.date(2024, 10, 1)) == []
    assert check(dt.date(2024, 10, 1), is_same=True) == ["same_area"]
