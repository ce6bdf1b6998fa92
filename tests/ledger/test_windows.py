"""The invoicing periods: the usual days, a month's own ones, and the administrator who sets them."""

import datetime as dt

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands, queries
from kvitt.ledger.models import InvoicingWindow
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists.models import ParameterValue

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-24")]
DECEMBER = dt.date(2024, 12, 1)


def url(year=2024, month=12):
    return reverse("ledger:set_window", args=[year, month])


def set_window(world, first, last, *, by="ivar"):
    commands.set_window(
        world.actor(by), month=DECEMBER, first_on=dt.date(2024, 12, first), last_on=dt.date(2024, 12, last)
    )


@pytest.fixture
def ivar(world, sign_in):
    """The administrator."""
    return sign_in(world, "ivar")


# What holds ------------------------------------------------------------------------------------------


def test_usual_period_is_the_9th_to_the_25th(world):
    window = queries.window_on(world.region.pk, dt.date(2024, 11, 1))

    assert window == Period(dt.date(2024, 11, 9), dt.date(2024, 11, 25))


def test_next_period_is_that_of_the_month_after(world):
    assert queries.next_window(world.region.pk, dt.date(2024, 12, 31)).first == dt.date(2025, 1, 9)


def test_month_has_days_of_its_own(world):
    set_window(world, 5, 18)

    assert queries.window_on(world.region.pk, dt.date(2024, 12, 31)) == Period(
        dt.date(2024, 12, 5), dt.date(2024, 12, 18)
    )
    assert queries.window_on(world.region.pk, dt.date(2025, 1, 1)).first == dt.date(2025, 1, 9)


@pytest.mark.requirement("CO-1")
def test_other_authority_keeps_its_days(world):
    other = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    set_window(world, 5, 18)

    assert queries.window_on(other.pk, DECEMBER).first == dt.date(2024, 12, 9)


@pytest.mark.requirement("CO-15")
def test_usual_days_of_a_month_are_those_that_hold_in_it(world):
    ParameterValue.objects.create(
        authority=world.region,
        name="ledger.window_last_day",
        first_on=dt.date(2025, 2, 1),
        value=31,
        source="Beslut 2024-10-01",
    )

    listed = queries.windows(world.actor("ivar"), today=world.today, months=5)

    assert [window.period.last.isoformat() for window in listed] == [
        "2024-11-25",
        "2024-12-25",
        "2025-01-25",
        "2025-02-28",  # a month's last day is the last there is
        "2025-03-31",
    ]


def test_year_of_periods_is_read_in_two_statements(world, django_assert_num_queries):
    actor = world.actor("ivar")

    with django_assert_num_queries(2):
        queries.windows(actor, today=world.today)
    with django_assert_num_queries(2):
        queries.window_on(world.region.pk, world.today)


# Setting them ----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_setting_is_logged_with_before_and_after(world):
    set_window(world, 5, 18)
    set_window(world, 6, 19)

    event = Event.objects.filter(action="ledger.set_window").latest("pk")
    assert event.subject_key == "2024-12"
    assert event.data == {
        "before": {"first_on": "2024-12-05", "last_on": "2024-12-18"},
        "after": {"first_on": "2024-12-06", "last_on": "2024-12-19"},
    }
    assert InvoicingWindow.objects.count() == 1


@pytest.mark.parametrize(
    ("first_on", "last_on", "field"),
    [
        ((2024, 11, 30), (2024, 12, 18), "first_on"),
        ((2024, 12, 9), (2025, 1, 1), "last_on"),
        ((2024, 12, 9), (2024, 12, 8), "last_on"),
    ],
)
def test_period_lies_within_its_month_in_order(world, first_on, last_on, field):
    with pytest.raises(Refused) as refused:
        commands.set_window(
            world.actor("ivar"), month=DECEMBER, first_on=dt.date(*first_on), last_on=dt.date(*last_on)
        )

    assert [problem.field for problem in refused.value.problems] == [field]
    assert not InvoicingWindow.objects.exists()


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna"])
def test_only_the_administrator_sets_and_sees_them(world, sign_in, name):
    client = sign_in(world, name)

    with pytest.raises(NotAllowed):
        set_window(world, 5, 18, by=name)
    assert client.get(reverse("ledger:windows")).status_code == 403
    assert client.get(url()).status_code == 403
    assert client.post(url(), {"first_on": "2024-12-05", "last_on": "2024-12-18"}).status_code == 403
    assert not InvoicingWindow.objects.exists()


# The pages -------------------------------------------------------------------------------------------


def test_page_lists_this_month_and_the_twelve_after(ivar, world):
    set_window(world, 5, 18)

    content = ivar.get(reverse("ledger:windows")).content.decode()

    assert content.count('id="window-') == 13
    assert 'id="window-2024-11"' in content
    assert 'id="window-2025-11"' in content
    assert "2024-12-05" in content
    assert "2024-12-18" in content


def test_page_takes_few_statements(ivar, django_assert_num_queries):
    address = reverse("ledger:windows")
    ivar.get(address)

    with django_assert_num_queries(5):
        ivar.get(address)


def test_form_is_filled_with_the_days_that_hold(ivar):
    content = ivar.get(url()).content.decode()

    assert 'value="2024-12-09"' in content
    assert 'value="2024-12-25"' in content


def test_saving_sets_the_days_and_confirms(ivar, world):
    answer = ivar.post(url(), {"first_on": "20241205", "last_on": "2024-12-18"}, follow=True)

    assert answer.redirect_chain == [(reverse("ledger:windows"), 303)]
    assert queries.window_on(world.region.pk, DECEMBER).first == dt.date(2024, 12, 5)
    assert "2024-12" in str(next(iter(answer.context["messages"])))


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    ("first_on", "last_on"), [("2024-11-30", "2024-12-18"), ("", "2024-12-18"), ("nionde", "2024-12-18")]
)
def test_faulty_day_is_said_and_what_was_typed_is_kept(ivar, first_on, last_on):
    answer = ivar.post(url(), {"first_on": first_on, "last_on": last_on})

    assert answer.status_code == 422
    assert list(answer.context["page"].form.errors) == ["first_on"]
    assert 'value="2024-12-18"' in answer.content.decode()
    assert not InvoicingWindow.objects.exists()


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize(("year", "month"), [(2024, 0), (2024, 13), (0, 1), (10_000, 1), (10**30, 1)])
def test_month_that_does_not_exist(ivar, year, month):
    assert ivar.get(url(year, month)).status_code == 404
    assert ivar.post(url(year, month), {"first_on": "2024-12-05"}).status_code == 404


def test_last_month_there_is_can_be_opened(ivar):
    assert ivar.get(url(9999, 12)).status_code == 200
