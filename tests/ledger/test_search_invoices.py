"""*Sök och hantera fakturor*: the filters, the order, Excel, and who sees what."""

import datetime as dt
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from kvitt.ledger import commands
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-27", "CO-25")]
URL = reverse("ledger:search_invoices")


def text(html):
    return strip_tags(str(html)).replace("\xa0", " ").strip()


def references(response):
    """Return the references of the rows, in their order."""
    page = response.context["page"]
    column = [heading.label for heading in page.headings].index("Extern fakturareferens")
    return [text(row.cells[column].html) for row in page.rows]


@pytest.fixture
def invoices(book):
    """Five invoices: three of Ryd in each part of the chain, one of Linghem, one of Björken."""
    world = book.world
    made = {
        "Oktober 1111": book.issue(book.approve(240_000, case="B2024-000001"), reference="Oktober 1111"),
        "Rättad 1111": book.issue(book.approve(-50_000, case="B2024-000002"), reference="Rättad 1111"),
        "November 1111": book.issue(book.approve(502_512, case="B2024-000003"), reference="November 1111"),
        "Nya 1112": book.issue(
            book.approve(100, case="B2024-000004", clinic=world.linghem),
            clinic=world.linghem,
            reference="Nya 1112",
        ),
        "Björk 2222": book.issue(
            book.approve(700_00, case="B2024-000005", clinic=world.bjork),
            clinic=world.bjork,
            reference="Björk 2222",
        ),
    }
    Invoice.objects.filter(pk=made["Oktober 1111"]).update(
        invoice_date=dt.date(2024, 10, 31), due_date=dt.date(2024, 11, 30)
    )
    book.take(made["Oktober 1111"], InvoiceStatus.AUTHORISED)
    book.take(made["Björk 2222"], InvoiceStatus.AUTHORISED)
    book.return_(made["Rättad 1111"])
    return made


@pytest.fixture
def gustav(invoices, book, sign_in):
    """The region's reviewer, who sees them all."""
    return sign_in(book.world, "gustav")


@pytest.fixture
def anna(invoices, book, sign_in):
    """Who invoices at the clinic in Ryd."""
    return sign_in(book.world, "anna")


# What it shows ---------------------------------------------------------------------------------------


def test_columns_are_those_of_the_manual(anna):
    page = anna.get(URL).context["page"]

    assert [heading.label for heading in page.headings] == [
        "Fakturadatum",
        "Förfallodatum",
        "Extern fakturareferens",
        "Verifikationsnummer",
        "Vårdgivare",
        "Mottagning",
        "Typ",
        "Fakturastatus",
        "Summa",
    ]
    assert [text(cell.html) for cell in page.rows[-1].cells] == [
        "2024-10-31",
        "2024-11-30",
        "Oktober 1111",
        "1",
        "556000-0019 - Ekens Tandvård AB",
        "1111 - Ekens Tandvård Ryd",
        "Behovspeng",
        "Attesterad",
        "2 400 kr",
    ]


def test_filters_are_those_of_the_manual(anna):
    form = anna.get(URL).context["page"].form

    assert [str(bound.label) for bound in form] == [
        "Fakturadatum från",
        "Fakturadatum till",
        "Fakturastatus",
        "Extern fakturareferens",
        "Fakturatyp",
        "Vårdgivare",
        "Mottagning",
        "Verifikationsnummer",
    ]


def test_newest_come_first_and_are_counted(anna):
    response = anna.get(URL)

    assert references(response) == ["November 1111", "Rättad 1111", "Oktober 1111"]
    assert "Visar 1-3 av 3" in response.content.decode()


def test_row_opens_the_invoice(anna, invoices):
    page = anna.get(URL).context["page"]

    assert page.rows[0].url == reverse("ledger:invoice", args=[invoices["November 1111"]])


def test_words_of_the_manual_are_on_the_buttons(anna):
    content = anna.get(URL).content.decode()

    for word in ("Fakturor", "Exportera till excel", "Rensa", "Sök", "Skapa faktura"):
        assert word in content


def test_who_cannot_invoice_is_not_asked_to(gustav):
    assert "Skapa faktura" not in gustav.get(URL).content.decode()


# Filters ---------------------------------------------------------------------------------------------

