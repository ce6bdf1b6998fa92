"""The pages of a clinic's administrator, and of those who decide about accounts."""

import re

import pytest
from django.urls import reverse

from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from kvitt.registers.clinic_administration import commands
from kvitt.registers.clinic_administration.models import AccountChange
from tests.registers.clinic_administration.conftest import NEW_ACCOUNT

pytestmark = pytest.mark.requirement("SC-24")


def url(name, *args):
    return reverse(f"clinic_administration:{name}", args=args)


def text(response):
    """Return a page, its dates and numbers without what keeps them on one line."""
    return re.sub(r'<span class="kv-nowrap">([^<]*)</span>', r"\1", response.content.decode())


def test_clinics_administrator_sees_its_details_account_and_users(unit, sign_in):
    page = text(sign_in(unit, "petra").get(url("clinics")))

    for shown in (
        "Klinikadministration",
        "Ryds centrum 1",
        "Bankgiro 991-2346",
        "Anna Testander",
        "Ny användare",
    ):
        assert shown in page
    assert "Bo Provén" not in page


def test_provider_chooses_among_its_clinics(unit, sign_in):
    unit._user("rut", "Rut Provgren", unit.eken, (Role.CARE_RESPONSIBLE, Role.CLINIC_ADMINISTRATOR))
    client = sign_in(unit, "rut")

    rows = client.get(url("clinics")).context["page"].rows
    assert [row.url for row in rows] == [url("clinic", unit.linghem.pk), url("clinic", unit.ryd.pk)]
    assert client.get(url("clinic", unit.linghem.pk)).status_code == 200
    assert client.get(url("clinic", unit.bjork.pk)).status_code == 404


def test_contact_details_are_the_clinics_own_and_its_name_is_not(unit, sign_in):
    typed = {"street": "Nygatan 2", "town": "Linköping", "phone": "013-1", "name": "Annat", "number": "9"}

    response = sign_in(unit, "petra").post(url("change_contact", unit.ryd.pk), typed)

    unit.ryd.refresh_from_db()
    assert response.url == url("clinic", unit.ryd.pk)
    assert (unit.ryd.street, unit.ryd.phone) == ("Nygatan 2", "013-1")
    assert (unit.ryd.name, unit.ryd.number) == ("Ekens Tandvård Ryd", "1111")


def test_account_is_asked_for_shown_as_waiting_and_approved(unit, sign_in):
    petra, ivar = sign_in(unit, "petra"), sign_in(unit, "ivar")
    petra.post(url("request_account_change", unit.ryd.pk), NEW_ACCOUNT)
    change = AccountChange.objects.get()

    waiting = text(petra.get(url("clinic", unit.ryd.pk)))
    assert "Petra Fiktivander begärde Plusgiro 490220-1" in waiting
    assert url("withdraw_account_change", change.pk) in waiting
    assert "Inväntar beslut" in text(ivar.get(url("account_changes")))
    assert "Plusgiro 490220-1" in text(ivar.get(url("approve_account_change", change.pk)))
    ivar.post(url("approve_account_change", change.pk))
    assert "Ivar Förvaltare godkände Plusgiro 490220-1" in text(petra.get(url("clinic", unit.ryd.pk)))


def test_who_asked_sees_why_he_may_not_approve(unit, sign_in):
    change = commands.request_account_change(unit.actor("ivar"), clinic_id=unit.ryd.pk, **NEW_ACCOUNT)
    own, other = sign_in(unit, "ivar"), sign_in(unit, "viktor")

    page = text(own.get(url("account_change", change.pk)))
    assert "Du har själv begärt ändringen." in page
    assert url("approve_account_change", change.pk) not in page
    refused = own.post(url("approve_account_change", change.pk))
    assert (refused.status_code, "Du har själv begärt" in text(refused)) == (422, True)
    assert url("approve_account_change", change.pk) in text(other.get(url("account_change", change.pk)))


