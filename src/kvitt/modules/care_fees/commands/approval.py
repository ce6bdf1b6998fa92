"""Approve and lock the months of areas, open them again, and plan by which day they are to be approved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.modules.care_fees.commands import area_months, invoices, steps
from kvitt.modules.care_fees.lifecycle import InvoiceState, LineKind, MonthStatus
from kvitt.modules.care_fees.models import AreaMonth, Client, ClientMonth, FeeInvoice, FeeLine
from kvitt.modules.care_fees.queries import area_months as queries
from kvitt.modules.care_fees.queries import billing_rules
from kvitt.modules.care_fees.rules import runs as rules
from kvitt.registers.access.rules import Actor, Permission


@dataclass(frozen=True)
class Approved:
    """How many months of clients were approved."""

    clients: int


@transaction.atomic
def approve_areas(
    actor: Actor,
    *,
    month: date,
    today: date,
    rule_id: int | None = None,
    area_ids: Collection[int] = (),
    confirmed: bool = False,
    seen: str = "",
) -> Approved:
    """Approve and lock a month of all areas of a rule, or of some areas; of all of them or none.

    Every client is calculated by what holds now: an input that was saved meanwhile, or is being saved, makes
    it refuse. `confirmed` is the answer to that the journal was not opened, `seen` what was asked about: not
    what was calculated after it. Raises NotAllowed, Http404 for a rule or an area of others, Refused.
    Source: debitering-ao, pages 37-38; spec CF-26, CF-27, CF-28.
    """
    _rule, areas = billing_rules.areas_to_run(actor, rule_id, area_ids)
    month = month.replace(day=1)
    area_ids = [area.pk for area in areas]
    held = area_months.hold_area_months(area_ids, month)
    refuse_if_any(rules.check_free(queries.busy_of(held)))
    clients = _hold_clients(area_ids, month)
    terms = queries.terms_of(actor.authority_id, month)
    if terms is None or month > today:
        raise Refused(rules.check_month(month, today=today, has_terms=terms is not None))
    counted = queries.counts(area_ids, month, terms)
    whole = queries.sum_of(counted)
    tally = whole.tally
    is_approved = all(row.approved_at is not None for row in held)
    refuse_if_any(rules.check_approval(tally, month=month, is_approved=is_approved))
    refuse_if_any(rules.check_seen(seen, whole.seen))
    unopened = queries.unopened(held, counted)
    refuse_if_any(rules.check_journal(unopened, confirmed=confirmed))
    approved = _approve_months(area_ids, month, terms.key)
    if approved != tally.yellow:
        raise Refused([Problem("changed_meanwhile", rules.CHANGED_MEANWHILE)])
    AreaMonth.objects.filter(pk__in=[row.pk for row in held]).update(
        approved_at=clock.now(), approved_by=actor.name
    )
    of_area: dict[int, list[int]] = {}
    for client in clients:
        of_area.setdefault(client.area_id, []).append(client.person_id)
    audit.record_many(
        "care_fees.approve_areas",
        actor,
        [
            audit.Entry(
                subject=(area_months.SUBJECT, area_months.key_of(row)),
                person_ids=tuple(of_area.get(row.area_id, ())),
                after={
                    "clients": len(of_area.get(row.area_id, ())),
                    "journal_opened": row.area.name not in unopened,
                },
            )
            for row in held
        ],
    )
    return Approved(approved)


@transaction.atomic
def reopen_area(actor: Actor, *, area_id: int, month: date, reason: str, today: date) -> int:
    """Open an approved month of an area again, with the reason; return how many clients it is about.

    What is not invoiced stays calculated, and can be anew; what is invoiced gets its invoice voided, and is
    calculated anew. Raises NotAllowed for everybody but the billing office, Http404, Refused.
    Source: spec CF-28.
    """
    actor.require(Permission.MANAGE_BILLING)
    area = queries.area_of(actor, area_id)
    month = month.replace(day=1)
    refuse_if_any(rules.check_month(month, today=today))
    (row,) = area_months.hold_area_months([area.pk], month)
    refuse_if_any(rules.check_free(queries.busy_of([row])))
    months = ClientMonth.objects.filter(area=area, month=month, status=MonthStatus.APPROVED)
    clients = _hold(months.values_list("client_id", flat=True))
    client_ids = [client.pk for client in clients]
    refuse_if_any(
        rules.check_reopening(
            area=area.name,
            month=month,
            reason=reason,
            is_approved=row.approved_at is not None,
            later=queries.later_approved(client_ids, month),
            has_sent=FeeInvoice.objects.filter(client_month__in=months, state=InvoiceState.SENT).exists(),
        )
    )
    _take_differences_up_again(client_ids, month)
    voided = invoices.void_invoices(area.pk, month)
    months.update(status=MonthStatus.CALCULATED)
    steps.touch_others(client_ids, month)
    row.approved_at, row.approved_by = None, ""
    row.reopened_at, row.reopened_by, row.reopen_reason = clock.now(), actor.name, reason.strip()
    row.save(update_fields=["approved_at", "approved_by", "reopened_at", "reopened_by", "reopen_reason"])
    audit.record(
        "care_fees.reopen_area",
        actor,
        subject=(area_months.SUBJECT, area_months.key_of(row)),
        person_ids=[client.person_id for client in clients],
        after={"reason": row.reopen_reason, "clients": len(clients), "voided": voided},
    )
    return len(clients)


@transaction.atomic
def set_time_plan(actor: Actor, *, month: date, days: Mapping[int, date | None]) -> int:
    """Say by which day each area is to have approved a month; return how many days were changed.

    Raises NotAllowed for everybody but the billing office, Http404 for an area of others. Source: spec CF-1.
    """
    actor.require(Permission.MANAGE_BILLING)
    month = month.replace(day=1)
    areas = {area_id: queries.area_of(actor, area_id) for area_id in sorted(days)}
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    known = AreaMonth.objects.filter(area_id__in=areas, month=month).values_list("area_id", flat=True)
    # An area that has no day, and gets none, needs no row.
    given = {area_id for area_id, day in days.items() if day is not None}
    for row in area_months.hold_area_months(given.union(known), month):
        day = days[row.area_id]
        if row.approve_by != day:
            before[row.area.name] = None if row.approve_by is None else row.approve_by.isoformat()
            after[row.area.name] = None if day is None else day.isoformat()
            row.approve_by = day
            row.save(update_fields=["approve_by"])
    if after:
        subject = ("care_fees.period", f"{month:%Y-%m}")
        audit.record("care_fees.set_time_plan", actor, subject=subject, before=before, after=after)
    return len(after)


# Steps ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """A client who is locked until the transaction ends, and which area he is in."""

    pk: int
    person_id: int
    area_id: int = 0


def _hold_clients(area_ids: Collection[int], month: date) -> list[_Held]:
    """Lock the clients of areas in a month: what is registered for one of them is stored before, or after."""
    placed = queries.placed(area_ids, month)
    held = _hold(placed.values("client_id"))
    area_of = dict(placed.values_list("client_id", "area_id"))
    return [_Held(each.pk, each.person_id, area_of[each.pk]) for each in held if each.pk in area_of]


def _hold(client_ids: QuerySet[Any, Any]) -> list[_Held]:
    held = Client.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=client_ids)
    return [_Held(pk, person_id) for pk, person_id in held.order_by("pk").values_list("pk", "person_id")]


def _approve_months(area_ids: Collection[int], month: date, terms: str) -> int:
    """Approve what is calculated by what holds now, and return how many months that are.

    What was retroactive for these clients stands on the months with it, so nothing of it waits any more. What
    they bring to later months that are calculated already turns those red.
    """
    yellow = ClientMonth.objects.filter(
        client__in=queries.placed(area_ids, month).values("client_id"),
        month=month,
        status=MonthStatus.CALCULATED,
        terms=terms,
        client_version=F("client__version"),
    )
    client_ids = list(yellow.order_by("client_id").values_list("client_id", flat=True))
    billed = Client.objects.filter(pk__among=client_ids, changed_from__lte=month)
    billed.update(changed_from=None)
    approved = yellow.update(status=MonthStatus.APPROVED)
    steps.touch_others(client_ids, month)
    return approved


def _take_differences_up_again(client_ids: Collection[int], month: date) -> None:
    """Remember from when on the differences of a re-opened month are, which its approval had forgotten."""
    differences = FeeLine.objects.filter(
        client_month__client=OuterRef("pk"),
        client_month__month=month,
        client_month__status=MonthStatus.APPROVED,
        kind=LineKind.DIFFERENCE,
    )
    earliest = Subquery(differences.order_by("about_month").values("about_month")[:1])
    clients = Client.objects.filter(pk__among=client_ids).annotate(earliest=earliest)
    is_earlier = Q(changed_from__isnull=True) | Q(changed_from__gt=F("earliest"))
    clients.filter(is_earlier, earliest__isnull=False).update(changed_from=earliest)
