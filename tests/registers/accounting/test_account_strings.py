"""The administrator adds and ends account strings; the one that holds on the day of the attest books."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.dates import Period
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.accounting import commands, queries
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.accounting.rules import AccountStringFacts, DatedString

URL = "/account-strings/"
COST = (AccountUse.COST, "needs_allowance", "")
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def ivar(world, sign_in, settings):
    settings.KVITT_TODAY = world.today
    return sign_in(world, "ivar")


def new(world, account="5999", first_on=None, wanted=COST):
    return DatedString(wanted, Period(first_on or world.today), AccountStringFacts(account))


def filled(**given):
    return {
        "use": "cost",
        "scheme": "needs_allowance",
        "code": "",
        "account": "5999",
        "cost_centre": "1200",
        "activity": "",
        "first_on": "2024-11-20",
        "last_on": "",
        **given,
    }


def test_a_new_one_succeeds_the_old_one_and_the_log_says_so(world):
    commands.save_account_string(world.actor("ivar"), today=world.today, new=new(world))

    yesterday = world.today - dt.timedelta(1)
    on = {
        day: str(queries.account_strings_on(world.region.pk, [COST], on=day)[COST])
        for day in (yesterday, world.today)
    }
    assert on == {yesterday: "5621 1200 45", world.today: "5999"}
    event = Event.objects.get(action="accounting.save_account_string")
    assert event.data["after"]["account"] == "5999"


def test_codes_come_before_schemes_in_one_statement(world, django_assert_num_queries):
    world.load_catalogue()
    of_code = (AccountUse.COST, "needs_allowance", "815")
    commands.save_account_string(world.actor("ivar"), today=world.today, new=new(world, wanted=of_code))
    other, debt, nothing = (
        (AccountUse.COST, "needs_allowance", "126"),
        (AccountUse.DEBT, "", ""),
        ("x", "", ""),
    )

    with django_assert_num_queries(1):
        found = queries.account_strings_on(world.region.pk, [of_code, other, debt, nothing], on=world.today)

    assert {wanted: str(facts) for wanted, facts in found.items()} == {
        of_code: "5999",
        other: "5621 1200 45",
        debt: "2441",
    }


def test_only_administrators_of_the_authority_change_them(world):
    string = AccountString.objects.first()
    stranger = AccountString.objects.create(
        authority=type(world.region).objects.create(
            name="Region Grann", kind="region", organisation_number="2321000057"
        ),
        use="bank",
        first_on=world.today,
        account="1940",
    )

    with pytest.raises(NotAllowed):
        commands.save_account_string(world.actor("hanna"), today=world.today, new=new(world))
    with pytest.raises(NotAllowed):
        commands.end_account_string(
            world.actor("gustav"), today=world.today, string_id=string.pk, last_on=world.today
        )
    with pytest.raises(Http404):
        commands.end_account_string(
            world.actor("ivar"), today=world.today, string_id=stranger.pk, last_on=world.today
        )


def test_list_shows_what_holds_on_a_day(world, ivar):
    commands.save_account_string(
        world.actor("ivar"), today=world.today, new=new(world, first_on=dt.date(2025, 1, 1))
    )

    page = text_of(ivar.get(URL))
    assert "5621" in page
    assert "5999" not in page
    assert "Skuld till vårdgivare" in page
    assert "5999" in text_of(ivar.get(f"{URL}?on=2025-01-01&use=cost&scheme=needs_allowance"))
    assert "Ingen kontering gäller" in text_of(ivar.get(f"{URL}?on=1999-01-01"))


def test_one_is_added_on_the_page_and_what_is_wrong_is_told(world, ivar):
    wrong = ivar.post(f"{URL}new/", filled(account="56", code="999"))
    assert wrong.status_code == 422
    assert "56 är inget konto" in text_of(wrong)
    assert "999 är ingen åtgärdskod" in text_of(wrong)

    assert ivar.post(f"{URL}new/", filled()).url == URL
    assert AccountString.objects.get(account="5999").first_on == world.today
    assert "Konteringen 5999 1200 är sparad" in text_of(ivar.get(URL))


def test_one_is_ended_on_the_page(world, ivar):
    string = AccountString.objects.get(use="bank")

    assert ivar.post(f"{URL}{string.pk}/end/", {"last_on": "2024-11-19"}).status_code == 422
    assert ivar.post(f"{URL}{string.pk}/end/", {"last_on": "2024-12-31"}).url == URL

    string.refresh_from_db()
    assert string.last_on == dt.date(2024, 12, 31)
    assert Event.objects.filter(action="accounting.end_account_string").count() == 1