def test_page_tells_whom_to_call_and_that_the_contact_details_are_new(unit, sign_in):
    change = commands.request_account_change(unit.actor("petra"), clinic_id=unit.ryd.pk, **NEW_ACCOUNT)
    sign_in(unit, "petra").post(url("change_contact", unit.ryd.pk), {"phone": "013-99 99 99"})

    page = text(sign_in(unit, "ivar").get(url("account_change", change.pk)))

    assert "013-99 99 99" in page
    assert re.search(r"Kontaktuppgifterna ändrades [0-9-]{10} av Petra Fiktivander[.]", page)


def test_last_sign_in_is_told_of_those_who_work_here_alone(unit, sign_in):
    sign_in(unit, "anna")
    RoleGrant.objects.create(user=unit.users["anna"], role=Role.DENTAL_BASIC, clinic=unit.linghem)

    page = text(sign_in(unit, "petra").get(url("clinics")))

    assert page.count("Visas inte: har roller även på annat håll") == 1


def test_list_has_those_that_wait_first(unit, sign_in):
    ivar = unit.actor("ivar")
    first = commands.request_account_change(unit.actor("petra"), clinic_id=unit.ryd.pk, **NEW_ACCOUNT)
    second = commands.request_account_change(ivar, clinic_id=unit.bjork.pk, **NEW_ACCOUNT)
    commands.withdraw_account_change(ivar, change_id=second.pk)
    client = sign_in(unit, "ivar")

    def shown(**filters):
        return [row.url for row in client.get(url("account_changes"), filters).context["page"].rows]

    assert shown() == [url("account_change", first.pk), url("account_change", second.pk)]
    assert shown(state="decided") == [url("account_change", second.pk)]


def test_new_user_gets_a_password_that_is_shown_once(unit, sign_in):
    client = sign_in(unit, "petra")

    page = text(
        client.post(
            url("create_unit_user", unit.ryd.pk),
            {"name": "Stina Exempelsson", "hsa_id": "SE2321000040-A1B2", "roles": ["dental_basic"]},
        )
    )

    stina = User.objects.get(username="stina.exempelsson")
    password = page.split("user-select-all")[1].split(">")[1].split("<")[0]
    assert stina.check_password(password)
    assert password not in text(client.get(url("clinic", unit.ryd.pk)))


@pytest.mark.requirement("CO-4", "QU-18")
@pytest.mark.parametrize(
    "forged",
    [
        {"roles": ["administrator"]},
        {"roles": ["dental_basic", "care_responsible"]},
        {"roles": ["special_care_claims"]},
        {"roles": []},
        {"hsa_id": "201303102394"},
        {"name": " "},
    ],
    ids=str,
)
def test_forged_or_wrong_user_is_refused_in_the_form(unit, sign_in, forged):
    typed = {"name": "Stina Exempelsson", "roles": ["dental_basic"], **forged}

    response = sign_in(unit, "petra").post(url("create_unit_user", unit.ryd.pk), typed)

    assert response.status_code == 422
    assert not RoleGrant.objects.filter(user__name__startswith="Stina").exists()


@pytest.mark.requirement("CO-4")
def test_forged_scope_gives_nothing_above_the_clinic(unit, sign_in):
    typed = {
        "name": "Stina Exempelsson",
        "roles": ["clinic_administrator"],
        "scope": f"provider:{unit.eken.pk}",
        "provider": unit.eken.pk,
        "clinic_id": unit.linghem.pk,
    }

    sign_in(unit, "petra").post(url("create_unit_user", unit.ryd.pk), typed)

    [grant] = RoleGrant.objects.filter(user__name="Stina Exempelsson")
    assert (grant.clinic_id, grant.provider_id, grant.authority_id) == (unit.ryd.pk, None, None)


def test_user_is_given_other_roles_and_ended(unit, sign_in):
    client, anna = sign_in(unit, "petra"), unit.users["anna"]

    form = text(client.get(url("change_unit_roles", unit.ryd.pk, anna.pk)))
    assert "Allmäntandvård" in form
    client.post(url("change_unit_roles", unit.ryd.pk, anna.pk), {"roles": ["population_basic"]})
    assert [grant.role for grant in anna.grants.all()] == ["population_basic"]
    client.post(url("end_unit_user", unit.ryd.pk, anna.pk))
    anna.refresh_from_db()
    assert (anna.is_active, anna.grants.count()) == (False, 0)
