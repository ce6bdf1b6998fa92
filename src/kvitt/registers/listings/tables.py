"""Columns of the list of patients."""

from django.utils.translation import gettext

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.listings import queries
from kvitt.registers.people import queries as people


def listed_patients(*, has_several_clinics: bool) -> list[Column]:
    """Return the columns; a protected person's name is hidden here and in Excel (spec QU-19)."""
    columns = [
        Column(
            "number",
            gettext("Personal identity number"),
            lambda row: queries.patient_of(row).identity_number,
            kind=Kind.IDENTITY,
            sort=("person__identity_number",),
            lead=True,
        ),
        Column(
            "name",
            gettext("Name"),
            lambda row: people.listed_name(queries.patient_of(row)),
            sort=("person__sort_key",),
        ),
        Column(
            "listed", gettext("Listed from"), lambda row: row.first_on, kind=Kind.DATE, sort=("first_on",)
        ),
        Column(
            "revision",
            gettext("Revision end"),
            lambda row: row.revision_ends_on,
            kind=Kind.DATE,
            sort=("revision_ends_on",),
        ),
    ]
    if has_several_clinics:
        columns.append(
            Column(
                "clinic", gettext("Clinic"), lambda row: row.clinic, sort=("clinic__sort_key", "clinic_id")
            )
        )
    return columns
