"""Rows of a list that can be ticked, and the buttons that do something with the ticked ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

CHOSEN = "chosen"
ALL = "all"
_LONGEST_ID = 18


@dataclass(frozen=True)
class BulkButton:
    """A button under a list; one with a `name` sends its own `value` beside the ticked rows."""

    label: str
    is_primary: bool = False
    name: str = ""
    value: str = ""


@dataclass(frozen=True)
class Selection:
    """What a view asks of rows to tick: the words of a row's box, the buttons of a page of rows."""

    label: Callable[[Any], str]
    buttons: Callable[[Sequence[Any]], Sequence[BulkButton]]


@dataclass(frozen=True)
class SelectionBar:
    """The buttons as the page shows them; `all_url` ticks every row of the page, or none."""

    buttons: Sequence[BulkButton]
    url: str
    all_url: str
    is_all: bool


def box(selection: Selection, item: Any, *, is_ticked: bool) -> SafeString:  # noqa: ANN401 - rows are of any kind
    """Return the box of a row."""
    return format_html(
        '<label class="kv-tickbox"><input class="form-check-input" type="checkbox" name="{name}" '
        'value="{pk}" id="{name}-{pk}" autocomplete="off"{ticked}>'
        '<span class="visually-hidden">{label}</span></label>',
        name=CHOSEN,
        pk=item.pk,
        ticked=SafeString(" checked" if is_ticked else ""),
        label=selection.label(item),
    )


def ids_in(values: Iterable[str]) -> list[int]:
    """Return the ids that a form sent, one by one or with commas between; what is no id is left out."""
    texts = [text.strip() for value in values for text in value.split(",")]
    return sorted(
        {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID}
    )
