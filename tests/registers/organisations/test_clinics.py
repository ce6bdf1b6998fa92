"""Creating, changing, closing and opening clinics."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.foundation.values.text import sort_key
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations import commands, queries
from kvitt.registers.organisations.models import Clinic

DETAILS = {
    "number": "1113",
    "name": "Ekens Tandvård Åby",
    "street": "Åbygatan 1",
    "postcode": "616 30",
    "town": "Åby",
    "phone": "010-000 00 00",
    "email": "aby@example.org",
    "giro_kind": "bankgiro",
    "giro_number": "5050-1055",
}
# What a change of a clinic may say: its account takes two persons.
KEPT = {name: text for name, text in DETAILS.items() if not name.startswith("giro_")}


@pytest.fixture
def create(world, ivar):
    def created(**changes):
        return commands.create_clinic(ivar, **{"provider_id": world.eken.pk, **DETAILS, **changes})

    return created


def last_event(action):
    return Event.objects.filter(action=f"organisations.{action}").latest("id")


@pytest.mark.requirement("CO-2")
def test_clinic_is_created_with_its_keys_and_digits(create):
    clinic = create()

    assert (clinic.giro_number, clinic.sort_key) == ("50501055", sort_key("Ekens Tandvård Åby"))
    assert last_event("create_clinic").data["after"]["number"] == "1113"


@pytest.mark.requirement("CO-2", "CO-33")
def test_number_is_used_once_in_an_authority(create):
    with pytest.raises(Refused) as refused:
        create(number="1111")

    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("number_is_taken", "number")
    ]


@pytest.mark.requirement("CO-1")
def test_number_may_be_used_in_another_authority(create, neighbour):
    assert create(number=neighbour.clinic.number).number == "9999"


@pytest.mark.requirement("CO-1")
def test_provider_of_another_authority_is_not_found(create, neighbour):
    with pytest.raises(Http404):
        create(provider_id=neighbour.provider.pk)


@pytest.mark.requirement("CO-30")
def test_change_logs_what_differs_and_nothing_else(world, ivar, create):
    clinic = create()

    commands.change_clinic(
        ivar, clinic_id=clinic.pk, provider_id=world.eken.pk, **KEPT | {"phone": "013-10 00 00"}
    )

    data = last_event("change_clinic").data
    assert data == {"before": {"phone": "010-000 00 00"}, "after": {"phone": "013-10 00 00"}}


@pytest.mark.requirement("SC-24")
def test_change_leaves_the_account_and_says_who_is_a_specialist(world, ivar, create):
    clinic = create()

    with pytest.raises(TypeError):
        commands.change_clinic(ivar, clinic_id=clinic.pk, provider_id=world.eken.pk, **DETAILS)
    commands.change_clinic(ivar, clinic_id=clinic.pk, provider_id=world.eken.pk, is_specialist=True, **KEPT)

    clinic.refresh_from_db()
    assert (clinic.giro_number, clinic.is_specialist) == ("50501055", True)
    found = queries.search_clinics(ivar, today=world.today, specialist=True)
    assert [row.pk for row in found] == [clinic.pk]


@pytest.mark.requirement("CO-30")
def test_change_of_nothing_is_no_event(world, ivar, create):
    clinic = create()

    commands.change_clinic(ivar, clinic_id=clinic.pk, provider_id=world.eken.pk, **KEPT)

    assert not Event.objects.filter(action="organisations.change_clinic").exists()


@pytest.mark.requirement("CO-4")
def test_only_an_administrator_changes_a_clinic(world):
    with pytest.raises(NotAllowed):
        commands.change_clinic(world.actor("anna"), clinic_id=world.ryd.pk, provider_id=world.eken.pk, **KEPT)


@pytest.mark.requirement("CO-1")
def test_clinic_of_another_authority_is_not_found(ivar, world, neighbour):
    with pytest.raises(Http404):
        commands.change_clinic(ivar, clinic_id=neighbour.clinic.pk, provider_id=world.eken.pk, **KEPT)


@pytest.mark.requirement("CO-2")
def test_closing_ends_rights_and_posts_that_day(world, ivar):
    last_day = dt.date(2024, 12, 31)
    commands.add_right(ivar, clinic_id=world.ryd.pk, scheme="special_care", first_on=dt.date(2025, 2, 1))

    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=last_day)

    world.ryd.refresh_from_db()
    assert world.ryd.closed_on == last_day
    assert [right.last_on for right in world.ryd.rights.all()] == [last_day, last_day]
    assert [post.last_on for post in world.ryd.practitioners.all()] == [last_day]
    assert last_event("close_clinic").data["after"] == {
        "closed_on": "2024-12-31",
        "rights_ended": 2,
        "rights_removed": 1,
        "posts_ended": 1,
    }


@pytest.mark.requirement("CO-2")
def test_cases_of_a_closed_clinic_stay_readable_and_nothing_is_reported(world, ivar):
    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    anna = world.actor("anna", today=world.today + dt.timedelta(days=1))

    assert anna.may("see_cases")
    assert anna.may("create_invoices")
    assert not anna.may("report_cases")


@pytest.mark.requirement("CO-2")
def test_listing_ends_with_the_clinic(world, ivar):
    from kvitt.registers.listings import queries as listings  # noqa: PLC0415 - only this test looks above

    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    assert listings.listing_on(world.elsa, world.today) is not None
    assert listings.listing_on(world.elsa, world.today + dt.timedelta(days=1)) is None


@pytest.mark.requirement("CO-2")
def test_clinic_is_opened_again(world, ivar):
    commands.close_clinic(ivar, today=world.today, clinic_id=world.ryd.pk, closed_on=world.today)

    commands.reopen_clinic(ivar, clinic_id=world.ryd.pk)

    assert Clinic.objects.get(pk=world.ryd.pk).closed_on is None
    assert last_event("reopen_clinic").data["before"] == {"closed_on": world.today.isoformat()}


def test_open_clinic_is_not_opened_again(world, ivar):
    with pytest.raises(Refused):
        commands.reopen_clinic(ivar, clinic_id=world.ryd.pk)


@pytest.mark.requirement("CO-25")
@pytest.mark.parametrize("text", ["1113", "åby", "ÅBY", "tandvård å", "ekens"])
def test_clinic_is_found_by_number_name_and_town_without_regard_to_case(world, ivar, create, text):
    clinic = create()

    assert clinic in queries.search_clinics(ivar, today=world.today, text=text)


@pytest.mark.requirement("CO-25")
def test_clinics_sort_in_swedish_order(create, ivar):
    for number, name in (("3001", "Öns Tandvård"), ("3002", "Ängens Tandvård"), ("3003", "Zetas Tandvård")):
        create(number=number, name=name)

    names = [clinic.name for clinic in queries.clinics_of(ivar) if clinic.number.startswith("300")]

    assert names == ["Zetas Tandvård", "Ängens Tandvård", "Öns Tandvård"]


@pytest.mark.requirement("CO-25")
def test_filters_of_clinics(world, ivar):
    commands.add_right(ivar, clinic_id=world.bjork.pk, scheme="special_care", first_on=world.today)
    commands.close_clinic(ivar, today=world.today, clinic_id=world.linghem.pk, closed_on=dt.date(2024, 1, 1))

    def found(**filters):
        return set(queries.search_clinics(ivar, today=world.today, **filters))

    assert found(scheme="special_care") == {world.bjork}
    assert found(provider=world.eken.pk) == {world.ryd, world.linghem}
    assert found(state="closed") == {world.linghem}
    assert found(state="open") == {world.ryd, world.bjork}
