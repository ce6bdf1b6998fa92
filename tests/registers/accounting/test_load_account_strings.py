"""Account strings are loaded whole or not at all, and loading them again changes nothing."""

from io import StringIO

import pytest
from django.core.management import call_command

from kvitt.audit.models import Event
from kvitt.registers.accounting.models import AccountString

HEADING = "use;scheme;code;account;cost_centre;activity;first_on;last_on"
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("SC-23")]


@pytest.fixture
def load(world, tmp_path, settings):
    """Return a function that loads lines and returns the exit code and what was said."""
    settings.KVITT_TODAY = world.today
    file = tmp_path / "konteringar.csv"

    def loading(*lines):
        file.write_text("\n".join([HEADING, *lines]), encoding="utf-8")
        out = StringIO()
        try:
            call_command("load_account_strings", str(file), stdout=out, stderr=out, no_color=True)
        except SystemExit as exit_:
            return exit_.code, out.getvalue()
        return 0, out.getvalue()

    return loading


def test_lines_are_loaded_once(load):
    lines = ("cost;special_care;;5630;1300;;2025-01-01;", "cost;special_care;;5631;1300;;2025-07-01;")

    first, again = load(*lines), load(*lines)

    assert (first[0], first[1][:1]) == (0, "2")
    assert (again[0], again[1][:1]) == (0, "0")
    strings = AccountString.objects.filter(scheme="special_care").order_by("first_on")
    assert [(each.account, str(each.last_on)) for each in strings] == [
        ("5623", "2024-12-31"),
        ("5630", "2025-06-30"),
        ("5631", "None"),
    ]
    assert Event.objects.filter(action="accounting.load_account_strings").count() == 1


def test_faults_are_named_by_line_and_nothing_is_loaded(load):
    code, said = load(
        "cost;special_care;;5630;1300;;2025-01-01;",
        "bank;;;19;;;2025-01-01;",
        "cost;nothing;;5630;;;2025-02-30;",
    )

    assert code == 1
    assert [line.split(":")[0].split(", ")[1:] for line in said.splitlines()] == [
        ["rad 3", "account"],
        ["rad 4", "scheme"],
        ["rad 4", "first_on"],
    ]
    assert not AccountString.objects.filter(account="5630").exists()
