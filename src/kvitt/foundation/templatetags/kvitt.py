"""The template tags and filters of every page: icons, statuses, fields, faults, amounts and numbers."""

import datetime as dt
import functools
import itertools
import re
from importlib import resources
from typing import TYPE_CHECKING, Protocol
from zipfile import ZipFile

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from kvitt.foundation import clock
from kvitt.foundation.values import identity as identity_numbers
from kvitt.foundation.values import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kvitt.foundation.tables import Action, Row

register = template.Library()


class Status(Protocol):
    """A member of an app's status enumeration: a stored value and an English label."""

    @property
    def value(self) -> str:
        """What is stored."""

    @property
    def label(self) -> str:
        """What people read, as msgid."""


# The one table of how a status looks: the class of its colour and its icon. Its word comes with the status.
_STATUS_LOOKS: dict[str, tuple[str, str]] = {
    # lines and procedures
    "approved": ("s-ok", "circle-check"),
    "approved_with_reservation": ("s-ok", "circle-alert"),
    "requires_preauthorization": ("s-warn", "file-pen-line"),
    "awaiting_review": ("s-wait", "hourglass"),
    "refused": ("s-bad", "circle-x"),
    "invoiced": ("s-inv", "receipt-text"),
    "awaiting_credit": ("s-cred", "undo-2"),
    "credited": ("s-credited", "check-check"),
    "withdrawn": ("s-gone", "trash-2"),
    # invoices
    "issued": ("s-wait", "hourglass"),
    "reviewed": ("s-ok", "circle-check"),
    "authorised": ("s-ok", "circle-check"),
    "paying_out": ("s-wait", "hourglass"),
    "paid_out": ("s-ok", "circle-check"),
    "returned": ("s-bad", "circle-x"),
    "recalled": ("s-gone", "undo-2"),
    # requests, parcels, reports, windows
    "not_sent": ("s-gone", "pencil"),
    "completion_requested": ("s-warn", "file-pen-line"),
    "removed": ("s-gone", "trash-2"),
    "draft": ("s-gone", "pencil"),
    "settled": ("s-ok", "circle-check"),
    "decided": ("s-inv", "receipt-text"),
    "incomplete": ("s-warn", "file-pen-line"),
    "expected": ("s-warn", "package"),
    "arrived": ("s-ok", "package-check"),
    "open": ("s-ok", "circle-check"),
    "closed": ("s-gone", "lock"),
    # messages
    "waiting": ("s-wait", "hourglass"),
    "sent": ("s-ok", "circle-check"),
    "given_up": ("s-bad", "circle-x"),
    # runs of the calendar
    "due": ("s-wait", "calendar-clock"),
    "running": ("s-wait", "hourglass"),
    "overdue": ("s-bad", "clock-alert"),
    "done": ("s-ok", "circle-check"),
    "done_with_faults": ("s-warn", "circle-alert"),
    "fault": ("s-bad", "circle-x"),
    # invoices of claims
    "being_processed": ("s-wait", "hourglass"),
    "awaits_repayment": ("s-warn", "undo-2"),
    "repaid": ("s-ok", "circle-check"),
    "held": ("s-warn", "search-check"),
    "voided": ("s-bad", "circle-x"),
    "deleted": ("s-gone", "trash-2"),
    # payments
    "proposed": ("s-wait", "hourglass"),
    "planned": ("s-wait", "hourglass"),
    "ordered": ("s-wait", "hourglass"),
    "accepted": ("s-wait", "landmark"),
    "paid": ("s-ok", "circle-check"),
    "rejected": ("s-bad", "circle-x"),
    "cancelled": ("s-gone", "undo-2"),
    "carried": ("s-warn", "undo-2"),
    "even": ("s-ok", "circle-check"),
    "sending": ("s-warn", "circle-alert"),
    # claims files and their faults
    "checking": ("s-wait", "hourglass"),
    "checked": ("s-inv", "search-check"),
    "loading": ("s-wait", "hourglass"),
    "loaded": ("s-ok", "circle-check"),
    "discarded": ("s-gone", "undo-2"),
    "stops": ("s-bad", "circle-x"),
    "warns": ("s-warn", "circle-alert"),
}

# The one table of lamps: the shape of each, so that none is known by its colour alone.
_LAMP_SHAPES: dict[str, str] = {
    "red": '<rect x="2" y="2" width="12" height="12" rx="1.5"/>',
    "yellow": '<path d="M8 .8 15.2 8 8 15.2.8 8z"/>',
    "green": '<circle cx="8" cy="8" r="6.6"/>',
}

# How a message of Django's levels looks.
_TONES = {"success": "ok", "error": "bad", "warning": "warn", "info": "info", "debug": "info"}
_TONE_ICONS = {"ok": "circle-check", "bad": "circle-x", "warn": "circle-alert", "info": "info"}

