"""Read a selection: the clients of a rule's areas in a month with their lamps, and how far the areas are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import FaultKind, Lamp, MonthStatus
from kvitt.modules.care_fees.models import AreaMonth, BillingRule, BillingRun, Client, ClientMonth, Placement
from kvitt.modules.care_fees.queries import area_months, billing_rules, clients, lamps
from kvitt.modules.care_fees.queries.area_months import NOT_VOIDED, AreaCount, MissingArea
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.modules.care_fees.queries.new_client import PARTNERS
from kvitt.modules.care_fees.rules import runs as rules
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations.models import BillingArea
from kvitt.registers.people.models import Relation

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Progress:
    """How far a run has come, and who started it when."""

    run_id: int
    title: str
    started_by: str
    started_at: datetime
    done: int
    total: int
    may_stop: bool

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return rules.calculate_percent(self.done, self.total)


@dataclass(frozen=True)
class AreaState:
    """How far an area of the selection has come with the month; `state` is None where nobody began."""

    id: int
    name: str
    count: AreaCount
    state: AreaMonth | None
    is_overdue: bool
    may_reopen: bool

    @property
    def approve_by(self) -> date | None:
        """The day of the time plan."""
        return self.state.approve_by if self.state else None

    @property
    def approved_at(self) -> datetime | None:
        """When it was approved."""
        return self.state.approved_at if self.state else None


@dataclass(frozen=True)
class Selection:
    """What the page of a run shows beside the clients (*urval*)."""

    rule: BillingRule
    month: date
    areas: Sequence[AreaState]
    count: AreaCount
    last_total: Ore
    progress: Progress | None
    last_seconds: int | None
    unopened: Sequence[str]
    shared: int
    missing: Sequence[MissingArea]
    why_not_calculate: str
    why_not_approve: str

    @property
    def may_calculate(self) -> bool:
        """Tell whether there is something to calculate, and nobody does it already."""
        return not self.why_not_calculate

    @property
    def may_approve(self) -> bool:
        """Tell whether every client is calculated, and nobody calculates."""
        return not self.why_not_approve

    @property
    def difference(self) -> Ore:
        """How much more the fees come to than those of the month before."""
        return self.count.total - self.last_total


@dataclass(frozen=True)
class FaultRow:
    """What hinders the calculation of a client; `spouse` is whom the fault is about where that is another.

    `is_changed`: something was saved since; whoever calculates again sees whether the fault is mended.
    """

    client: Client
    area: str
    kind: FaultKind
    values: Mapping[str, object]
    spouse: Client | None
    is_changed: bool

    @property
    def about(self) -> Client:
        """Whose page mends it."""
        return self.spouse or self.client

    @property
    def text(self) -> str:
        """What is missing, in words."""
        name = self.values.get("service")
        return f"{gettext(self.kind.label)}: {name}" if name else gettext(self.kind.label)


def selection(actor: "Actor", rule_id: int, month: date, *, today: date) -> Selection:
    """Return a rule's selection in a month. Raises NotAllowed, Http404 for a rule of others.

    Source: debitering-ao, pages 29-37; spec CF-24, CF-26, CF-27, CF-28, CF-30.
    """
    rule = billing_rules.rule_of(actor, rule_id)
    month = month.replace(day=1)
    areas = billing_rules.areas_in(rule)
    area_ids = [area.pk for area in areas]
    counted = area_months.counts(area_ids, month, area_months.terms_to_show(rule.authority_id, month))
    whole = area_months.sum_of(counted)
    states = area_months.months_of(area_ids, month)
    running = next((row.run for row in states.values() if row.run is not None), None)
    hinders = [
        *rules.check_month(month, today=today),
        *rules.check_free(area_months.busy_of(states.values())),
    ]
    is_approved = all(pk in states and states[pk].approved_at is not None for pk in area_ids)
    return Selection(
        rule=rule,
        month=month,
        areas=[_area_state(actor, area, counted, states.get(area.pk), today=today) for area in areas],
        count=whole,
        last_total=area_months.invoiced_total(area_ids, add_months(month, -1)),
        progress=None if running is None else _progress(actor, running),
        last_seconds=_last_seconds(rule),
        unopened=area_months.unopened(states.values(), counted),
        shared=area_months.shared_clients(area_ids, month),
        missing=area_months.missing_areas(area_ids, month),
        why_not_calculate=_told(hinders or rules.check_waiting(whole.tally, waiting=whole.waiting)),
        why_not_approve=_told(
            hinders or rules.check_approval(whole.tally, month=month, is_approved=is_approved)
        ),
    )


def progress(actor: "Actor", rule_id: int, month: date) -> Progress | None:
    """Return how far the run has come that calculates areas of a rule now; None when there is none.

    Raises NotAllowed, Http404. Source: spec CF-24.
    """
    rule = billing_rules.rule_of(actor, rule_id)
    rows = AreaMonth.objects.filter(area__in=rule.areas.all(), month=month.replace(day=1), run__isnull=False)
    found = rows.select_related("run").order_by("area_id").first()
    return None if found is None or found.run is None else _progress(actor, found.run)


def run_of(actor: "Actor", run_id: int) -> BillingRun:
    """Return a run of a rule that the actor may use. Raises NotAllowed, Http404 for any other."""
    runs = BillingRun.objects.filter(authority_id=actor.authority_id)
    found = runs.filter(rule__in=billing_rules.rules_of(actor), pk=run_id).first()
    if found is None:
        raise Http404
    return found


def counts_of(authority_id: int, area_ids: Collection[int], month: date) -> dict[int, AreaCount]:
    """Return how the clients of each area stand in a month, areas without clients too."""
    counted = area_months.counts(area_ids, month, area_months.terms_to_show(authority_id, month))
    return {area_id: counted.get(area_id, AreaCount()) for area_id in area_ids}


def unfinished_runs() -> list[int]:
    """Return the runs that workers go on with, the oldest first."""
    return list(
        BillingRun.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    )


# The clients of a selection ------------------------------------------------------------------------


def selected_clients(actor: "Actor", rule_id: int, month: date, *, lamp: str = "") -> QuerySet[Client]:
    """Return the clients of a rule's areas in a month, of one lamp where one is named.

    Each has `lamp`, `status` (None when not calculated), `total` and `last_total` (öre), `area_name` and
    `area_key`; `with_spouses` adds the spouse's lamp. Raises NotAllowed, Http404 for a rule of others.
    Source: debitering-ao, page 29; spec CF-24.
    """
    rule = billing_rules.rule_of(actor, rule_id)
    month = month.replace(day=1)
    area_ids = [area.pk for area in billing_rules.areas_in(rule)]
    found = lamps.lamps(area_ids, month, area_months.terms_to_show(rule.authority_id, month))
    this = ClientMonth.objects.filter(client=OuterRef("pk"), month=month, status__in=NOT_VOIDED)
    last = ClientMonth.objects.filter(client=OuterRef("pk"), month=add_months(month, -1), status__in=STANDING)
    # Without the areas: each of very many clients is looked up by himself, not by all who are in his area.
    here = Placement.objects.filter(clients.holds(last_day_of_month(month)), client=OuterRef("pk"))
    found = found.select_related("person__merged_into").annotate(
        status=Subquery(this.values("status")[:1]),
        total=Subquery(this.filter(status__in=STANDING).values("total")[:1]),
        last_total=Subquery(last.values("total")[:1]),
        area_name=Subquery(here.values("area__name")[:1]),
        area_key=Subquery(here.values("area__sort_key")[:1]),
    )
    rows: QuerySet[Client] = found.filter(lamp=lamp) if lamp else found
    return rows


def with_spouses(found: Sequence[Client], actor: "Actor", month: date) -> Sequence[Client]:
    """Give each client `lamps`: the own one, and the spouse's where there is a spouse or cohabitant.

    As many statements for a page of clients as for one. Source: debitering-ao, page 29; spec CF-24.
    """
    month = month.replace(day=1)
    spouses = spouses_of(found, month)
    known = Client.objects.filter(pk__in=[spouse.pk for spouse in spouses.values()])
    lit = lamps.lit(known, month, area_months.terms_to_show(actor.authority_id, month))
    theirs = {pk: Lamp(lamp) for pk, lamp in lit.values_list("pk", "lamp")} if spouses else {}
    for client in found:
        spouse = spouses.get(client.pk)
        own = Lamp(client.lamp)  # type: ignore[attr-defined]  # annotated by `lamps.lamps`
        both = [own] if spouse is None else [own, theirs[spouse.pk]]
        client.lamps = both  # type: ignore[attr-defined]  # for the row of the list alone
    return found


def spouses_of(found: Iterable[Client], month: date) -> dict[int, Client]:
    """Return the clients whom these clients are married to, or live with, on the month's last day."""
    ids = {client.person_id: client.pk for client in found}
    relations = Relation.objects.filter(clients.holds(last_day_of_month(month)), kind__in=PARTNERS)
    pairs = relations.filter(Q(person__in=ids) | Q(other__in=ids)).values_list("person_id", "other_id")
    partner = {one: other for pair in pairs for one, other in (pair, pair[::-1]) if one in ids}
    known = Client.objects.filter(person__in=partner.values()).select_related("person__merged_into")
    by_person = {client.person_id: client for client in known}
    return {ids[one]: by_person[other] for one, other in partner.items() if other in by_person}


