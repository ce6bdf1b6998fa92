"""Columns of the administrator's list of persons."""

from django.utils.translation import gettext

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.people import queries


def persons() -> list[Column]:
    """Return the columns; a protected person's name is hidden here and in Excel (spec QU-19)."""
    return [
        Column(
            "number",
            gettext("Personal identity number"),
            lambda person: person.identity_number,
            kind=Kind.IDENTITY,
            sort=("identity_number",),
            lead=True,
        ),
        Column("name", gettext("Name"), queries.listed_name, sort=("sort_key",)),
        Column("born", gettext("Date of birth"), lambda person: person.born_on, kind=Kind.DATE),
        Column("died", gettext("Date of death"), lambda person: person.died_on, kind=Kind.DATE),
        Column(
            "clinic",
            gettext("Area-responsible clinic"),
            lambda person: None if person.is_protected else person.area_clinic,
        ),
    ]
