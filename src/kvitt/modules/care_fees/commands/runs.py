"""Calculate a month of a rule's areas: the run with its work list, chunk by chunk, until nothing waits."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import InterfaceError, OperationalError, transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.modules.care_fees.commands import area_months, calculation
from kvitt.modules.care_fees.models import AreaMonth, BillingRule, BillingRun, RunChunk
from kvitt.modules.care_fees.queries import area_months as of_areas
from kvitt.modules.care_fees.queries import billing_rules, lamps
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.rules import runs as rules
from kvitt.registers.access.rules import Actor, system_actor
from kvitt.registers.organisations.models import BillingArea

SUBJECT = "care_fees.billing_run"
# So many are calculated in one transaction: few enough that nobody who registers for one of them waits long.
CLIENTS_PER_CHUNK = 2_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chunk:
    """What one chunk of a run came to: how many clients were calculated, and how many have faults."""

    calculated: int = 0
    faulty: int = 0


@transaction.atomic
def start_run(
    actor: Actor, *, month: date, today: date, rule_id: int | None = None, area_ids: Collection[int] = ()
) -> BillingRun:
    """Begin to calculate what is red of a rule's areas in a month, or of areas; workers go on with it.

    Where nothing is to be done the run is finished at once, and no fact is read. Raises NotAllowed, Http404
    for a rule or an area of others, Refused where somebody else calculates one of the areas.
    Source: debitering-ao, page 29; spec CF-24, CF-26, CF-30.
    """
    rule, areas = billing_rules.areas_to_run(actor, rule_id, area_ids)
    run = _open(actor, rule, areas, month, today=today)
    audit.record("care_fees.start_run", actor, subject=(SUBJECT, run.pk), after=_told(run))
    return run


@transaction.atomic
def calculate_selection(actor: Actor, *, rule_id: int, month: date, today: date) -> BillingRun:
    """Calculate what is red of a rule's areas: at once where that is one chunk, else workers go on with it.

    Raises as `start_run` does. Source: debitering-ao, page 29; spec CF-24.
    """
    rule, areas = billing_rules.areas_to_run(actor, rule_id, ())
    run = _open(actor, rule, areas, month, today=today)
    if 0 < run.client_count <= CLIENTS_PER_CHUNK:
        _take_chunk(run)
        _finish(run)
    audit.record("care_fees.calculate_selection", actor, subject=(SUBJECT, run.pk), after=_told(run))
    return run


@transaction.atomic
def calculate_chunk(*, run_id: int) -> Chunk | None:
    """Calculate the next clients of a run that nobody else calculates; None when there are none.

    The clients of a chunk are calculated together; where something unexpected goes wrong by halves, so that
    only those that it is about stay red. Any number of workers do this at once: each chunk is taken by one,
    and one that was killed amid it leaves it to the next. Source: spec CF-24, QU-14.
    """
    run = BillingRun.objects.get(pk=run_id)
    chunk = _take_chunk(run)
    if chunk is not None:
        after = {"calculated": chunk.calculated, "faulty": chunk.faulty}
        system = system_actor(run.authority_id)
        audit.record("care_fees.calculate_chunk", system, subject=(SUBJECT, run.pk), after=after)
    return chunk


@transaction.atomic
def finish_run(*, run_id: int) -> bool:
    """Finish a run unless a chunk of it waits or is being calculated; tell whether it is finished.

    Its areas are free then, for approval and for another run. Source: spec CF-24, CF-30.
    """
    run = BillingRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run_id)
    if run.finished_at is None:
        if run.chunks.filter(done_at__isnull=True).exists():
            return False
        _finish(run)
        system = system_actor(run.authority_id)
        audit.record("care_fees.finish_run", system, subject=(SUBJECT, run.pk), after=_told(run))
    return True


@transaction.atomic
def stop_run(actor: Actor, *, run_id: int) -> bool:
    """Give up a run: what waits of it stays red, what is calculated stays so. Tell whether it is finished.

    What a worker calculates at this moment is finished by it. Raises NotAllowed, Http404, Refused when
    nothing of the run waits. Source: spec CF-30.
    """
    found = queries.run_of(actor, run_id)
    run = BillingRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)
    if run.finished_at is not None:
        raise Refused([Problem("nothing_runs", rules.NOTHING_RUNS)])
    waiting = run.chunks.select_for_update(skip_locked=True, no_key=True).filter(done_at__isnull=True)
    places = list(waiting.order_by("place").values_list("place", flat=True))
    run.chunks.filter(place__in=places).update(done_at=clock.now())
    is_finished = not run.chunks.filter(done_at__isnull=True).exists()
    if is_finished:
        _finish(run)
    audit.record("care_fees.stop_run", actor, subject=(SUBJECT, run.pk), after=_told(run))
    return is_finished


# Steps of a run -----------------------------------------------------------------------------------


def _open(
    actor: Actor, rule: BillingRule | None, areas: Sequence[BillingArea], month: date, *, today: date
) -> BillingRun:
    """Open a run with its work list, which holds its areas until it is finished."""
    month = month.replace(day=1)
    terms = of_areas.terms_of(actor.authority_id, month)
    refuse_if_any(rules.check_month(month, today=today, has_terms=terms is not None))
    area_ids = [area.pk for area in areas]
    held = area_months.hold_area_months(area_ids, month)
    refuse_if_any(rules.check_free(of_areas.busy_of(held)))
    # What a price that is saved at this moment makes red is red in the next selection.
    client_ids = [] if terms is None else lamps.red_ids(area_ids, month, terms)
    now = clock.now()
    run = BillingRun.objects.create(
        authority_id=actor.authority_id,
        rule=rule,
        title=_title(rule, areas),
        month=month,
        client_count=len(client_ids),
        started_at=now,
        started_by_id=actor.user_id,
        started_by=actor.name,
        finished_at=None if client_ids else now,
    )
    if client_ids:
        RunChunk.objects.bulk_create(
            RunChunk(run=run, place=place, client_ids=client_ids[start : start + CLIENTS_PER_CHUNK])
            for place, start in enumerate(range(0, len(client_ids), CLIENTS_PER_CHUNK))
        )
        AreaMonth.objects.filter(pk__in=[row.pk for row in held]).update(run=run)
    return run


def _take_chunk(run: BillingRun) -> Chunk | None:
    """Calculate the first chunk of a run that is free."""
    waiting = RunChunk.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    chunk = waiting.filter(run=run, done_at__isnull=True).order_by("place").first()
    if chunk is None:
        return None
    done = _calculate_apart(run, chunk.client_ids)
    chunk.calculated_count, chunk.faulty_count = done.calculated, done.faulty
    chunk.done_at = clock.now()
    chunk.save(update_fields=["calculated_count", "faulty_count", "done_at"])
    return done


def _calculate_apart(run: BillingRun, client_ids: Sequence[int]) -> Chunk:
    """Calculate clients together, or by halves where that fails, down to whom it is about."""
    try:
        with transaction.atomic():
            done = calculation.calculate_clients(run.authority_id, client_ids, run.month)
            return Chunk(done.calculated, done.faulty)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no client is at fault, and the worker looks again
    except Exception:  # noqa: BLE001 - whatever is wrong with one client, the others are calculated
        if len(client_ids) == 1:
            # By its id: no log has the number or the name of a client.
            _log.exception("Run %s: client %s stays red.", run.pk, client_ids[0])
            return Chunk(faulty=1)
        _log.exception("Run %s: %s clients are tried by halves.", run.pk, len(client_ids))
    middle = len(client_ids) // 2
    first, second = _calculate_apart(run, client_ids[:middle]), _calculate_apart(run, client_ids[middle:])
    return Chunk(first.calculated + second.calculated, first.faulty + second.faulty)


def _finish(run: BillingRun) -> None:
    """Finish a run, and let its areas go."""
    held = AreaMonth.objects.select_for_update(no_key=True, of=("self",)).filter(run=run)
    ids = list(held.order_by("area_id").values_list("pk", flat=True))
    AreaMonth.objects.filter(pk__in=ids).update(run=None)
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])


def _title(rule: BillingRule | None, areas: Sequence[BillingArea]) -> str:
    """Return what a run is called: the rule, or the areas where there is none."""
    names = rule.name if rule is not None else ", ".join(area.name for area in areas)
    return names if len(names) <= rules.LONGEST_NAME else f"{names[: rules.LONGEST_NAME - 1]}…"


def _told(run: BillingRun) -> dict[str, object]:
    return {"name": run.title, "month": f"{run.month:%Y-%m}", "clients": run.client_count}
