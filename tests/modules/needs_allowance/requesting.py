"""A clinic that requests preauthorization, and the assessor who asks for more and decides."""

from collections.abc import Mapping

from django.db import transaction

from kvitt.modules.needs_allowance.commands import requests
from kvitt.modules.needs_allowance.commands.case_work import approve
from kvitt.modules.needs_allowance.lifecycle import ProcedureStatus, ensure_step
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.preauthorization import commands as preauthorization
from kvitt.preauthorization.lifecycle import Verdict
from kvitt.preauthorization.models import Preauthorization
from tests.world import World

MOTIVATION = "Värk i käkleden sedan två år."


def save(
    world: World,
    number: str,
    *procedures: Procedure,
    motivation: str = MOTIVATION,
    by: str = "anna",
    **facts: object,
) -> int:
    """Save a request without sending it, a new one unless `request_id` tells; return its id."""
    draft = requests.Draft(motivation, [procedure.pk for procedure in procedures])
    return requests.save_request(world.actor(by), today=world.today, number=number, draft=draft, **facts)


def send(
    world: World,
    number: str,
    *procedures: Procedure,
    motivation: str = MOTIVATION,
    by: str = "anna",
    **facts: object,
) -> int:
    """Send a request; without procedures as it was saved. Return its id."""
    draft = requests.Draft(motivation, [procedure.pk for procedure in procedures]) if procedures else None
    return requests.send_request(world.actor(by), today=world.today, number=number, draft=draft, **facts)


@transaction.atomic
def ask(world: World, request_id: int, question: str = "Bifoga en röntgenbild.") -> None:
    """Let Frida ask the clinic for more."""
    request = Preauthorization.objects.get(pk=request_id)
    preauthorization.ask(world.actor("frida"), request, question=question)


@transaction.atomic
def decide(world: World, request_id: int, verdicts: Mapping[int, str], reason: str = "Behövs inte.") -> None:
    """Let Frida decide: `decide(world, request_id, {splint.pk: "refused"})`."""
    # replaced by decide_request when merged
    number = Preauthorization.objects.values_list("case_number", flat=True).get(pk=request_id)
    Case.objects.select_for_update(no_key=True).get(number=number)
    request = Preauthorization.objects.get(pk=request_id)
    decided = {key: Verdict(verdict) for key, verdict in verdicts.items()}
    preauthorization.decide(world.actor("frida"), request, verdicts=decided, reason=reason, today=world.today)
    for procedure in Procedure.objects.filter(pk__in=decided).select_related("case"):
        if decided[procedure.pk] is Verdict.APPROVED:
            ensure_step(procedure.status, ProcedureStatus.APPROVED, command="decide_request")
            approve(procedure)
        else:
            ensure_step(procedure.status, ProcedureStatus.REFUSED, command="decide_request")
            procedure.status, procedure.performed_on = ProcedureStatus.REFUSED, None
            procedure.save()
