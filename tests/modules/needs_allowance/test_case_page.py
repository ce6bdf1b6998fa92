"""The case page: what it shows, to whom, and what may be done from it."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.ledger import commands as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.registers.people.models import Person

TODAY = dt.date(2024, 11, 20)
CASE = "needs_allowance:case"


@pytest.fixture
def number(world):
    """A case of Elsa's, begun ten days ago."""
    return world.create_case(world.elsa, first_on=dt.date(2024, 11, 10))


def buttons(row):
    """Return which of the row's buttons there are."""
    return (row.may_remove, row.may_change)


# What it shows ------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-10")
def test_number_patient_and_period_stand_at_the_top(number, visit):
    page = visit("anna").get(CASE, number)

    assert page.heading == f"Needs-allowance case - {number}"
    assert "Name: Elsa Exempelman Personal number: 20130310-2394" in page.text
    assert "Assessment period: 2024-11-10 - 2025-11-09 355 days left" in page.text


@pytest.mark.requirement("NA-10")
def test_sections_stand_in_the_order_of_the_manual(number, visit):
    text = visit("anna").get(CASE, number).text

    sections = ["Patient information", "Clinic information", "Procedure codes", "Total amount", "Event log"]
    assert sorted(sections, key=text.index) == sections


@pytest.mark.requirement("NA-10")
def test_patient_and_clinic_are_described(world, number, visit):
    Person.objects.filter(pk=world.elsa.pk).update(phone="070-000 00 01")

    terms = visit("anna").get(CASE, number).terms()

    assert (terms["Personal number"], terms["Telephone"]) == ("20130310-2394", "070-000 00 01")
    assert terms["Care provider"] == "556000-0019 - Ekens Tandvård AB"
    assert terms["Clinic"] == "1111 - Ekens Tandvård Ryd"
    assert terms["Address"] == "Ryds centrum 1, 584 31 Linköping"


@pytest.mark.requirement("NA-10")
def test_missing_telephone_is_said_to_be_missing(number, visit):
    assert visit("anna").get(CASE, number).terms()["Telephone"] == "Missing"


@pytest.mark.requirement("NA-10")
def test_columns_stand_in_the_order_of_the_manual(number, visit):
    page = visit("anna").get(CASE, number)

    assert page.headings_of_table()[:8] == [
        "Tooth/jaw",
        "Tooth surface",
        "Procedure code",
        "Count",
        "Unit price",
        "Sum",
        "Treatment date",
        "Status",
    ]


@pytest.mark.requirement("NA-9", "NA-10")
def test_deductible_stands_first_and_has_no_buttons(world, number, visit):
    world.report(number, "101", performed_on=dt.date(2024, 11, 10))

    first = visit("anna").get(CASE, number).rows()[0]

    assert first == ["", "", "100 Självrisk", "1", "−5 000 kr", "−5 000 kr", "2024-11-10", "Approved", ""]


@pytest.mark.requirement("NA-10", "NA-14")
def test_codes_of_figure_9_stand_as_they_were_registered(world, number, visit):
    world.report(number, "705", "13", "MD", performed_on=TODAY)
    world.report(number, "112", "ÖK")
    world.report(number, "428", "ÖK", performed_on=None)
    world.report(number, "705", "11", performed_on=None)

    rows = visit("anna").get(CASE, number).rows()

    assert [[row[0], row[1], row[2], row[6], row[7]] for row in rows[1:]] == [
        ["13", "MD", "705 Fyllning, två ytor", "2024-11-20", "Approved"],
        ["ÖK", "", "112 Kompletterande undersökning", "2024-11-20", "Approved"],
        ["ÖK", "", "428 Kirurgisk behandling", "Not performed", "Requires preauthorization"],
        ["11", "", "705 Fyllning, två ytor", "Not performed", "Requires preauthorization"],
    ]


@pytest.mark.requirement("NA-10", "NA-23")
def test_totals_of_figure_21(world, visit):
    terms = visit("anna").get(CASE, world.case_of_figure_21()).terms()

    assert (terms["Billable amount:"], terms["Invoiced amount:"]) == ("5 025 kr", "0 kr")


