"""The page of an activity: its three sections, what stands below them, and who may do what."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kvitt.registers.people.models import Person
from tests.modules.population_health.conftest import TWO_NUMBERS

CASE, SEARCH = "population_health:case", "population_health:search_activities"


@pytest.fixture
def number(world):
    """The seed's maternity-care activity with five participants."""
    return world.create_activity("901", 5)


@pytest.mark.requirement("PH-5")
def test_three_sections_show_the_activity(visit, number):
    page = visit("jenny").get(CASE, number)

    assert page.heading == "Activity - A2024-000001"
    assert page.terms() == {
        "Date": "2024-11-20",
        "Place": "Ryds familjecentral",
        "Municipality": "Linköping",
        "Practitioner": "Karin Testberg, tandläkare",
        "Clinic": "1111 - Ekens Tandvård Ryd",
        "Care provider": "556000-0019 - Ekens Tandvård AB",
        "Address": "Ryds centrum 1, 584 31 Linköping",
        "Number of procedures:": "5",
        "Total sum:": "1 550 kr",
    }
    assert len(page.rows()) == 5
    assert page.rows()[0][1:4] == ["901 MVC", "310 kr", "Approved"]


@pytest.mark.requirement("PH-5")
def test_named_participants_stand_with_their_numbers(visit, world):
    number = world.create_activity("912", numbers=TWO_NUMBERS)

    page = visit("jenny").get(CASE, number)

    assert page.terms()["Personal numbers of the participants"] == "20130310-2394 20130401-2394"
    assert [row[2] for row in page.rows()[:2]] == ["20130310-2394", "20130401-2394"]


@pytest.mark.requirement("PH-5", "QU-19")
def test_protected_participant_is_marked_and_not_named(visit, world):
    number = world.create_activity("912", numbers=TWO_NUMBERS)
    Person.objects.filter(pk=world.elsa.pk).update(is_protected=True)

    page = visit("jenny").get(CASE, number)

    assert "20130310-2394 Protected identity" in page.text
    assert "Exempelman" not in page.text


@pytest.mark.requirement("CO-30")
def test_opening_an_activity_with_names_is_a_read_of_each(visit, world, reads):
    number = world.create_activity("912", numbers=TWO_NUMBERS)

    visit("jenny").get(CASE, number)

    assert reads() == [("population_health.case", sorted([world.elsa.pk, world.rutger.pk]))]


@pytest.mark.requirement("CO-30")
def test_activity_without_names_is_no_read(visit, number, reads):
    visit("jenny").get(CASE, number)

    assert reads() == []


@pytest.mark.requirement("PH-6")
def test_removed_rows_are_folded_away(visit, world, number):
    world.remove(number, 1)
    jenny = visit("jenny")

    page, whole = jenny.get(CASE, number), jenny.get(CASE, number, removed="")

    assert "Show removed (1)" in page.links
    assert (len(page.rows()), len(whole.rows())) == (4, 5)
    assert "Removed" in whole.rows()[0]


@pytest.mark.requirement("PH-6")
def test_activity_without_procedures_says_so(visit, world, number):
    world.remove(number)

    page = visit("jenny").get(CASE, number)

    assert "No procedures are left in the activity. Now the activity can be removed." in page.text
    assert page.terms()["Number of procedures:"] == "0"
    assert "Remove activity" in page.links


@pytest.mark.requirement("PH-9", "PH-5")
def test_invoice_is_a_link_for_those_who_may_see_it(visit, world, number):
    invoice_id = world.invoice_activities("Faktura")

    assert visit("jenny").get(CASE, number).links["Faktura 1111"] == f"/invoicing/{invoice_id}/"


@pytest.mark.requirement("PH-1", "PH-9")
def test_invoice_is_only_named_for_who_reports_but_sees_no_invoices(visit, world, number):
    world.invoice_activities("Faktura")
    world.grant_population("anna", world.ryd)

    page = visit("anna").get(CASE, number)

    assert "Faktura 1111" in page.text
    assert "Faktura 1111" not in page.links


