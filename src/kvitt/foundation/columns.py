"""The columns of a list, the same for its page and its Excel file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kind(StrEnum):
    """What a column holds: it decides alignment, format on the page and cell type in Excel."""

    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    MOMENT = "moment"
    MONEY = "money"
    COUNT = "count"
    IDENTITY = "identity"
    STATUS = "status"


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `value` gets a row and answers a typed value: date (a month is its first day), öre, count, twelve
    digits, Labelled or text; None is an empty cell. `sort` names the columns of the database that order
    the list. The `lead` column holds the row's link; `css` adds a class (`kv-opt` folds away when narrow).
    `note` is a second line in the cell on the page. `whole_words` are not broken at a hyphen.
    """

    key: str
    label: "StrOrPromise"
    value: Callable[[Any], object]
    kind: Kind = Kind.TEXT
    sort: tuple[str, ...] = ()
    lead: bool = False
    css: str = ""
    link: Callable[[Any], str] | None = None
    note: Callable[[Any], str] | None = None
    whole_words: bool = False
