"""A municipality's account strings: what its clients' fees are booked on."""

import datetime as dt

import pytest

from kvitt.foundation.values.problems import Refused
from kvitt.registers.accounting import commands, queries
from kvitt.registers.accounting.models import AccountString

URL = "/account-strings/"
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("CF-29")]
HEAD = "use,code,account,cost_centre,first_on\n"


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_administrator_books_a_service_on_an_account_of_its_own(care_world, sign_in, settings):
    settings.KVITT_TODAY = care_world.today
    mona = sign_in(care_world, "mona")

    page = text_of(mona.get(URL))
    dialog = text_of(mona.get(f"{URL}new/"))
    filled = {"use": "revenue", "code": "lun", "account": "3113", "first_on": "2024-11-20"}
    unknown = mona.post(f"{URL}new/", {**filled, "code": "FIN"})
    mona.post(f"{URL}new/", filled)
    rent = {**filled, "code": "HYRA", "account": "3411"}
    mona.post(f"{URL}new/", rent)

    assert "3111" in page
    assert "1510" in page
    assert "scheme" not in page
    assert 'name="scheme"' not in dialog
    assert 'value="cost"' not in dialog
    assert unknown.status_code == 422
    today = queries.revenue_strings(care_world.municipality.pk, ["LUN", "HYRA", "OMV"], care_world.today)
    assert {code: each.account for code, each in today.strings.items()} == {
        "LUN": "3113",
        "HYRA": "3411",
        "OMV": "3111",
    }
    string = AccountString.objects.get(code="LUN")
    assert "LUN" in text_of(mona.get(f"{URL}{string.pk}/end/"))


def test_the_strings_of_a_day_are_read_in_one_statement(care_world, django_assert_num_queries):
    authority_id = care_world.municipality.pk

    with django_assert_num_queries(1):
        found = queries.revenue_strings(authority_id, ["OMV", ""], care_world.today)
    before = queries.revenue_strings(authority_id, ["OMV"], dt.date(1999, 12, 31))

    assert (found.missing, found.wrong) == (frozenset(), frozenset())
    assert before.missing == {"OMV"}


def test_a_file_of_a_municipality_knows_only_its_uses(care_world):
    good = HEAD + "revenue,KOST,3113,7200,2024-11-20\nvat,12,2621,,2024-11-20\n"
    bad = HEAD + "cost,,5621,,2024-11-20\n"

    count = commands.load_account_strings(care_world.system, today=care_world.today, content=good.encode())
    with pytest.raises(Refused) as refused:
        commands.load_account_strings(care_world.system, today=care_world.today, content=bad.encode())

    assert count == 2
    assert [problem.code for problem in refused.value.problems] == ["not_used"]