def faults(actor: "Actor", rule_id: int, month: date) -> list[FaultRow]:
    """Return what hinders the calculation of the clients of a rule's areas (*fellista*), client by client.

    Raises NotAllowed, Http404 for a rule of others. Source: debitering-ao, page 31; spec CF-25.
    """
    rule = billing_rules.rule_of(actor, rule_id)
    return faults_in(rule.authority_id, [area.pk for area in billing_rules.areas_in(rule)], month)


def faults_in(authority_id: int, area_ids: Collection[int], month: date) -> list[FaultRow]:
    """Return what hinders the calculation of the clients of some areas. Source: spec CF-25."""
    month = month.replace(day=1)
    placed = area_months.placed(area_ids, month)
    rows = ClientMonth.objects.filter(
        client__in=placed.values("client_id"), month=month, status=MonthStatus.FAULTY
    )
    rows = rows.select_related("client__person__merged_into", "area").order_by(
        "client__person__sort_key", "pk"
    )
    listed = list(rows)
    terms = area_months.terms_to_show(authority_id, month)
    in_couple = [row.client for row in listed if any(each.get("is_spouse") for each in row.faults)]
    spouses = spouses_of(in_couple, month) if in_couple else {}
    return [
        FaultRow(
            client=row.client,
            area="" if row.area is None else row.area.name,
            kind=FaultKind(each["kind"]),
            values=each.get("values", {}),
            spouse=spouses.get(row.client_id) if each.get("is_spouse") else None,
            is_changed=(row.client_version, row.terms) != (row.client.version, terms.key),
        )
        for row in listed
        for each in row.faults
    ]


