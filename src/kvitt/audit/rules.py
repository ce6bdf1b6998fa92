"""What of a change the log keeps, and how it is read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

# The permission that access gives administrators, by the value of its name: this app lies below access.
READ_AUDIT = "read_audit"
# Between the roles of one event: the labels themselves have commas.
ROLES_JOINED_BY = " + "


@dataclass(frozen=True)
class Difference:
    """What changed, as the log stores it: values that JSON knows."""

    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.before or self.after)


@dataclass(frozen=True)
class Change:
    """One value before and after, None where there was none."""

    name: str
    before: object
    after: object


def calculate_difference(
    before: Mapping[str, object], after: Mapping[str, object], *, leave_out: Iterable[str] = ()
) -> Difference:
    """The log keeps the values that differ, dates as text; what is empty before and after is left out.

    Source: spec CO-30
    """
    names = [name for name in [*before, *(n for n in after if n not in before)] if name not in leave_out]
    changed = [name for name in names if _or_none(before.get(name)) != _or_none(after.get(name))]
    return Difference(
        before={name: _stored(before[name]) for name in changed if name in before},
        after={name: _stored(after[name]) for name in changed if name in after},
    )


def calculate_changes(data: Mapping[str, Mapping[str, object]]) -> list[Change]:
    """An event shows each value that it stored, in the order of the command, before beside after.

    Source: spec CO-30
    """
    before, after = data.get("before", {}), data.get("after", {})
    names = [*after, *(name for name in before if name not in after)]
    return [Change(name, before.get(name), after.get(name)) for name in names]


def _or_none(value: object) -> object:
    return None if value == "" else value


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
