"""One clock: business dates can be fixed, moments cannot."""

import datetime as dt

import pytest

from kvitt.foundation import clock


@pytest.mark.requirement("CO-18")
def test_setting_fixes_the_date_but_no_moment(settings):
    settings.KVITT_TODAY = dt.date(2024, 11, 20)

    assert clock.today() == dt.date(2024, 11, 20)
    assert clock.now().date() != dt.date(2024, 11, 20)


@pytest.mark.requirement("CO-18")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-12-31T23:30:00+00:00", "2025-01-01"),
        ("2024-12-31T22:30:00+00:00", "2024-12-31"),
        ("2024-03-31T00:30:00+00:00", "2024-03-31"),
        ("2024-06-30T22:30:00+00:00", "2024-07-01"),
    ],
)
def test_date_is_the_one_in_sweden(moment, day, settings, monkeypatch):
    settings.KVITT_TODAY = None
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(moment))

    assert clock.today() == dt.date.fromisoformat(day)
