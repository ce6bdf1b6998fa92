"""Välj mottagning, and what the middleware makes of the choice."""

import pytest
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.registers.access import queries
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role

pytestmark = pytest.mark.requirement("CO-6")
CHOOSE = "/choose-unit/"
START = "/"


def key(clinic):
    return f"clinic:{clinic.pk}"


def test_user_of_one_unit_goes_straight_on(world, sign_in):
    client = sign_in(world, "anna")

    assert client.get(reverse("portal:start")).status_code == 200
    assert client.get(CHOOSE).url == reverse("portal:start")


def test_user_of_several_units_is_asked_first(cilla, client_of):
    client = client_of(cilla)

    sent = client.get(reverse("listings:listed_patients"))

    assert sent.url.startswith(f"{CHOOSE}?next=%2F")
    assert client.get(sent.url).status_code == 200


def test_choice_is_remembered_and_leads_on(world, cilla, client_of):
    client = client_of(cilla)
    wanted = reverse("access:settings")

    response = client.post(f"{CHOOSE}?next={wanted}", {"unit": key(world.linghem)})

    assert response.url == wanted
    assert client.session["unit"] == key(world.linghem)
    assert client.get(reverse("portal:start")).wsgi_request.actor.unit_text == "1112 - Ekens Tandvård Linghem"


@pytest.mark.requirement("CO-30")
def test_choice_and_change_are_logged(world, cilla, client_of):
    client = client_of(cilla)
    for clinic in (world.linghem, world.ryd, world.ryd):
        client.post(CHOOSE, {"unit": key(clinic)})

    chosen = [event.data for event in Event.objects.filter(action="access.choose_unit").order_by("id")]

    assert chosen == [
        {"after": {"unit": "1112 - Ekens Tandvård Linghem"}},
        {"before": {"unit": "1112 - Ekens Tandvård Linghem"}, "after": {"unit": "1111 - Ekens Tandvård Ryd"}},
    ]


@pytest.mark.requirement("CO-4", "QU-17")
@pytest.mark.parametrize("forged", ["clinic:{bjork}", "authority:{region}", "clinic:0", "x", ""])
def test_unit_of_others_is_not_chosen(world, cilla, client_of, forged):
    client = client_of(cilla)
    unit = forged.format(bjork=world.bjork.pk, region=world.region.pk)

    response = client.post(CHOOSE, {"unit": unit})

    assert response.status_code == 422
    assert "unit" not in client.session


@pytest.mark.requirement("CO-4", "QU-17")
def test_forged_session_gives_no_unit(world, cilla, client_of):
    client = client_of(cilla)
    session = client.session
    session["unit"] = key(world.bjork)
    session.save()

    assert client.get(reverse("portal:start")).url.startswith(CHOOSE)


@pytest.mark.requirement("CO-4", "QU-17")
def test_forged_session_of_a_user_with_one_unit_gives_that_unit(world, sign_in):
    client = sign_in(world, "anna")
    session = client.session
    session["unit"] = f"authority:{world.region.pk}"
    session.save()

    actor = client.get(reverse("portal:start")).wsgi_request.actor

    assert (actor.clinic_ids, actor.may("administer")) == ({world.ryd.pk}, False)


def test_role_taken_away_ends_at_the_next_request(world, cilla, client_of):
    client = client_of(cilla)
    client.post(CHOOSE, {"unit": key(world.linghem)})
    RoleGrant.objects.filter(user=cilla, clinic=world.linghem).delete()

    actor = client.get(reverse("portal:start")).wsgi_request.actor

    assert actor.unit_text == "1111 - Ekens Tandvård Ryd"


@pytest.mark.requirement("CO-7")
def test_deactivated_user_is_out_at_the_next_request(world, sign_in):
    client = sign_in(world, "anna")
    assert client.get(reverse("portal:start")).status_code == 200
    User.objects.filter(username="anna").update(is_active=False)

    assert client.get(reverse("portal:start")).url.startswith("/sign-in/")


def test_user_without_any_role_is_told_so(world, make_user, client_of):
    client = client_of(make_user("nils"))

    response = client.get(reverse("portal:start"), follow=True)

    assert response.status_code == 200
    assert response.context["page"].units == []
    assert client.get(reverse("access:settings")).status_code == 200


def test_units_come_clinics_first_and_in_swedish_order(world, make_user):
    user = make_user(
        "karin",
        (Role.REVIEWER, world.region),
        (Role.CARE_RESPONSIBLE, world.eken),
        (Role.DENTAL_BASIC, world.linghem),
        (Role.DENTAL_BASIC, world.bjork),
    )

    assert [unit.text for unit in queries.units_of(user)] == [
        "1112 - Ekens Tandvård Linghem",
        "2222 - Björkens Tandklinik",
        "Ekens Tandvård AB",
        "Region Exempel",
    ]


@pytest.mark.requirement("CO-5")
def test_provider_level_sees_all_clinics_of_the_provider_and_reports_for_none(world):
    eva = world.actor("eva")

    assert eva.clinic_ids == {world.ryd.pk, world.linghem.pk}
    assert eva.clinic_id is None
    assert eva.may("see_invoices")
    assert not eva.may("report_cases")


@pytest.mark.requirement("CO-5")
def test_provider_role_without_care_responsible_shows_nothing(world, make_user):
    user = make_user("sven", (Role.DENTAL_INVOICES, world.eken))

    assert queries.actor(user, "", today=world.today).permissions == frozenset()


@pytest.mark.requirement("CO-3")
def test_clinic_that_is_not_connected_never_sees_the_module(world):
    world.bjork.rights.all().delete()

    david = world.actor("david")

    assert not david.may("see_cases")
    assert not david.may("report_cases")
    assert david.may("list_patients")


def test_who_acts_costs_two_questions(world, make_user, django_assert_num_queries):
    user = make_user("stina", (Role.DENTAL_BASIC, world.ryd), (Role.DENTAL_INVOICES, world.ryd))

    with django_assert_num_queries(2):
        queries.actor(user, "", today=world.today)
