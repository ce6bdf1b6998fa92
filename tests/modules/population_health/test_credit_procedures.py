"""Invoiced procedures are credited from the attest on, and the credit is undone until it is on an invoice."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger.models import Invoice
from kvitt.modules.population_health.commands import procedures
from kvitt.modules.population_health.queries import proof
from kvitt.registers.access.rules import NotAllowed

CASE, CREDIT = "population_health:case", "population_health:credit_procedures"
WITHDRAW = "population_health:withdraw_credits"


@pytest.fixture
def number(world):
    """A maternity-care activity with five participants on an attested invoice."""
    return world.paid_activity(5)


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return [str(problem) for problem in refused.value.problems]


# Crediting ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PH-10", "CO-22")
def test_credited_procedure_waits_and_is_on_the_next_invoice_with_opposite_sign(world, number):
    world.credit(number, 2)
    assert world.line_statuses(number) == ["invoiced", "awaiting_credit", *["invoiced"] * 3]

    invoice_id = world.invoice_activities("Nästa")

    assert Invoice.objects.get(pk=invoice_id).total == -310_00
    assert world.line_statuses(number)[1] == "credited"
    assert list(proof.breaches()) == []


@pytest.mark.requirement("PH-10")
def test_several_are_credited_at_once(world, number):
    world.credit(number, 1, 2, 3)

    assert world.line_statuses(number).count("awaiting_credit") == 3
    assert world.page(number).awaiting_credit == -930_00


@pytest.mark.requirement("CO-30", "CO-31")
def test_crediting_is_one_event(world, number):
    world.credit(number, 1, 2)

    assert world.event("credit_procedures").data == {
        "before": {"status": "invoiced"},
        "after": {"code": "901 MVC", "count": 2, "amount": 620_00, "status": "awaiting_credit"},
    }


@pytest.mark.requirement("CO-22", "PH-10")
def test_before_the_attest_the_question_refuses_in_words(visit, world):
    number = world.create_activity("901", 2)
    world.invoice_activities("Faktura")

    jenny = visit("jenny")

    page = jenny.get(CREDIT, number, chosen=str(world.ids(number, 1)[0]))
    shown = jenny.get(CASE, number)

    assert page.status == 303
    [notice] = shown.notices
    assert "The procedure is on invoice Faktura 1111, which is not attested yet. Wait for the" in notice
    [refused] = refusal(lambda: world.credit(number, 1, 2))
    assert refused.startswith("On invoice Faktura 1111, which is not attested yet: 2.")


@pytest.mark.requirement("PH-10")
def test_approved_procedure_is_not_credited(world):
    number = world.create_activity("901", 2)

    assert refusal(lambda: world.credit(number, 1, 2)) == [
        "Not invoiced, and therefore removed instead of credited: 2."
    ]


@pytest.mark.requirement("PH-10", "CO-24")
def test_procedure_is_credited_once(world, number):
    world.credit(number, 1)

    assert refusal(lambda: world.credit(number, 1, 2)) == [
        "Already waiting to be credited on the next invoice: 1."
    ]
    assert world.line_statuses(number).count("awaiting_credit") == 1


@pytest.mark.requirement("CO-4", "PH-10")
def test_procedure_of_another_activity_is_never_credited(world, number):
    other = world.paid_activity(1)

    with pytest.raises(Http404):
        procedures.credit_procedures(world.actor("jenny"), number=number, line_ids=world.ids(other))

    assert world.line_statuses(other) == ["invoiced"]


@pytest.mark.requirement("PH-1", "CO-4")
@pytest.mark.parametrize("name", ["klara", "gustav", "hanna"])
def test_provider_and_region_do_not_credit(name, visit, world, number):
    with pytest.raises(NotAllowed):
        world.credit(number, 1, by=name)

    statuses = [
        visit(name).post(page, number, chosen=world.ids(number, 1), confirmed="1").status
        for page in (CREDIT, WITHDRAW)
    ]
    assert statuses == [403, 403]


@pytest.mark.requirement("PH-10")
def test_ticked_rows_are_asked_about_and_credited(visit, world, number):
    jenny = visit("jenny")
    chosen = world.ids(number, 1, 2)

    asked = jenny.post(CREDIT, number, chosen=chosen)
    done = jenny.post(CREDIT, number, chosen=asked.hidden["chosen"], confirmed="1", follow=True)

    assert "Are you sure that you want to credit the 2 procedures?" in asked.text
    assert "2 procedures wait to be credited on the next invoice." in done.text


# A closed clinic ----------------------------------------------------------------------------------


@pytest.mark.requirement("CO-2", "PH-10")
def test_closed_clinic_still_credits(world, number, settings):
    world.close(world.ryd, settings)

    world.credit(number, 1)
    world.withdraw_credit(number, 1)
    world.credit(number, 2)

    assert world.line_statuses(number)[:2] == ["invoiced", "awaiting_credit"]


@pytest.mark.requirement("CO-2", "PH-6")
def test_closed_clinic_does_not_remove(world, settings):
    number = world.create_activity("901", 2)
    world.close(world.ryd, settings)

    with pytest.raises(NotAllowed):
        world.remove(number, 1)
    with pytest.raises(NotAllowed):
        world.remove_activity(number)
    assert not any(row.may_remove for row in world.page(number).rows)


# Undoing ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-19", "PH-10")
def test_credit_is_undone_before_the_next_invoice(world, number):
    world.credit(number, 1, 2)

    world.withdraw_credit(number, 1)

    assert world.line_statuses(number)[:2] == ["invoiced", "awaiting_credit"]
    assert world.event("withdraw_credits").data["after"]["status"] == "invoiced"


@pytest.mark.requirement("CO-19", "PH-10")
def test_credit_on_an_invoice_is_not_undone(world, number):
    world.credit(number, 1)
    world.invoice_activities("Nästa")

    [problem] = refusal(lambda: world.withdraw_credit(number, 1))

    assert problem.startswith("The credit is already on an invoice and cannot be undone")


@pytest.mark.requirement("PH-10")
def test_undoing_is_asked_about(visit, world, number):
    world.credit(number, 1)
    jenny = visit("jenny")

    asked = jenny.get(WITHDRAW, number, chosen=str(world.ids(number, 1)[0]))
    done = jenny.post(WITHDRAW, number, chosen=asked.hidden["chosen"], confirmed="1", follow=True)

    assert "Are you sure that you want to undo the crediting of the procedure?" in asked.text
    assert "The crediting of 1 procedure is undone." in done.text
    assert world.line_statuses(number)[0] == "invoiced"
