"""Invoices of population responsibility: the seed's figures 7 and 8, for those who answer for them."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from kvitt.ledger import queries, tables, tasks
from kvitt.ledger.models import Invoice
from kvitt.modules.population_health.commands.procedures import remove_activity, remove_procedures
from kvitt.registers.access.models import RoleGrant
from kvitt.registers.access.rules import NotAllowed, Role
from kvitt.registers.organisations.models import ClinicRight

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-9")]
URL = reverse("ledger:search_invoices")
FIRST = dt.date(2024, 12, 1)


def text(html):
    return strip_tags(str(html)).replace("\xa0", " ").replace("\N{MINUS SIGN}", "-").strip()


@pytest.fixture
def activity(dental_world):
    return dental_world.create_activity("901", 2, performed_on=dt.date(2024, 11, 18))


@pytest.fixture
def invoice(activity):
    """What the calendar makes of it on the first of the month."""
    tasks.make_due_invoices(on=FIRST)
    return Invoice.objects.get(module="population_health")


@pytest.fixture
def dental_invoice(dental_world):
    dental_world.case_of_figure_21()
    return Invoice.objects.get(pk=dental_world.invoice()[0])


def references(response):
    page = response.context["page"]
    place = [heading.label for heading in page.headings].index("Extern fakturareferens")
    return {text(row.cells[place].html) for row in page.rows}


# The search ------------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-1", "CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("jenny", {"activity"}),
        ("klara", {"activity"}),
        ("anna", {"dental"}),
        ("eva", {"dental"}),
        ("david", set()),
        ("gustav", {"activity", "dental"}),
        ("hanna", {"activity", "dental"}),
    ],
)
def test_everybody_sees_the_invoices_he_answers_for(
    dental_world, sign_in, invoice, dental_invoice, name, sees
):
    client = sign_in(dental_world, name)
    made = {"activity": invoice, "dental": dental_invoice}

    assert references(client.get(URL)) == {made[kind].external_reference for kind in sees}
    for kind, one in made.items():
        for way in ("ledger:invoice", "ledger:invoice_pdf"):
            status = client.get(reverse(way, args=[one.pk])).status_code
            assert status == (200 if kind in sees else 404)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("jenny", ["Befolkningsansvar"]),
        ("klara", ["Befolkningsansvar"]),
        ("anna", ["Behovspeng"]),
        ("gustav", ["Alla", "Behovspeng", "Befolkningsansvar", "Särskilt tandvårdsstöd"]),
    ],
)
def test_type_of_invoice_offers_what_the_reader_answers_for(dental_world, sign_in, name, offered):
    form = sign_in(dental_world, name).get(URL).context["page"].form

    assert str(form["module"].label) == "Fakturatyp"
    assert [str(label) for _, label in form.fields["module"].choices] == offered


def test_invoices_are_found_by_their_type(dental_world, sign_in, invoice, dental_invoice):
    found = sign_in(dental_world, "gustav").get(URL, {"module": "population_health"})

    assert references(found) == {invoice.external_reference}


@pytest.mark.requirement("PH-8")
@pytest.mark.parametrize(("name", "is_offered"), [("anna", True), ("jenny", False), ("klara", False)])
def test_invoice_is_made_by_hand_only_by_those_who_may(dental_world, sign_in, name, is_offered):
    client = sign_in(dental_world, name)

    assert ("Skapa faktura" in client.get(URL).content.decode()) is is_offered
    create = client.get(reverse("needs_allowance:create_invoice"))
    assert create.status_code == (200 if is_offered else 403)


@pytest.mark.requirement("PH-1")
def test_who_only_reports_sees_no_invoices(dental_world, sign_in):
    RoleGrant.objects.filter(user=dental_world.users["jenny"], role=Role.POPULATION_INVOICES).delete()

    assert sign_in(dental_world, "jenny").get(URL).status_code == 403


@pytest.mark.requirement("PH-1")
def test_who_has_roles_in_both_sees_each_by_its_own(dental_world, sign_in, invoice, dental_invoice):
    """To report in needs allowance gives none of its invoices, and to answer for others none either."""
    RoleGrant.objects.create(
        user=dental_world.users["jenny"], role=Role.DENTAL_BASIC, clinic=dental_world.ryd
    )
    client = sign_in(dental_world, "jenny")

    assert references(client.get(URL)) == {invoice.external_reference}

    RoleGrant.objects.create(
        user=dental_world.users["jenny"], role=Role.DENTAL_INVOICES, clinic=dental_world.ryd
    )

    assert len(references(client.get(URL))) == 2


# The invoice -----------------------------------------------------------------------------------------


@pytest.fixture
def url(invoice):
    return reverse("ledger:invoice", args=[invoice.pk])


def test_rows_have_no_personal_number_where_nobody_is_named(dental_world, sign_in, url, activity):
    page = sign_in(dental_world, "jenny").get(url).context["page"]

    assert page.title == "Faktura - Befolkningsansvar"
    assert [heading.label for heading in page.headings] == [
        "Åtgärdsdatum",
        "Ärendenummer",
        "Åtgärdskod",
        "å-pris",
        "Fakturerat belopp",
    ]
    assert [[text(cell.html) for cell in row.cells] for row in page.rows] == [
        ["2024-11-18", activity, "901 - MVC", "310 kr", "310 kr"]
    ] * 2
    assert text(dict(page.facts)["Totalt fakturerat belopp"]) == "620 kr"


def test_named_participants_have_theirs(dental_world, sign_in):
    dental_world.create_activity("912", numbers=("20130310-2394",), performed_on=dt.date(2024, 11, 18))
    tasks.make_due_invoices(on=FIRST)
    made = Invoice.objects.get(module="population_health")

    content = sign_in(dental_world, "jenny").get(reverse("ledger:invoice", args=[made.pk])).content.decode()

    assert "Personnummer" in content
    assert "20130310-2394" in content


def test_case_number_leads_to_the_activity(dental_world, sign_in, url, activity):
    client = sign_in(dental_world, "jenny")
    address = reverse("population_health:case", args=[activity])

    assert f'<a href="{address}">{activity}</a>' in client.get(url).content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.requirement("CO-3", "CO-4")
def test_case_number_leads_nowhere_for_who_may_not_open_the_activity(dental_world, sign_in, url, activity):
    ClinicRight.objects.filter(scheme="population_health").delete()
    client = sign_in(dental_world, "jenny")

    page = client.get(url).context["page"]

    assert {str(row.cells[1].html) for row in page.rows} == {activity}
    assert client.get(reverse("population_health:case", args=[activity])).status_code == 403


@pytest.mark.requirement("PH-7")
def test_case_number_leads_nowhere_when_the_activity_is_removed(dental_world, sign_in, url, activity):
    """A recalled invoice keeps its rows, whose activity can be removed afterwards."""
    client, actor = sign_in(dental_world, "jenny"), dental_world.actor("jenny")
    client.post(f"{url}recall/")
    lines = queries.lines_of_case(dental_world.region.pk, "population_health", activity)
    remove_procedures(actor, number=activity, line_ids=[line.pk for line in lines])
    remove_activity(actor, number=activity)

    page = client.get(url).context["page"]

    assert {str(row.cells[1].html) for row in page.rows} == {activity}


def test_pdf_leaves_out_the_column_of_nobody(dental_world, sign_in, invoice, url, activity):
    rows = list(queries.invoice_rows(invoice).order_by("pk"))

    with translation.override("sv"):
        document = tables.invoice_document(invoice, rows)

    assert "Personnummer" not in document.headings
    assert text(document.rows[0][2]) == "901 - MVC"
    assert {len(row) for row in document.rows} == {len(document.headings)}
    assert sign_in(dental_world, "jenny").get(f"{url}pdf/").content.startswith(b"%PDF")


# Recalled --------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-20")
def test_clinic_recalls_its_invoice_and_is_told_when_the_next_one_comes(dental_world, sign_in, url, invoice):
    client = sign_in(dental_world, "jenny")

    asked = client.get(f"{url}recall/").content.decode()
    client.post(f"{url}recall/")

    assert "den första i månaden" in asked
    invoice.refresh_from_db()
    assert invoice.status == "recalled"


@pytest.mark.requirement("CO-20", "PH-1")
@pytest.mark.parametrize(("name", "status"), [("anna", 404), ("eva", 404), ("bo", 404), ("gustav", 403)])
def test_who_does_not_answer_for_it_recalls_nothing(dental_world, sign_in, url, invoice, name, status):
    client = sign_in(dental_world, name)

    assert client.post(f"{url}recall/").status_code == status
    invoice.refresh_from_db()
    assert invoice.status == "issued"


@pytest.mark.requirement("NA-28")
def test_region_reviews_it_as_any_other(dental_world, sign_in, invoice):
    page = sign_in(dental_world, "gustav").get(reverse("ledger:review_invoices")).context["page"]

    assert invoice.external_reference in "".join(str(cell.html) for row in page.rows for cell in row.cells)
    with pytest.raises(NotAllowed):
        queries.desk_invoices(dental_world.actor("jenny"), "issued")
