"""A protected identity is hidden until a reason is given, and the reason is logged."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.registers.people import commands, queries

from .conftest import TODAY, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("QU-19", "CO-8")]
REASON = "Ändrar telefonnummer på begäran"


def url_of(person):
    return reverse("people:open_protected", args=[person.code])


def test_reason_is_logged_as_a_read(dentist, hidden_tova):
    session = SessionStore()

    commands.open_protected(dentist, session=session, person=hidden_tova, reason=REASON)

    [event] = Event.objects.all()
    assert (event.is_read, event.action, event.data) == (True, "people.open_protected", {"reason": REASON})
    assert list(event.subjects.values_list("person_id", flat=True)) == [hidden_tova.pk]
    assert not queries.needs_reason(session, hidden_tova)


def test_nothing_is_opened_without_a_reason(dentist, hidden_tova):
    session = SessionStore()

    with pytest.raises(Refused):
        commands.open_protected(dentist, session=session, person=hidden_tova, reason=" . ")

    assert queries.needs_reason(session, hidden_tova)
    assert not Event.objects.exists()


def test_reason_holds_for_that_person_and_session_only(dentist, region, hidden_tova):
    other = make_person(region, "201307122398", is_protected=True)
    session = SessionStore()

    commands.open_protected(dentist, session=session, person=hidden_tova, reason=REASON)

    assert queries.needs_reason(session, other)
    assert queries.needs_reason(SessionStore(), hidden_tova)


def test_person_without_protection_needs_no_reason(elsa):
    assert not queries.needs_reason(SessionStore(), elsa)


def test_nothing_of_a_protected_person_is_shown_before(hidden_tova):
    shown = queries.shown_person(SessionStore(), hidden_tova, day=TODAY)

    assert shown.is_hidden
    assert shown.name == shown.address == queries.hidden_text()
    assert (shown.phone, shown.area_clinic) == ("", "")


def test_everything_is_shown_after(dentist, hidden_tova):
    session = SessionStore()
    commands.open_protected(dentist, session=session, person=hidden_tova, reason=REASON)

    shown = queries.shown_person(session, hidden_tova, day=TODAY)

    assert (shown.name, shown.address) == ("Tova Dold", "Hemliga gatan 1, 58222 Linköping")


# The page -----------------------------------------------------------------------------------------


def test_persons_page_asks_first_and_comes_back(administrator_client, hidden_tova):
    page = reverse("people:person", args=[hidden_tova.code])

    asked = administrator_client.get(page, follow=True)
    assert "Dold" not in asked.content.decode()
    assert hidden_tova.identity_number[8:] not in asked.content.decode()

    answer = administrator_client.post(asked.request["PATH_INFO"] + f"?next={page}", {"reason": REASON})

    assert answer["Location"] == page
    shown = administrator_client.get(page).content.decode()
    assert "Tova Dold" in shown
    assert "Hemliga gatan 1" in shown


def test_page_is_not_found_by_who_was_not_sent_there(administrator_client, dentist_client, hidden_tova):
    assert administrator_client.get(url_of(hidden_tova)).status_code == 404
    assert dentist_client.post(url_of(hidden_tova), {"reason": REASON}).status_code == 404
    assert not Event.objects.exists()


def test_person_of_another_authority_is_not_found(other_administrator_client, hidden_tova):
    assert other_administrator_client.get(url_of(hidden_tova)).status_code == 404


@pytest.mark.requirement("CO-33")
def test_missing_reason_is_asked_for_at_the_field(administrator_client, hidden_tova):
    administrator_client.get(reverse("people:person", args=[hidden_tova.code]))

    answer = administrator_client.post(url_of(hidden_tova), {"reason": "ok"})

    assert answer.status_code == 422
    assert answer.context["page"].form.errors.keys() == {"reason"}


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", ""]
)
def test_reader_is_only_sent_on_within_the_system(administrator_client, hidden_tova, target):
    administrator_client.get(reverse("people:person", args=[hidden_tova.code]))

    answer = administrator_client.post(url_of(hidden_tova), {"reason": REASON}, query_params={"next": target})

    assert answer["Location"] == reverse("portal:start")
