"""A crediting is undone until it is on an invoice, if the case did not change after."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.models import Credit, Procedure
from kvitt.modules.needs_allowance.queries import proof
from kvitt.registers.access.rules import NotAllowed

pytestmark = pytest.mark.requirement("NA-32")

WITHDRAW, CASE = "needs_allowance:withdraw_credit", "needs_allowance:case"
CHANGED = (
    "The case has changed after the crediting, so it cannot be undone. Undo what was done afterwards first, "
    "or let the credit stand."
)
INVOICED = (
    "The credit is already on an invoice and cannot be undone, unless that invoice is recalled or returned."
)


@pytest.fixture
def number(world):
    """The seed's case of 5 025 kr, invoiced and attested."""
    made = world.case_of_figure_21()
    world.attest(*world.invoice())
    return made


@pytest.fixture
def recalculated(world, number):
    """The same, with the crown credited, so that all is recalculated."""
    world.credit(world.procedure("815"))
    return number


def refusal(world, procedure, *, by="anna"):
    with pytest.raises(Refused) as refused:
        world.withdraw_credit(procedure, by=by)
    [problem] = refused.value.problems
    return str(problem)


def proven():
    return [*ledger_queries.breaches(), *proof.breaches()] == []


# What is written ----------------------------------------------------------------------------------


def test_single_credit_is_undone(world, number):
    world.credit(world.procedure("124"))

    world.withdraw_credit(world.procedure("124"))

    assert set(map(tuple, world.statuses(number).values())) == {("invoiced",)}
    assert not Credit.objects.exists()
    assert proven()


@pytest.mark.parametrize("code", ["815", "126"])
def test_recalculation_is_undone_whole_from_any_of_its_codes(code, world, recalculated):
    world.withdraw_credit(Procedure.objects.filter(code=code).select_related("case").earliest("pk"))

    assert world.statuses(recalculated) == {
        "100": ["invoiced", "withdrawn"],
        "126": ["invoiced", "withdrawn"],
        "124": ["invoiced", "withdrawn"],
        "163": ["invoiced", "withdrawn"],
        "815": ["invoiced"],
    }
    assert world.case_page(recalculated).totals.invoiced == 502_500
    assert proven()


def test_what_was_undone_can_be_credited_again(world, recalculated):
    crown = world.procedure("815")
    world.withdraw_credit(crown)

    world.credit(crown)

    assert world.statuses(recalculated)["126"] == ["awaiting_credit", "withdrawn", "approved"]
    assert proven()


def test_code_added_and_removed_again_is_no_change(world, recalculated):
    world.remove(world.report(recalculated, "101"))

    world.withdraw_credit(world.procedure("815"))

    assert world.statuses(recalculated)["815"] == ["invoiced"]


def test_credits_are_undone_in_the_opposite_order(world, number):
    world.credit(world.procedure("124"))
    world.credit(world.procedure("815"))

    assert refusal(world, world.procedure_first("124")) == CHANGED
    world.withdraw_credit(world.procedure("815"))
    world.withdraw_credit(world.procedure_first("124"))

    assert {found[0] for found in world.statuses(number).values()} == {"invoiced"}
    assert proven()


def test_credit_whose_invoice_was_recalled_is_undone(world, recalculated):
    [invoice_id] = world.invoice("Kredit")
    world.return_invoice(invoice_id, InvoiceStatus.RECALLED)

    world.withdraw_credit(world.procedure("815"))

    assert world.statuses(recalculated)["815"] == ["invoiced"]
    assert proven()


def test_after_the_period_a_credit_is_still_undone(world, recalculated, settings):
    world.pass_time_to(dt.date(2026, 1, 20), settings)

    world.withdraw_credit(world.procedure("815"))

    assert world.statuses(recalculated)["815"] == ["invoiced"]