@pytest.mark.requirement("NA-23")
@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        ([], "0 kr approved and performed. 5 000 kr more is needed to reach the deductible."),
        (["101"], "1 065 kr approved and performed. 3 935 kr more is needed to reach the deductible."),
        (["815"], "6 900 kr approved and performed, less the deductible of 5 000 kr."),
    ],
)
def test_billable_amount_is_explained(codes, sentence, world, number, visit):
    for code in codes:
        world.report(number, code, "12" if code == "815" else "")

    assert sentence in visit("anna").get(CASE, number).text


@pytest.mark.requirement("NA-23")
def test_reaching_the_deductible_exactly_is_explained(world, number, visit):
    world.set_price("815", dt.date(2024, 11, 1), 500_000)
    world.report(number, "815", "12")

    page = visit("anna").get(CASE, number)

    assert "5 000 kr approved and performed is exactly the deductible." in page.text
    assert page.terms()["Billable amount:"] == "0 kr"


@pytest.mark.requirement("NA-17", "NA-23")
def test_ended_case_below_the_deductible_is_explained(world, number, visit, settings):
    world.report(number, "101")
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    text = visit("anna").get(CASE, number).text

    assert "1 065 kr approved and performed. The deductible was not reached." in text


@pytest.mark.requirement("NA-23")
def test_invoiced_deductible_is_explained(world, visit):
    number = world.case_of_figure_21()
    world.invoice()

    assert "The deductible has been reached and invoiced." in visit("anna").get(CASE, number).text


@pytest.mark.requirement("NA-10", "NA-23")
def test_amount_awaiting_credit_is_shown_with_opposite_sign(world, visit):
    number = world.case_of_figure_21()
    [invoice_id] = world.invoice()
    world.attest(invoice_id)
    with transaction.atomic():
        ledger.request_credit([world.procedure("124").line_id])

    terms = visit("anna").get(CASE, number).terms()

    assert (terms["Invoiced amount:"], terms["Awaiting credit:"]) == ("4 365 kr", "−660 kr")


# What is not performed ----------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
def test_what_is_not_performed_shows_todays_price(world, number, settings):
    world.set_price("815", dt.date(2025, 1, 1), 750_000)
    world.report(number, "815", "12", performed_on=None)
    before = world.row(number, "815")

    world.pass_time_to(dt.date(2025, 1, 2), settings)

    after = world.row(number, "815")
    assert [(row.price, row.amount) for row in (before, after)] == [(690_000, 690_000), (750_000, 750_000)]


@pytest.mark.requirement("NA-15")
def test_what_is_performed_keeps_its_price(world, number, settings):
    world.set_price("815", dt.date(2025, 1, 1), 750_000)
    world.report(number, "815", "12")

    world.pass_time_to(dt.date(2025, 1, 2), settings)

    assert world.row(number, "815").price == 690_000


@pytest.mark.requirement("NA-15")
def test_removed_code_keeps_the_price_it_was_reported_with(world, number, settings):
    world.set_price("815", dt.date(2025, 1, 1), 750_000)
    world.remove(world.report(number, "815", "12", performed_on=None))

    world.pass_time_to(dt.date(2025, 1, 2), settings)

    assert world.row(number, "815").price == 690_000


@pytest.mark.requirement("NA-15")
def test_planned_code_that_has_ended_shows_its_last_price(world, number, settings):
    world.report(number, "815", "12", performed_on=None)
    world.code(code="815").update(last_on=dt.date(2024, 12, 31))

    world.pass_time_to(dt.date(2025, 1, 2), settings)

    assert world.row(number, "815").price == 690_000


# Buttons ------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-15")
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("requires_preauthorization", (True, True)),
        ("awaiting_review", (False, False)),
        ("refused", (False, False)),
        ("withdrawn", (False, False)),
    ],
)
def test_buttons_follow_the_status_before_approval(status, expected, world, number):
    splint = world.report(number, "601", "ÖK", performed_on=None)
    Procedure.objects.filter(pk=splint.pk).update(status=status)

    assert buttons(world.row(number, "601")) == expected


@pytest.mark.requirement("NA-15")
def test_buttons_follow_the_invoice(world):
    number = world.case_of_figure_21()
    approved = buttons(world.row(number, "815"))
    [invoice_id] = world.invoice()
    invoiced = buttons(world.row(number, "815"))
    world.return_invoice(invoice_id, InvoiceStatus.RETURNED, reason="Fel")
    returned = buttons(world.row(number, "815"))

    assert (approved, invoiced, returned) == ((True, True), (False, False), (True, False))


