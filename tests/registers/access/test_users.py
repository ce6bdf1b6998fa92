"""The administrator's users and their roles."""

import re

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import queries, rules
from kvitt.registers.access.commands import users
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import NotAllowed, Role
from tests.registers.access.conftest import PASSWORD


def last(action):
    return Event.objects.filter(action=f"access.{action}").latest("id")


def codes(refused):
    return [problem.code for problem in refused.value.problems]


# Users --------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-7", "CO-30")
def test_user_is_created_with_a_password_that_signs_in(world, ivar):
    _user, password = users.create_user(
        ivar, today=world.today, username="Stina.Testlund", name="Stina Testlund", email="stina@example.org"
    )

    assert re.fullmatch(r"([a-z2-9]{4}-){3}[a-z2-9]{4}", password)
    signed_in = Client().post("/sign-in/", {"username": "stina.testlund", "password": password})
    assert signed_in.status_code == 303
    event = Event.objects.get(action="access.create_user")
    assert (event.subject_kind, event.subject_key) == ("user", "stina.testlund")
    assert password not in str(event.data)


@pytest.mark.requirement("CO-33")
def test_user_name_is_used_once(world, ivar):
    with pytest.raises(Refused) as refused:
        users.create_user(ivar, today=world.today, username="ANNA", name="En annan Anna")

    assert codes(refused) == ["username_is_taken"]


@pytest.mark.requirement("CO-30")
def test_change_is_logged_with_before_and_after(world, ivar):
    anna = world.users["anna"]

    users.change_user(ivar, today=world.today, user_id=anna.pk, username="anna", name="Anna Provsson")

    assert last("change_user").data == {
        "before": {"name": "Anna Testander"},
        "after": {"name": "Anna Provsson"},
    }
    assert anna in queries.search_users(ivar, text="PROVSSON")


@pytest.mark.requirement("CO-7")
def test_deactivated_user_is_let_in_again(world, ivar, sign_in):
    anna = world.users["anna"]
    client = sign_in(world, "anna")

    users.deactivate_user(ivar, user_id=anna.pk)
    out = client.get(reverse("portal:start")).status_code
    users.reactivate_user(ivar, user_id=anna.pk)
    back = sign_in(world, "anna").get(reverse("portal:start")).status_code

    assert (out, back) == (302, 200)
    assert last("deactivate_user").data == {"before": {"is_active": True}, "after": {"is_active": False}}


@pytest.mark.requirement("CO-7")
def test_new_password_replaces_the_old_one_and_ends_sessions(world, ivar, make_user, client_of):
    user = make_user("stina", (Role.DENTAL_BASIC, world.ryd))
    client = client_of(user)

    _user, password = users.set_password(ivar, user_id=user.pk)

    user.refresh_from_db()
    assert (user.check_password(password), user.check_password(PASSWORD)) == (True, False)
    assert client.get(reverse("portal:start")).status_code == 302
    assert last("set_password").data == {}


@pytest.mark.requirement("CO-4", "CO-33")
def test_last_administrator_is_not_deactivated(world, ivar):
    with pytest.raises(Refused) as refused:
        users.deactivate_user(ivar, user_id=world.users["ivar"].pk)

    assert codes(refused) == ["last_administrator"]
    assert User.objects.get(username="ivar").is_active


@pytest.mark.requirement("CO-4")
def test_last_administrator_does_not_lose_the_role(world, ivar):
    grant = RoleGrant.objects.get(user=world.users["ivar"])

    with pytest.raises(Refused) as refused:
        users.withdraw_role(ivar, grant_id=grant.pk)

    assert codes(refused) == ["last_administrator"]


@pytest.mark.requirement("CO-4")
def test_administrator_who_is_inactive_or_of_another_authority_does_not_count(
    world, ivar, make_user, stranger
):
    make_user("gammal", (Role.ADMINISTRATOR, world.region))
    User.objects.filter(username="gammal").update(is_active=False)

    with pytest.raises(Refused):
        users.deactivate_user(ivar, user_id=world.users["ivar"].pk)


@pytest.mark.requirement("CO-4")
def test_with_a_second_administrator_the_first_may_go(world, ivar, make_user):
    make_user("ny", (Role.ADMINISTRATOR, world.region))

    users.deactivate_user(ivar, user_id=world.users["ivar"].pk)

    assert not User.objects.get(username="ivar").is_active


# Roles --------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4", "CO-30")
def test_role_is_given_and_taken(world, ivar, make_user):
    user = make_user("stina")

    grant = users.grant_role(ivar, user_id=user.pk, role=Role.DENTAL_BASIC, scope=f"clinic:{world.ryd.pk}")
    given = [unit.text for unit in queries.units_of(user)]
    users.withdraw_role(ivar, grant_id=grant.pk)

    assert (given, queries.units_of(user)) == (["1111 - Ekens Tandvård Ryd"], [])
    expected = {"role": "dental_basic", "unit": "1111 - Ekens Tandvård Ryd"}
    assert last("grant_role").data == {"after": expected}
    assert last("withdraw_role").data == {"before": expected}


