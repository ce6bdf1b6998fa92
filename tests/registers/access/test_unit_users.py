"""The users of a clinic, by its own administrator: no further than the clinic, whatever is forged."""

import datetime as dt

import pytest
from django.http import Http404
from django.test import override_settings
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import queries
from kvitt.registers.access.commands import unit_users
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import NotAllowed, Role, ScopeKind
from kvitt.registers.access.rules import unit_users as rules

pytestmark = pytest.mark.requirement("SC-24")
HSA_ID = "SE2321000040-A1B2"
BASIC = Role.DENTAL_BASIC.value
ADMINISTRATOR = Role.CLINIC_ADMINISTRATOR.value


@pytest.fixture
def petra(world):
    """Petra as she administers the clinic in Ryd."""
    world._user("petra", "Petra Fiktivander", world.ryd, (Role.CLINIC_ADMINISTRATOR,))
    return world.actor("petra")


def create(world, actor, **changes):
    facts = {"clinic_id": world.ryd.pk, "name": "Stina Exempelsson", "roles": [BASIC], **changes}
    return unit_users.create_unit_user(actor, today=world.today, **facts)


def change(world, actor, user, *roles, clinic=None):
    clinic_id = (clinic or world.ryd).pk
    return unit_users.change_unit_roles(
        actor, today=world.today, clinic_id=clinic_id, user_id=user.pk, roles=roles
    )


def end(world, actor, user, clinic=None):
    return unit_users.end_unit_user(actor, clinic_id=(clinic or world.ryd).pk, user_id=user.pk)


def refused_code(command, *args, **facts):
    with pytest.raises(Refused) as refused:
        command(*args, **facts)
    return refused.value.problems[0].code


def grants(user):
    return sorted(user.grants.values_list("role", "clinic_id", "provider_id", "authority_id"))


# Rules --------------------------------------------------------------------------------------------


def test_clinic_gives_roles_for_what_it_is_connected_to_and_never_the_regions():
    everything = set(rules.calculate_unit_roles({"needs_allowance", "population_health", "special_care"}))

    assert set(rules.calculate_unit_roles(())) == {Role.CLINIC_ADMINISTRATOR}
    assert set(rules.calculate_unit_roles({"special_care"})) == {
        Role.CLINIC_ADMINISTRATOR,
        Role.SPECIAL_CARE_CLAIMS,
    }
    assert everything == {
        Role.DENTAL_BASIC,
        Role.DENTAL_INVOICES,
        Role.POPULATION_BASIC,
        Role.POPULATION_INVOICES,
        Role.SPECIAL_CARE_CLAIMS,
        Role.CLINIC_ADMINISTRATOR,
    }


@pytest.mark.parametrize(
    ("name", "taken", "username"),
    [
        ("Anna Testander", (), "anna.testander"),
        ("Anna Testander", {"anna.testander", "anna.testander2"}, "anna.testander3"),
        ("Åsa Öberg-Ek", (), "åsa.öberg.ek"),
        ("Bo", (), "user.bo"),
        ("19121212 1212", (), "user.19121212.1212"),
        ("", (), "user"),
        ("X" * 200, (), "x" * 40),
    ],
)
def test_user_name_is_made_of_the_name(name, taken, username):
    assert rules.calculate_username(name, taken=taken) == username


@pytest.mark.requirement("QU-18")
def test_personal_number_is_not_taken_for_an_hsa_id():
    today = dt.date(2024, 11, 20)

    [problem] = rules.check_unit_identity("201303102394", today=today, is_needed=False)
    assert (problem.code, problem.field) == ("hsa_id_is_personal", "hsa_id")
    assert rules.check_unit_identity("", today=today, is_needed=False) == []
    assert rules.check_unit_identity(HSA_ID, today=today, is_needed=True) == []
    [problem] = rules.check_unit_identity("", today=today, is_needed=True)
    assert problem.code == "needs_hsa_id"


# New users ----------------------------------------------------------------------------------------


