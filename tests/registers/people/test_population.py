"""The population register: a file that is searched, and what is taken over from it."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from kvitt.audit.models import Event, Subject
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people import commands, exchange, queries
from kvitt.registers.people.lifecycle import CivilStatus
from kvitt.registers.people.models import Person
from kvitt.registers.people.queries.population import FileRegister

from .conftest import ELSA, TODAY, TOVA

pytestmark = pytest.mark.requirement("CO-12")

HEADING = ";".join(exchange.COLUMNS)
ALVA = "194503129803"
ROW = ";Alva;Testlund;no;;Storgatan 12;582 22;Linköping;;2019-05-01;0580;058001;widowed;;2024-02-11"
EXAMPLE = Path(__file__).parents[3] / "docs/formats/population-register.csv"


def written(path, *lines, heading=HEADING):
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def register(settings, tmp_path):
    """A register with Alva, protected Tova, and Elsa under another name than ours."""
    path = written(
        tmp_path / "register.csv",
        ALVA + ROW,
        f"{TOVA};Tova;Dold;yes;;Hemliga gatan 1;582 22;Linköping;;2019-05-01;0580;058001;;;2024-05-01",
        f"{ELSA};Elsa;Provén;;;Nygatan 1;58223;Linköping;;2025-01-15;0580;058012;unmarried;;2025-01-16",
    )
    settings.KVITT_POPULATION_REGISTER = path
    return path


# The file -----------------------------------------------------------------------------------------


def test_a_line_is_read_as_typed_values(tmp_path):
    found = FileRegister(written(tmp_path / "r.csv", ALVA + ROW)).look_up(ALVA)

    assert (found.name, found.address) == ("Alva Testlund", "Storgatan 12, 582 22 Linköping")
    assert (found.municipality_code, found.parish_code) == ("0580", "058001")
    assert (found.civil_status, found.moved_on) == (CivilStatus.WIDOWED, dt.date(2019, 5, 1))


def test_number_is_found_with_dash_and_quotes_and_the_last_line_holds(tmp_path):
    dashed = f'"{ALVA[:8]}-{ALVA[8:]}"'
    path = written(tmp_path / "r.csv", ALVA + ROW, "", dashed + ROW.replace("Storgatan 12", "Nygatan 1"))
    register = FileRegister(path)

    assert register.look_up(ALVA).street == "Nygatan 1"
    assert register.look_up(TOVA) is None
    assert register.look_up("20130205T384") is None


def test_changed_file_is_read_anew(tmp_path):
    path = written(tmp_path / "r.csv", ALVA + ROW)
    register = FileRegister(path)
    register.look_up(ALVA)

    written(path, TOVA + ROW, ALVA + ROW.replace("Storgatan 12", "Nygatan 1"))
    os.utime(path, ns=(1, 1))

    assert register.look_up(ALVA).street == "Nygatan 1"


def test_changes_since_a_day_tells_each_person_once(tmp_path):
    later = ROW.replace("2024-02-11", "2024-11-02")
    path = written(tmp_path / "r.csv", ALVA + ROW, TOVA + ROW, ALVA + later, "x" + ROW)
    register = FileRegister(path)

    assert [person.number for person in register.changes_since(dt.date(2024, 11, 2))] == [ALVA]
    assert len(register.changes_since(dt.date(2024, 2, 11))) == 2


@pytest.mark.requirement("QU-19")
def test_protected_person_of_the_register_has_no_address(tmp_path):
    row = ROW.replace(";no;", ";yes;")
    found = FileRegister(written(tmp_path / "r.csv", ALVA + row)).look_up(ALVA)

    assert found.is_protected
    assert (found.address, found.municipality_code, found.parish_code) == ("", "", "")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (ALVA + ROW.replace("058001", "58001"), "bad_parish"),
        (ALVA + ROW.replace(";0580;", ";580;"), "bad_municipality"),
        (ALVA + ROW.replace("2019-05-01", "1 maj"), "not_a_date"),
        (ALVA + ROW.replace(";no;", ";kanske;"), "not_yes_or_no"),
        (ALVA + ROW.replace("widowed", "änka"), "not_a_choice"),
        (ALVA + ROW.replace("Alva", ""), "no_name"),
        (ALVA + ";Alva", "wrong_length"),
    ],
)
def test_broken_line_is_named_with_its_reason(tmp_path, line, code):
    register = FileRegister(written(tmp_path / "r.csv", TOVA + ROW, line))

    with pytest.raises(Refused) as refused:
        register.look_up(ALVA)

    [problem] = refused.value.problems
    assert (problem.values["line"], problem.values["reason"].code) == (3, code)
    assert ALVA not in str(problem)
    assert register.look_up(TOVA) is not None


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("given_name;number;changed_on", "number_not_first"),
        ("number;given_name", "missing_column"),
        ("number;changed_on;colour", "unknown_column"),
    ],
)
def test_broken_heading_is_said_at_every_look_up(tmp_path, heading, code):
    register = FileRegister(written(tmp_path / "r.csv", ALVA + ROW, heading=heading))

    with pytest.raises(Refused) as refused:
        register.look_up(ALVA)

    assert refused.value.problems[0].values["reason"].code == code


def test_command_checks_the_whole_file(tmp_path, capsys):
    path = written(tmp_path / "r.csv", ALVA + ROW, "", TOVA + ROW.replace("058001", "x"), "12" + ROW)
    with pytest.raises(SystemExit):
        call_command("check_population_register", str(path))
    out = capsys.readouterr()
    assert [line.split(":")[0] for line in out.err.splitlines()] == [
        "Rad 4, parish_code",
        "Rad 5, number",
    ]

    call_command("check_population_register", str(EXAMPLE))
    assert "4" in capsys.readouterr().out


# What is taken over -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_person_is_registered_with_name_and_dated_address(administrator, register):
    person = commands.register_from_population(administrator, today=TODAY, number=ALVA)

    address = person.addresses.get()
    assert (person.name, person.born_on) == ("Alva Testlund", dt.date(1945, 3, 12))
    assert (address.kind, address.first_on, str(address)) == (
        "registered",
        dt.date(2019, 5, 1),
        "Storgatan 12, 58222 Linköping",
    )
    assert Event.objects.filter(action="people.register_from_population").count() == 1


@pytest.mark.django_db
def test_refresh_adds_the_new_address_once(administrator, register, elsa):
    commands.add_address(
        administrator,
        today=TODAY,
        code=elsa.code,
        kind="registered",
        first_on=dt.date(2020, 1, 1),
        street="Gatan 3",
        postcode="58002",
        town="Linköping",
    )

    for _time in range(2):
        commands.register_from_population(administrator, today=TODAY, number=ELSA)

    elsa.refresh_from_db()
    assert (elsa.name, elsa.phone) == ("Elsa Provén", "013-10 00 00")
    assert [(str(row.first_on), str(row.last_on)) for row in elsa.addresses.order_by("first_on")] == [
        ("2020-01-01", "2025-01-14"),
        ("2025-01-15", "None"),
    ]


@pytest.mark.django_db
@pytest.mark.requirement("QU-19")
def test_who_is_protected_in_the_register_is_here_and_no_address_is_copied(administrator, register):
    person = commands.register_from_population(administrator, today=TODAY, number=TOVA)

    assert person.is_protected
    assert not person.addresses.exists()
    assert "Dold" not in str(Event.objects.get().data)


@pytest.mark.django_db
@pytest.mark.requirement("CO-30")
def test_look_up_is_a_logged_read(administrator, register, elsa):
    commands.look_up_population(administrator, today=TODAY, number=ELSA)
    commands.look_up_population(administrator, today=TODAY, number=ALVA)

    ours, stranger = Event.objects.order_by("pk")
    assert ours.is_read
    assert Subject.objects.get(event=ours).person_id == elsa.pk
    assert stranger.data["after"] == {"identity_number": "19450312-****"}


@pytest.mark.django_db
@pytest.mark.requirement("CO-33")
def test_unknown_number_no_register_and_broken_file_are_said_in_words(
    administrator, dentist, register, settings
):
    def refused(number=ALVA):
        with pytest.raises(Refused) as refused:
            commands.register_from_population(administrator, today=TODAY, number=number)
        return refused.value.problems[0].code

    assert refused("201303102394") == "not_registered"
    register.write_text("nonsense")
    assert refused() == "register_broken"
    register.unlink()
    assert refused() == "register_unreadable"
    settings.KVITT_POPULATION_REGISTER = None
    assert refused() == "no_register"
    assert not Person.objects.exists()
    assert queries.population.look_up(administrator.authority_id, ALVA) is None
    with pytest.raises(NotAllowed):
        commands.look_up_population(dentist, today=TODAY, number=ALVA)


@pytest.mark.django_db
def test_page_shows_what_is_found_before_it_is_taken_over(administrator_client, register):
    url = reverse("people:fetch_person")

    shown = administrator_client.post(url, {"number": "450312-9803"})
    assert "Storgatan 12, 582 22 Linköping" in shown.content.decode()
    assert not Person.objects.exists()

    saved = administrator_client.post(url, {"number": ALVA, "is_confirmed": "True"})
    assert saved["Location"] == reverse("people:person", args=[Person.objects.get().code])


@pytest.mark.django_db
def test_registered_person_is_refreshed_from_the_page(administrator_client, register, elsa):
    url = reverse("people:refresh_person", args=[elsa.code])

    assert "Nygatan 1, 58223 Linköping" in administrator_client.get(url).content.decode()
    answer = administrator_client.post(url, follow=True)

    assert "Nygatan 1, 58223 Linköping" in answer.content.decode()
