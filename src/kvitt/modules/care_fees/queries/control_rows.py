"""What the lists of controls show of each client, a page at a time, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from kvitt.foundation.values.dates import add_months
from kvitt.modules.care_fees.models import Absence, Client, PerformedService
from kvitt.modules.care_fees.queries import controls, search
from kvitt.modules.care_fees.rules.controls import Control
from kvitt.registers.people import queries as people

Notes = dict[int, list[str]]


@dataclass(frozen=True)
class ControlRow:
    """A client on the list of a control; a protected one is hidden. `note` says why he is there."""

    number: str
    person_id: int
    name: str
    identity: str
    area: str
    note: str


def listed(found: Sequence[Any], control: Control, month: date) -> list[ControlRow]:
    """Return the rows of a page. Source: spec CF-31, QU-19."""
    notes = _NOTES[control](found, month) if control in _NOTES else {}
    return [
        ControlRow(
            number=client.number,
            person_id=client.person_id,
            name=people.listed_name(search.person_of(client)),
            identity=search.person_of(client).identity_number,
            area=client.area_name or "",
            note=", ".join(dict.fromkeys(notes.get(client.pk, []))),
        )
        for client in found
    ]


def _ids(found: Sequence[Client]) -> list[int]:
    return [client.pk for client in found]


def _gathered(pairs: Iterable[tuple[int, str]]) -> Notes:
    notes: Notes = defaultdict(list)
    for client_id, text in pairs:
        notes[client_id].append(text)
    return notes


def _absences(found: Sequence[Client], _month: date) -> Notes:
    rows = Absence.objects.filter(
        client_id__among=_ids(found), removed_at__isnull=True, last_on__isnull=True
    ).order_by("first_on")
    told = gettext("Away since %(day)s")
    return _gathered(
        (client_id, told % {"day": day}) for client_id, day in rows.values_list("client_id", "first_on")
    )


def _contracts(found: Sequence[Client], month: date) -> Notes:
    rows = controls.ending_contracts(month).filter(client_id__among=_ids(found))
    told = gettext("%(number)s ends on %(day)s")
    return _gathered(
        (client_id, told % {"number": number, "day": day})
        for client_id, number, day in rows.order_by("tenancy__last_on").values_list(
            "client_id", "tenancy__number", "tenancy__last_on"
        )
    )


def _registered_before(found: Sequence[Client], month: date) -> Notes:
    rows = PerformedService.objects.filter(
        client_id__among=_ids(found), month=add_months(month, -1), quantity__gt=0
    )
    names = rows.order_by("service__place").values_list("client_id", "service__name", "unit__name")
    return _gathered((client_id, f"{service} ({unit})") for client_id, service, unit in names)


def _units_of_service(found: Sequence[Client], month: date) -> Notes:
    names = ("client_id", "service__name", "unit__name")
    told: list[tuple[int, str, str]] = []
    for rows in (controls.served_twice(month), controls.granted_twice(month)):
        told += rows.filter(client_id__among=_ids(found)).order_by("unit__sort_key").values_list(*names)
    return _gathered((client_id, f"{service} ({unit})") for client_id, service, unit in told)


def _died(found: Sequence[Client], _month: date) -> Notes:
    told = gettext("Died on %(day)s")
    return _gathered((client.pk, told % {"day": search.person_of(client).died_on}) for client in found)


_NOTES: dict[Control, Callable[[Sequence[Client], date], Notes]] = {
    Control.ABSENCES: _absences,
    Control.ENDING: _contracts,
    Control.UNREGISTERED: _registered_before,
    Control.TWICE_SERVED: _units_of_service,
    Control.ESTATES: _died,
}
