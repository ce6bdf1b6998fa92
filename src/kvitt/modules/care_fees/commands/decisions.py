"""Decide what a client's fee is reckoned from: one decision, or all of them anew."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import bulk, clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import numbers, steps
from kvitt.modules.care_fees.models import Client, FeeDecision
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries import decisions as queries
from kvitt.registers.access.rules import Actor, Permission

_CHUNK = 500


def decide_fee(actor: Actor, *, today: date, number: str, month: date) -> FeeDecision:
    """Decide a client's fee from a month on; the decision keeps every term as it is now.

    What is sent twice on a day, with nothing changed between, is decided once. Raises Refused where the
    income is missing, NotAllowed, Http404. Source: spec CF-20, CF-22.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today, needs=Permission.DECIDE_FEES)
        [proposed] = queries.proposals(client.authority_id, [client.pk], month)
        refuse_if_any(proposed.problems)
        if (made := queries.decision_alike(client, proposed, decided_on=today)) is not None:
            return made
        [decision] = _decide(actor, [(client, proposed)], today)
        audit.record("care_fees.decide_fee", actor, **steps.about(client), after=_logged(decision))
    return decision


def recalculate_decisions(actor: Actor, *, today: date, month: date) -> int:
    """Decide anew for everybody whose terms are others from a month on, and return how many were decided.

    A decision that still holds stands; so does that of one whose income is missing.
    Raises NotAllowed. Source: spec CF-20.
    """
    with transaction.atomic():
        decided = queries.decided_clients(actor, today=today, month=month)
        # In one order, so that two who do this at once wait for each other; the second finds nothing to do.
        ids = list(decided.order_by("pk").values_list("pk", flat=True))
        count = 0
        for start in range(0, len(ids), _CHUNK):
            count += _decide_anew(actor, ids[start : start + _CHUNK], month, today)
    return count


def _decide_anew(actor: Actor, client_ids: Sequence[int], month: date, today: date) -> int:
    """Decide for those of a chunk whose terms are others, in a constant number of statements."""
    held = {
        client.pk: client
        for client in Client.objects.filter(pk__among=client_ids)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    }
    changes = queries.changes(actor.authority_id, client_ids, month)
    due = [(held[change.client_id], change.proposed) for change in changes if change.is_due]
    made = _decide(actor, due, today)
    audit.record_many(
        "care_fees.recalculate_decisions",
        actor,
        [
            audit.Entry(
                subject=(clients.SUBJECT, client.number),
                person_ids=(client.person_id,),
                after=_logged(decision),
            )
            for (client, _proposed), decision in zip(due, made, strict=True)
        ],
    )
    return len(made)


def _decide(actor: Actor, due: Iterable[tuple[Client, queries.Proposed]], today: date) -> list[FeeDecision]:
    """Write the decisions; their numbers are given out last."""
    decided = list(due)
    if not decided:
        return []
    contents = [queries.content_of(proposed, decided_on=today) for _client, proposed in decided]
    first = numbers.take(actor.authority_id, "decision", count=len(decided))
    made = [
        FeeDecision(
            client=client,
            number=first + place,
            first_on=proposed.month,
            capacity=proposed.terms.capacity,
            cap=proposed.terms.cap,
            content=contents[place],
            decided_at=clock.now(),
            decided_by=actor.name,
        )
        for place, (client, proposed) in enumerate(decided)
    ]
    bulk.insert(made)
    return made


def _logged(decision: FeeDecision) -> dict[str, object]:
    return {
        "number": decision.number,
        "first_on": decision.first_on.isoformat(),
        "cap": decision.cap,
        "capacity": decision.capacity,
    }
