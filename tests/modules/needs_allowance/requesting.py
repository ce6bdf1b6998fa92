"""A clinic that requests preauthorization, and the assessor who asks for more and decides."""

from collections.abc import Mapping

from kvitt.modules.needs_allowance.commands import assessment, requests
from kvitt.modules.needs_allowance.models import Procedure
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


def ask(world: World, request_id: int, question: str = "Bifoga en röntgenbild.") -> None:
    """Let Frida ask the clinic for more."""
    number = Preauthorization.objects.values_list("case_number", flat=True).get(pk=request_id)
    assessment.ask_for_completion(
        world.actor("frida"), number=number, request_id=request_id, question=question, verdicts={}, reason=""
    )


def decide(world: World, request_id: int, verdicts: Mapping[int, str], reason: str = "Behövs inte.") -> None:
    """Let Frida decide: `decide(world, request_id, {splint.pk: "refused"})`."""
    number = Preauthorization.objects.values_list("case_number", flat=True).get(pk=request_id)
    assessment.decide_request(
        world.actor("frida"),
        today=world.today,
        number=number,
        request_id=request_id,
        verdicts={key: Verdict(verdict) for key, verdict in verdicts.items()},
        reason=reason,
    )
