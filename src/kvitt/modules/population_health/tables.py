"""The columns of the lists of population responsibility."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values import municipalities

if TYPE_CHECKING:
    from kvitt.modules.population_health.queries.activities import ActivityRow


def _code(row: "ActivityRow") -> str:
    return f"{row.activity.code} {row.activity.text}"


def _status(row: "ActivityRow") -> object:
    """Return the status of all procedures, or how many there are of each."""
    if row.status is not None:
        return row.status
    return ", ".join(f"{count} {gettext(status.label)}" for status, count in row.statuses)


def _removal(row: "ActivityRow") -> str:
    """Return the button that removes the activity, where that can be done."""
    if not row.may_remove:
        return ""
    number = row.activity.number
    return format_html(
        '<a class="btn btn-row btn-remove" role="button" id="remove-{number}" href="{url}" data-dialog>'
        '{label}<span class="visually-hidden"> {number}</span></a>',
        number=number,
        url=reverse("population_health:remove_activity", args=[number]),
        label=gettext("Remove"),
    )


_DATE = Column("date", _("Date"), lambda row: row.activity.performed_on, Kind.DATE, sort=("performed_on",))
_NUMBER = Column(
    "number", _("Case number"), lambda row: row.activity.number, sort=("number",), lead=True, css="kv-nowrap"
)
_CODE = Column("code", _("Procedure code"), _code, sort=("code", "performed_on"))
_PLACE = Column("place", _("Place"), lambda row: row.activity.place)
_MUNICIPALITY = Column(
    "municipality", _("Municipality"), lambda row: municipalities.name_of(row.activity.municipality)
)
_PRACTITIONER = Column("practitioner", _("Practitioner"), lambda row: row.activity.practitioner.name)
_CLINIC = Column("clinic", _("Clinic"), lambda row: str(row.activity.clinic))
_COUNT = Column("participants", _("Procedures"), lambda row: row.count, Kind.COUNT)
_AMOUNT = Column("amount", _("Sum"), lambda row: row.amount, Kind.MONEY)
_STATUS = Column("status", _("Status"), _status, Kind.STATUS)
_ACTIONS = Column("actions", "", _removal, css="acts")


def activity_columns(*, has_clinics: bool, has_actions: bool) -> Sequence[Column]:
    """Return the columns of the search: the clinic where there are several, buttons on the page only.

    Source: befolkningsansvar, chapters 3 and 4.1; spec PH-4, PH-7.
    """
    return (
        _DATE,
        _NUMBER,
        _CODE,
        _PLACE,
        _MUNICIPALITY,
        _PRACTITIONER,
        *((_CLINIC,) if has_clinics else ()),
        _COUNT,
        _AMOUNT,
        _STATUS,
        *((_ACTIONS,) if has_actions else ()),
    )