@pytest.mark.requirement("CO-4", "CO-33")
def test_role_is_not_given_twice(world, ivar):
    with pytest.raises(Refused) as refused:
        users.grant_role(
            ivar, user_id=world.users["anna"].pk, role=Role.DENTAL_BASIC, scope=f"clinic:{world.ryd.pk}"
        )

    assert codes(refused) == ["has_role_already"]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("role", "unit"),
    [
        (Role.DENTAL_BASIC, "eken"),
        (Role.CARE_RESPONSIBLE, "ryd"),
        (Role.REVIEWER, "ryd"),
        (Role.DENTAL_INVOICES, "region"),
    ],
)
def test_role_is_not_given_outside_its_scopes(world, ivar, role, unit):
    kind = {"eken": "provider", "ryd": "clinic", "region": "authority"}[unit]

    with pytest.raises(Refused) as refused:
        users.grant_role(
            ivar, user_id=world.users["bo"].pk, role=role, scope=f"{kind}:{getattr(world, unit).pk}"
        )

    assert codes(refused) == ["wrong_scope"]


@pytest.mark.requirement("CO-1", "CO-4", "QU-17")
@pytest.mark.parametrize(
    "scope", ["authority:{other}", "clinic:999999", "provider:999999", "x:1", "clinic:", ""]
)
def test_role_is_not_given_at_what_is_not_the_authoritys(world, ivar, stranger, scope):
    with pytest.raises(Http404):
        users.grant_role(
            ivar,
            user_id=world.users["bo"].pk,
            role=Role.REVIEWER,
            scope=scope.format(other=stranger.authority_id),
        )


@pytest.mark.requirement("CO-1")
def test_users_of_another_authority_are_neither_listed_nor_changed(world, ivar, stranger):
    assert stranger not in queries.search_users(ivar)
    for command in (users.deactivate_user, users.reactivate_user, users.set_password):
        with pytest.raises(Http404):
            command(ivar, user_id=stranger.pk)
    with pytest.raises(Http404):
        users.withdraw_role(ivar, grant_id=stranger.grants.get().pk)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna"])
def test_nobody_but_the_administrator_gives_roles(world, name):
    actor = world.actor(name)

    with pytest.raises(NotAllowed):
        users.grant_role(
            actor, user_id=world.users[name].pk, role="administrator", scope=f"authority:{world.region.pk}"
        )


# Pages --------------------------------------------------------------------------------------------


def pages(world):
    anna = world.users["anna"]
    return {
        "search_users": [],
        "create_user": [],
        "user": [anna.pk],
        "change_user": [anna.pk],
        "deactivate_user": [anna.pk],
        "reactivate_user": [anna.pk],
        "set_password": [anna.pk],
        "grant_role": [anna.pk],
        "withdraw_role": [anna.grants.first().pk],
    }


@pytest.mark.requirement("CO-4", "QU-17")
def test_every_page_opens_to_the_administrator(world, sign_in):
    client = sign_in(world, "ivar")

    found = {
        name: client.get(reverse(f"access:{name}", args=args)).status_code
        for name, args in pages(world).items()
    }

    assert set(found.values()) == {200}, found


@pytest.mark.requirement("CO-4", "QU-17")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_opens_to_anybody_else(world, sign_in, name, method):
    client = sign_in(world, name)

    found = {
        page: getattr(client, method)(reverse(f"access:{page}", args=args)).status_code
        for page, args in pages(world).items()
    }

    assert set(found.values()) == {403}, found


@pytest.mark.requirement("CO-1", "QU-17")
def test_forged_ids_of_another_authority_are_not_found(world, sign_in, stranger):
    client = sign_in(world, "ivar")
    forged = dict.fromkeys(
        ["user", "change_user", "deactivate_user", "reactivate_user", "set_password", "grant_role"],
        stranger.pk,
    )
    forged["withdraw_role"] = stranger.grants.get().pk

    for method in (client.get, client.post):
        found = {
            page: method(reverse(f"access:{page}", args=[pk])).status_code for page, pk in forged.items()
        }
        assert set(found.values()) == {404}, found


@pytest.mark.requirement("CO-7")
def test_new_users_password_is_shown_once_and_not_kept(world, sign_in):
    client = sign_in(world, "ivar")

    response = client.post(reverse("access:create_user"), {"name": "Stina Testlund", "username": "stina"})

    password = response.context["page"].password
    assert password in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    user = User.objects.get(username="stina")
    assert password not in client.get(reverse("access:user", args=[user.pk])).content.decode()


