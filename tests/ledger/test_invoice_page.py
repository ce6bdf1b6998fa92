"""One invoice: the page as in the manual's figure 26, its Excel and its PDF, for those it concerns."""

from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from kvitt.audit.models import Event
from kvitt.ledger import exchange, queries, tables
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("NA-27")]


def text(html):
    return strip_tags(str(html)).replace("\xa0", " ").replace("\N{MINUS SIGN}", "-").strip()


def consume(answer):
    """Read an answer to its end, as a browser does; only then is its file closed."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


@pytest.fixture
def number(dental_world):
    """The seed's case of 5 025 kr."""
    return dental_world.case_of_figure_21()


@pytest.fixture
def invoice_id(dental_world, number):
    """Its invoice."""
    return dental_world.invoice()[0]


@pytest.fixture
def url(invoice_id):
    return reverse("ledger:invoice", args=[invoice_id])


@pytest.fixture
def anna(dental_world, sign_in):
    return sign_in(dental_world, "anna")


# The page --------------------------------------------------------------------------------------------


def test_facts_are_those_of_the_manual(anna, url):
    page = anna.get(url).context["page"]

    assert page.title == "Faktura - Behovspeng"
    facts = [(label, text(value)) for label, value in page.facts]
    assert facts[0] == ("Verifikationsnummer", "Ges vid attest")
    assert dict(facts[1:]) == {
        "Fakturadatum": "2024-11-30",
        "Förfallodatum": "2024-12-30",
        "Fakturastatus": "Inskickad",
        "Totalt fakturerat belopp": "5 025 kr",
        "Vårdgivare": "Ekens Tandvård AB",
        "Organisationsnummer": "556000-0019",
        "Mottagningsnamn": "Ekens Tandvård Ryd",
        "Mottagningsnummer": "1111",
        "Extern fakturareferens": "Testfaktura 1111",
    }


def test_attested_invoice_shows_its_voucher_number(anna, url, book, invoice_id):
    book.take(invoice_id, InvoiceStatus.AUTHORISED)

    facts = dict(anna.get(url).context["page"].facts)

    assert (facts["Verifikationsnummer"], text(facts["Fakturastatus"])) == (1, "Attesterad")


def test_returned_invoice_shows_the_reason(anna, url, book, invoice_id):
    book.return_(invoice_id, reason="Fel patient, se mejl")

    page = anna.get(url).context["page"]

    assert page.about.returned == "Fel patient, se mejl"
    assert len(page.rows) == 5


def test_rows_are_those_of_the_manual(anna, url, number):
    page = anna.get(url).context["page"]

    assert [heading.label for heading in page.headings] == [
        "Åtgärdsdatum",
        "Ärendenummer",
        "Personnummer",
        "Åtgärdskod",
        "å-pris",
        "Fakturerat belopp",
    ]
    assert [[text(cell.html) for cell in row.cells] for row in page.rows] == [
        ["2024-11-20", number, "20130310-2394", code, amount, amount]
        for code, amount in (
            ("815 - Sadelkrona", "6 900 kr"),
            ("163 - Biopsi", "1 230 kr"),
            ("124 - Panoramaröntgenundersökning", "660 kr"),
            ("126 - Röntgenundersökning, omfattande", "1 235 kr"),
            ("100 - Självrisk", "-5 000 kr"),
        )
    ]
    assert "Visar 1-5 av 5" in page.count_text


def test_case_number_links_to_the_case(anna, url, number):
    content = anna.get(url).content.decode()

    assert f'<a href="{reverse("needs_allowance:case", args=[number])}">{number}</a>' in content


def test_excel_and_pdf_are_offered(anna, url, invoice_id):
    content = anna.get(url).content.decode()

    assert "Exportera till excel" in content
    assert reverse("ledger:invoice_pdf", args=[invoice_id]) in content


@pytest.mark.requirement("CO-22", "NA-31")
def test_credited_row_has_the_opposite_sign_of_its_price(book, sign_in):
    invoice_id = book.issue(book.credit_wanted(690_000))
    rows = queries.invoice_rows(Invoice.objects.get(pk=invoice_id))

    cells = [text(tables.INVOICE_ROWS[index].value(rows[0])) for index in (4, 5)]

    assert cells == ["690000", "-690000"]


@pytest.mark.requirement("CO-32")
def test_page_is_in_english_one_click_away(anna, url):
    anna.cookies["kvitt_language"] = "en"

    content = anna.get(url).content.decode()

    assert "Total invoiced amount" in content
    assert "Totalt fakturerat belopp" not in content


@pytest.mark.requirement("CO-30", "QU-17")
@pytest.mark.parametrize(
    ("how", "action"),
    [("", "ledger.invoice"), ("?format=xlsx", "ledger.invoice"), ("pdf/", "ledger.invoice_pdf")],
)
def test_reading_the_persons_is_logged(anna, url, invoice_id, dental_world, how, action):
    consume(anna.get(f"{url}{how}"))

    event = Event.objects.filter(is_read=True).latest("pk")
    assert (event.action, event.subject_kind, event.subject_key) == (action, "invoice", str(invoice_id))
    assert [subject.person_id for subject in event.subjects.all()] == [dental_world.elsa.pk]


