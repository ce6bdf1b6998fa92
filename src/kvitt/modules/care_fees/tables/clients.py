"""The columns of lists of clients, requests and respites."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.care_fees.queries import search
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.care_fees.models import Client

NUMBER = Column(
    "number", _("Client number"), lambda client: client.number, sort=("number",), lead=True, css="kv-nowrap"
)


def _name(client: "Client") -> str:
    return people.listed_name(search.person_of(client))


IDENTITY = Column(
    "identity",
    _("Personal number"),
    lambda client: search.person_of(client).identity_number,
    Kind.IDENTITY,
    sort=("person__identity_number",),
)
NAME = Column("name", _("Name"), _name, sort=("person__sort_key",))
DIED = Column(
    "died",
    _("Date of death"),
    lambda client: search.person_of(client).died_on,
    Kind.DATE,
    sort=("person__died_on",),
)

CLIENTS = (
    NUMBER,
    IDENTITY,
    NAME,
    Column("area", _("Billing area"), lambda client: client.area_name, sort=("area_key",)),
    DIED,
    Column(
        "created",
        _("Client since"),
        lambda client: client.created_on,
        Kind.DATE,
        sort=("created_on",),
        css="kv-opt",
    ),
)
DEAD = (NUMBER, IDENTITY, NAME, DIED)
LIVING = (NUMBER, IDENTITY, NAME)
REQUESTS = (
    Column("asked", _("Asked on"), lambda row: row.asked_at, Kind.MOMENT, sort=("asked_at",)),
    Column(
        "number",
        _("Client number"),
        lambda row: row.client.number,
        sort=("client__number",),
        lead=True,
        css="kv-nowrap",
    ),
    Column("name", _("Name"), lambda row: _name(row.client), sort=("client__person__sort_key",)),
    Column("area", _("Wanted billing area"), lambda row: row.area.name, sort=("area__sort_key",)),
    Column("by", _("Asked by"), lambda row: row.asked_by, sort=("asked_by",)),
    Column("reason", _("Reason"), lambda row: row.reason),
)
RESPITES = (
    Column("until", _("Until"), lambda row: row.last_on, Kind.DATE, sort=("last_on",)),
    Column(
        "number",
        _("Client number"),
        lambda row: row.client.number,
        sort=("client__number",),
        lead=True,
        css="kv-nowrap",
    ),
    Column("name", _("Name"), lambda row: _name(row.client), sort=("client__person__sort_key",)),
    Column("by", _("Granted by"), lambda row: row.granted_by, sort=("granted_by",)),
    Column("reason", _("Reason"), lambda row: row.reason),
)
