"""Two who act on one request at the same moment: one goes through, the other is told."""

import pytest
from django.db import transaction

from kvitt.modules.needs_allowance.commands import assessment
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus
from kvitt.modules.needs_allowance.models import Procedure
from kvitt.modules.needs_allowance.queries import cases
from kvitt.preauthorization import queries
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import Role
from tests.modules.needs_allowance.test_two_at_once import at_once, breaches

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24", "NA-20"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def waiting(lasting_world):
    """Return the world, and a waiting request about a bridge in a case of Elsa's."""
    world = lasting_world
    number = world.create_case(world.elsa)
    request = world.send_request(number, world.report(number, "852", "13"))
    world._user("folke", "Folke Bedömarsson", world.region, (Role.ASSESSOR,))
    return world, request


def deciding(world, request, who, verdict):
    """Return the act of deciding about the one procedure of a request."""
    actor, key = world.actor(who), request.procedures.get().key

    def act():
        return assessment.decide_request(
            actor,
            today=world.today,
            number=request.case_number,
            request_id=request.pk,
            verdicts={key: verdict},
            reason=f"{who} tycker det.",
        )

    return act


@pytest.mark.requirement("NA-21")
def test_two_assessors_decide_once(waiting):
    world, request = waiting

    outcomes = at_once(
        deciding(world, request, "frida", Verdict.APPROVED),
        deciding(world, request, "folke", Verdict.REFUSED),
    )

    assert sorted(map(str, outcomes)) == ["['step_not_allowed']", "decided"]
    found, procedure = Preauthorization.objects.get(pk=request.pk), Procedure.objects.get(code="852")
    winner = "Frida Bedömarsson" if outcomes[0] is RequestStatus.DECIDED else "Folke Bedömarsson"
    verdict = "approved" if winner.startswith("Frida") else "refused"
    assert found.decided_by == winner
    assert (procedure.status, found.procedures.get().verdict) == (verdict, verdict)
    assert breaches() == []


@pytest.mark.requirement("NA-19", "NA-21")
def test_request_is_decided_or_taken_back_and_never_both(waiting):
    world, request = waiting
    anna = world.actor("anna")

    def withdraw():
        with transaction.atomic():
            case = cases.case_to_report(anna, request.case_number, lock=True)
            found = queries.request(anna.authority_id, "needs_allowance", case.number, request.pk, lock=True)
            preauthorization.withdraw(found)
            case.procedures.filter(code="852").update(status=ProcedureStatus.REQUIRES_PREAUTHORIZATION)
        return "withdrawn"

    outcomes = at_once(deciding(world, request, "frida", Verdict.APPROVED), withdraw)

    procedure = Procedure.objects.get(code="852")
    status = Preauthorization.objects.get(pk=request.pk).status
    assert (outcomes, status, procedure.status) in (
        ([RequestStatus.DECIDED, ["step_not_allowed"]], "decided", "approved"),
        ([["step_not_allowed"], "withdrawn"], "not_sent", "requires_preauthorization"),
    )
    assert breaches() == []


def test_draft_and_decision_do_not_mix(waiting):
    world, request = waiting
    frida = world.actor("frida")

    def save():
        return assessment.save_draft_decision(
            frida, number=request.case_number, request_id=request.pk, verdicts={}, reason="Vänta."
        )

    outcomes = at_once(deciding(world, request, "folke", Verdict.APPROVED), save)

    found = Preauthorization.objects.get(pk=request.pk)
    assert outcomes[0] is RequestStatus.DECIDED
    assert outcomes[1] in (None, ["step_not_allowed"])
    assert (found.status, found.draft_reason, found.draft_by) == ("decided", "", "")