@pytest.mark.requirement("QU-9")
@pytest.mark.parametrize("count", [2, 40])
def test_page_takes_as_many_statements_for_two_rows_as_for_forty(
    book, sign_in, django_assert_num_queries, count
):
    client = sign_in(book.world, "anna")
    invoice_id = book.issue(*(book.approve() for _ in range(count)))
    url = reverse("ledger:invoice", args=[invoice_id])
    client.get(url)

    with django_assert_num_queries(13):
        client.get(url)


# Excel and PDF ---------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-26")
def test_excel_has_typed_cells(anna, url, number):
    answer = anna.get(f"{url}?format=xlsx")

    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert len(rows) == 5
    assert str(rows[0][0].date()) == "2024-11-20"
    assert rows[0][1:] == (number, "20130310-2394", "815 - Sadelkrona", 6900, 6900)
    assert rows[-1][4:] == (-5000, -5000)


@pytest.mark.requirement("CO-26", "QU-18")
def test_text_of_a_line_never_becomes_a_formula(book, sign_in):
    line_id = book.approve(case="=1+1")
    url = reverse("ledger:invoice", args=[book.issue(line_id)])

    answer = sign_in(book.world, "anna").get(f"{url}?format=xlsx")

    cell = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).active["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_pdf_is_a_pdf_to_keep(anna, invoice_id):
    answer = anna.get(reverse("ledger:invoice_pdf", args=[invoice_id]))

    assert answer.content.startswith(b"%PDF-1.7")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="faktura-{invoice_id}.pdf"'


def test_pdf_tells_what_the_page_tells(invoice_id, number):
    invoice = Invoice.objects.get(pk=invoice_id)
    rows = list(queries.invoice_rows(invoice).order_by("pk"))

    with translation.override("sv"):
        document = tables.invoice_document(invoice, rows)

    facts = {label: text(value) for label, value in document.facts}
    assert (document.title, document.language) == ("Faktura - Behovspeng", "sv")
    assert facts["Totalt fakturerat belopp"] == "5 025 kr"
    assert facts["Fakturastatus"] == "Inskickad"
    assert "Region Exempel" in facts.values()
    assert [text(cell) for cell in document.rows[-1]] == [
        "2024-11-20",
        number,
        "20130310-2394",
        "815 - Sadelkrona",
        "6 900 kr",
        "6 900 kr",
    ]
    assert text(document.total[1]) == "5 025 kr"


def test_pdf_shows_markup_as_it_is_written():
    odd = '#read("/etc/passwd") *<b>* $x$ @a \\ "'
    document = exchange.InvoiceDocument(
        title=odd, language="sv", facts=[(odd, odd)], headings=[odd] * 6, rows=[(odd,) * 6], total=(odd, odd)
    )

    assert exchange.invoice_pdf(document).startswith(b"%PDF")


# For those it concerns -------------------------------------------------------------------------------


@pytest.fixture
def outsider(dental_world, sign_in):
    """An attester of another authority in the same installation."""
    other = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    user = User.objects.create(username="ola", name="Ola Granne", authority=other)
    RoleGrant.objects.create(user=user, role="attester", authority=other)
    dental_world.users["ola"] = user
    return sign_in(dental_world, "ola")


WAYS = ["", "?format=xlsx", "pdf/"]


@pytest.mark.requirement("CO-1", "CO-4", "QU-17")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["bo", "david"])
def test_invoice_of_another_clinic_does_not_exist(dental_world, sign_in, url, name, way):
    assert sign_in(dental_world, name).get(f"{url}{way}").status_code == 404


@pytest.mark.requirement("CO-1", "CO-4", "QU-17")
@pytest.mark.parametrize("way", WAYS)
def test_invoice_of_another_authority_does_not_exist(outsider, url, way):
    assert outsider.get(f"{url}{way}").status_code == 404


@pytest.mark.requirement("CO-4", "QU-17")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["frida", "ivar"])
def test_who_sees_no_invoices_is_refused(dental_world, sign_in, url, name, way):
    assert sign_in(dental_world, name).get(f"{url}{way}").status_code == 403


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["anna", "eva", "gustav", "hanna"])
def test_those_it_concerns_see_it(dental_world, sign_in, url, name, way):
    answer = consume(sign_in(dental_world, name).get(f"{url}{way}"))

    assert answer.status_code == 200


@pytest.mark.requirement("QU-17")
@pytest.mark.parametrize("way", WAYS)
def test_who_is_not_signed_in_is_sent_to_sign_in(client, url, way):
    answer = client.get(f"{url}{way}")

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("access:sign_in"))


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize("odd", ["0", "999999999", "99999999999999999999999"])
def test_invoice_that_does_not_exist(anna, odd):
    assert anna.get(f"{reverse('ledger:search_invoices')}{odd}/").status_code == 404
    assert anna.get(f"{reverse('ledger:search_invoices')}{odd}/pdf/").status_code == 404


@pytest.mark.requirement("CO-2")
def test_invoice_keeps_its_names_when_the_clinic_is_renamed(anna, url, dental_world):
    Clinic.objects.filter(pk=dental_world.ryd.pk).update(name="Nytt namn")
    CareProvider.objects.filter(pk=dental_world.eken.pk).update(name="Nytt bolag")

    facts = dict(anna.get(url).context["page"].facts)

    assert (facts["Mottagningsnamn"], facts["Vårdgivare"]) == ("Ekens Tandvård Ryd", "Ekens Tandvård AB")