_WIDGET_KINDS: dict[str, tuple[type[forms.Widget], ...]] = {
    "check": (forms.CheckboxInput,),
    "choices": (forms.RadioSelect, forms.CheckboxSelectMultiple),
    "select": (forms.Select,),
}


# Icons and statuses -------------------------------------------------------------------------------


@functools.cache
def _shapes(name: str) -> str:
    """Return the inner elements of a lucide icon, white space between them removed."""
    with resources.files("lucide").joinpath("lucide.zip").open("rb") as file, ZipFile(file) as icons:
        svg = icons.read(f"{name}.svg").decode()
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return re.sub(r">\s+<", "><", inner.strip())


@functools.cache
def _svg(name: str) -> SafeString:
    """Return a lucide icon whole."""
    return mark_safe(  # noqa: S308 - the markup comes from the installed package, the name is only its key
        '<svg class="kv-icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false">'
        f"{_shapes(name)}</svg>"
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a lucide icon as inline SVG, silent to screen readers: words always stand beside it."""
    return _svg(name)


@functools.cache
def _pill(value: str, label: str, language: str | None) -> SafeString:
    """Return the pill of a status; `language` is there to keep the languages apart in the cache."""
    del language
    css, name = _STATUS_LOOKS[value]
    return format_html('<span class="kv-status {}">{}{}</span>', css, _svg(name), gettext(label))


@register.simple_tag
def status(member: Status) -> SafeString:
    """Return a status as icon, word and colour. Tables call it too: `kvitt.status(line.shown_status)`."""
    return _pill(str(member.value), str(member.label), get_language())


@register.simple_tag
def lamp(member: Status) -> SafeString:
    """Return the shape of a lamp, silent to screen readers: its word always stands beside it."""
    return mark_safe(  # noqa: S308 - a key of the table above, and its shape
        f'<svg class="kv-lamp l-{member.value}" viewBox="0 0 16 16" width="14" height="14" '
        f'aria-hidden="true" focusable="false">{_LAMP_SHAPES[str(member.value)]}</svg>'
    )


@register.simple_tag
def lamp_word(lamps: "Sequence[Status]", note: str = "") -> SafeString:
    """Return a lamp with its word; of a couple both lamps, the own one first, and a note that says so."""
    shapes = format_html_join("", "{}", ((lamp(member),) for member in lamps))
    word = gettext(lamps[0].label)
    return format_html('<span class="kv-lampword">{}{}</span>', shapes, f"{word}, {note}" if note else word)


@register.filter
def tone(level: str) -> str:
    """Return the tone of a message's level: ok, bad, warn or info."""
    return _TONES.get(level, "info")


@register.simple_tag
def tone_icon(name: str) -> SafeString:
    """Return the icon of a notice of this tone."""
    return _svg(_TONE_ICONS[name])


# Values -------------------------------------------------------------------------------------------


@register.filter
def kronor(amount: int | None) -> str:
    """Return öre as people read them: `5 025 kr`; nothing for None."""
    return money.format_kronor(amount) if isinstance(amount, int) else ""


@register.filter
def identity(digits: str | None) -> str:
    """Return a stored personal number with its dash; nothing for none."""
    return identity_numbers.format_identity_number(digits) if digits else ""


# A date, a giro number, a personal number, a word like S-tandvård.
_HYPHENED = re.compile(r"\d+(?:-\d+)+|\b[A-Z]-\w+")


@register.filter
def whole(text: object) -> SafeString:
    """Return a text whose dates and numbers are not broken at a hyphen; ready HTML stays as it is."""
    words = str(text)
    if isinstance(words, SafeString):
        return words
    ends = [0, *(end for found in _HYPHENED.finditer(words) for end in found.span()), len(words)]
    parts = [words[first:last] for first, last in itertools.pairwise(ends)]
    pieces = [
        format_html('<span class="kv-nowrap">{}</span>', part) if at % 2 else part
        for at, part in enumerate(parts)
    ]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def isodate(day: dt.date | None) -> str:
    """Return a date as 2024-12-31; nothing for none."""
    return day.strftime("%Y-%m-%d") if day else ""


@register.filter
def moment(at: dt.datetime | None) -> str:
    """Return a moment as 2024-12-31 10.42, in Swedish time; nothing for none."""
    return at.astimezone(clock.STOCKHOLM).strftime("%Y-%m-%d %H.%M") if at else ""


# Fields and faults --------------------------------------------------------------------------------


def _kind(bound: BoundField, picker: str) -> str:
    """Return which of the shapes in components/field.html this field has."""
    widget = bound.field.widget
    if picker:
        return "picker"
    if "data-date" in widget.attrs:
        return "date"
    for kind, widgets in _WIDGET_KINDS.items():
        if isinstance(widget, widgets):
            return kind
    return "text"


def _control(bound: BoundField, kind: str, described_by: str, picker: str) -> SafeString:
    """Return the field's control with Kvitt's class beside its own and its error before its help."""
    base = {"check": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    own = str(bound.field.widget.attrs.get("class", ""))
    attrs: dict[str, str | bool] = {"class": f"{base} {own}".strip()}
    if described_by:
        attrs["aria-describedby"] = described_by
    if picker:
        attrs |= {"data-picker": picker, "autocomplete": "off"}
    return bound.as_widget(attrs=attrs)


def _choices(bound: BoundField) -> list[BoundWidget]:
    """Return the radios or boxes of a field, each with Kvitt's class."""
    attrs = bound.build_widget_attrs({"id": bound.auto_id, "class": "form-check-input"})
    subwidgets = bound.field.widget.subwidgets(bound.html_name, bound.value(), attrs=attrs)
    return [BoundWidget(bound.field.widget, data, bound.form.renderer) for data in subwidgets]


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, css: str = "", needs: str = "", picker: str = "") -> dict[str, object]:
    """Render a field whole: label, control, faults, help.

    `css` sets its place in a `.kv-grid` (kv-c2, kv-c3, kv-c4); a form may instead carry
    `columns = {"postal_code": "kv-c2"}`. The control's own width is a class of its widget (kv-w-s).
    `needs` names what a chosen code must allow for the field to show; `picker` is where codes are found.
    """
    if bound.is_hidden:
        return {"kind": "hidden", "control": bound.as_widget()}
    kind = _kind(bound, picker)
    faults, helptext = f"{bound.auto_id}_error", f"{bound.auto_id}_helptext"
    described_by = " ".join(
        name for name, there in ((faults, bound.errors), (helptext, bound.help_text)) if there
    )
    return {
        "bound": bound,
        "kind": kind,
        "css": css or getattr(bound.form, "columns", {}).get(bound.name, ""),
        "needs": needs,
        "picker": picker,
        "control": "" if kind == "choices" else _control(bound, kind, described_by, picker),
        "choices": _choices(bound) if kind == "choices" else [],
        "described_by": described_by,
        "faults": faults,
        "helptext": helptext,
        "has_star": _has_star(bound),
    }


def _has_star(bound: BoundField) -> bool:
    """Tell whether a field is marked as required; radios with one chosen from the start need no mark."""
    is_preset = isinstance(bound.field.widget, forms.RadioSelect) and bound.initial not in (None, "")
    return bound.field.required and not is_preset


@register.filter
def has_required(form: forms.BaseForm | None) -> bool:
    """Tell whether the star of required fields needs its explanation."""
    return any(_has_star(bound) for bound in form.visible_fields()) if form else False


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm | None) -> dict[str, object]:
    """Render what must be corrected, first on the page, when there are two faults or one without a field."""
    if not form or not form.errors:
        return {"count": 0}
    general = list(form.non_field_errors())
    linked = [
        (bound.label, text, f"#{bound.id_for_label or f'{bound.auto_id}_0'}")
        for bound in form
        for text in bound.errors
        if not bound.is_hidden
    ]
    general += [text for bound in form.hidden_fields() for text in bound.errors]
    count = len(general) + len(linked)
    return {"count": count if general or count > 1 else 0, "general": general, "linked": linked}


