"""Register what was done for clients: figures of a unit's month, typed in the grid or read from a file."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.audit.commands import About
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, PerformedService
from kvitt.modules.care_fees.queries import registration_files
from kvitt.modules.care_fees.queries import registrations as queries
from kvitt.modules.care_fees.rules import registrations as rules
from kvitt.modules.care_fees.rules.registrations import Change
from kvitt.registers.access.rules import Actor

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Clinic


@transaction.atomic
def register_services(
    actor: Actor,
    *,
    today: date,
    unit_id: int,
    month: date,
    cells: Iterable[queries.Cell],
    opened: Collection[int] = (),
) -> list[queries.Planned]:
    """Save the faultless figures of a unit's month, and answer how each one stands afterwards.

    A faulty figure, or one that somebody else has changed meanwhile, stops no other. Many figures take as
    many statements as one. Raises Http404 for a unit of others, Refused for a whole month or unit.
    Source: debitering-ao, pages 17-19; spec CF-11, CF-12.
    """
    unit = queries.unit_to_register(actor, unit_id)
    planned = _store(actor, unit, month, list(cells), today=today, opened=opened)
    before, after = _figures(planned)
    if after:
        about = _about(unit, month, planned)
        audit.record("care_fees.register_services", actor, **about, before=before, after=after)
    return [_afterwards(plan) for plan in planned]


@transaction.atomic
def load_registrations(
    actor: Actor, *, today: date, file: str, content: bytes, is_faultless_only: bool = False
) -> int:
    """Take in a file of performed services, and answer how many figures it changed.

    While it has a fault nothing is taken in, unless the faultless lines alone were asked for. The same file
    again changes nothing, and leaves no event. Raises Refused. Source: spec CF-11.
    """
    plan = registration_files.plan_file(actor, file=file, content=content, today=today)
    if not is_faultless_only:
        refuse_if_any(plan.faults)
    _hold(actor, {cell.client for group in plan.groups for cell in group.cells.values()})
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    persons: set[int] = set()
    for group in sorted(plan.groups, key=lambda group: (group.unit.pk, group.month)):
        cells = list(group.cells.values())
        planned = _store(actor, group.unit, group.month, cells, today=today, opened=plan.opened)
        place = f"{group.unit.number} {group.month:%Y-%m}"
        for values, figures in zip((before, after), _figures(planned), strict=True):
            values.update({f"{place} {name}": figure for name, figure in figures.items()})
        persons.update(_about(group.unit, group.month, planned)["person_ids"])
    if after:
        audit.record(
            "care_fees.load_registrations", actor, person_ids=sorted(persons), before=before, after=after
        )
    return len(after)


def _store(
    actor: Actor,
    unit: "Clinic",
    month: date,
    cells: Sequence[queries.Cell],
    *,
    today: date,
    opened: Collection[int],
) -> list[queries.Planned]:
    """Write what the cells of one unit and month do, and return what they did."""
    refuse_if_any(
        [
            *rules.check_month(month, today=today),
            *rules.check_unit(unit.name, unit.unit_kind, unit.closed_on, month=month),
        ]
    )
    _hold(actor, {cell.client for cell in cells})
    planned = queries.plan_cells(actor, unit, month, cells, today=today, opened=opened)
    done = [plan for plan in planned if _is_done(plan)]
    removed = [plan.row.pk for plan in done if plan.row and plan.change is Change.REMOVED]
    if removed:
        PerformedService.objects.filter(pk__among=removed).delete()
    rows = [
        PerformedService(
            client=plan.client,
            service=plan.service,
            unit=unit,
            month=month,
            quantity=plan.wanted or 0,
            version=plan.stored.version + 1,
        )
        for plan in done
        if plan.change is not Change.REMOVED
    ]
    if rows:
        PerformedService.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["unit", "month", "client", "service"],
            update_fields=["quantity", "version"],
        )
    steps.touch_all({plan.client.pk for plan in done if plan.client}, since=month)
    return planned


def _hold(actor: Actor, numbers: Collection[str]) -> None:
    """Lock the clients, always in the same order, so that two who register for them wait for each other."""
    held = Client.objects.filter(authority_id=actor.authority_id, number__among=numbers)
    steps.hold_clients(list(held.values_list("pk", flat=True)))


def _is_done(plan: queries.Planned) -> bool:
    return plan.problem is None and plan.change is not Change.NOTHING


def _afterwards(plan: queries.Planned) -> queries.Planned:
    """Return the plan with what is stored now that it is carried out."""
    if not _is_done(plan):
        return plan
    is_there = plan.change is not Change.REMOVED
    stored = queries.Seen(plan.wanted, plan.stored.version + 1) if is_there else queries.Seen(None, 0)
    return replace(plan, stored=stored)


def _about(unit: "Clinic", month: date, planned: Iterable[queries.Planned]) -> About:
    """Return what an event of a unit's month is about: every client of whom a figure was changed."""
    persons = {plan.client.person_id for plan in planned if plan.client and _is_done(plan)}
    return About(subject=(queries.SUBJECT, f"{unit.number} {month:%Y-%m}"), person_ids=sorted(persons))


def _figures(planned: Iterable[queries.Planned]) -> tuple[dict[str, object], dict[str, object]]:
    """Return what the figures were and are, by client and code of the service."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for plan in planned:
        if plan.client and plan.service and _is_done(plan):
            name = f"{plan.client.number} {plan.service.code}"
            before[name] = plan.stored.quantity
            after[name] = plan.wanted if plan.change is not Change.REMOVED else None
    return before, after