ALL = ["Björk 2222", "November 1111", "Nya 1112", "Oktober 1111", "Rättad 1111"]
FILTERS = [
    ({}, ALL),
    ({"first_on": "2024-11-30"}, ["Björk 2222", "November 1111", "Nya 1112", "Rättad 1111"]),
    ({"last_on": "20241031"}, ["Oktober 1111"]),
    ({"first_on": "2024-10-01", "last_on": "2024-11-29"}, ["Oktober 1111"]),
    ({"status": "authorised"}, ["Björk 2222", "Oktober 1111"]),
    ({"status": "returned"}, ["Rättad 1111"]),
    ({"status": "paid_out"}, []),
    ({"reference": "okt"}, ["Oktober 1111"]),
    ({"reference": "OKTOBER 1111"}, ["Oktober 1111"]),
    ({"reference": "björk"}, ["Björk 2222"]),
    ({"reference": "n"}, ["November 1111", "Nya 1112"]),
    ({"reference": "%"}, []),
    ({"reference": "_ktober"}, []),
    ({"module": "needs_allowance"}, ALL),
    ({"module": "population_health"}, []),
    ({"provider": "5560000019"}, ["November 1111", "Nya 1112", "Oktober 1111", "Rättad 1111"]),
    ({"clinic": "2222"}, ["Björk 2222"]),
    ({"voucher_number": "2"}, ["Björk 2222"]),
    ({"voucher_number": "77"}, []),
    ({"status": "authorised", "provider": "5560000019", "reference": "okt"}, ["Oktober 1111"]),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=lambda value: str(value)[:60])
def test_filter(gustav, book, query, expected):
    if "clinic" in query:
        query = {**query, "clinic": book.world.bjork.pk}

    response = gustav.get(URL, query)

    assert sorted(references(response)) == expected


def test_clinic_finds_any_part_of_its_own_references(anna):
    assert references(anna.get(URL, {"reference": "ttad 11"})) == ["Rättad 1111"]


def test_authority_finds_the_beginning_of_a_reference_and_is_told_so(gustav):
    response = gustav.get(URL, {"reference": "1111"})

    assert references(response) == []
    assert response.context["page"].form.fields["reference"].help_text


@pytest.mark.requirement("CO-33")
@pytest.mark.parametrize(
    "query", [{"first_on": "igår"}, {"voucher_number": "x"}, {"voucher_number": "9" * 30}, {"status": "lost"}]
)
def test_faulty_filter_is_said_and_the_others_count(gustav, query):
    response = gustav.get(URL, {**query, "provider": "5560000027"})

    assert response.status_code == 200
    assert response.context["page"].form.errors.keys() == query.keys()
    assert references(response) == ["Björk 2222"]


def test_nothing_found_says_what_to_do(gustav):
    response = gustav.get(URL, {"status": "paid_out"})

    content = response.content.decode()
    assert "Visar 0 av 0" in content or "Visar 0-0 av 0" in content
    assert "Ändra filtren" in content


# Order -----------------------------------------------------------------------------------------------

SORTS = [
    ("date", ["Oktober 1111", "Rättad 1111", "November 1111"]),
    ("-date", ["November 1111", "Rättad 1111", "Oktober 1111"]),
    ("due", ["Oktober 1111", "Rättad 1111", "November 1111"]),
    ("reference", ["November 1111", "Oktober 1111", "Rättad 1111"]),
    ("-reference", ["Rättad 1111", "Oktober 1111", "November 1111"]),
    ("status", ["November 1111", "Oktober 1111", "Rättad 1111"]),  # along the chain, returned last
    ("-status", ["Rättad 1111", "Oktober 1111", "November 1111"]),
    ("sum", ["Rättad 1111", "Oktober 1111", "November 1111"]),
    ("-sum", ["November 1111", "Oktober 1111", "Rättad 1111"]),
]


@pytest.mark.parametrize(("sort", "expected"), SORTS)
def test_sort(anna, sort, expected):
    assert references(anna.get(URL, {"sort": sort})) == expected


def test_vouchers_sort_by_year_and_number(book, sign_in):
    for year, number in ((2025, 1), (2024, 2), (2024, 1)):
        invoice_id = book.issue(book.approve(), reference=f"{year}-{number}")
        Invoice.objects.filter(pk=invoice_id).update(
            status="paid_out", voucher_year=year, voucher_number=number
        )

    response = sign_in(book.world, "gustav").get(URL, {"sort": "voucher"})

    assert references(response) == ["2024-1", "2024-2", "2025-1"]


# Excel -----------------------------------------------------------------------------------------------


def workbook(response):
    return openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content))).active


