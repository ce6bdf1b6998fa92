"""Make docs/requirements.md from docs/requirements.toml and the tests that name a requirement.

A test names what it proves with `@pytest.mark.requirement("NA-30")`, on a function, a class or a whole
file (`pytestmark`). With `--check` nothing is written: a stale page is a fault. Always faults: a
requirement called done or partly that no test names, a note missing where something is, and a test that
names an unknown requirement.
"""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "docs" / "requirements.toml"
PAGE = ROOT / "docs" / "requirements.md"
STATUSES = ("done", "partly", "not yet")
type_of_test = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def main() -> int:
    """Write or check the page; return 1 when there are faults."""
    chapters = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    proofs = find_proofs(ROOT / "tests")
    page = render(chapters, proofs)
    faults = find_faults(chapters, proofs)
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            faults.append("docs/requirements.md is stale: run make requirements")
    else:
        PAGE.write_text(page, encoding="utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def find_proofs(folder: Path) -> dict[str, list[str]]:
    """Return the tests that name each requirement, as `path::test`, in the order of the files."""
    proofs: dict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = path.relative_to(folder).as_posix()
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
                for requirement in named_in(statement.value):
                    proofs[requirement].append(place)
        for node in ast.walk(tree):
            if isinstance(node, type_of_test):
                for decorator in node.decorator_list:
                    for requirement in named_in(decorator):
                        proofs[requirement].append(f"{place}::{node.name}")
    return proofs


def named_in(node: ast.AST) -> Iterator[str]:
    """Yield every id inside `pytest.mark.requirement(...)`, also in a list of marks."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.requirement":
            yield from (str(ast.literal_eval(argument)) for argument in call.args)


def find_faults(chapters: dict[str, dict[str, dict[str, str]]], proofs: dict[str, list[str]]) -> list[str]:
    """Return what the page may not say."""
    entries = {key: entry for chapter in chapters.values() for key, entry in chapter.items()}
    faults = [
        f"{proofs[requirement][0]} names {requirement}, which docs/requirements.toml does not know"
        for requirement in sorted(proofs.keys() - entries.keys())
    ]
    for requirement, entry in entries.items():
        if entry["status"] not in STATUSES:
            faults.append(f"{requirement}: the status is one of {', '.join(STATUSES)}")
        elif entry["status"] != "not yet" and requirement not in proofs:
            faults.append(f"{requirement} is called {entry['status']}, but no test names it")
        if entry["status"] == "partly" and not entry.get("note"):
            faults.append(f"{requirement} is called partly: a note must say what is missing")
    return faults


def render(chapters: dict[str, dict[str, dict[str, str]]], proofs: dict[str, list[str]]) -> str:
    """Return the page as text."""
    entries = [entry for chapter in chapters.values() for entry in chapter.values()]
    counts = ", ".join(f"{sum(e['status'] == status for e in entries)} {status}" for status in STATUSES)
    lines = [
        "# Requirements",
        "",
        "What the system is to do, how far it has come, and the tests that prove it (paths below `tests/`).",
        "Made by `make requirements` from `docs/requirements.toml` and the tests; do not edit it here.",
        "",
        f"{len(entries)} requirements: {counts}.",
    ]
    for chapter, requirements in chapters.items():
        lines += ["", f"## {chapter}", "", "| Id | Requirement | Status | Proved by |", "|---|---|---|---|"]
        for requirement, entry in requirements.items():
            status = entry["status"] + (f": {entry['note']}" if entry.get("note") else "")
            tests = "<br>".join(f"`{test}`" for test in proofs.get(requirement, ()))
            lines.append(f"| {requirement} | {entry['title']} | {status} | {tests} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
