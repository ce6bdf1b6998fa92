"""The columns of the control list of absences."""

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind

ABSENCES = (
    Column("name", _("Name"), lambda row: row.name, sort=("client__person__sort_key",), lead=True),
    Column("identity", _("Personal number"), lambda row: row.identity, Kind.IDENTITY),
    Column("number", _("Client"), lambda row: row.number, sort=("client__number",), css="kv-nowrap"),
    Column("area", _("Billing area"), lambda row: row.area),
    Column("reason", _("Reason"), lambda row: row.reason, sort=("reason",)),
    Column("first_on", _("Away from"), lambda row: row.first_on, Kind.DATE, sort=("first_on",)),
    Column("last_on", _("Away to"), lambda row: row.last_on, Kind.DATE, sort=("last_on",)),
    Column("days", _("Days"), lambda row: row.days, Kind.COUNT),
    Column("reported_on", _("Reported on"), lambda row: row.reported_on, Kind.DATE, sort=("reported_on",)),
)