@pytest.mark.requirement("CO-30", "CO-31")
def test_undoing_is_one_event(world, recalculated):
    world.withdraw_credit(world.procedure("815"))

    event = world.event("withdraw_credit")
    assert (event.user_name, event.subject_key) == ("Anna Testander", recalculated)
    assert event.data["before"] == {"status": "awaiting_credit"}
    assert event.data["after"]["amount"] == 502_500
    assert event.data["after"]["status"] == "invoiced"
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["added", "removed", "changed"])
def test_changed_case_keeps_its_credits(change, world, recalculated):
    copy = world.procedure_now("124")
    if change == "added":
        world.report(recalculated, "111")
    elif change == "removed":
        world.remove(copy)
    else:
        world.change(copy, performed_on=None)

    assert refusal(world, world.procedure("815")) == CHANGED


def test_credit_on_an_invoice_is_not_undone(world, recalculated):
    world.invoice("Kredit")

    assert refusal(world, world.procedure("815")) == INVOICED


@pytest.mark.requirement("CO-24")
def test_credit_is_undone_once(world, recalculated):
    crown = world.procedure("815")
    world.withdraw_credit(crown)

    assert refusal(world, crown) == (
        "The code does not wait to be credited any more, so there is nothing to undo."
    )


def test_fresh_copy_has_no_credit_to_undo(world, recalculated):
    assert refusal(world, world.procedure_now("126")).startswith("The code does not wait to be credited")


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("gustav", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_undoes(name, refused, world, recalculated, nothing_saved):
    before = nothing_saved()

    with pytest.raises(refused):
        world.withdraw_credit(world.procedure("815"), by=name)

    assert nothing_saved() == before


# The pages ----------------------------------------------------------------------------------------


def test_button_is_there_while_it_can_be_undone(world, recalculated):
    def buttons():
        return {row.code for row in world.case_page(recalculated).rows if row.may_withdraw_credit}

    assert buttons() == {"126", "124", "163", "815"}
    added = world.report(recalculated, "111")
    assert buttons() == set()
    world.remove(added)
    world.invoice("Kredit")
    assert buttons() == set()


def test_question_says_what_goes_back_and_what_is_removed(world, recalculated, visit):
    page = visit("anna").get(WITHDRAW, recalculated, world.procedure("815").pk)

    assert page.heading == "Undo the crediting of 815"
    assert "These codes remain invoiced, and are not credited on the next invoice:" in page.text
    assert "These, which were entered anew, are removed: 100 Självrisk 126" in page.text


def test_single_credit_removes_nothing(world, number, visit):
    world.credit(world.procedure("124"))

    page = visit("anna").get(WITHDRAW, number, world.procedure("124").pk)

    assert "entered anew" not in page.text


@pytest.mark.requirement("CO-33")
def test_undoing_is_confirmed_on_the_case(world, recalculated, visit):
    page = visit("anna").post(WITHDRAW, recalculated, world.procedure("815").pk, follow=True)

    assert page.notices == ["The crediting is undone."]
    assert page.terms()["Invoiced amount:"] == "5 025 kr"


@pytest.mark.requirement("CO-24", "CO-33")
def test_second_user_is_told(world, recalculated, visit):
    crown, anna = world.procedure("815"), visit("anna")
    world.invoice("Kredit")

    page = anna.post(WITHDRAW, recalculated, crown.pk, follow=True)

    assert page.notices == [INVOICED]


@pytest.mark.requirement("CO-30")
def test_question_names_the_patient_and_is_a_recorded_read(world, recalculated, visit, reads):
    visit("anna").get(WITHDRAW, recalculated, world.procedure("815").pk)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]


# How many statements ------------------------------------------------------------------------------


def test_undoing_takes_a_known_number_of_statements(world, recalculated, django_assert_num_queries):
    crown = world.procedure("815")
    anna = world.actor("anna")

    with django_assert_num_queries(22):
        credit_commands.withdraw_credit(anna, number=recalculated, procedure_id=crown.pk)
