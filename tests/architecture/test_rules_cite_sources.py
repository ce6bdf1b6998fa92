"""Every rule and every number says where it comes from, by a key of docs/sources.md."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from kvitt.foundation.values.parameters import shipped_parameters

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "kvitt"
KEYS = set(
    re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), re.MULTILINE)
)
CHAPTERS = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text(encoding="utf-8"))
REQUIREMENTS = {requirement for chapter in CHAPTERS.values() for requirement in chapter}
REQUIREMENT = re.compile(r"\b[A-Z]{2}-\d+a?\b")

RULES = [
    pytest.param(node, id=f"{path.relative_to(PACKAGE)}::{node.name}")
    for path in [*PACKAGE.rglob("rules.py"), *PACKAGE.rglob("rules/*.py")]
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
]
CITATIONS = [
    pytest.param(citation, id=f"{path.relative_to(PACKAGE)}: {citation}")
    for path in PACKAGE.rglob("*.py")
    for citation in re.findall(r"Source: ([^\n\"]+)", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("rule", RULES)
def test_rule_cites_a_source(rule):
    assert "Source: " in (ast.get_docstring(rule) or "")


@pytest.mark.parametrize("citation", CITATIONS)
def test_cited_source_is_known(citation):
    key = re.split(r"[ ,;.]", citation)[0]

    assert key in KEYS
    assert set(REQUIREMENT.findall(citation)) <= REQUIREMENTS


@pytest.mark.parametrize("parameter", shipped_parameters().values(), ids=lambda parameter: parameter.name)
def test_parameter_cites_known_sources(parameter):
    keys = {re.split(r"[ ,;]", value.source)[0] for value in parameter.values}

    assert keys <= KEYS