@register.filter
def has_primary(actions: "Iterable[Action] | None") -> bool:
    """Tell whether a heading has the view's one primary button, so that another is plain."""
    return any(action.is_primary for action in actions or ())


# Tables -------------------------------------------------------------------------------------------


@register.simple_tag
def table_rows(rows: "Iterable[Row]") -> SafeString:
    """Return the rows of a table, joined in Python: a template loop costs many times as much on 50 rows."""
    parts: list[str] = []
    for row in rows:
        parts.append('<tr role="row" class="kv-rowlink">' if row.url else '<tr role="row">')
        for cell in row.cells:
            html: str = conditional_escape(cell.html)
            css = f' class="{cell.css}"' if cell.css else ""
            if cell.is_lead:
                if row.url:
                    html = f'<a href="{conditional_escape(row.url)}">{html}</a>'
                parts.append(f'<th role="rowheader" scope="row"{css}>{html}</th>')
            else:
                label = f' data-label="{conditional_escape(cell.label)}"' if cell.label and html else ""
                parts.append(f'<td role="cell"{css}{label}>{html}</td>')
        parts.append("</tr>")
        if row.below:
            parts.append(
                f'<tr role="row" class="kv-below"><td role="cell" colspan="{len(row.cells)}">'
                f"{conditional_escape(row.below)}</td></tr>"
            )
    return mark_safe("".join(parts))  # noqa: S308 - every text above is escaped
