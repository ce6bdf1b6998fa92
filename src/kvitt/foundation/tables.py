"""One list page for everything: columns become a sorted, paged HTML list and the same list as Excel."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kvitt.foundation import clock, workbooks
from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import Form
from kvitt.foundation.htmx import Request
from kvitt.foundation.selection import ALL, Selection, SelectionBar, box
from kvitt.foundation.templatetags.kvitt import moment, status
from kvitt.foundation.values.identity import format_identity_number
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import format_count, format_kronor

ROWS_PER_PAGE = 50
COUNT_LIMIT = 10_000
EXCEL_CHUNK = 2_000
LONGEST_WORD = 30
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Action:
    """A button or link in the heading of a page."""

    label: str
    url: str
    is_primary: bool = False
    is_dialog: bool = False
    icon: str = "plus"


@dataclass(frozen=True)
class Crumb:
    """A step on the way to this page; the last one has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """One of several lists that belong together."""

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Heading:
    """A column heading as the page shows it: with the address that sorts by it, and how it is sorted now."""

    label: str
    css: str
    sort_url: str
    sorted: str


@dataclass(frozen=True)
class Cell:
    """A cell ready for the page; `label` stands before it where the table has become cards."""

    html: SafeString
    css: str
    label: str
    is_lead: bool


@dataclass(frozen=True)
class Row:
    """A row ready for the page; `below` is what it unfolds, over the whole width."""

    cells: Sequence[Cell]
    url: str = ""
    below: str = ""


@dataclass(frozen=True)
class ListPage:
    """Everything `list.html` shows."""

    title: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    empty: str
    count_text: str
    excel_url: str
    lead: str = ""
    form: Form | None = None
    actions: Sequence[Action] = ()
    crumbs: Sequence[Crumb] = ()
    previous_url: str = ""
    next_url: str = ""
    clear_url: str = ""
    is_wide: bool = False
    notice: str = ""
    facts: Sequence[tuple[str, object]] = ()
    filter_text: str = ""
    about: object = None
    tabs: Sequence[Tab] = ()
    selection: SelectionBar | None = None


@dataclass(frozen=True)
class ListSource:
    """What a view asks to be listed.

    `rows` are the actor's own, filtered; `order` is a column key, with `-` for descending.
    `record_read` is called with the persons on the page, or in the whole export (spec CO-30).
    `facts` are label and value of what the list belongs to, for templates that show them above it, as is
    `about`; `tabs` lead to lists beside this one. `prepare` looks up, for a page of rows at once, what
    their columns need besides; `selection` lets rows be ticked. `below` answers what a row unfolds on the
    page, empty for most. `rows_per_page` is more where a list is to be printed.
    """

    title: str
    columns: Sequence[Column]
    rows: QuerySet[Any, Any]
    order: str
    empty: str
    form: Form | None = None
    lead: str = ""
    actions: Sequence[Action] = ()
    crumbs: Sequence[Crumb] = ()
    row_url: Callable[[Any], str] | None = None
    person_of: Callable[[Any], int | None] | None = None
    record_read: Callable[[Iterable[int]], None] | None = None
    is_wide: bool = False
    notice: str = ""
    file_name: str = "kvitt"
    tie: str = "-pk"
    facts: Sequence[tuple[str, object]] = ()
    about: object = None
    tabs: Sequence[Tab] = ()
    prepare: Callable[[Sequence[Any]], Sequence[Any]] | None = None
    selection: Selection | None = None
    below: Callable[[Any], SafeString] | None = None
    count_text: Callable[[str, str, int], str] | None = None
    rows_per_page: int = ROWS_PER_PAGE


@dataclass(frozen=True)
class Table:
    """A table without sorting or paging, for components/table.html."""

    headings: Sequence[Heading]
    rows: Sequence[Row]


def plain_table(
    columns: Sequence[Column], items: Iterable[Any], *, below: Callable[[Any], SafeString] | None = None
) -> Table:
    """Return a table of the items, in their order."""
    return Table(
        headings=[Heading(str(column.label), _heading_css(column), "", "") for column in columns],
        rows=[Row(_cells(columns, item), below=below(item) if below else "") for item in items],
    )


def respond(request: Request, source: ListSource, *, template: str = "list.html") -> HttpResponse:
    """Answer with the list as a page, or as Excel when the address says `format=xlsx`."""
    ordered = source.rows.order_by(*_order(source, _sort_key(request, source)))
    if request.GET.get("format") == "xlsx":
        return cast("HttpResponse", _excel(source, ordered))
    return render(request, template, {"page": list_page(request, source, ordered)})


