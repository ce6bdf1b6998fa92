"""Billing areas a client can be moved to, and what coordinators ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.http import Http404

from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.lifecycle import MonthStatus, RequestState
from kvitt.modules.care_fees.models import AreaRequest, Client
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules import areas as rules
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.models import BillingArea

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


def intake_area(authority_id: int) -> BillingArea | None:
    """Return the area where new clients come (*Nytt ärende ej placerad*), if the municipality has one."""
    return BillingArea.objects.filter(authority_id=authority_id, is_intake=True).first()


def open_areas(authority_id: int, *, on: date) -> QuerySet[BillingArea]:
    """Return the areas that a client can be placed in on a day, by name; the one for intake is none."""
    areas = BillingArea.objects.filter(authority_id=authority_id, is_intake=False)
    return areas.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=on)).order_by("sort_key", "pk")


def open_area(authority_id: int, area_id: int, *, on: date) -> BillingArea:
    """Return one of the areas that a client can be placed in. Raises Http404 for any other."""
    found = open_areas(authority_id, on=on).filter(pk=area_id).first()
    if found is None:
        raise Http404
    return found


def area_choices(actor: "Actor", *, on: date, but: int | None = None) -> list[tuple[int, str]]:
    """Return the areas that a form offers; `but` is the one the client is in already."""
    areas = open_areas(actor.authority_id, on=on)
    return [(area.pk, area.name) for area in areas if area.pk != but]


def own_area_id(actor: "Actor") -> int | None:
    """Return the area that a coordinator asks for: his own, where he has one only."""
    return next(iter(actor.area_ids)) if actor.area_ids is not None and len(actor.area_ids) == 1 else None


def last_locked(client: Client) -> date | None:
    """Return the last month of the client that is approved and locked. Source: spec CF-28."""
    months = client.months.filter(status=MonthStatus.APPROVED).order_by("-month")
    return months.values_list("month", flat=True).first()


def waiting_requests(actor: "Actor", *, on: date) -> QuerySet[AreaRequest]:
    """Return the requests that wait for the billing office, of clients whom the actor may see.

    Source: spec CF-5.
    """
    requests = AreaRequest.objects.filter(
        state=RequestState.WAITING, client__in=clients.clients_of(actor, on=on)
    )
    return requests.select_related("client__person", "area")


def request_of(client: Client, request_id: int) -> AreaRequest:
    """Return one of the client's requests. Raises Http404 for any other."""
    found = client.area_requests.select_related("area").filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


# On the client's page ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlacementRow:
    """Which area the client was in, and when."""

    area: str
    period: Period
    is_current: bool


@dataclass(frozen=True)
class AreaPanel:
    """Everything `panels/area.html` shows."""

    rows: Sequence[PlacementRow]
    waiting: AreaRequest | None
    refused: AreaRequest | None
    is_unplaced: bool
    may_ask: bool
    may_move: bool


def area_panel(actor: "Actor", client: Client, *, today: date, is_whole: bool) -> AreaPanel | None:
    """Return the billing areas of a client with what is asked for; None for who sees only a part of him.

    Source: spec CF-5.
    """
    if not is_whole:
        return None
    placements = list(client.placements.select_related("area").order_by("-first_on"))
    requests = list(client.area_requests.select_related("area").order_by("-pk")[:1])
    latest = requests[0] if requests else None
    waiting = latest if latest is not None and latest.state == RequestState.WAITING else None
    moves = actor.may(Permission.MANAGE_BILLING)
    return AreaPanel(
        rows=[
            PlacementRow(row.area.name, period, period.contains(today))
            for row in placements
            for period in [Period(row.first_on, row.last_on)]
        ],
        waiting=waiting,
        refused=latest if latest is not None and latest.state == RequestState.REFUSED else None,
        is_unplaced=any(row.area.is_intake and row.last_on is None for row in placements),
        may_ask=actor.may(Permission.REGISTER_CARE) and not moves and waiting is None,
        may_move=moves,
    )


# Moves ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoveChoice:
    """What the dialogs about the area of a client show beside their form."""

    number: str
    person_id: int
    lead: str
    areas: Sequence[tuple[int, str]]
    initial: Mapping[str, object]


def move_choice(
    actor: "Actor",
    number: str,
    *,
    session: "SessionBase",
    today: date,
    needs: Permission,
    request_id: int | None = None,
) -> MoveChoice:
    """Return the areas a client can be moved to, and what is proposed. Raises Http404, NotAllowed.

    Source: spec CF-5.
    """
    client = clients.client_of(actor, number, on=today)
    actor.require(needs)
    if request_id is not None:
        request_of(client, request_id)
    placement = client.placements.filter(last_on__isnull=True).select_related("area").first()
    waiting = client.area_requests.filter(state=RequestState.WAITING).first()
    day = rules.propose_day(
        last_locked=last_locked(client),
        in_intake_since=placement.first_on if placement is not None and placement.area.is_intake else None,
        today=today,
    )
    return MoveChoice(
        number=client.number,
        person_id=client.person_id,
        lead=clients.lead_of(session, client, today=today),
        areas=area_choices(actor, on=today, but=placement.area_id if placement else None),
        initial={"first_on": day, "area": waiting.area_id if waiting else None},
    )