@pytest.mark.requirement("NA-17")
def test_ended_case_is_read_and_its_codes_only_removed(world, number, visit, settings):
    world.report(number, "101")
    world.pass_time_to(dt.date(2025, 11, 10), settings)

    page = visit("anna").get(CASE, number)

    assert page.status == 200
    assert "2024-11-10 - 2025-11-09 Ended" in page.text
    assert (
        "The assessment period ended on 2025-11-09. No codes can be added or changed any more." in page.text
    )
    assert page.buttons["Add procedure code"]["aria-disabled"] == "true"
    assert "Remove 101 Basundersökning" in page.links
    assert "Change 101 Basundersökning" not in page.links


@pytest.mark.requirement("NA-6")
def test_clinic_without_practitioner_is_told_beside_the_button(world, number, visit):
    world.end_practitioner(world.karin, dt.date(2024, 11, 19))

    page = visit("anna").get(CASE, number)

    assert "Contact Tandvårdsenheten, 010-103 00 00." in page.text
    assert page.buttons["Add procedure code"]["aria-describedby"] == "add-problem"


@pytest.mark.requirement("CO-5")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav", "hanna"])
def test_others_than_the_clinic_see_no_buttons(name, world, number, visit):
    world.report(number, "101")

    page = visit(name).get(CASE, number)

    assert page.status == 200
    assert [row[8] for row in page.rows()] == ["", ""]
    assert "Add procedure code" not in {*page.links, *page.buttons}


# Removed codes ------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-19", "NA-15")
def test_removed_codes_are_shown_to_those_who_ask(world, number, visit):
    world.remove(world.report(number, "101"))
    anna = visit("anna")

    without = anna.get(CASE, number)
    with_them = anna.get(CASE, number, removed="")

    assert [row[2] for row in without.rows()] == ["100 Självrisk"]
    assert without.links["Show removed (1)"] == "?removed"
    assert with_them.rows()[-1][2] == "101 Basundersökning"
    assert with_them.rows()[-1][7:] == ["Removed", ""]
    assert "Hide removed" in with_them.links


@pytest.mark.requirement("CO-19")
def test_without_removed_codes_nothing_is_offered(number, visit):
    assert not any("removed" in text for text in visit("anna").get(CASE, number).links)


# The event log ------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-31", "NA-10")
def test_log_tells_newest_first_who_did_what(world, number, visit):
    filling = world.report(number, "705", "13", "MD")
    world.change(filling, performed_on=None, location="14")
    world.remove(filling)
    world.case_of_figure_21(world.rutger)
    role = "General dentistry, basic, General dentistry, manage invoices"

    log = visit("anna").get(CASE, number).rows(1)

    assert [row[1] for row in log] == [f"Anna Testander {role}"] * 4
    assert [row[2] for row in log] == [
        (
            "Removed a procedure code Procedure code: 705 Fyllning, två ytor, Treatment date: Not performed, "
            "Tooth/jaw: 14, Tooth surface: MD, Practitioner: Karin Testberg, Amount: 1 485 kr, "
            "Status: Approved → Removed"
        ),
        (
            "Changed a procedure code Procedure code: 705 Fyllning, två ytor, "
            "Treatment date: 2024-11-20 → Not performed, Tooth/jaw: 13 → 14"
        ),
        (
            "Added a procedure code Procedure code: 705 Fyllning, två ytor, Treatment date: 2024-11-20, "
            "Tooth/jaw: 13, Tooth surface: MD, Practitioner: Karin Testberg, Amount: 1 485 kr, "
            "Status: Approved"
        ),
        "Created the case Amount: −5 000 kr, Assessment period: 2024-11-10 - 2025-11-09",
    ]


@pytest.mark.requirement("CO-31")
def test_log_tells_on_which_invoice_the_case_went(world, visit):
    number = world.case_of_figure_21()
    world.invoice()

    log = visit("anna").get(CASE, number).rows(1)

    assert log[0][2] == "Invoiced the case Amount: 5 025 kr, Invoice: Testfaktura 1111"


