"""An empty installation begins with `kvitt create_authority`."""

import pytest
from django.core.management import call_command
from django.test import Client

from kvitt.audit.models import Event
from kvitt.registers.organisations.models import Authority

ARGUMENTS = ("Region Prov", "232100-0040", "ada", "Ada Adminsson")


@pytest.mark.django_db
@pytest.mark.requirement("CO-1")
def test_first_administrator_can_sign_in_with_the_printed_password(capsys):
    call_command("create_authority", *ARGUMENTS)

    username, _slash, password = capsys.readouterr().out.split()
    client = Client()
    client.post("/sign-in/", {"username": username, "password": password})
    assert client.get("/users/").status_code == 200
    assert Event.objects.filter(action="access.create_authority", subject_key="2321000040").count() == 1


@pytest.mark.django_db
@pytest.mark.requirement("CO-1", "CO-2")
@pytest.mark.parametrize("number", ["232100-0041", "232100"])
def test_wrong_organisation_number_makes_nothing(number, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("create_authority", "Region Prov", number, "ada", "Ada Adminsson")

    assert stopped.value.code == 1
    assert not Authority.objects.exists()
    assert capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.requirement("CO-1")
def test_same_authority_is_made_once(capsys):
    call_command("create_authority", *ARGUMENTS)

    with pytest.raises(SystemExit):
        call_command("create_authority", *ARGUMENTS)

    assert Authority.objects.count() == 1
