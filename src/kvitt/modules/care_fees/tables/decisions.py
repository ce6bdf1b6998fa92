"""The columns of the decisions that are reckoned anew."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import problem_text
from kvitt.modules.care_fees.queries import search
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.decisions import Change


def _outcome(change: "Change") -> str:
    """Return whether there will be a new decision, or what hinders it."""
    if change.proposed.problems:
        return problem_text(change.proposed.problems[0])
    return gettext("New decision") if change.is_due else gettext("Unchanged")


CHANGES = (
    Column(
        "number",
        _("Client number"),
        lambda change: change.client.number,
        sort=("number",),
        lead=True,
        css="kv-nowrap",
    ),
    Column(
        "name",
        _("Name"),
        lambda change: people.listed_name(search.person_of(change.client)),
        sort=("person__sort_key",),
    ),
    Column("since", _("Decision from"), lambda change: change.old.first_on, Kind.DATE, css="kv-opt"),
    Column("old_cap", _("Fee cap before"), lambda change: change.old.cap, Kind.MONEY),
    Column("new_cap", _("Fee cap after"), lambda change: change.new_cap, Kind.MONEY),
    Column("cap_difference", _("Difference"), lambda change: change.cap_difference, Kind.MONEY),
    Column("old_capacity", _("Capacity before"), lambda change: change.old.capacity, Kind.MONEY),
    Column("new_capacity", _("Capacity after"), lambda change: change.new_capacity, Kind.MONEY),
    Column(
        "capacity_difference",
        _("Difference of capacity"),
        lambda change: change.capacity_difference,
        Kind.MONEY,
    ),
    Column("outcome", _("Outcome"), _outcome),
)
