"""A command takes an actor and facts by keyword, opens one transaction and writes one event of its own name.

Where the program itself acts, it takes the facts alone. Other public functions of `commands.py` are steps
that commands share: they open no transaction. The log itself is what commands write with.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "kvitt"
FILES = [
    path
    for path in [*PACKAGE.rglob("commands.py"), *PACKAGE.rglob("commands/*.py")]
    if not {"management", "audit"} & set(path.parts)
]
RECORD = {"audit.record", "audit.record_many", "audit.record_read"}


def app_of(path):
    return path.parent.parent.name if path.parent.name == "commands" else path.parent.name


def public_functions():
    """Yield the public functions of the files as `app.name`, function, and all functions of its file."""
    for path in FILES:
        nodes = ast.parse(path.read_text(encoding="utf-8")).body
        functions = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef)}
        for name, function in functions.items():
            if not name.startswith("_"):
                yield f"{app_of(path)}.{name}", function, functions


def calls_in(function):
    return [node for node in ast.walk(function) if isinstance(node, ast.Call)]


def opens_transaction(function):
    return any(
        isinstance(node, ast.Attribute) and ast.unparse(node) == "transaction.atomic"
        for node in ast.walk(function)
    )


def takes_actor_and_facts(function):
    arguments = [argument.arg for argument in function.args.args]
    return arguments in (["actor"], []) and bool(function.args.kwonlyargs)


def events_of(function, functions):
    """Return the names of the events that a function writes, itself or by a step beside it in its file."""
    steps = [functions[name] for call in calls_in(function) if (name := ast.unparse(call.func)) in functions]
    return {
        ast.unparse(call.args[0]).strip("'")
        for part in [function, *steps]
        for call in calls_in(part)
        if ast.unparse(call.func) in RECORD
    }


FUNCTIONS = list(public_functions())
COMMANDS = [
    pytest.param(name, function, functions, id=name)
    for name, function, functions in FUNCTIONS
    if takes_actor_and_facts(function)
]


@pytest.mark.requirement("CO-30")
@pytest.mark.parametrize(("name", "command", "functions"), COMMANDS)
def test_command_records_the_event_of_its_name(name, command, functions):
    assert name in events_of(command, functions)


@pytest.mark.parametrize(("name", "command", "functions"), COMMANDS)
def test_command_opens_a_transaction(name, command, functions):
    assert opens_transaction(command)


def test_only_commands_open_transactions():
    others = [name for name, function, _ in FUNCTIONS if not takes_actor_and_facts(function)]
    opening = [name for name, function, _ in FUNCTIONS if opens_transaction(function)]

    assert sorted(set(others) & set(opening)) == []
