"""What is typed of performed services: period and unit, the cells of the grid, a file."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form
from kvitt.foundation.values.text import format_size
from kvitt.modules.care_fees.queries.registrations import MOST_CELLS, Cell, Seen

CLIENT_NUMBER = re.compile(r"D[0-9]{4}-[0-9]{1,9}")
_NAME = re.compile(rf"({CLIENT_NUMBER.pattern})\.([0-9]{{1,9}})")
_LONGEST_TEXT = 40
_LARGEST_VERSION = 2_000_000_000
# A file of a unit's whole month has some thousand lines.
LARGEST_FILE = 1_000_000


class PeriodForm(Form):
    """Which unit's month to register in (*Period*, *Utförarenhet*)."""

    month = forms.ChoiceField(label=_("Period"))
    unit = forms.ChoiceField(label=_("Care unit"))

    def __init__(
        self,
        *args: Any,
        months: Sequence[tuple[str, str]],
        units: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer these months and units."""
        super().__init__(*args, **kwargs)
        self.offer("month", months)
        self.offer("unit", units, empty=_("Choose"))


class RegistrationsFileForm(Form):
    """*Läs in från fil*."""

    file = forms.FileField(
        label=_("Choose a file on the computer"),
        allow_empty_file=True,  # how large it is is told with what to do
        help_text=_("CSV with the columns period, unit, client, service and quantity."),
        error_messages={"required": _("Choose the file to load.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """Return the file, unless it is too large."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            message = gettext("The file is %(size)s, and at most %(largest)s is taken. Divide it.")
            sizes = {"size": format_size(file.size or 0), "largest": format_size(LARGEST_FILE)}
            raise forms.ValidationError(message % sizes, code="too_large")
        return file


class CheckedFileForm(Form):
    """The file that was checked, kept on the page until it is loaded."""

    content = forms.CharField(max_length=LARGEST_FILE, strip=False, widget=forms.HiddenInput)
    file_name = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


def texts_in(sent: QueryDict) -> dict[str, str]:
    """Return what stands in the cells of the grid, by their names."""
    return {
        name: text[:_LONGEST_TEXT].replace("\0", "")
        for name, text in sent.items()
        if isinstance(text, str) and _NAME.fullmatch(name)
    }


def cells_of_form(sent: QueryDict) -> list[Cell]:
    """Return the cells that differ from what the page showed, of a form sent without JavaScript."""
    try:
        known = json.loads(sent.get("seen", ""))
    except (ValueError, RecursionError):
        known = {}
    shown = {name: _seen(value) for name, value in known.items()} if isinstance(known, Mapping) else {}
    cells = []
    for name, text in texts_in(sent).items():
        seen = shown.get(name) or Seen(None, 0)
        if text.strip() != ("" if seen.quantity is None else str(seen.quantity)):
            cells.append(_cell(name, text, seen))
    return cells[:MOST_CELLS]


def cells_of_script(body: bytes) -> list[Cell] | None:
    """Return the cells that the page's script sends, None where it is not what our script writes.

    `[["D2026-000001.17", "12", null, 0], ...]`: name, what is typed, and the figure and version seen.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_CELLS:
        return None
    cells = []
    for row in sent:
        match row:
            case [str(name), str(text), quantity, version] if _NAME.fullmatch(name):
                seen = _seen([quantity, version])
            case _:
                return None
        if seen is None:
            return None
        cells.append(_cell(name, text[:_LONGEST_TEXT].replace("\0", ""), seen))
    return cells


def _cell(name: str, text: str, seen: Seen) -> Cell:
    number, service_id = name.split(".")
    return Cell(number, int(service_id), text, seen)


def _seen(value: object) -> Seen | None:
    """Return a figure and its version; None for anything else."""
    match value:
        case [int() | None as quantity, int(version)] if not isinstance(version, bool):
            is_figure = quantity is None or 0 <= quantity <= _LARGEST_VERSION
            return Seen(quantity, version) if is_figure and 0 <= version <= _LARGEST_VERSION else None
    return None
