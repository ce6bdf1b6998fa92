"""What may stand in news, answers and questions."""

import datetime as dt

import pytest

from kvitt.portal.rules import texts

TODAY = dt.date(2025, 3, 20)


@pytest.mark.requirement("CO-30")
@pytest.mark.parametrize(
    "text",
    ["Gäller 20130205-2384.", "Gäller 201302052384", "130205-2384 ringde", "130205 2384", "nr:1302052384,"],
)
def test_personal_number_is_refused_in_a_text(text):
    [problem] = texts.check_text(text, field="text", today=TODAY)

    assert (problem.code, problem.field) == ("personal_number_in_text", "text")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ring 010-103 00 00.",
        "Ärende B2024-000012, 5 025 kr",
        "2025-03-20 kl. 10.42",
        "Bankgiro 5050-1055",
    ],
)
def test_other_figures_may_stand_in_a_text(text):
    assert texts.check_text(text, field="text", today=TODAY) == []


@pytest.mark.parametrize(
    ("last_on", "codes"), [(None, []), (TODAY, []), (dt.date(2025, 3, 19), ["days_out_of_order"])]
)
def test_news_ends_no_earlier_than_it_begins(last_on, codes):
    assert [problem.code for problem in texts.check_news_period(TODAY, last_on)] == codes


@pytest.mark.parametrize(
    ("phone", "email", "is_fine"),
    [("", "", False), ("010-103 00 00", "", True), ("", "tandvard@example.com", True)],
)
def test_contact_can_be_reached_somehow(phone, email, is_fine):
    assert (texts.check_contact(phone=phone, email=email) == []) is is_fine
