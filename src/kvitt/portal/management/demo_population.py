"""The demo's population register: a file beside its database, with the clients and some who are none yet."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.conf import settings

from kvitt.portal.management.demo_care_people import PARISH, DemoClient

NAME = "population-register.csv"
COLUMNS = (
    *("number", "given_name", "family_name", "protected", "street", "postcode", "town", "moved_on"),
    *("municipality_code", "parish_code", "civil_status", "changed_on"),
)
# Persons to try with: one from the municipality, one whose parish code is another municipality's.
NEWCOMERS = (
    ("19440704-9800", "Ester", "Inflyttarsson", "Nygatan 2", "0580", PARISH, "widowed"),
    ("19390211-9811", "Valter", "Grannby", "Stationsgatan 9", "0581", "058105", "married"),
)


def write(clients: Iterable[DemoClient], *, today: date) -> None:
    """Write the file that `KVITT_POPULATION_REGISTER` of the demo names; none where no file is named."""
    path: Path | None = settings.KVITT_POPULATION_REGISTER
    if path is None:
        return
    moved_on = today.replace(year=today.year - 10, day=1).isoformat()
    rows = [
        (
            *(client.number.replace("-", ""), client.given_name, client.family_name),
            *("no", client.street, "585 60", "Exempelköping", moved_on),
            *("0580", client.parish or PARISH, "married" if client.is_couple else "widowed"),
            today.isoformat(),
        )
        for client in clients
        if not client.is_protected
    ]
    rows += [
        (client.number.replace("-", ""), "", "", "yes", "", "", "", "", "", "", "", today.isoformat())
        for client in clients
        if client.is_protected
    ]
    rows += [
        (
            *(number.replace("-", ""), given_name, family_name, "no", street, "585 60", "Exempelköping"),
            *(moved_on, code, parish, status, today.isoformat()),
        )
        for number, given_name, family_name, street, code, parish, status in NEWCOMERS
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
