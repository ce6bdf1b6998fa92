"""Cases and ledger agree, and `kvitt verify` says where they do not."""

import pytest

from kvitt.ledger.models import Line
from kvitt.modules.needs_allowance.commands import assessment, cases
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import proof
from kvitt.preauthorization.lifecycle import Verdict

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


@pytest.fixture
def assessed(world):
    """Return a procedure that waits for a decision, and one that was refused."""
    number = world.create_case(world.rutger)
    waiting, refused = world.report(number, "852", "13"), world.report(number, "601", "ÖK")
    world.send_request(number, waiting)
    request = world.send_request(number, refused)
    assessment.decide_request(
        world.actor("frida"),
        today=world.today,
        number=number,
        request_id=request.pk,
        verdicts={refused.pk: Verdict.REFUSED},
        reason="Behövs inte.",
    )
    return {"waiting": waiting.pk, "refused": refused.pk}


@pytest.mark.requirement("NA-21")
def test_cases_agree_with_their_requests(assessed):
    assert list(proof.breaches()) == []


@pytest.mark.requirement("NA-21")
@pytest.mark.parametrize(
    ("which", "status", "whether"),
    [
        ("waiting", "requires_preauthorization", ["whether a sent request asks about it"]),
        ("refused", "requires_preauthorization", ["whether it was refused"]),
        ("refused", "awaiting_review", ["whether a sent request asks about it", "whether it was refused"]),
    ],
)
def test_procedure_that_differs_from_its_request_is_named(which, status, whether, assessed):
    key = assessed[which]
    Procedure.objects.filter(pk=key).update(status=status)

    assert list(proof.breaches()) == [f"procedure {key}: its status differs from {what}" for what in whether]


# The deductible and the copies --------------------------------------------------------------------


def recalculated_case(world):
    """The seed's case, all of it credited and entered anew but for the crown."""
    number = world.case_of_figure_21()
    world.attest(*world.invoice())
    world.credit(world.procedure("815"))
    return number


@pytest.mark.requirement("NA-30")
def test_recalculated_case_agrees_with_the_ledger(world):
    recalculated_case(world)

    assert list(proof.breaches()) == []


@pytest.mark.requirement("NA-9")
def test_case_with_two_live_deductibles_is_named(world):
    number = recalculated_case(world)
    old = Procedure.objects.filter(is_deductible=True).earliest("pk")
    Line.objects.filter(pk=old.line_id).update(status="approved")

    assert list(proof.breaches()) == [f"case {number}: 2 live deductibles"]


@pytest.mark.requirement("NA-9", "NA-16")
def test_deleted_case_has_no_live_deductible(world):
    number = world.create_case(world.elsa)
    cases.delete_case(world.actor("anna"), number=number)
    assert list(proof.breaches()) == []

    Line.objects.update(status="approved")

    assert list(proof.breaches()) == [f"case {number}: 1 live deductibles"]


@pytest.mark.requirement("NA-29")
def test_case_with_less_invoiced_than_its_deductible_is_named(world):
    number = world.case_of_figure_21()
    world.invoice()
    Line.objects.filter(code="815").update(status="awaiting_credit")

    assert list(proof.breaches()) == [
        f"case {number}: less stands invoiced than the deductible (-187500 öre)"
    ]


@pytest.mark.requirement("NA-30")
def test_case_invoiced_without_its_deductible_is_named(world):
    number = world.case_of_figure_21()
    world.invoice()
    Line.objects.filter(code="100").update(status="approved")

    assert list(proof.breaches()) == [f"case {number}: procedures stand invoiced without the deductible"]


@pytest.mark.requirement("NA-30")
@pytest.mark.parametrize("change", [{"origin": None}, {"is_deductible": False}])
def test_copy_of_nothing_is_named(change, world):
    recalculated_case(world)
    fresh = Procedure.objects.filter(is_deductible=True).latest("pk")
    Procedure.objects.filter(pk=fresh.pk).update(**change)

    assert f"procedure {fresh.pk}: is no copy of what it bills anew" in proof.breaches()
