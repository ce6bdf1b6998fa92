"""Rows that can be ticked: a box for each, the buttons under them, and what a form sends back."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from kvitt.audit.models import Event
from kvitt.foundation import selection, tables
from kvitt.foundation.columns import Column
from kvitt.foundation.selection import BulkButton, Selection, ids_in
from kvitt.foundation.tables import ListSource


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ([], []),
        (["7", "3", "7"], [3, 7]),
        (["12,14", " 15 "], [12, 14, 15]),
        (["", "x", "-1", "1.5", "٣", "9" * 19], []),
    ],
)
def test_only_ids_are_read_from_a_form(sent, ids):
    assert ids_in(sent) == ids


def test_box_has_the_words_of_its_row_and_is_escaped():
    html = selection.box(
        Selection(lambda item: f"Välj <{item.name}>", lambda _page: []),
        SimpleNamespace(pk=7, name="Faktura"),
        is_ticked=False,
    )

    assert 'value="7"' in html
    assert "Välj &lt;Faktura&gt;" in html
    assert "checked" not in html


@pytest.fixture
def page(db):
    """Return the page of a list of the log with rows to tick, as an address asks for it."""
    for number in (1, 2):
        Event.objects.create(at="2024-11-20T10:00Z", action=f"a{number}", subject_kind="x", subject_key="y")

    def page_of(address, **wanted):
        source = ListSource(
            title="Events",
            columns=(Column("id", "Id", lambda row: row.pk, sort=("pk",)),),
            rows=Event.objects.all(),
            order="id",
            empty="None",
            **wanted,
        )
        return tables.list_page(RequestFactory().get(address), source, source.rows.order_by("pk"))

    return page_of


CHOICE = Selection(lambda row: row.action, lambda rows: [BulkButton(f"Do {len(rows)}")])


def test_list_without_selection_has_no_boxes(page):
    found = page("/")

    assert found.selection is None
    assert [len(row.cells) for row in found.rows] == [1, 1]


def test_every_row_gets_a_box_first_and_the_heading_says_so(page):
    found = page("/", selection=CHOICE)

    assert len(found.headings) == 2
    assert ["checkbox" in row.cells[0].html for row in found.rows] == [True, True]
    assert [button.label for button in found.selection.buttons] == ["Do 2"]


@pytest.mark.parametrize(("address", "is_all"), [("/?sort=id", False), ("/?sort=id&selected=all", True)])
def test_all_can_be_ticked_without_a_script(page, address, is_all):
    found = page(address, selection=CHOICE)

    assert found.selection.is_all is is_all
    assert [" checked" in row.cells[0].html for row in found.rows] == [is_all] * 2
    assert found.selection.all_url == ("?sort=id" if is_all else "?sort=id&selected=all")
    assert found.selection.url == "?sort=id"


def test_what_rows_need_is_looked_up_for_a_page_at_once(page):
    asked = []

    def prepare(rows):
        asked.append(len(rows))
        return rows

    page("/", prepare=prepare)

    assert asked == [2]


def test_note_is_a_second_line():
    column = Column("text", "Text", lambda _row: "Avvisad", note=lambda _row: "<fel>")

    assert tables.cell_html(column, {}) == "Avvisad<small>&lt;fel&gt;</small>"
