"""Cases and ledger agree, and `kvitt verify` says where they do not."""

import pytest

from kvitt.ledger.models import Line
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import proof

pytestmark = pytest.mark.requirement("CO-23")


def test_cases_of_every_kind_agree_with_the_ledger(world):
    number = world.case_of_figure_21()
    world.report(number, "705", "13", "MD", performed_on=None)
    world.report(number, "436", "11", performed_on=None)
    world.remove(world.report(number, "101"))
    world.change(world.procedure("705"), location="14")
    world.invoice()

    assert list(proof.breaches()) == []


@pytest.mark.parametrize(
    "change", [{"code": "999"}, {"price": 1}, {"performed_on": None}, {"performed_on": "2024-11-01"}]
)
def test_procedure_that_differs_from_its_line_is_named(change, world):
    world.case_of_figure_21()
    crown = world.procedure("815")
    Procedure.objects.filter(pk=crown.pk).update(**change)

    assert list(proof.breaches()) == [f"procedure {crown.pk}: differs from its ledger line {crown.line_id}"]


def test_line_of_another_case_is_named(world):
    world.case_of_figure_21()
    crown = world.procedure("815")
    Line.objects.filter(pk=crown.line_id).update(case_number="B2024-000099")

    assert len(list(proof.breaches())) == 1
