"""What a file of performed services would do, before it does it."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values import identity
from kvitt.foundation.values.csv_rows import SAME_ROW, Fault, Row, at_line
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.exchange import registrations as exchange
from kvitt.modules.care_fees.lifecycle import Measure
from kvitt.modules.care_fees.models import Client, Service
from kvitt.modules.care_fees.queries import registrations, search
from kvitt.modules.care_fees.rules import registrations as rules
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor
    from kvitt.registers.organisations.models import Clinic

_CLIENT_NUMBER = re.compile(r"D[0-9]{4}-[0-9]+")

UNKNOWN_UNIT = _("%(text)s is not the number of a care unit that you register for. Check the number.")
UNKNOWN_CLIENT = _("Nobody among the clients has this number. Check it, or add the client first.")
TWO_PERSONS = _("The number fits two persons. Write it with the century.")
UNKNOWN_CODE = _("%(text)s is not the code of a service. The codes are in the catalogue of services.")


@dataclass
class Group:
    """The figures of one unit and month, in the order of the lines."""

    unit: "Clinic"
    month: date
    cells: dict[int, registrations.Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeRow:
    """A line that changes something, as the page shows it."""

    line: int
    month: str
    unit: str
    client: str
    number: str
    service: str
    what: rules.Change
    before: str
    after: str


@dataclass(frozen=True)
class FilePlan:
    """Everything a file would do: `groups` hold the faultless lines, `faults` the others."""

    groups: list[Group]
    changes: list[ChangeRow]
    faults: list[Fault]
    unchanged_count: int
    opened: frozenset[int]
    person_ids: list[int]


def plan_file(actor: "Actor", *, file: str, content: bytes, today: date) -> FilePlan:
    """Say what each line of a file would do, or what is wrong with it; nothing is written.

    A client who is named by the personal number need not be served by the unit before. Source: spec CF-11.
    """
    found, faults = exchange.read_registrations(file, content)
    reading = _Reading(actor, list(found.values()), today, faults)
    changes: list[ChangeRow] = []
    person_ids: set[int] = set()
    unchanged = 0
    for group in reading.groups.values():
        problems = [
            *rules.check_month(group.month, today=today),
            *rules.check_unit(group.unit.name, group.unit.unit_kind, group.unit.closed_on, month=group.month),
        ]
        planned = registrations.plan_cells(
            actor, group.unit, group.month, group.cells.values(), today=today, opened=reading.opened
        )
        for line, plan in zip([*group.cells], planned, strict=True):
            problem = replace(problems[0], field="") if problems else _at_column(plan.problem)
            if problem:
                faults.append(at_line(file, line, problem))
                del group.cells[line]
            elif plan.change is rules.Change.NOTHING:
                unchanged += 1
            else:
                changes.append(_change_row(line, group, plan))
            if plan.client:
                person_ids.add(plan.client.person_id)
    return FilePlan(
        groups=[group for group in reading.groups.values() if group.cells],
        changes=sorted(changes, key=lambda row: row.line),
        faults=sorted(faults, key=lambda fault: fault.line),
        unchanged_count=unchanged,
        opened=frozenset(reading.opened),
        person_ids=sorted(person_ids),
    )


_COLUMNS = {"not_at_unit": "client", "client_dead": "client", "unknown_service": "service"}
_OF_FIGURE = frozenset({"below_zero", "not_a_figure", "too_many", "too_many_minutes", "not_removed"})


def _at_column(problem: Problem | None) -> Problem | None:
    """Return the fault of a figure with the column of the file that it is about."""
    if problem is None or problem.field:
        return problem
    return replace(
        problem, field="quantity" if problem.code in _OF_FIGURE else _COLUMNS.get(problem.code, "")
    )


def _change_row(line: int, group: Group, plan: registrations.Planned) -> ChangeRow:
    client, service = plan.client, plan.service
    assert client is not None and service is not None  # noqa: S101, PT018 - a plan without a fault has both
    measure = Measure(service.measure)
    removed = plan.change is rules.Change.REMOVED
    return ChangeRow(
        line=line,
        month=f"{group.month:%Y-%m}",
        unit=group.unit.name,
        client=people.listed_name(search.person_of(client)),
        number=client.number,
        service=service.name,
        what=plan.change,
        before=registrations.quantity_text(plan.stored.quantity, measure),
        after=registrations.quantity_text(None if removed else plan.wanted, measure),
    )


class _Reading:
    """The units, clients and services that the lines name; what is unknown becomes a fault."""

    def __init__(
        self,
        actor: "Actor",
        rows: list[Row[exchange.RegistrationFacts]],
        today: date,
        faults: list[Fault],
    ) -> None:
        self.groups: dict[tuple[int, date], Group] = {}
        self.opened: set[int] = set()
        self._patterns = people.reserve_patterns(actor.authority_id)
        self._today = today
        self._clients = self._find_clients(actor, {row.facts.client for row in rows})
        units = {unit.number: unit for unit in registrations.units_to_register(actor)}
        codes = {row.facts.service for row in rows}
        named = Service.objects.filter(authority_id=actor.authority_id, code__among=codes)
        services = dict(named.values_list("code", "pk"))
        lines: dict[tuple[object, ...], int] = {}
        for row in rows:
            facts = row.facts
            unit, client = units.get(facts.unit), self._clients.get(facts.client)
            service_id = services.get(facts.service)
            if unit is None:
                problem = Problem("unknown_unit", UNKNOWN_UNIT, "unit", {"text": facts.unit})
            elif client is None:
                is_unclear = len(self._numbers(facts.client)) > 1
                message = TWO_PERSONS if is_unclear else UNKNOWN_CLIENT
                problem = Problem("two_persons" if is_unclear else "unknown_client", message, "client")
            elif service_id is None:
                problem = Problem("unknown_code", UNKNOWN_CODE, "service", {"text": facts.service})
            elif (
                first := lines.setdefault((facts.month, unit.pk, client, service_id), row.line)
            ) != row.line:
                problem = Problem("same_row", SAME_ROW, "", {"line": first})
            else:
                self._add(unit, row, client, service_id)
                continue
            faults.append(at_line(row.file, row.line, problem))

    def _add(
        self, unit: "Clinic", row: Row[exchange.RegistrationFacts], client: str, service_id: int
    ) -> None:
        month = row.facts.month
        assert month is not None  # noqa: S101 - such a line is a fault already
        group = self.groups.setdefault((unit.pk, month), Group(unit, month))
        group.cells[row.line] = registrations.Cell(client, service_id, row.facts.quantity)

    def _find_clients(self, actor: "Actor", written: set[str]) -> dict[str, str]:
        """Return the client's number by what is written: that number, or a personal one."""
        digits = {text: found[0].digits for text in written if len(found := self._numbers(text)) == 1}
        persons = people.persons_by_number(actor.authority_id, digits.values())
        clients = Client.objects.filter(authority_id=actor.authority_id)
        of_persons = clients.filter(person_id__among={person.pk for person in persons.values()})
        by_person = dict(of_persons.values_list("person_id", "number"))
        found_clients = {text: text for text in written if _CLIENT_NUMBER.fullmatch(text)}
        for text, number in digits.items():
            person = persons.get(number)
            if person is not None and person.pk in by_person:
                self.opened.add(person.pk)
                found_clients[text] = by_person[person.pk]
        return found_clients

    def _numbers(self, text: str) -> tuple[identity.IdentityNumber, ...]:
        if _CLIENT_NUMBER.fullmatch(text):
            return ()
        return identity.parse_identity_number(text, self._today, self._patterns)


