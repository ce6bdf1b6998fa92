"""One parameter for many values."""

import pytest

from kvitt.foundation.lookups import Values
from kvitt.registers.organisations.models import Authority

pytestmark = pytest.mark.django_db


def test_numbers_texts_and_values_asked_for_again_are_found_among_many():
    ids = [
        Authority.objects.create(name=name, kind="municipality", organisation_number=name).pk
        for name in ("A", "B", "C")
    ]
    named = Authority.objects.order_by("pk").values_list("name", flat=True)
    assert list(named.filter(pk__among=ids[:2])) == ["A", "B"]
    assert list(named.filter(name__among={"B", "it's {odd}"})) == ["B"]
    assert list(named.filter(pk__among=[])) == []
    again = Values(iter(ids[1:]))
    assert list(named.filter(pk__among=again)) == list(named.filter(pk__among=again)) == ["B", "C"]
