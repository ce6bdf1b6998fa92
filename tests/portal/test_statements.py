"""Pages that belong to no module: accessibility, shortcuts, the probe."""

import pytest
from django.db import DatabaseError, connection

from kvitt.portal.queries import statements

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("QU-21")
@pytest.mark.parametrize(("language", "law"), [("sv", "2018:1937"), ("en", "(2018:1937)")])
def test_accessibility_statement_is_read_signed_out_in_both_languages(
    language, law, region, neighbour, client
):
    client.cookies["kvitt_language"] = language

    answer = client.get("/accessibility/")

    text = answer.content.decode()
    assert answer.status_code == 200
    for part in (
        law,
        "WCAG 2.1",
        "https://www.digg.se/tdosanmalan",
        "010-103 00 00",
        "mailto:tandvard@example.com",
    ):
        assert part in text
    assert "Region Grann" in text


@pytest.mark.requirement("QU-21")
def test_accessibility_statement_names_the_reader_own_authority(anna, neighbour, sign_in):
    text = sign_in(anna).get("/accessibility/").content.decode()

    assert "Region Ekonomi" in text
    assert "Region Grann" not in text
    assert 'id="patient-search"' in text


def test_statement_of_who_has_chosen_no_unit_is_readable(region, client, django_user_model):
    client.force_login(django_user_model.objects.create(username="ny", name="Ny", authority=region))

    assert client.get("/accessibility/").status_code == 200


def test_shortcuts_are_those_of_the_menu(anna, administrator, sign_in):
    clinic, registers = (sign_in(user).get("/shortcuts/").content.decode() for user in (anna, administrator))

    assert all(f"<kbd>g</kbd> <kbd>{letter}</kbd>" in clinic for letter in "hlbf")
    assert "<kbd>b</kbd>" not in registers
    assert "<kbd>/</kbd>" not in registers


def test_shortcuts_page_says_whether_they_are_on(anna, sign_in):
    client = sign_in(anna)
    client.cookies["kvitt_language"] = "en"
    assert "The single keys are on." in client.get("/shortcuts/").content.decode()

    anna.has_shortcuts = False
    anna.save()

    assert "The single keys are off." in client.get("/shortcuts/").content.decode()


# The probe --------------------------------------------------------------------------------------------


def test_probe_answers_without_session_or_tenant(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert not answer.cookies


def test_probe_says_that_the_database_is_gone(client, monkeypatch):
    class Gone:
        def __enter__(self):
            raise DatabaseError

        def __exit__(self, *_):
            return False

    monkeypatch.setattr(connection, "cursor", Gone)

    assert not statements.database_answers()
    assert client.get("/healthz").status_code == 503
