"""An address is added and ended, never deleted; where a person stays rules."""

import datetime as dt

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands, queries
from kvitt.registers.people.lifecycle import AddressKind

from .conftest import TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-9")]


def add(actor, person, first_on, street="Gatan 3", kind=AddressKind.REGISTERED, **values):
    return commands.add_address(
        actor,
        today=TODAY,
        code=person.code,
        kind=kind,
        first_on=first_on,
        street=street,
        **{"postcode": "580 02", "town": "Linköping", **values},
    )


def test_new_address_ends_the_open_one_the_day_before(administrator, elsa):
    old = add(administrator, elsa, dt.date(2020, 1, 1))

    new = add(administrator, elsa, dt.date(2025, 4, 1), "Nygatan 1")

    old.refresh_from_db()
    assert (old.last_on, new.last_on) == (dt.date(2025, 3, 31), None)
    assert str(queries.address_on(elsa, TODAY)) == "Gatan 3, 58002 Linköping"
    assert str(queries.address_on(elsa, dt.date(2025, 4, 1))) == "Nygatan 1, 58002 Linköping"


def test_address_of_stay_rules_and_leaves_the_registered_one_open(administrator, elsa):
    registered = add(administrator, elsa, dt.date(2020, 1, 1))
    staying = add(administrator, elsa, dt.date(2025, 1, 1), "Vårdhemmet 2", AddressKind.STAYING)

    registered.refresh_from_db()
    assert registered.last_on is None
    assert queries.address_on(elsa, TODAY) == staying
    assert queries.address_on(elsa, dt.date(2024, 12, 31)) == registered


def test_registered_address_rules_again_when_the_stay_has_ended(administrator, elsa):
    registered = add(administrator, elsa, dt.date(2020, 1, 1))
    staying = add(administrator, elsa, dt.date(2025, 1, 1), "Vårdhemmet 2", AddressKind.STAYING)

    commands.end_address(
        administrator, today=TODAY, code=elsa.code, address_id=staying.pk, last_on=dt.date(2025, 3, 19)
    )

    assert queries.address_on(elsa, TODAY) == registered


def test_address_that_would_overlap_is_refused(administrator, elsa):
    add(administrator, elsa, dt.date(2025, 3, 1))

    with pytest.raises(Refused) as refused:
        add(administrator, elsa, dt.date(2025, 3, 1))

    assert [problem.code for problem in refused.value.problems] == ["address_overlaps"]


def test_own_name_in_care_of_is_refused_until_it_is_confirmed(administrator, elsa):
    with pytest.raises(Refused):
        add(administrator, elsa, TODAY, care_of="Elsa Provsson")

    address = add(administrator, elsa, TODAY, care_of="Elsa Provsson", has_confirmed_care_of=True)

    assert str(address) == "c/o Elsa Provsson, Gatan 3, 58002 Linköping"


@pytest.mark.requirement("CO-30")
def test_both_ends_are_logged(administrator, elsa):
    address = add(administrator, elsa, dt.date(2025, 1, 1))
    add(administrator, elsa, dt.date(2025, 3, 1), "Nygatan 1")

    first, second = Event.objects.order_by("id")
    assert first.data == {
        "after": {
            "address": address.pk,
            "kind": "registered",
            "first_on": "2025-01-01",
            "text": "Gatan 3, 58002 Linköping",
        }
    }
    assert second.data["before"] == {"ended": [{"address": address.pk, "last_on": None}]}
    assert second.data["after"]["ended_on"] == "2025-02-28"


@pytest.mark.requirement("QU-19")
def test_protected_address_is_not_written_in_the_log(administrator, hidden_tova):
    add(administrator, hidden_tova, TODAY, "Gömda gränd 4")

    [event] = Event.objects.all()
    assert event.data["after"]["text"] == "***"


def test_address_of_another_person_is_not_found(administrator, elsa, rutger):
    address = add(administrator, elsa, TODAY)

    with pytest.raises(Http404):
        commands.end_address(
            administrator, today=TODAY, code=rutger.code, address_id=address.pk, last_on=TODAY
        )


def test_only_the_administrator_changes_addresses(administrator, dentist, elsa):
    address = add(administrator, elsa, TODAY)

    with pytest.raises(NotAllowed):
        add(dentist, elsa, TODAY)
    with pytest.raises(NotAllowed):
        commands.end_address(dentist, today=TODAY, code=elsa.code, address_id=address.pk, last_on=TODAY)


# The pages ----------------------------------------------------------------------------------------

TYPED = {
    "kind": "registered",
    "first_on": "idag",
    "street": "Gatan 3",
    "postcode": "580 02",
    "town": "Linköping",
}


def test_form_adds_the_address(administrator_client, elsa):
    answer = administrator_client.post(reverse("people:add_address", args=[elsa.code]), TYPED, follow=True)

    assert "Gatan 3, 58002 Linköping" in answer.content.decode()
    assert elsa.addresses.get().first_on == TODAY


def test_warning_about_care_of_offers_to_save_all_the_same(administrator_client, elsa):
    url = reverse("people:add_address", args=[elsa.code])
    typed = {**TYPED, "care_of": "Elsa Provsson"}

    warned = administrator_client.post(url, typed)
    saved = administrator_client.post(url, {**typed, "has_confirmed_care_of": "on"})

    assert warned.status_code == 422
    assert 'type="checkbox" name="has_confirmed_care_of"' in warned.content.decode()
    assert saved.status_code == 303


def test_form_ends_the_address(administrator, administrator_client, elsa):
    address = add(administrator, elsa, dt.date(2020, 1, 1))

    answer = administrator_client.post(
        reverse("people:end_address", args=[elsa.code, address.pk]), {"last_on": "2025-03-31"}
    )

    address.refresh_from_db()
    assert answer.status_code == 303
    assert address.last_on == dt.date(2025, 3, 31)


@pytest.mark.requirement("CO-33")
def test_end_before_the_beginning_is_refused_at_the_field(administrator, administrator_client, elsa):
    address = add(administrator, elsa, TODAY)

    answer = administrator_client.post(
        reverse("people:end_address", args=[elsa.code, address.pk]), {"last_on": "2025-03-19"}
    )

    assert answer.status_code == 422
    assert answer.context["page"].form.errors.keys() == {"last_on"}