# Parts of a selection ------------------------------------------------------------------------------


def _area_state(
    actor: "Actor",
    area: BillingArea,
    counted: Mapping[int, AreaCount],
    state: AreaMonth | None,
    *,
    today: date,
) -> AreaState:
    is_approved = state is not None and state.approved_at is not None
    approve_by = None if state is None else state.approve_by
    return AreaState(
        id=area.pk,
        name=area.name,
        count=counted.get(area.pk, AreaCount()),
        state=state,
        is_overdue=rules.is_overdue(approve_by=approve_by, is_approved=is_approved, today=today),
        may_reopen=is_approved and actor.may(Permission.MANAGE_BILLING),
    )


def _progress(actor: "Actor", run: BillingRun) -> Progress:
    done = run.chunks.filter(done_at__isnull=False)
    counted = done.aggregate(count=Sum(F("calculated_count") + F("faulty_count")))["count"] or 0
    return Progress(
        run_id=run.pk,
        title=run.title,
        started_by=run.started_by,
        started_at=run.started_at,
        done=counted,
        total=run.client_count,
        may_stop=run.rule_id is not None and billing_rules.rules_of(actor).filter(pk=run.rule_id).exists(),
    )


def _last_seconds(rule: BillingRule) -> int | None:
    """Return how many seconds the last run took that had something to do."""
    runs = rule.runs.filter(finished_at__isnull=False, client_count__gt=0).order_by("-started_at", "-pk")
    last = runs.first()
    return None if last is None or last.finished_at is None else (last.finished_at - last.started_at).seconds


def _told(problems: Sequence[Problem]) -> str:
    return " ".join(problem_text(problem) for problem in problems)
