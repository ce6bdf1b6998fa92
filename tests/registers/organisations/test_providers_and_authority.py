"""Care providers, and what the authority says about itself."""

import pytest
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations import commands
from kvitt.registers.organisations.queries import providers


@pytest.mark.requirement("CO-2")
def test_provider_is_created_with_ten_digits_and_found_by_them(world, ivar):
    provider = commands.create_provider(ivar, name="Lindens Tandvård AB", organisation_number="16556000-0035")

    assert provider.organisation_number == "5560000035"
    assert list(providers.search_providers(ivar, text="556000-0035")) == [provider]
    assert list(providers.search_providers(ivar, text="LINDENS")) == [provider]


@pytest.mark.requirement("CO-2", "CO-33")
def test_organisation_number_is_used_once_in_an_authority(world, ivar):
    with pytest.raises(Refused) as refused:
        commands.create_provider(ivar, name="Ekens en gång till", organisation_number="556000-0019")

    assert refused.value.problems[0].field == "organisation_number"


@pytest.mark.requirement("CO-30")
def test_change_of_provider_is_logged(world, ivar):
    commands.change_provider(
        ivar,
        provider_id=world.eken.pk,
        name="Ekens Tandvård i Östergötland AB",
        organisation_number="5560000019",
    )

    assert Event.objects.latest("id").data == {
        "before": {"name": "Ekens Tandvård AB"},
        "after": {"name": "Ekens Tandvård i Östergötland AB"},
    }


@pytest.mark.requirement("CO-1")
def test_provider_of_another_authority_is_neither_found_nor_listed(ivar, neighbour):
    with pytest.raises(Http404):
        commands.change_provider(
            ivar, provider_id=neighbour.provider.pk, name="Tagen", organisation_number="556000-0035"
        )
    assert neighbour.provider not in providers.search_providers(ivar)


@pytest.mark.requirement("CO-1")
def test_authority_changes_its_own_settings_and_no_other(world, ivar, neighbour):
    commands.change_authority(
        ivar,
        name="Region Exempel",
        organisation_number="232100-0040",
        contact_name="Tandvårdsenheten",
        contact_phone="010-103 00 00",
        bankgiro="5050-1055",
        letter_text="Frågor besvaras\r\nvardagar.",
        reserve_number_patterns="yyyymmdd[KMX]NNC K=5 M=7 X=8",
    )

    world.region.refresh_from_db()
    neighbour.authority.refresh_from_db()
    assert (world.region.bankgiro, world.region.letter_text) == ("50501055", "Frågor besvaras\nvardagar.")
    assert (neighbour.authority.name, neighbour.authority.bankgiro) == ("Region Grann", "")
    assert set(Event.objects.latest("id").data["after"]) == {
        "bankgiro",
        "letter_text",
        "reserve_number_patterns",
    }


@pytest.mark.requirement("CO-1", "CO-30", "PH-2")
def test_county_of_the_activities_is_changed_with_an_event(world, ivar):
    values = {"name": "Region Exempel", "organisation_number": "232100-0040", "contact_phone": "010"}
    commands.change_authority(ivar, **values, county="05")

    commands.change_authority(ivar, **values, county="")

    world.region.refresh_from_db()
    assert world.region.county == ""
    assert Event.objects.latest("id").data == {"before": {"county": "05"}, "after": {"county": ""}}


@pytest.mark.requirement("CO-1", "CO-33", "PH-2")
def test_county_that_does_not_exist_is_refused_at_its_field(world, ivar):
    with pytest.raises(Refused) as refused:
        commands.change_authority(ivar, name="Region Exempel", organisation_number="232100-0040", county="02")

    world.region.refresh_from_db()
    assert [(problem.code, problem.field) for problem in refused.value.problems] == [
        ("unknown_county", "county")
    ]
    assert world.region.county == ""


@pytest.mark.requirement("CO-1")
def test_organisation_number_of_another_authority_is_refused(world, ivar, neighbour):
    with pytest.raises(Refused) as refused:
        commands.change_authority(
            ivar, name="Region Exempel", organisation_number=neighbour.authority.organisation_number
        )

    assert refused.value.problems[0].code == "number_is_taken"


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna"])
def test_nobody_but_the_administrator_changes_the_authority(world, name):
    with pytest.raises(NotAllowed):
        commands.change_authority(world.actor(name), name="Min region", organisation_number="232100-0040")
