"""Names sort in Swedish order and are found without regard to case."""

import pytest

from kvitt.foundation.values.text import search_key, sort_key


@pytest.mark.requirement("CO-25")
def test_swedish_letters_come_last_in_their_order():
    names = ["Öberg", "Åberg", "Zetterlund", "Ärlig", "Andersson", "émile", "Emil", "ahlin"]

    assert sorted(names, key=sort_key) == [
        "ahlin",
        "Andersson",
        "Emil",
        "émile",
        "Zetterlund",
        "Åberg",
        "Ärlig",
        "Öberg",
    ]


@pytest.mark.requirement("CO-25")
def test_search_disregards_case_and_extra_spaces():
    assert search_key("ÅKE  Ängsprov") == search_key("åke ängsprov")


@pytest.mark.requirement("CO-25")
def test_letters_are_the_same_however_they_are_encoded():
    assert search_key("A\u030ake") == search_key("Åke")
    assert sort_key("A\u030ake") == sort_key("Åke")