def test_new_user_signs_in_with_the_password_and_works_at_the_clinic_alone(world, petra):
    user, password = create(world, petra, hsa_id=HSA_ID.lower(), email="stina@example.org")

    assert (user.username, user.hsa_id, user.check_password(password)) == ("stina.exempelsson", HSA_ID, True)
    assert grants(user) == [(BASIC, world.ryd.pk, None, None)]
    after = Event.objects.get(action="access.create_unit_user").data["after"]
    assert (after["roles"], after["unit"]) == ([BASIC], str(world.ryd))


@pytest.mark.requirement("QU-18")
def test_personal_number_is_kept_nowhere(world, petra):
    assert refused_code(create, world, petra, hsa_id="20130310-2394") == "hsa_id_is_personal"
    assert refused_code(create, world, petra, name="Stina 20130310-2394") == "name_is_personal"
    assert refused_code(create, world, petra, name="Stina (1303102394)") == "name_is_personal"

    assert not User.objects.filter(name="Stina Exempelsson").exists()


@override_settings(KVITT_LOCAL_ACCOUNTS=False)
def test_who_signs_in_by_the_identity_provider_alone_needs_an_hsa_id(world, petra):
    assert refused_code(create, world, petra) == "needs_hsa_id"


def test_who_works_elsewhere_gets_roles_here_too_and_keeps_the_password(world, petra):
    bo = world.users["bo"]
    User.objects.filter(pk=bo.pk).update(hsa_id=HSA_ID)

    assert refused_code(create, world, petra, hsa_id=HSA_ID) == "hsa_id_is_taken"
    user, password = create(world, petra, hsa_id=HSA_ID, name="Bo Provén")

    assert (user.pk, password) == (bo.pk, "")
    assert RoleGrant.objects.filter(user=bo, clinic=world.linghem).count() == 2
    assert refused_code(create, world, petra, hsa_id=HSA_ID, name="Bo Provén") == "is_here_already"


def test_who_is_shut_out_is_not_let_in_by_the_clinic(world, petra):
    User.objects.filter(pk=world.users["bo"].pk).update(hsa_id=HSA_ID, is_active=False)

    assert refused_code(create, world, petra, hsa_id=HSA_ID, name="Bo Provén") == "is_shut_out"


def test_who_decides_at_the_region_gets_no_role_at_a_clinic(world, petra):
    User.objects.filter(pk=world.users["gustav"].pk).update(hsa_id=HSA_ID)
    name = world.users["gustav"].name

    assert refused_code(create, world, petra, hsa_id=HSA_ID, name=name) == "is_at_authority"


# Roles --------------------------------------------------------------------------------------------


def test_roles_are_changed_at_the_clinic_and_nowhere_else(world, petra):
    anna = world.users["anna"]
    RoleGrant.objects.create(user=anna, role=Role.DENTAL_BASIC, clinic=world.linghem)

    change(world, petra, anna, Role.POPULATION_BASIC.value)

    assert grants(anna) == [
        (BASIC, world.linghem.pk, None, None),
        ("population_basic", world.ryd.pk, None, None),
    ]
    data = Event.objects.get(action="access.change_unit_roles").data
    assert data["before"]["roles"] == ["dental_basic", "dental_invoices"]


def test_change_of_nothing_is_no_event_and_no_role_is_refused(world, petra):
    anna = world.users["anna"]

    change(world, petra, anna, "dental_basic", "dental_invoices")
    assert refused_code(change, world, petra, anna) == "no_role"

    assert not Event.objects.filter(action="access.change_unit_roles").exists()


def test_role_that_the_clinic_lost_may_stay_and_may_go(world, petra):
    anna = world.users["anna"]
    world.ryd.rights.filter(scheme="needs_allowance").delete()

    change(world, petra, anna, "dental_invoices", "population_basic")
    assert refused_code(change, world, petra, anna, "dental_basic") == "role_not_offered"
    change(world, petra, anna, "population_basic")

    assert grants(anna) == [("population_basic", world.ryd.pk, None, None)]