@pytest.mark.requirement("PH-1", "PH-5")
@pytest.mark.parametrize("name", ["klara", "gustav"])
def test_provider_and_region_see_without_buttons(name, visit, number):
    page = visit(name).get(CASE, number)

    assert page.status == 200
    assert not {"Remove 901 MVC, 1", "Remove chosen"} & {*page.links, *page.buttons}
    assert page.headings_of_table() == ["Procedure code", "Price", "Status", "Invoice"]


@pytest.mark.requirement("CO-31")
def test_event_log_tells_what_was_done(visit, world, number):
    world.remove(number, 1, 2)

    [removal, creation] = visit("jenny").get(CASE, number).rows(1)

    assert removal[1].startswith("Jenny Provgren")
    assert removal[2] == (
        "Removed procedures Procedure code: 901 MVC, Number of procedures: 2, Amount: 620 kr, "
        "Status: Approved → Removed"
    )
    assert creation[2].startswith("Created an activity Procedure code: 901 MVC, ")


@pytest.mark.requirement("CO-31", "PH-8", "PH-10")
def test_event_log_tells_which_invoices_the_calendar_made(visit, world):
    number = world.paid_activity(2)
    world.credit(number, 1)
    world.invoice_activities("Nästa")

    credited, _, *_paid, invoiced, _ = visit("jenny").get(CASE, number).rows(1)

    assert credited[1] == "Kvitt"
    assert credited[2] == (
        "Invoiced credits Invoice: Nästa 1111, Number of procedures: 1, Amount: −310 kr, "
        "Status: Awaiting credit → Credited"
    )
    assert invoiced[2] == (
        "Invoiced procedures Invoice: Befolkningsansvar 1111, Number of procedures: 2, Amount: 620 kr, "
        "Status: Approved → Invoiced"
    )


@pytest.mark.requirement("PH-5", "PH-10")
def test_credited_procedures_count_and_are_told(visit, world):
    number = world.paid_activity(2)
    world.credit(number, 1)
    world.invoice_activities("Nästa")
    jenny = visit("jenny")

    page, [row] = jenny.get(CASE, number), jenny.get(SEARCH).rows()

    terms = page.terms()
    assert (terms["Number of procedures:"], terms["Credited of them:"]) == ("2", "1")
    assert row[6:9] == ["2", "620 kr", "Invoiced 1, Credited 1"]


@pytest.mark.requirement("PH-10", "CO-22")
def test_procedures_on_an_unattested_invoice_have_no_button_but_words(visit, world, number):
    invoice_id = world.invoice_activities("Faktura")
    jenny = visit("jenny")

    before = jenny.get(CASE, number)
    world.attest(invoice_id)
    after = jenny.get(CASE, number)

    words = "Invoice Faktura 1111 is not attested yet. Its procedures can be credited after the attest."
    assert (words in before.text, words in after.text) == (True, False)
    assert ("Credit 901 MVC, 1" in before.links, "Credit 901 MVC, 1" in after.links) == (False, True)


@pytest.mark.requirement("PH-6", "QU-21")
def test_all_rows_are_ticked_without_a_script(visit, world, number):
    jenny = visit("jenny")

    page = jenny.get(CASE, number, selected="all")

    assert page.response.content.count(b"checked") == 5
    assert "Choose none" in page.links


@pytest.mark.requirement("PH-5", "QU-8")
def test_statements_are_the_same_for_five_and_five_hundred_participants(visit, world, number):
    most = world.create_activity("901", 500)
    world.invoice_activities()
    jenny = visit("jenny")
    jenny.get(CASE, number)

    counts = []
    for opened in (number, most):
        with CaptureQueriesContext(connection) as captured:
            page = jenny.get(CASE, opened)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert len(page.rows()) == 500
