"""The glossary knows every noun that the program stores."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from kvitt.foundation.values.parameters import shipped_parameters

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<swedish>[^|]+) \| (?P<identifier>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
ROWS = [row.groupdict() for row in ROW.finditer(GLOSSARY.read_text(encoding="utf-8"))]
SWEDISH = {name: row["swedish"] for row in ROWS for name in re.findall(r"`([^`]+)`", row["identifier"])}
MODELS = [model for model in apps.get_models() if model.__module__.startswith("kvitt.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_is_in_the_glossary(model):
    assert model.__name__ in SWEDISH


@pytest.mark.parametrize("name", shipped_parameters())
def test_parameter_is_in_the_glossary_by_its_swedish_name(name):
    terms = [term.strip() for term in SWEDISH.get(name, "").split(",")]

    assert shipped_parameters()[name].swedish in terms


def test_every_parameter_of_the_glossary_exists():
    named = {name for name in SWEDISH if "." in name}

    assert named == set(shipped_parameters())


def test_identifiers_stand_once():
    identifiers = [name for row in ROWS for name in re.findall(r"`([^`]+)`", row["identifier"])]

    assert sorted(identifiers) == sorted(set(identifiers))