def list_page(request: Request, source: ListSource, ordered: QuerySet[Any, Any]) -> ListPage:
    """Return the page of the list that the address asks for."""
    count = source.rows.order_by()[: COUNT_LIMIT + 1].count()
    last_page = max(1, -(-min(count, COUNT_LIMIT) // source.rows_per_page))
    number = min(max(1, _int(request.GET.get("page"))), last_page)
    start = (number - 1) * source.rows_per_page
    objects = list(ordered[start : start + source.rows_per_page])
    objects = list(source.prepare(objects)) if source.prepare else objects
    _note_read(source, objects)
    is_all = request.GET.get("selected") == ALL
    sort = _sort_key(request, source)
    return ListPage(
        title=source.title,
        lead=source.lead,
        headings=_headings(request, source, sort),
        rows=[_row(source, item, is_ticked=is_all) for item in objects],
        empty=source.empty,
        count_text=_count_text(source, start + 1 if objects else 0, start + len(objects), count),
        excel_url=_url(request, format="xlsx"),
        form=source.form,
        actions=source.actions,
        crumbs=source.crumbs,
        previous_url=_url(request, page=str(number - 1)) if number > 1 else "",
        next_url=_url(request, page=str(number + 1)) if number < last_page else "",
        clear_url=request.path,
        is_wide=source.is_wide,
        notice=source.notice,
        facts=source.facts,
        filter_text=_filter_text(source),
        about=source.about,
        tabs=source.tabs,
        selection=_selection_bar(request, source.selection, objects, is_all=is_all),
    )


def _selection_bar(
    request: Request, selection: Selection | None, objects: Sequence[Any], *, is_all: bool
) -> SelectionBar | None:
    if selection is None:
        return None
    return SelectionBar(
        buttons=selection.buttons(objects),
        url=_url(request, selected=None),
        all_url=_url(request, selected=None if is_all else ALL),
        is_all=is_all,
    )


def cell_html(column: Column, item: Any) -> SafeString:  # noqa: ANN401 - rows are of any kind
    """Return a cell's content for the page, escaped."""
    value = column.value(item)
    html = _format(column, value)
    if column.link is not None and (url := column.link(item)):
        html = format_html('<a href="{}">{}</a>', url, html)
    if column.note is not None and (note := column.note(item)):
        html = format_html("{}<small>{}</small>", html, note)
    return html


def _format(column: Column, value: object) -> SafeString:
    if value is None or value == "":
        return SafeString("")
    if isinstance(value, Labelled):
        return status(value) if column.kind is Kind.STATUS else conditional_escape(gettext(value.label))
    if isinstance(value, SafeString):
        return value
    text = _text(column.kind, value)
    return (
        _words(text, are_whole=column.whole_words) if column.kind is Kind.TEXT else conditional_escape(text)
    )


def _words(text: str, *, are_whole: bool) -> SafeString:
    """Return a text that wraps well: a word may be broken when it is too long for a column, and only then."""
    words = text.split()
    if any(len(word) > LONGEST_WORD for word in words):
        return format_html('<span class="kv-long">{}</span>', text)
    if not (are_whole and "-" in text):
        return conditional_escape(text)
    return format_html_join(" ", '<span class="kv-nowrap">{}</span>', ((word,) for word in words))


def _text(kind: Kind, value: object) -> str:
    """Return a value as people read it, not yet escaped."""
    if kind is Kind.MONEY and isinstance(value, int):
        return format_kronor(value)
    if kind is Kind.COUNT and isinstance(value, int):
        return format_count(value)
    if kind is Kind.IDENTITY:
        return format_identity_number(str(value))
    if kind is Kind.MONTH and isinstance(value, date):
        return f"{value:%Y-%m}"
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else str(value)


_CSS = {
    Kind.DATE: "date",
    Kind.MONTH: "date",
    Kind.MOMENT: "date",
    Kind.MONEY: "num",
    Kind.COUNT: "num",
    Kind.IDENTITY: "date",
    Kind.STATUS: "full",
    Kind.TEXT: "",
}


def _css(column: Column) -> str:
    lead = "kv-lead" if column.lead else ""
    return " ".join(part for part in (lead, _CSS[column.kind], column.css) if part)


def _row(source: ListSource, item: Any, *, is_ticked: bool) -> Row:  # noqa: ANN401 - rows are of any kind
    ticks = [] if source.selection is None else [box(source.selection, item, is_ticked=is_ticked)]
    cells = [Cell(html=html, css="kv-tick", label="", is_lead=False) for html in ticks]
    cells += _cells(source.columns, item)
    return Row(
        cells=cells,
        url=source.row_url(item) if source.row_url else "",
        below=source.below(item) if source.below else "",
    )


def _cells(columns: Sequence[Column], item: Any) -> list[Cell]:  # noqa: ANN401 - rows are of any kind
    return [
        Cell(
            html=cell_html(column, item),
            css=_css(column),
            label="" if column.lead or column.kind is Kind.STATUS else str(column.label),
            is_lead=column.lead,
        )
        for column in columns
    ]


def _heading_css(column: Column) -> str:
    return _css(column).replace("kv-lead", "").strip()


def _headings(request: Request, source: ListSource, sort: str) -> list[Heading]:
    ticks = [] if source.selection is None else [Heading(gettext("Choose"), "kv-tick", "", "")]
    return ticks + [_heading(request, column, sort) for column in source.columns]


def _heading(request: Request, column: Column, sort: str) -> Heading:
    is_ascending, is_descending = sort == column.key, sort == f"-{column.key}"
    state = "ascending" if is_ascending else "descending" if is_descending else ""
    target = f"-{column.key}" if is_ascending else column.key
    return Heading(
        label=str(column.label),
        css=_heading_css(column),
        sort_url=_url(request, sort=target, page=None) if column.sort else "",
        sorted=state,
    )


def _sort_key(request: Request, source: ListSource) -> str:
    wanted = request.GET.get("sort", "")
    sortable = {column.key for column in source.columns if column.sort}
    return wanted if wanted.removeprefix("-") in sortable else source.order


def _order(source: ListSource, sort: str) -> list[str]:
    sign = "-" if sort.startswith("-") else ""
    column = next(column for column in source.columns if column.key == sort.removeprefix("-"))
    ordering = [f"{sign}{name}" for name in column.sort]
    return [*ordering, source.tie.removeprefix("-") if not sign else source.tie]


def _url(request: Request, **changes: str | None) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    if "format" not in changes:
        query.pop("format", None)
    return f"?{query.urlencode()}"


def _int(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 - a sane page number


def _count_text(source: ListSource, first: int, last: int, count: int) -> str:
    if source.count_text is not None and count <= COUNT_LIMIT:
        is_whole = last - first + 1 >= count or not count
        shown = format_count(count) if is_whole else f"{format_count(first)}-{format_count(last)}"
        return source.count_text(shown, format_count(count), count)
    if count == 0:
        return gettext("Showing 0 of 0")
    values = {"first": format_count(first), "last": format_count(last), "count": format_count(count)}
    if count > COUNT_LIMIT:
        values["count"] = format_count(COUNT_LIMIT)
        return gettext("Showing %(first)s-%(last)s of more than %(count)s") % values
    return gettext("Showing %(first)s-%(last)s of %(count)s") % values


def _note_read(source: ListSource, objects: Iterable[Any]) -> None:
    if source.person_of is not None and source.record_read is not None:
        persons = (source.person_of(item) for item in objects)
        source.record_read([person for person in persons if person is not None])


# Excel --------------------------------------------------------------------------------------------


def _excel(source: ListSource, ordered: QuerySet[Any, Any]) -> FileResponse:
    """Write the whole list to a file row by row, so memory does not grow with it."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    persons: set[int] = set()
    workbooks.write_workbook(
        file, source.columns, _noting(source, _prepared(source, ordered), persons), _filter_text(source)
    )
    if source.record_read is not None:
        source.record_read(persons)
    file.seek(0)
    name = f"{source.file_name}-{clock.today()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL_TYPE)


def _prepared(source: ListSource, ordered: QuerySet[Any, Any]) -> Iterator[Any]:
    items = ordered.iterator(EXCEL_CHUNK)
    if source.prepare is None:
        yield from items
        return
    while chunk := list(islice(items, EXCEL_CHUNK)):
        yield from source.prepare(chunk)


def _noting(source: ListSource, items: Iterable[Any], persons: set[int]) -> Iterator[Any]:
    for item in items:
        if source.person_of is not None and (person := source.person_of(item)) is not None:
            persons.add(person)
        yield item


def _filter_text(source: ListSource) -> str:
    """Return the title and the chosen filters as one line: `Fakturor, Fakturastatus: Attesterad`."""
    parts = [str(source.title)]
    if source.form is not None and source.form.is_bound:
        for bound in source.form:
            value = source.form.cleaned_data.get(bound.name) if source.form.is_valid() else None
            if value not in (None, "", False, []):
                choices = dict(getattr(bound.field, "choices", ()))
                chosen = value if isinstance(value, list) else [value]
                words = [choices.get(str(each), choices.get(each, each)) for each in chosen]
                shown = gettext("yes") if value is True else ", ".join(str(word) for word in words)
                parts.append(f"{bound.label}: {shown}")
    return ", ".join(parts)