@dataclass(frozen=True)
class FaultRow:
    """A fault of a file, as the page shows it."""

    place: str
    column: str
    text: str


@dataclass(frozen=True)
class CheckedPage:
    """Everything `checked_registrations.html` shows."""

    title: str
    lead: str
    crumbs: list[Crumb]
    changes: list[ChangeRow]
    faults: list[FaultRow]
    changed: str
    unchanged: str

    @property
    def may_load(self) -> bool:
        """Whether the file changes anything."""
        return bool(self.changes)


def checked_page(plan: FilePlan, *, title: str, file: str, crumbs: list[Crumb]) -> CheckedPage:
    """Return what the page says of a file that was checked."""
    changed, same = len(plan.changes), plan.unchanged_count
    return CheckedPage(
        title=title,
        lead=file,
        crumbs=crumbs,
        changes=plan.changes,
        faults=[
            FaultRow(
                place=gettext("Line %(line)s") % {"line": fault.line} if fault.line else gettext("The file"),
                column=fault.field,
                text=problem_text(fault),
            )
            for fault in plan.faults
        ],
        changed=ngettext("%(count)s figure is changed", "%(count)s figures are changed", changed)
        % {"count": changed},
        unchanged=ngettext(
            "%(count)s line says what is registered already.",
            "%(count)s lines say what is registered already.",
            same,
        )
        % {"count": same}
        if same
        else "",
    )