def test_everything_about_a_user_is_done_through_the_dialogs(world, sign_in):
    client = sign_in(world, "ivar")
    anna = world.users["anna"]
    url = {name: reverse(f"access:{name}", args=args) for name, args in pages(world).items()}

    client.post(
        url["change_user"], {"name": "Anna Provsson", "username": "anna", "email": "anna@example.org"}
    )
    client.post(url["grant_role"], {"role": "dental_basic", "scope": f"clinic:{world.linghem.pk}"})
    client.post(url["withdraw_role"])
    client.post(url["deactivate_user"])
    shown = client.post(url["set_password"]).context["page"]

    page = client.get(url["user"]).context["page"]
    assert (page.title, page.email, page.is_active) == ("Anna Provsson", "anna@example.org", False)
    assert len(page.grants) == 2
    anna.refresh_from_db()
    assert anna.check_password(shown.password)


@pytest.mark.requirement("CO-33")
def test_refusal_is_shown_in_the_dialog(world, sign_in):
    client = sign_in(world, "ivar")
    url = reverse("access:deactivate_user", args=[world.users["ivar"].pk])

    response = client.post(url)

    assert response.status_code == 422
    assert "Ivar Förvaltare" in response.context["page"].form.non_field_errors()[0]


@pytest.mark.requirement("CO-25")
def test_filters_of_users(world, ivar, make_user):
    make_user("åsa", (Role.REVIEWER, world.region), name="Åsa Ängström")
    User.objects.filter(username="bo").update(is_active=False)

    def found(**filters):
        return {user.username for user in queries.search_users(ivar, **filters)}

    assert found(text="ÄNGSTRÖM") == {"åsa"}
    assert found(text="ÅSA") == {"åsa"}
    assert found(role="reviewer") == {"gustav", "åsa"}
    assert found(state="inactive") == {"bo"}
    assert "bo" not in found(state="active")


def test_list_of_users_costs_the_same_for_few_and_many(
    world, sign_in, make_user, django_assert_max_num_queries
):
    for number in range(30):
        make_user(f"user{number}", (Role.DENTAL_BASIC, world.ryd), (Role.REVIEWER, world.region))
    client = sign_in(world, "ivar")

    with django_assert_max_num_queries(13):
        client.get(reverse("access:search_users"))


def test_name_leads_to_what_the_user_did(world, sign_in):
    client = sign_in(world, "ivar")

    page = client.get(reverse("access:user", args=[world.users["anna"].pk])).context["page"]

    assert client.get(page.events_url).status_code == 200


# HSA-id -------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-7", "CO-30")
def test_hsa_id_is_kept_in_capitals_and_logged(world, ivar):
    anna = world.users["anna"]

    users.change_user(
        ivar,
        today=world.today,
        user_id=anna.pk,
        username="anna",
        name=anna.name,
        hsa_id=" se2321000040-a1b2 ",
    )

    anna.refresh_from_db()
    assert anna.hsa_id == "SE2321000040-A1B2"
    assert Event.objects.get(action="access.change_user").data["after"] == {"hsa_id": "SE2321000040-A1B2"}


@pytest.mark.requirement("CO-7")
def test_hsa_id_is_one_users(world, ivar):
    new = {"today": world.today, "hsa_id": "SE2321000040-A1B2"}
    users.create_user(ivar, username="forst", name="Första", **new)

    with pytest.raises(Refused) as refused:
        users.create_user(ivar, username="andra", name="Andra", **new)

    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("hsa_id_is_taken", "hsa_id")
    ]


@pytest.mark.requirement("CO-7")
def test_many_users_have_no_hsa_id(world, ivar):
    for username in ("forst", "andra"):
        user, _password = users.create_user(ivar, today=world.today, username=username, name="Namn")
        assert user.hsa_id == ""


@pytest.mark.requirement("CO-7")
@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("SE2321000040-A", True),
        ("SE2321000040-ABCDEFGHIJKLMNOPQR", True),
        ("SE2321000040-ABCDEFGHIJKLMNOPQRS", False),
        ("SE232100004-A1", False),
        ("SE2321000040-", False),
        ("SE2321000040-Å1", False),
        ("NO2321000040-A1", False),
        ("201303102394", False),
        ("", False),
    ],
)
def test_hsa_id_is_country_organisation_and_a_name(typed, is_right):
    assert rules.is_hsa_id(typed) is is_right


@pytest.mark.requirement("CO-7")
def test_user_is_found_by_the_hsa_id(world, ivar):
    users.create_user(ivar, today=world.today, username="nils", name="Nils", hsa_id="SE2321000040-A1B2")

    found = queries.search_users(ivar, text="0040-a1b2")

    assert [user.username for user in found] == ["nils"]