@pytest.mark.requirement("CO-26")
def test_excel_has_typed_cells_and_the_filter(anna):
    sheet = workbook(anna.get(URL, {"format": "xlsx", "status": "authorised"}))

    assert sheet["A1"].value == "Fakturor, Fakturastatus: Attesterad"
    assert sheet.freeze_panes == "A3"
    [values] = sheet.iter_rows(min_row=3, values_only=True)
    assert [str(moment.date()) for moment in values[:2]] == ["2024-10-31", "2024-11-30"]
    assert values[2:] == (
        "Oktober 1111",
        1,
        "556000-0019 - Ekens Tandvård AB",
        "1111 - Ekens Tandvård Ryd",
        "Behovspeng",
        "Attesterad",
        2400,
    )
    assert sheet["I3"].number_format == "#,##0.00"
    assert sheet["A3"].number_format == "yyyy-mm-dd"


@pytest.mark.requirement("CO-26", "QU-18")
@pytest.mark.parametrize("reference", ["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "https://example.com"])
def test_reference_never_becomes_a_formula_or_a_link(book, sign_in, reference):
    book.issue(book.approve(), reference=reference)

    sheet = workbook(sign_in(book.world, "anna").get(URL, {"format": "xlsx"}))

    cell = sheet["C3"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (reference, "s", None)


@pytest.mark.requirement("CO-26")
def test_excel_holds_the_whole_result_not_only_the_page(book, sign_in):
    for number in range(55):
        book.issue(book.approve(case=f"B2024-{number:06d}"))

    sheet = workbook(sign_in(book.world, "anna").get(URL, {"format": "xlsx"}))

    assert sheet.max_row == 2 + 55


# Who sees what ---------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-1", "CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anna", ["November 1111", "Oktober 1111", "Rättad 1111"]),
        ("bo", ["Nya 1112"]),
        ("david", ["Björk 2222"]),
        ("eva", ["November 1111", "Nya 1112", "Oktober 1111", "Rättad 1111"]),
        ("gustav", ALL),
        ("hanna", ALL),
    ],
)
def test_everybody_sees_the_invoices_of_his_scope(invoices, book, sign_in, name, expected):
    client = sign_in(book.world, name)

    assert sorted(references(client.get(URL))) == expected
    assert workbook(client.get(URL, {"format": "xlsx"})).max_row == 2 + len(expected)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["frida", "ivar"])
def test_who_has_nothing_to_do_with_invoices_is_refused(invoices, book, sign_in, name):
    client = sign_in(book.world, name)

    assert client.get(URL).status_code == 403
    assert client.get(URL, {"format": "xlsx"}).status_code == 403


@pytest.mark.requirement("CO-4")
def test_filter_cannot_reach_another_clinic(anna, book):
    response = anna.get(URL, {"clinic": book.world.linghem.pk})

    assert "Nya 1112" not in references(response)


@pytest.mark.requirement("CO-30")
def test_list_shows_no_person(anna, book):
    content = anna.get(URL).content.decode()

    assert book.world.elsa.identity_number not in content
    assert "20130310" not in content


# How much it asks of the database ----------------------------------------------------------------------


@pytest.mark.requirement("QU-9")
@pytest.mark.parametrize(("name", "count"), [("anna", 8), ("gustav", 7)])
def test_page_takes_as_many_statements_for_two_invoices_as_for_forty(
    book, sign_in, django_assert_num_queries, name, count
):
    client = sign_in(book.world, name)
    for number in range(2):
        book.issue(book.approve(case=f"B2024-{number:06d}"))
    client.get(URL)

    with django_assert_num_queries(count):
        client.get(URL)
    for number in range(2, 40):
        book.issue(book.approve(case=f"B2024-{number:06d}"))
    with django_assert_num_queries(count):
        client.get(URL)


def test_withdrawn_lines_change_no_list(book, sign_in):
    """Only what stands on an invoice is listed."""
    commands.withdraw(book.approve())

    assert references(sign_in(book.world, "anna").get(URL)) == []


@pytest.mark.requirement("CO-28")
def test_start_page_leads_to_what_is_left_to_correct(world, sign_in, book):
    corrected, left = (book.approve(case=f"B2024-00000{number}") for number in (1, 2))
    for line_id, reference in ((corrected, "Rättad"), (left, "Kvar")):
        book.return_(book.issue(line_id, reference=reference))
    book.issue(corrected, reference="Rättelsen")

    page = sign_in(world, "anna").get("/invoicing/?to_correct=on")

    assert references(page) == ["Kvar"]
    assert "Visa bara avvisade fakturor att rätta" in page.content.decode()
