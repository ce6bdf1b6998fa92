"""A clinic that asks for preauthorization in special care dentistry, and the assessor who decides."""

from collections.abc import Mapping

from kvitt.modules.special_care.commands import assessment, plans
from kvitt.modules.special_care.commands.assessment import Assessment
from kvitt.modules.special_care.commands.plans import NewPlanned
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import TreatmentPlan
from kvitt.modules.special_care.queries import plans as queries
from kvitt.preauthorization.lifecycle import Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.rules import Grant, Validity
from kvitt.registers.people.models import Person
from tests.special_world import SpecialWorld

MOTIVATION = "Protesen sitter löst och patienten kan inte tugga."
# The prostheses of the seed's example: lower jaw fixed at 12 705 kr, upper jaw at 15 195 kr.
PROSTHESES = (NewPlanned("825", "UK", 2), NewPlanned("825S", "ÖK"))


def create(
    world: SpecialWorld,
    person: Person | None = None,
    *new: NewPlanned,
    support: SupportType = SupportType.S,
    category: str = "S2",
    by: str = "lisa",
) -> str:
    """Make a plan with procedures, for Ingrid's S dental care unless told; return its number."""
    actor = world.actor(by)
    number = plans.create_plan(
        actor,
        today=world.today,
        number=(person or world.ingrid).identity_number,
        support=support,
        category=category,
    )
    for one in new or PROSTHESES:
        plans.add_planned(actor, today=world.today, number=number, new=one)
    return number


def send(world: SpecialWorld, number: str, *, by: str = "lisa") -> Preauthorization:
    """Send a plan and return its request."""
    plans.send_plan(world.actor(by), today=world.today, number=number, motivation=MOTIVATION)
    return Preauthorization.objects.get(case_number=number)


def decide(
    world: SpecialWorld,
    request: Preauthorization,
    verdicts: Mapping[int, Verdict] | None = None,
    *,
    grants: Mapping[int, Grant] | None = None,
    reason: str = "Enligt praxis.",
    validity: Validity | None = None,
) -> None:
    """Let Frida decide: everything is approved for a year unless told."""
    keys = [one.key for one in request.procedures.order_by("key")]
    assessment.decide_request(
        world.actor("frida"),
        today=world.today,
        number=request.case_number,
        request_id=request.pk,
        assessment=written(
            world, verdicts or dict.fromkeys(keys, Verdict.APPROVED), grants, reason, validity
        ),
    )


def written(
    world: SpecialWorld,
    verdicts: Mapping[int, Verdict],
    grants: Mapping[int, Grant] | None = None,
    reason: str = "Enligt praxis.",
    validity: Validity | None = None,
) -> Assessment:
    """Return what Frida writes, valid for this year and the next unless told."""
    year = world.today.year + 1
    held = validity or Validity(world.today, world.today.replace(year=year))
    return Assessment(verdicts=verdicts, reason=reason, grants=grants or {}, validity=held)


def approved_plan(world: SpecialWorld, person: Person | None = None, *new: NewPlanned) -> TreatmentPlan:
    """Return a plan of which everything is approved."""
    number = create(world, person, *new)
    decide(world, send(world, number))
    return TreatmentPlan.objects.get(number=number)


def keys_of(number: str) -> list[int]:
    """Return the ids of a plan's procedures in the order they were added."""
    return [one.pk for one in queries.procedures_of(TreatmentPlan.objects.get(number=number))]
