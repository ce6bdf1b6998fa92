"""Columns of the list of clinics, for who answers for several."""

from django.utils.translation import gettext

from kvitt.foundation.columns import Column, Kind


def clinics() -> list[Column]:
    """Return the columns."""
    return [
        Column("clinic", gettext("Clinic"), str, sort=("sort_key",), lead=True),
        Column("events", gettext("Chosen events"), lambda row: row.events, kind=Kind.COUNT, sort=("events",)),
        Column(
            "addresses",
            gettext("E-mail addresses"),
            lambda row: row.addresses,
            kind=Kind.COUNT,
            sort=("addresses",),
        ),
    ]
