"""What the pages of parameters show: shipped and own values, and which of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.translation import get_language, gettext

from kvitt.foundation.values import parameters
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.price_lists.models import ParameterValue
from kvitt.registers.price_lists.queries.words import states_on, value_text


@dataclass(frozen=True)
class ValueRow:
    """One value of a parameter's history."""

    first_on: date
    value: str
    source: str
    entered_by: str
    state: str
    counts: bool


@dataclass(frozen=True)
class ParameterRow:
    """A parameter as the list shows it, with its history, newest first."""

    name: str
    term: str
    meaning: str
    unit: str
    value: str
    first_on: date | None
    source: str
    own_count: int
    values: Sequence[ValueRow]


def parameter_rows(actor: Actor, *, today: date, name: str = "") -> list[ParameterRow]:
    """Return every parameter of the program, or the named one, with the authority's own values.

    Raises Http404 when there is none of that name.
    """
    actor.require(Permission.ADMINISTER)
    shipped = parameters.shipped_parameters()
    if name and name not in shipped:
        raise Http404
    own: dict[str, list[ParameterValue]] = {}
    for value in ParameterValue.objects.filter(authority_id=actor.authority_id).order_by("first_on"):
        own.setdefault(value.name, []).append(value)
    wanted = [shipped[name]] if name else shipped.values()
    return [_parameter_row(each, own.get(each.name, []), today) for each in wanted]


def _parameter_row(shipped: parameters.Parameter, own: Sequence[ParameterValue], today: date) -> ParameterRow:
    """Return a parameter; the shipped values count until the day of the first own one."""
    first_own = own[0].first_on if own else date.max
    counting = [value for value in shipped.values if value.first_on < first_own]
    passed = [value for value in shipped.values if value.first_on >= first_own]
    history = [
        *((value.dated(), value.entered_by, True) for value in own),
        *((value, "", True) for value in counting),
        *((value, "", False) for value in passed),
    ]
    history.sort(key=lambda entry: (entry[0].first_on, entry[2]), reverse=True)
    states = iter(states_on(today, (value.first_on for value, _, counts in history if counts)))
    rows = [
        ValueRow(
            first_on=value.first_on,
            value=value_text(shipped.unit, value.value),
            source=value.source,
            entered_by=who or gettext("Shipped with the program"),
            state=next(states) if counts else gettext("Replaced by an own value"),
            counts=counts,
        )
        for value, who, counts in history
    ]
    now = next((row for row in rows if row.counts and row.first_on <= today), None)
    return ParameterRow(
        name=shipped.name,
        term=_term(shipped),
        meaning=gettext(shipped.meaning),
        unit=shipped.unit,
        value=now.value if now else gettext("Missing"),
        first_on=now.first_on if now else None,
        source=now.source if now else "",
        own_count=len(own),
        values=rows,
    )


def _term(shipped: parameters.Parameter) -> str:
    """Return the manuals' Swedish term, in English the parameter's own name."""
    key = shipped.name.rpartition(".")[2].replace("_", " ")
    term = shipped.swedish if get_language() == "sv" else key
    return term[:1].upper() + term[1:]
