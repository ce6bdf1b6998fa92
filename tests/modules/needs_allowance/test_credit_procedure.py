"""What was invoiced and is wrong is credited; below the deductible the whole case is recalculated."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.ledger.models import Invoice
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.queries import proof
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from kvitt.registers.access.rules import NotAllowed

CREDIT, CASE = "needs_allowance:credit_procedure", "needs_allowance:case"
SEED = ("126", "124", "163", "815")
MESSAGE = (
    "The amounts of the case must be recalculated, because less than the deductible would remain invoiced."
)


@pytest.fixture
def number(world):
    """The seed's case of 5 025 kr, invoiced and attested."""
    made = world.case_of_figure_21()
    world.attest(*world.invoice())
    return made


def seed_procedures(world):
    return [world.procedure(code) for code in SEED]


def refusal(world, *wrong, by="anna"):
    with pytest.raises(Refused) as refused:
        world.credit(*wrong, by=by)
    [problem] = refused.value.problems
    return str(problem)


def total(invoice_id):
    return Invoice.objects.get(pk=invoice_id).total


def proven():
    return [*ledger_queries.breaches(), *proof.breaches()] == []


# The seed's figures -------------------------------------------------------------------------------


@pytest.mark.requirement("NA-30", "NA-31")
def test_figures_27_to_29_and_the_next_invoice(world, number):
    """All four were wrong; 111 is added afterwards, and the next invoice takes everything back."""
    world.credit(*seed_procedures(world))
    world.report(number, "111")

    page = world.case_page(number)
    assert [(row.code, row.status.value) for row in page.rows] == [
        ("100", "awaiting_credit"),
        ("100", "approved"),
        ("126", "awaiting_credit"),
        ("124", "awaiting_credit"),
        ("163", "awaiting_credit"),
        ("815", "awaiting_credit"),
        ("111", "approved"),
    ]
    assert (page.totals.billable, page.totals.invoiced) == (0, 0)
    [invoice_id] = world.invoice("Kredit")
    assert total(invoice_id) == -502_500
    assert world.statuses(number)["111"] == ["approved"]
    assert proven()


@pytest.mark.requirement("NA-31")
def test_basis_with_a_negative_total_says_what_it_means(world, number, visit):
    world.credit(*seed_procedures(world))

    page = visit("anna").get("needs_allowance:create_invoice", module="needs_allowance", reference="Kredit")

    assert page.terms()["Total amount to invoice"] == "−5 025 kr"
    assert "more is credited than invoiced, and the region takes the difference back." in page.text


