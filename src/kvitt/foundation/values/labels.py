"""Enumerations whose members carry the words people read."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A StrEnum declared as `NAME = "value", _("Label")`; the label is an English msgid.

    It is translated at the edge (template, form, Excel), so rules and life cycles stay pure.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make a member that equals its value and knows its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (value, msgid) pairs, as Django's fields want them."""
        return [(member.value, member.label) for member in cls]