@pytest.mark.requirement("CO-31")
def test_log_tells_of_a_value_that_is_taken_away(world, number):
    filling = world.report(number, "705", "13", "MD")

    world.change(filling, surface="")

    assert world.case_page(number).events[0].details[1:] == ["Tooth surface: MD → empty"]


@pytest.mark.requirement("CO-30", "CO-31")
def test_log_tells_no_reads_and_nothing_of_another_authority(world, number, visit):
    stranger = type(world.system)(
        **{**vars(world.system), "authority_id": world.region.pk + 1, "name": "Någon annan"}
    )
    audit.record("needs_allowance.add_procedure", stranger, subject=("needs_allowance.case", number))
    anna = visit("anna")
    anna.get(CASE, number)

    log = anna.get(CASE, number).rows(1)

    assert [row[2].partition(" case")[0] for row in log] == ["Created the"]


# Protected persons, merged records, the dead ------------------------------------------------------


@pytest.mark.requirement("CO-8", "QU-19")
def test_protected_patient_is_hidden_until_a_reason_is_given(world, number, visit):
    Person.objects.filter(pk=world.elsa.pk).update(is_protected=True, phone="070-000 00 01")

    page = visit("anna").get(CASE, number)

    assert "Elsa" not in page.text
    assert "070-000 00 01" not in page.text
    assert "Provgatan" not in page.text
    assert page.notices == ["Protected identity. Name, address and telephone are hidden. Show the details"]
    assert page.links["Show the details"].endswith(f"?next=/needs-allowance/cases/{number}/")


@pytest.mark.requirement("CO-8")
def test_case_of_a_merged_record_shows_the_person_who_remains(world, number, visit):
    Person.objects.filter(pk=world.elsa.pk).update(merged_into=world.tova)

    page = visit("anna").get(CASE, number)

    assert "Name: Tova Provsson Personal number: 20130205-2384" in page.text


@pytest.mark.requirement("NA-10")
def test_death_of_the_patient_is_said(world, number, visit):
    Person.objects.filter(pk=world.elsa.pk).update(died_on=dt.date(2024, 11, 18))

    assert visit("anna").get(CASE, number).notices == ["The patient died on 2024-11-18."]


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("anna", 200),
        ("eva", 200),
        ("frida", 200),
        ("gustav", 200),
        ("hanna", 200),
        ("bo", 404),
        ("david", 404),
        ("ivar", 403),
    ],
)
def test_case_is_seen_by_its_clinic_its_provider_and_the_region(name, status, number, visit):
    assert visit(name).get(CASE, number).status == status


@pytest.mark.requirement("CO-4")
def test_who_is_not_signed_in_is_asked_to(number, client):
    response = client.get(f"/needs-allowance/cases/{number}/")

    assert response.status_code == 302
    assert "sign-in" in response["Location"]


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("typed", ["B2024-999999", "b2024-000001", "x"])
def test_case_that_is_not_there_is_not_found(typed, number, visit):
    assert visit("anna").get(CASE, typed).status == 404


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize("typed", ["%00", "B2024-000001%00", "%C3%A5", "B2024 000001"])
def test_impossible_number_is_not_found(typed, number, visit):
    assert visit("anna").client.get(f"/needs-allowance/cases/{typed}/").status_code == 404


@pytest.mark.requirement("CO-2", "CO-3")
def test_case_of_a_clinic_that_is_no_longer_connected_is_not_seen_by_it(world, number, visit):
    world.disconnect(world.ryd)

    assert visit("anna").get(CASE, number).status == 403
    assert visit("gustav").get(CASE, number).status == 200


# Reads and statements -----------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_opening_the_case_is_a_recorded_read(world, number, visit, reads):
    visit("gustav").get(CASE, number)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


@pytest.mark.requirement("NA-10")
@pytest.mark.parametrize("count", [1, 8])
def test_page_takes_as_many_statements_however_many_codes_there_are(
    count, world, number, django_assert_num_queries
):
    for day in range(count):
        world.report(number, "101", performed_on=dt.date(2024, 11, 10 + day))
        world.report(number, "815", str(11 + day), performed_on=None)
    anna = world.actor("anna")

    with django_assert_num_queries(12):
        page = world.case_page_for(anna, number)

    assert len(page.rows) == 1 + 2 * count
