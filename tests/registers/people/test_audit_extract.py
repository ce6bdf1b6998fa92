"""A patient's extract tells who read and changed what, of every record that is the same person."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from kvitt.audit import commands as audit
from kvitt.audit.models import Event

from .conftest import ELSA, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CO-30")]


def extract(*arguments):
    out = io.StringIO()
    call_command("audit_extract", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_extract_tells_who_read_and_who_changed(dentist, administrator, elsa, rutger):
    audit.record_read("listings.patient", dentist, person_ids=[elsa.pk])
    audit.record("people.change_person", administrator, person_ids=[elsa.pk], after={"phone": "1"})
    audit.record_read("listings.patient", dentist, person_ids=[rutger.pk])

    lines = extract("20130205-2384")

    assert len(lines) == 3
    assert "listings.patient" in lines[0]
    assert "1111 - Ekens Tandvård Ryd" in lines[0]
    assert "people.change_person" in lines[1]


def test_records_merged_into_the_person_are_included(dentist, region, elsa):
    merged = make_person(region, "201307122398", merged_into=elsa)
    audit.record_read("listings.patient", dentist, person_ids=[merged.pk])

    assert "listings.patient" in extract("20130712-2398")[0]


def test_extract_is_itself_logged(elsa):
    [line] = extract(ELSA)

    [event] = Event.objects.all()
    assert "people.audit_extract" in line
    assert (event.action, event.is_read, event.user_id) == ("people.audit_extract", True, None)


def test_extract_as_json_has_one_object_per_line(dentist, elsa):
    audit.record_read("people.open_protected", dentist, person_ids=[elsa.pk], reason="Akut besök")

    first = json.loads(extract(ELSA, "--json")[0])

    assert (first["who"], first["is_read"], first["data"]) == (
        "Karin Testberg",
        True,
        {"reason": "Akut besök"},
    )


def test_number_can_be_read_from_standard_input(elsa, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("20130205-2384\n"))

    assert len(extract("-")) == 1


def test_authority_is_asked_for_where_there_are_several(elsa, other_region):
    make_person(other_region, ELSA)

    with pytest.raises(CommandError, match="several authorities"):
        extract(ELSA)
    assert len(extract(ELSA, "--authority", "232100-0040")) == 1


@pytest.mark.parametrize(
    ("number", "said"),
    [("20130205-2385", "check digit"), ("1302052384", "two persons"), ("20130310-2394", "Nobody")],
)
def test_number_that_leads_to_nobody_is_told_so(elsa, number, said, settings):
    settings.LANGUAGE_CODE = "en"

    with pytest.raises(CommandError, match=said):
        extract(number)

    assert not Event.objects.exists()