@pytest.mark.requirement("NA-30", "NA-31")
def test_next_invoice_carries_credits_and_what_was_added_in_between(world, number):
    world.credit(*seed_procedures(world))
    world.report(number, "815", "13")

    [invoice_id] = world.invoice("Kredit")

    rows = ledger_queries.invoice_rows(Invoice.objects.get(pk=invoice_id)).order_by("pk")
    assert [(row.line.code, row.kind, row.amount // 100) for row in rows] == [
        ("100", "credit", 5_000),
        ("126", "credit", -1_235),
        ("124", "credit", -660),
        ("163", "credit", -1_230),
        ("815", "credit", -6_900),
        ("100", "charge", -5_000),
        ("815", "charge", 6_900),
    ]
    assert total(invoice_id) == -502_500 + 190_000
    assert proven()


# What is written ----------------------------------------------------------------------------------


@pytest.mark.requirement("NA-29", "CO-22")
def test_one_wrong_code_above_the_deductible_is_credited_alone(world, number):
    world.credit(world.procedure("124"))

    assert world.statuses(number) == {
        "100": ["invoiced"],
        "126": ["invoiced"],
        "124": ["awaiting_credit"],
        "163": ["invoiced"],
        "815": ["invoiced"],
    }
    [invoice_id] = world.invoice("Kredit")
    assert total(invoice_id) == -66_000
    assert world.statuses(number)["124"] == ["credited"]


@pytest.mark.requirement("NA-30")
def test_codes_that_were_right_are_entered_anew_as_they_were(world, number):
    world.credit(world.procedure("815"))

    assert world.statuses(number) == {
        "100": ["awaiting_credit", "approved"],
        "126": ["awaiting_credit", "approved"],
        "124": ["awaiting_credit", "approved"],
        "163": ["awaiting_credit", "approved"],
        "815": ["awaiting_credit"],
    }
    same = ("location", "surface", "price", "performed_on", "practitioner_id", "text", "is_deductible")
    for code in ("100", "126", "124", "163"):
        old, new = Procedure.objects.filter(code=code).select_related("line").order_by("pk")
        assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
        assert (new.line.replaces_id, new.origin_id, old.line.amount) == (
            old.line_id,
            old.pk,
            new.line.amount,
        )
    assert proven()


@pytest.mark.requirement("NA-30")
def test_copies_are_removed_and_changed_as_any_other(world, number):
    world.credit(world.procedure("815"))

    rows = {row.code: row for row in world.case_page(number).rows if row.status.value == "approved"}

    assert {code: (row.may_remove, row.may_change) for code, row in rows.items()} == {
        "100": (False, False),
        "126": (True, True),
        "124": (True, True),
        "163": (True, True),
    }


@pytest.mark.requirement("NA-17", "NA-30")
def test_after_the_period_copies_are_made_and_removed_but_not_changed(world, number, settings):
    world.pass_time_to(dt.date(2026, 1, 20), settings)

    world.credit(world.procedure("815"))

    rows = {row.code: row for row in world.case_page(number).rows if row.status.value == "approved"}
    assert {code: (row.may_remove, row.may_change) for code, row in rows.items()} == {
        "100": (False, False),
        "126": (True, False),
        "124": (True, False),
        "163": (True, False),
    }


@pytest.mark.requirement("NA-30")
def test_copy_is_credited_and_copied_again(world, number):
    world.credit(world.procedure("126"), world.procedure("815"))
    world.report(number, "815", "13")
    world.attest(*world.invoice("Faktura 2"))
    crown = Procedure.objects.get(code="815", location="13")

    world.credit(crown)

    assert world.statuses(number)["124"] == ["credited", "awaiting_credit", "approved"]
    assert world.statuses(number)["100"] == ["credited", "awaiting_credit", "approved"]
    first, _second, third = Procedure.objects.filter(code="124").order_by("pk")
    assert (third.origin_id, third.request_key) == (first.pk, first.pk)
    assert world.invoice("Faktura 3")
    assert proven()


@pytest.mark.requirement("NA-30")
def test_code_approved_by_decision_is_copied_approved(world, number):
    """It keeps its decision: nothing is to be requested anew."""
    bridge = Procedure.objects.get(code="163")
    world.credit(world.procedure("815"))

    copy = Procedure.objects.filter(code="163").latest("pk")

    assert (copy.status, copy.request_key) == ("approved", bridge.request_key)


@pytest.mark.requirement("NA-30")
def test_waiting_code_is_invoiced_with_the_fresh_deductible(world, number):
    world.report(number, "815", "13")

    world.credit(world.procedure_at("815", "12"))

    assert world.case_page(number).totals.billable == 502_500
    [invoice_id] = world.invoice("Faktura 2")
    assert total(invoice_id) == 0
    assert proven()


@pytest.mark.requirement("NA-29", "NA-30")
@pytest.mark.parametrize("codes", [SEED, SEED[::-1]], ids=["cheapest first", "dearest first"])
def test_codes_wrong_one_after_the_other_come_to_the_same(codes, world, number):
    for code in codes:
        wrong = world.procedure_now(code)
        if wrong.shown_status.value == "invoiced":
            world.credit(wrong)
        else:
            world.remove(wrong)

    assert {found[0] for found in world.statuses(number).values()} == {"awaiting_credit"}
    assert total(world.invoice("Kredit")[0]) == -502_500
    assert world.case_page(number).totals.invoiced == 0
    assert proven()


@pytest.mark.requirement("CO-30", "CO-31")
def test_crediting_is_one_event_with_what_was_credited_and_entered_anew(world, number):
    world.credit(world.procedure("126"), world.procedure("815"))

    event = world.event("credit_procedure")
    assert (event.user_name, event.subject_key) == ("Anna Testander", number)
    assert event.data["before"] == {"status": "invoiced"}
    assert event.data["after"] == {
        "code": (
            "100 Självrisk, 126 Röntgenundersökning, omfattande, 124 Panoramaröntgenundersökning, "
            "163 Biopsi, 815 Sadelkrona"
        ),
        "amount": -502_500,
        "status": "awaiting_credit",
        "copies": "100 Självrisk, 124 Panoramaröntgenundersökning, 163 Biopsi",
    }
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-22")
def test_code_on_an_invoice_that_is_not_attested_is_not_credited(world, nothing_saved):
    world.case_of_figure_21()
    world.invoice()
    before = nothing_saved()

    assert refusal(world, world.procedure("124")) == (
        "Code 124 is on invoice Testfaktura 1111, which is not attested yet. Recall the invoice, or ask for "
        "it to be returned, instead of crediting."
    )
    assert nothing_saved() == before


@pytest.mark.requirement("NA-29", "NA-30", "CO-22")
def test_later_invoice_must_be_settled_before_its_codes_are_relied_on(world, number):
    """It could be returned and its code removed: then 3 125 kr would stand against 5 000 kr."""
    world.report(number, "815", "13")
    [later] = world.invoice("Faktura 2")
    crown = world.procedure_at("815", "12")

    assert refusal(world, crown) == (
        "Less than the deductible would remain attested, and invoice Faktura 2 1111 with codes of the same "
        "case is not attested yet. Wait for the attest, or recall it or ask for it to be returned, and "
        "credit then."
    )
    world.attest(later)
    world.credit(crown)
    assert world.statuses(number)["815"] == ["awaiting_credit", "invoiced"]
    assert proven()


@pytest.mark.requirement("CO-24")
def test_code_is_credited_once(world, number):
    crown = world.procedure("815")
    world.credit(crown)

    assert refusal(world, crown) == "Code 815 already waits to be credited on the next invoice."


@pytest.mark.requirement("CO-24")
@pytest.mark.parametrize("change", ["added", "credited", "other ticks"])
def test_what_was_not_previewed_is_not_done(change, world, number, nothing_saved):
    crown = world.procedure("815")
    shown = credit_queries.crediting(
        world.actor("anna"), number, crown.pk, wrong_ids=None, today=world.today, session={}
    )
    wrong_ids = [crown.pk]
    if change == "added":
        world.report(number, "101")
    elif change == "credited":
        world.credit(world.procedure("124"))
    else:
        wrong_ids.append(world.procedure("124").pk)
    before = nothing_saved()

    with pytest.raises(credit_commands.PreviewChanged):
        credit_commands.credit_procedure(
            world.actor("anna"), number=number, wrong_ids=wrong_ids, seen=shown.seen
        )

    assert nothing_saved() == before


@pytest.mark.requirement("CO-4")
def test_procedure_of_another_case_is_not_credited_here(world, number):
    other = world.create_case(world.rutger)

    with pytest.raises(Http404):
        credit_commands.credit_procedure(
            world.actor("anna"), number=other, wrong_ids=[world.procedure("815").pk], seen=""
        )


@pytest.mark.requirement("CO-4", "CO-5", "NA-29")
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("bo", Http404),
        ("david", Http404),
        ("eva", NotAllowed),
        ("frida", NotAllowed),
        ("gustav", NotAllowed),
        ("ivar", NotAllowed),
    ],
)
def test_only_the_clinic_itself_credits(name, refused, world, number, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        world.credit(world.procedure("815"), by=name)

    assert nothing_saved() == before


# The case page ------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-29")
def test_every_attested_code_but_the_deductible_has_the_button(world, number, visit):
    world.report(number, "101")

    rows = visit("anna").get(CASE, number).rows()

    assert {row[2].split()[0]: row[-1] for row in rows} == {
        "100": "",
        "126": "Credit code 126 Röntgenundersökning, omfattande",
        "124": "Credit code 124 Panoramaröntgenundersökning",
        "163": "Credit code 163 Biopsi",
        "815": "Credit code 815 Sadelkrona",
        "101": "Remove 101 Basundersökning Change 101 Basundersökning",
    }


@pytest.mark.requirement("CO-22")
@pytest.mark.parametrize("status", [InvoiceStatus.ISSUED, InvoiceStatus.REVIEWED])
def test_before_the_attest_there_is_no_button(status, world):
    number = world.case_of_figure_21()
    world.invoice()
    Invoice.objects.update(status=status)

    assert not any(row.may_credit for row in world.case_page(number).rows)


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav"])
def test_who_only_reads_has_no_button(name, world, number):
    assert not any(row.may_credit for row in world.case_page(number, by=name).rows)


# The dialog ---------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-29")
def test_one_code_above_the_deductible_is_a_simple_question(world, number, visit):
    page = visit("anna").get(CREDIT, number, world.procedure("124").pk)

    assert page.heading == "Credit 124 Panoramaröntgenundersökning"
    assert "The code is credited on the clinic's next invoice. The other codes remain invoiced." in page.text
    assert page.fields == {}
    assert page.rows() == [
        ["Invoiced amount", "5 025 kr", "4 365 kr"],
        ["Awaiting credit", "0 kr", "−660 kr"],
        ["Billable amount", "0 kr", "0 kr"],
    ]


@pytest.mark.requirement("NA-30")
def test_below_the_deductible_the_message_of_figure_28_comes_first(world, number, visit):
    crown = world.procedure("815")

    page = visit("anna").get(CREDIT, number, crown.pk)

    assert MESSAGE in page.text
    assert page.ticks("wrong") == {
        "126 Röntgenundersökning, omfattande, 2024-11-20, 1 235 kr": False,
        "124 Panoramaröntgenundersökning, 2024-11-20, 660 kr": False,
        "163 Biopsi, ÖK, 2024-11-20, 1 230 kr": False,
        "815 Sadelkrona, 12, 2024-11-20, 6 900 kr": True,
    }
    assert {"OK", "Recalculate"} <= page.buttons.keys()
    assert page.rows() == [
        ["Invoiced amount", "5 025 kr", "0 kr"],
        ["Awaiting credit", "0 kr", "−5 025 kr"],
        ["Billable amount", "0 kr", "0 kr"],
    ]


@pytest.mark.requirement("NA-30", "QU-22")
def test_more_is_ticked_and_recalculated_without_anything_being_done(world, number, visit, nothing_saved):
    world.report(number, "815", "13")
    crown, anna = world.procedure_at("815", "12"), visit("anna")
    before = nothing_saved()

    shown = anna.get(CREDIT, number, crown.pk)
    page = anna.post(
        CREDIT, number, crown.pk, wrong=[crown.pk, world.procedure("126").pk], recalculate="1", seen="x"
    )

    assert page.status == 200
    assert [row[2] for row in shown.rows()] == ["0 kr", "−5 025 kr", "5 025 kr"]
    assert [row[2] for row in page.rows()] == ["0 kr", "−5 025 kr", "3 790 kr"]
    assert page.hidden["seen"] != shown.hidden["seen"]
    assert sum(page.ticks("wrong").values()) == 2
    assert nothing_saved() == before


@pytest.mark.requirement("NA-30", "CO-33")
def test_crediting_is_confirmed_on_the_case(world, number, visit):
    crown, anna = world.procedure("815"), visit("anna")
    shown = anna.get(CREDIT, number, crown.pk)

    page = anna.post(CREDIT, number, crown.pk, wrong=[crown.pk], seen=shown.hidden["seen"], follow=True)

    assert page.notices == ["The codes wait to be credited on the next invoice."]
    assert page.terms()["Awaiting credit:"] == "−5 025 kr"


@pytest.mark.requirement("NA-29", "CO-33")
def test_simple_question_is_answered_with_what_it_carries(world, number, visit):
    biopsy, anna = world.procedure("163"), visit("anna")
    shown = anna.get(CREDIT, number, biopsy.pk)

    anna.post(CREDIT, number, biopsy.pk, **{name: shown.hidden[name] for name in ("wrong", "seen")})

    assert world.statuses(number)["163"] == ["awaiting_credit"]


@pytest.mark.requirement("CO-24", "CO-33")
def test_changed_case_is_told_and_shown_and_then_credited(world, number, visit):
    crown, anna = world.procedure("815"), visit("anna")
    shown = anna.get(CREDIT, number, crown.pk)
    world.report(number, "815", "13")

    told = anna.post(CREDIT, number, crown.pk, wrong=[crown.pk], seen=shown.hidden["seen"])
    done = anna.post(CREDIT, number, crown.pk, wrong=[crown.pk], seen=told.hidden["seen"], follow=True)

    assert told.status == 422
    assert told.summary == (
        "The amounts are not the ones you saw: you ticked other codes, or somebody changed the case. Check "
        "what they are now and try again."
    )
    assert [row[2] for row in told.rows()] == ["0 kr", "−5 025 kr", "5 025 kr"]
    assert done.notices == ["The codes wait to be credited on the next invoice."]


@pytest.mark.requirement("NA-30", "CO-33")
@pytest.mark.parametrize("typed", [{}, {"wrong": ["x"]}, {"wrong": ["999999"]}, {"recalculate": "1"}])
def test_faulty_ticks_credit_nothing(typed, world, number, visit, nothing_saved):
    crown = world.procedure("815")
    before = nothing_saved()

    page = visit("anna").post(CREDIT, number, crown.pk, **typed)

    assert page.status == (200 if "recalculate" in typed else 422)
    assert "The amounts are shown when what is ticked can be credited." in page.text
    assert nothing_saved() == before


@pytest.mark.requirement("CO-22", "CO-33")
@pytest.mark.parametrize("method", ["get", "post"])
def test_opened_by_its_address_it_says_why_it_cannot_be_done(method, world, visit):
    number = world.case_of_figure_21()
    world.invoice()

    anna = visit("anna")

    page = getattr(anna, method)(CREDIT, number, world.procedure("124").pk)
    shown = anna.get(CASE, number)

    assert page.status == 303
    assert shown.notices == [
        (
            "Code 124 is on invoice Testfaktura 1111, which is not attested yet. Recall the invoice, or "
            "ask for it to be returned, instead of crediting."
        )
    ]


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "status"), [("anna", 200), ("bo", 404), ("david", 404), ("eva", 403), ("frida", 403)]
)
def test_question_is_asked_only_of_those_who_report_at_the_clinic(name, status, world, number, visit):
    assert visit(name).get(CREDIT, number, world.procedure("815").pk).status == status


@pytest.mark.requirement("CO-30")
def test_question_names_the_patient_and_is_a_recorded_read(world, number, visit, reads):
    visit("anna").get(CREDIT, number, world.procedure("815").pk)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


# How many statements ------------------------------------------------------------------------------


@pytest.mark.requirement("NA-30")
@pytest.mark.parametrize("more", [0, 6])
def test_crediting_takes_as_many_statements_however_many_codes_there_are(
    more, world, django_assert_num_queries
):
    number = world.case_of_figure_21()
    for tooth in range(more):
        world.report(number, "815", str(21 + tooth))
    world.attest(*world.invoice())
    crowns = list(Procedure.objects.filter(code="815").values_list("pk", flat=True))
    anna, plan = world.actor("anna"), credit_queries.credit_basis(world.case(number)).plan(crowns)

    with django_assert_num_queries(22):
        credit_commands.credit_procedure(
            anna, number=number, wrong_ids=crowns, seen=credit_rules.calculate_fingerprint(plan)
        )
