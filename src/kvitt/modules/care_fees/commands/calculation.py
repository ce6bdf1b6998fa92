"""Calculate months of clients: what is planned is written, and what was calculated before is replaced."""

import gc
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import bulk, clock
from kvitt.foundation.lookups import Values
from kvitt.foundation.values.dates import Period, last_day_of_month
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, ConcernedArea, FeeLine
from kvitt.modules.care_fees.queries.area_months import terms_of
from kvitt.modules.care_fees.queries.facts import load_facts
from kvitt.modules.care_fees.queries.partners import partner_ids
from kvitt.modules.care_fees.queries.sentences import line_printer
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules.explanation import Step
from kvitt.modules.care_fees.rules.faults import SPOUSE
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.modules.care_fees.rules.plan import PlannedMonth, plan_month
from kvitt.modules.care_fees.rules.runs import check_month
from kvitt.registers.access.rules import Actor, Permission

_MONTH_COLUMNS = (
    *("id", "client_id", "month", "status", "area_id", "client_version", "terms", "total"),
    *("carried_amount", "is_at_cap", "faults", "explanation", "calculated_at"),
)
_LINE_COLUMNS = (
    *("client_month_id", "place", "kind", "service_id", "unit_id", "text", "quantity", "price"),
    *("amount", "vat_percent", "about_month"),
)
_AREA_COLUMNS = ("client_month_id", "area_id")
_write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Calculated:
    """How many months were calculated, and how many of them have faults instead of lines."""

    calculated: int = 0
    faulty: int = 0


@transaction.atomic
def calculate_client(actor: Actor, *, number: str, month: date, today: date) -> Calculated:
    """Calculate a month of one client, and of a spouse who is one too; what is approved stays.

    Raises Http404, NotAllowed, Refused for a month to come and one that nothing is known of.
    Source: debitering-ao, page 32; spec CF-24, CF-25.
    """
    client = steps.hold_client(actor, number, today=today, needs=Permission.RUN_FEES)
    month = month.replace(day=1)
    terms = terms_of(client.authority_id, month)
    refuse_if_any(check_month(month, today=today, has_terms=terms is not None))
    ids = sorted({client.pk, *partner_ids([client.pk], Period(month, last_day_of_month(month)))})
    done = calculate_clients(client.authority_id, ids, month, terms=terms)
    after = {"month": f"{month:%Y-%m}", "calculated": done.calculated, "faulty": done.faulty}
    audit.record("care_fees.calculate_client", actor, after=after, **steps.about(client))
    return done


def calculate_clients(
    authority_id: int, client_ids: Sequence[int], month: date, *, terms: MonthTerms | None = None
) -> Calculated:
    """Calculate a month of clients (up to a chunk of them), in a constant number of statements.

    Needs an open transaction. What is approved is not touched; what else there is of the month is replaced.
    The clients are held, and their versions read, before the facts: a change after that makes the month red.
    Source: debitering-ao, pages 29-31; spec CF-21, CF-24 to CF-26.
    """
    terms = terms or month_terms(authority_id, month)
    held = Client.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    ids = Values(client_ids)
    versions = dict(held.filter(authority_id=authority_id, pk__among=ids).values_list("pk", "version"))
    stored = ClientMonth.objects.filter(client_id__among=ids, month=terms.month)
    stands = list(stored.exclude(status=MonthStatus.VOIDED).values_list("pk", "client_id", "status"))
    approved = {client_id for _pk, client_id, status in stands if status == MonthStatus.APPROVED}
    _remove([pk for pk, client_id, _status in stands if client_id not in approved])
    wanted = [client_id for client_id in client_ids if client_id in versions and client_id not in approved]
    with _without_collecting():
        facts = load_facts(wanted, terms.month, terms)
        return _store([(each, plan_month(each, terms)) for each in facts], versions, terms)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile: a chunk makes hundreds of thousands of tuples without cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _remove(month_ids: Collection[int]) -> None:
    """Remove what was calculated: nothing points at it before it is approved, so nothing is asked."""
    if month_ids:
        for rows in (
            ConcernedArea.objects.filter(client_month_id__among=month_ids),
            FeeLine.objects.filter(client_month_id__among=month_ids),
            ClientMonth.objects.filter(pk__among=month_ids),
        ):
            rows._raw_delete(rows.db)  # noqa: SLF001 - Django's own way to delete without asking first


def _store(
    planned: Sequence[tuple[MonthFacts, PlannedMonth]], versions: dict[int, int], terms: MonthTerms
) -> Calculated:
    """Write months, lines and concerned areas, all rows of a kind at once."""
    printed, explained = line_printer(), _steps_writer()
    now, month, key = clock.now().isoformat(), terms.month.isoformat(), terms.key
    months, lines, areas, faulty = [], [], [], 0
    for pk, (facts, plan) in zip(bulk.draw_ids(ClientMonth, len(planned)), planned, strict=True):
        client_id = facts.client or 0
        status = MonthStatus.CALCULATED.value
        if plan.problems:
            status = MonthStatus.FAULTY.value
            faulty += 1
        months.append(
            (
                pk,
                client_id,
                month,
                status,
                facts.area,
                versions[client_id],
                key,
                plan.total,
                plan.carried_amount,
                plan.is_at_cap,
                _write_json([_told(problem) for problem in plan.problems]) if plan.problems else "[]",
                explained(plan.steps),
                now,
            )
        )
        for place, line in enumerate(plan.lines):
            lines.append(
                (
                    pk,
                    place,
                    line.kind.value,
                    line.service,
                    line.unit,
                    printed(line),
                    line.quantity,
                    line.price,
                    line.amount,
                    line.vat,
                    line.about or None,
                )
            )
        areas += [(pk, area) for area in plan.areas]
    bulk.insert_rows(ClientMonth, _MONTH_COLUMNS, months)
    bulk.insert_rows(FeeLine, _LINE_COLUMNS, lines)
    bulk.insert_rows(ConcernedArea, _AREA_COLUMNS, areas)
    return Calculated(len(planned) - faulty, faulty)


def _steps_writer() -> Callable[[Sequence[Step]], str]:
    """Return what writes explanations as JSON; a step that several clients have is made once."""
    made: dict[tuple[object, ...], str] = {}

    def written(steps: Sequence[Step]) -> str:
        parts = []
        for step in steps:
            key = (step.kind, *step.values, *step.values.values())
            part = made.get(key)
            if part is None:
                part = made[key] = _write_json(step)
            parts.append(part)
        return f"[{','.join(parts)}]"

    return written


def _told(problem: Problem) -> dict[str, object]:
    """Return a fault as it is kept: its kind, values, and whether the spouse's data lack it."""
    return {
        "kind": problem.code,
        "values": dict(problem.values),
        "is_spouse": problem.field == SPOUSE,
    }
