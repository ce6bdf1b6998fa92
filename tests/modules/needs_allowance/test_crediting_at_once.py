"""Crediting at the same moment as anything else: one goes through, the other is told, the books are right."""

import pytest

from kvitt.ledger.models import Invoice, Line
from kvitt.modules.needs_allowance.commands import credits as credit_commands
from kvitt.modules.needs_allowance.commands import invoices, procedures
from kvitt.modules.needs_allowance.models import Credit, Procedure
from kvitt.modules.needs_allowance.queries import credits as credit_queries
from kvitt.modules.needs_allowance.queries import invoicing
from kvitt.modules.needs_allowance.rules import credit as credit_rules
from tests.modules.needs_allowance.test_two_at_once import at_once, breaches

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "QU-13"),
    pytest.mark.django_db(transaction=True),
]
ROUNDS = 3


@pytest.fixture
def world(lasting_world):
    """The cast, where everybody has signed in already."""
    actors = {name: lasting_world.actor(name) for name in lasting_world.users}
    lasting_world.actor = actors.__getitem__
    return lasting_world


@pytest.fixture(params=range(ROUNDS))
def number(world, request):
    """The seed's case of 5 025 kr, invoiced and attested; the threads meet in another order every time."""
    made = world.case_of_figure_21()
    world.attest(*world.invoice())
    return made


def credit(world, *wrong):
    """Look at what crediting would do; return how to do it later."""
    wrong_ids, case = [one.pk for one in wrong], wrong[0].case
    seen = credit_rules.calculate_fingerprint(credit_queries.credit_basis(case).plan(wrong_ids))
    anna = world.actor("anna")
    return lambda: credit_commands.credit_procedure(anna, number=case.number, wrong_ids=wrong_ids, seen=seen)


def withdraw(world, procedure):
    act = {"number": procedure.case.number, "procedure_id": procedure.pk}
    return lambda: credit_commands.withdraw_credit(world.actor("anna"), **act)


def invoice(world, reference="Faktura 2"):
    """Look at the basis; return how to invoice it later."""
    anna = world.actor("anna")
    basis = invoicing.invoice_basis(anna, reference=reference, today=world.today)
    return lambda: invoices.create_invoice(
        anna, today=world.today, reference=reference, fingerprint=basis.fingerprint
    )


def lost(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, list) and isinstance(outcome[0], str)]


@pytest.mark.requirement("NA-29", "NA-30")
@pytest.mark.parametrize("code", ["124", "815"], ids=["one code", "the whole case"])
def test_code_is_credited_once(code, world, number):
    act = credit(world, world.procedure(code))

    outcomes = at_once(act, act)

    assert lost(outcomes) == [["not_invoiced"]]
    assert Credit.objects.count() == 1
    assert Line.objects.filter(code="100").count() == (2 if code == "815" else 1)
    assert breaches() == []


@pytest.mark.requirement("NA-25", "NA-29", "NA-30")
@pytest.mark.parametrize(
    ("code", "told"), [("124", "preview_changed"), ("815", "unattested_in_the_way")], ids=["one", "all"]
)
def test_credit_and_invoice_of_a_case_exclude_each_other(code, told, world, number):
    world.report(number, "815", "13")
    wrong = Procedure.objects.select_related("case").get(code=code, location="12" if code == "815" else "")

    credited, invoiced = at_once(credit(world, wrong), invoice(world))

    assert (credited == [told]) != (invoiced == ["changed"])
    assert breaches() == []


@pytest.mark.requirement("NA-25", "NA-32")
@pytest.mark.parametrize("code", ["124", "815"], ids=["one code", "the whole case"])
def test_credit_is_undone_or_invoiced_and_never_both(code, world, number):
    world.credit(world.procedure(code))
    wrong = world.procedure_first(code)

    withdrawn, invoiced = at_once(withdraw(world, wrong), invoice(world))

    assert (withdrawn == ["credit_invoiced"]) != (invoiced == ["changed"])
    assert Invoice.objects.count() == (2 if withdrawn else 1)
    assert breaches() == []


@pytest.mark.requirement("NA-32")
def test_credit_is_undone_once(world, number):
    world.credit(world.procedure("815"))
    act = withdraw(world, world.procedure("815"))

    outcomes = at_once(act, act)

    assert lost(outcomes) == [["not_awaiting"]]
    assert breaches() == []


@pytest.mark.requirement("NA-30", "NA-32")
def test_copy_is_removed_or_the_credit_is_undone(world, number):
    world.credit(world.procedure("815"))
    copy, anna = world.procedure_now("124"), world.actor("anna")

    removed, withdrawn = at_once(
        lambda: procedures.remove_procedure(anna, number=number, procedure_id=copy.pk),
        withdraw(world, world.procedure("815")),
    )

    assert (removed == ["locked"]) != (withdrawn == ["case_changed"])
    assert breaches() == []


@pytest.mark.requirement("NA-15", "NA-25", "NA-30")
def test_copy_is_removed_or_invoiced_and_never_both(world, number):
    world.credit(world.procedure("126"), world.procedure("815"))
    world.report(number, "815", "13")
    copy, anna = world.procedure_now("124"), world.actor("anna")

    removed, invoiced = at_once(
        lambda: procedures.remove_procedure(anna, number=number, procedure_id=copy.pk), invoice(world)
    )

    assert (removed == ["locked"]) != (invoiced == ["changed"])
    assert breaches() == []


@pytest.mark.requirement("NA-28", "NA-30")
def test_credit_meets_the_attest_that_it_waits_for(world, number):
    """Whoever comes first, the credit is made against what is attested, or waits for it."""
    world.report(number, "815", "13")
    [later] = world.invoice("Faktura 2")
    crown = world.procedure_at("815", "12")
    act = credit(world, crown)

    _attested, credited = at_once(lambda: world.attest(later), act)

    assert credited in (["unattested_in_the_way"], ["preview_changed"])
    assert breaches() == []