# Nobody rises -------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    "role",
    [role.value for role in Role if role not in rules.calculate_unit_roles(["needs_allowance"])] + ["owner"],
)
def test_forged_role_is_refused_when_created_and_when_changed(world, petra, role):
    world.ryd.rights.exclude(scheme="needs_allowance").delete()
    before = RoleGrant.objects.count()

    assert refused_code(create, world, petra, roles=[BASIC, role]) == "role_not_offered"
    assert refused_code(change, world, petra, world.users["anna"], BASIC, role) == "role_not_offered"
    assert refused_code(change, world, petra, world.users["petra"], ADMINISTRATOR, role) == "role_not_offered"

    assert RoleGrant.objects.count() == before


@pytest.mark.requirement("CO-4")
def test_forged_clinic_is_not_found(world, petra):
    for clinic in (world.linghem, world.bjork):
        with pytest.raises(Http404):
            create(world, petra, clinic_id=clinic.pk)
    with pytest.raises(Http404):
        change(world, petra, world.users["bo"], BASIC, clinic=world.linghem)
    with pytest.raises(Http404):
        end(world, petra, world.users["bo"], clinic=world.linghem)


@pytest.mark.requirement("CO-4")
def test_users_of_other_units_are_not_found(world, petra):
    # At another clinic, at the care provider, at the region.
    for name in ("bo", "david", "eva", "ivar"):
        with pytest.raises(Http404):
            change(world, petra, world.users[name], BASIC)
        with pytest.raises(Http404):
            end(world, petra, world.users[name])

    assert [user.username for user in queries.unit_users(petra, world.ryd.pk)] == ["anna", "jenny", "petra"]


@pytest.mark.requirement("CO-4")
def test_grant_is_always_at_the_clinic_never_above_it(world, petra):
    world._user("rut", "Rut Provgren", world.eken, (Role.CARE_RESPONSIBLE, Role.CLINIC_ADMINISTRATOR))
    rut = world.actor("rut")

    user, _password = create(world, rut, roles=[ADMINISTRATOR, BASIC])
    assert rut.scope is ScopeKind.PROVIDER
    assert {grant[1:] for grant in grants(user)} == {(world.ryd.pk, None, None)}
    with pytest.raises(Http404):
        create(world, rut, clinic_id=world.bjork.pk)


@pytest.mark.requirement("CO-4")
def test_others_at_the_clinic_look_after_nobody(world, petra):
    for name in ("anna", "gustav"):
        with pytest.raises(NotAllowed):
            create(world, world.actor(name))
        with pytest.raises(NotAllowed):
            change(world, world.actor(name), world.users["jenny"], BASIC)
        with pytest.raises(NotAllowed):
            end(world, world.actor(name), world.users["jenny"])


@pytest.mark.requirement("CO-4")
def test_clinics_administrator_does_not_reach_the_regions_pages_about_users(world, petra, sign_in):
    client = sign_in(world, "petra")
    user_id = world.users["anna"].pk

    for name, args in (("create_user", []), ("grant_role", [user_id]), ("set_password", [user_id])):
        assert client.post(reverse(f"access:{name}", args=args), {"role": BASIC}).status_code == 403


# Ending -------------------------------------------------------------------------------------------


def test_user_who_ends_is_shut_out_only_when_nothing_else_remains(world, petra):
    anna, jenny = world.users["anna"], world.users["jenny"]
    RoleGrant.objects.create(user=anna, role=Role.DENTAL_BASIC, clinic=world.linghem)

    end(world, petra, anna)
    end(world, petra, jenny)

    anna.refresh_from_db()
    jenny.refresh_from_db()
    assert (anna.is_active, jenny.is_active) == (True, False)
    assert grants(anna) == [(BASIC, world.linghem.pk, None, None)]
    newest = Event.objects.filter(action="access.end_unit_user").latest("pk")
    assert newest.data["after"] == {"is_active": False}


def test_only_administrator_of_a_clinic_stays_until_there_is_another(world, petra):
    own = world.users["petra"]

    assert refused_code(end, world, petra, own) == "last_unit_administrator"
    assert refused_code(change, world, petra, own, BASIC) == "last_unit_administrator"
    change(world, petra, world.users["anna"], BASIC, ADMINISTRATOR)
    end(world, petra, own)

    assert not own.grants.exists()


def test_region_may_end_the_only_administrator_of_a_clinic(world, petra):
    end(world, world.actor("ivar"), world.users["petra"])

    assert not world.users["petra"].grants.exists()
