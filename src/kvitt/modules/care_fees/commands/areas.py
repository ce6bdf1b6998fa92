"""Ask for another billing area, and answer: the billing office alone moves clients."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.lifecycle import RequestState, ensure_request_step
from kvitt.modules.care_fees.models import AreaRequest, Client, Placement
from kvitt.modules.care_fees.queries import areas
from kvitt.modules.care_fees.rules import areas as rules
from kvitt.modules.care_fees.rules import dated
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import BillingArea


def request_move(actor: Actor, *, today: date, number: str, area_id: int, reason: str) -> AreaRequest:
    """Ask the billing office to move a client to another area. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        area = areas.open_area(actor.authority_id, area_id, on=today)
        problems = rules.check_reason(reason, field="reason")
        if _is_there(client, area):
            problems.append(Problem("same_area", rules.SAME_AREA, "area", {"area": area.name}))
        waiting = client.area_requests.filter(state=RequestState.WAITING).select_related("area").first()
        if waiting is not None:
            values = {"area": waiting.area.name}
            problems.append(Problem("waits_already", rules.WAITS_ALREADY, "", values))
        refuse_if_any(problems)
        request = AreaRequest.objects.create(
            client=client, area=area, reason=reason.strip(), asked_at=clock.now(), asked_by=actor.name
        )
        audit.record(
            "care_fees.request_move",
            actor,
            **steps.about(client),
            after={"wanted_area": area.name, "reason": request.reason},
        )
        return request


def move_client(
    actor: Actor, *, today: date, number: str, area_id: int, first_on: date, request_id: int | None = None
) -> None:
    """Move a client to another area from a day on; a request that waits is answered by it.

    `request_id` is the request that the officer answers: when somebody else answered it meanwhile, nothing
    is done. Raises Refused, NotAllowed for everybody but the billing office, Http404.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
        request = _held_request(client, request_id)
        area = areas.open_area(actor.authority_id, area_id, on=first_on)
        rows = list(client.placements.select_related("area").order_by("first_on"))
        change = dated.plan_change([Period(row.first_on, row.last_on) for row in rows], first_on=first_on)
        moved = [
            rows[place] for place in (*([] if change.split is None else [change.split]), *change.changed)
        ]
        problems = dated.check_first_day(first_on, today=today)
        problems += rules.check_move(
            area=area.name,
            is_same=all(row.area_id == area.pk for row in moved) and bool(moved),
            first_on=first_on,
            last_locked=areas.last_locked(client),
        )
        refuse_if_any(problems)
        before = [_logged(row) for row in moved]
        if change.split is not None:
            split = rows[change.split]
            last_on, split.last_on = split.last_on, dates.day_before(first_on)
            split.save(update_fields=["last_on"])
            Placement.objects.create(client=client, area=area, first_on=first_on, last_on=last_on)
        if not moved:
            Placement.objects.create(client=client, area=area, first_on=first_on)
        for place in change.changed:
            row = rows[place]
            row.area = area
            row.first_on = first_on if place == 0 and change.begins_earlier else row.first_on
            row.save(update_fields=["area", "first_on"])
        if request is not None:
            _answer(actor, request, state=RequestState.MOVED, answer="")
        steps.touch(client)
        audit.record(
            "care_fees.move_client",
            actor,
            **steps.about(client),
            before={"areas": before},
            after={"area": area.name, "first_on": first_on.isoformat()},
        )


def refuse_move(actor: Actor, *, today: date, number: str, request_id: int, answer: str) -> AreaRequest:
    """Refuse a request to move a client, with the reason. Raises Refused, NotAllowed, Http404."""
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.MANAGE_BILLING)
        request = areas.request_of(client, request_id)
        ensure_request_step(RequestState(request.state), RequestState.REFUSED)
        refuse_if_any(rules.check_reason(answer, field="answer"))
        _answer(actor, request, state=RequestState.REFUSED, answer=answer.strip())
        audit.record(
            "care_fees.refuse_move",
            actor,
            **steps.about(client),
            after={"wanted_area": request.area.name, "answer": request.answer},
        )
        return request


def _held_request(client: Client, request_id: int | None) -> AreaRequest | None:
    """Return the request that a move answers: the one the officer saw, or the one that waits."""
    if request_id is None:
        waiting = client.area_requests.filter(state=RequestState.WAITING)
        return waiting.select_related("area").first()
    request = areas.request_of(client, request_id)
    ensure_request_step(RequestState(request.state), RequestState.MOVED)
    return request


def _answer(actor: Actor, request: AreaRequest, *, state: RequestState, answer: str) -> None:
    request.state, request.answer = state, answer
    request.answered_at, request.answered_by = clock.now(), actor.name
    request.save(update_fields=["state", "answer", "answered_at", "answered_by"])


def _is_there(client: Client, area: BillingArea) -> bool:
    return client.placements.filter(area=area, last_on__isnull=True).exists()


def _logged(row: Placement) -> dict[str, str]:
    last_on = row.last_on.isoformat() if row.last_on else ""
    return {"area": row.area.name, "first_on": row.first_on.isoformat(), "last_on": last_on}
