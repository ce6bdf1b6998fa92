"""Read how a client's month came about, line by line and step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, FeeLine
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.sentences import sentence

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Explanation:
    """Everything the page of a calculation shows: the lines, and the steps that led to them.

    `lead` says whom and which month it is about; `is_approved` that it is locked.
    """

    number: str
    person_id: int
    lead: str
    month: date
    status: str
    is_approved: bool
    lines: Sequence[FeeLine]
    total: Ore
    carried_amount: Ore
    steps: Sequence[str]


def steps_of(client_month: ClientMonth) -> list[str]:
    """Return the steps of a calculation as sentences in the reader's language. Source: spec CF-22."""
    return [sentence(kind, values) for kind, values in client_month.explanation]


def explanation(
    actor: "Actor", number: str, month: date, *, session: "SessionBase", today: date
) -> Explanation:
    """Return how a client's month came about. Raises Http404 where nothing is calculated, NotAllowed.

    Source: spec CF-22.
    """
    client = clients.client_of(actor, number, on=today)
    found = month_of(client, month)
    if found is None:
        raise Http404
    return Explanation(
        number=client.number,
        person_id=client.person_id,
        lead=clients.lead_of(session, client, today=today),
        month=found.month,
        status=MonthStatus(found.status).label,
        is_approved=found.status == MonthStatus.APPROVED,
        lines=list(found.lines.select_related("service", "unit").order_by("place")),
        total=found.total,
        carried_amount=found.carried_amount,
        steps=steps_of(found),
    )


def month_of(client: Client, month: date) -> ClientMonth | None:
    """Return what stands of a client's month: calculated, with faults or approved; or None."""
    rows = ClientMonth.objects.filter(client=client, month=month.replace(day=1))
    return rows.exclude(status=MonthStatus.VOIDED).first()
