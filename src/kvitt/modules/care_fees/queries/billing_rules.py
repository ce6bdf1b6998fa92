"""Read the selection rules: those that the actor may use, and those on his desktop with their latest runs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404

from kvitt.modules.care_fees.models import BillingRule, BillingRun
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import BillingArea

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

SUBJECT = "care_fees.billing_rule"
RUNS_ON_DESKTOP = 3


@dataclass(frozen=True)
class RunRow:
    """A run, as a folder on the desktop and a list shows it."""

    id: int
    rule_id: int | None
    title: str
    month: date
    client_count: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing of it waits."""
        return self.finished_at is not None


@dataclass(frozen=True)
class RuleFolder:
    """A rule on the desktop with its areas and its latest runs, the newest first."""

    id: int
    name: str
    areas: Sequence[str]
    runs: Sequence[RunRow]


def rules_of(actor: "Actor") -> QuerySet[BillingRule]:
    """Return the rules that hold and that the actor may use: all of whose areas are his, by name.

    Raises NotAllowed. Source: debitering-ao, page 27; spec CF-23.
    """
    actor.require(Permission.RUN_FEES)
    rules = BillingRule.objects.filter(authority_id=actor.authority_id, last_on__isnull=True)
    if actor.area_ids is not None:
        # A rule of several areas is nobody's who does not see each of them.
        others = BillingArea.objects.exclude(pk__in=actor.area_ids)
        of_rule = BillingRule.areas.through.objects.filter(billingrule=OuterRef("pk"))
        rules = rules.filter(Exists(of_rule)).exclude(Exists(of_rule.filter(billingarea__in=others)))
    return rules.order_by("name", "pk")


def rule_of(actor: "Actor", rule_id: int) -> BillingRule:
    """Return a rule that the actor may use. Raises NotAllowed, Http404 for any other."""
    found = rules_of(actor).filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found


def areas_in(rule: BillingRule) -> list[BillingArea]:
    """Return the areas of a rule, by name."""
    return list(rule.areas.order_by("sort_key", "pk"))


def areas_to_run(
    actor: "Actor", rule_id: int | None, area_ids: Collection[int]
) -> tuple[BillingRule | None, list[BillingArea]]:
    """Return the rule and its areas; or, where no rule is named, some areas of the actor.

    Raises NotAllowed, Http404 for a rule or an area of others.
    """
    if rule_id is not None:
        rule = rule_of(actor, rule_id)
        return rule, areas_in(rule)
    wanted = set(area_ids)
    areas = [area for area in areas_to_choose(actor) if area.pk in wanted]
    if not areas or len(areas) != len(wanted):
        raise Http404
    return None, areas


def areas_to_choose(actor: "Actor") -> list[BillingArea]:
    """Return the areas that a rule of the actor may have, by name; one that closed has a last month too.

    New cases are billed when they are placed. Source: spec CF-5, CF-23.
    """
    actor.require(Permission.RUN_FEES)
    return list(organisations.areas_of(actor).filter(is_intake=False))


def folders(actor: "Actor") -> list[RuleFolder]:
    """Return the rules that the actor has on his desktop with their three latest runs; none for others.

    Source: debitering-ao, page 28; spec CF-23.
    """
    if not actor.may(Permission.RUN_FEES):
        return []
    shown = list(rules_of(actor).filter(is_on_desktop=True).prefetch_related("areas"))
    runs = _latest([rule.pk for rule in shown], RUNS_ON_DESKTOP)
    return [
        RuleFolder(
            id=rule.pk,
            name=rule.name,
            areas=[area.name for area in sorted(rule.areas.all(), key=lambda area: area.sort_key)],
            runs=runs.get(rule.pk, ()),
        )
        for rule in shown
    ]


def latest_runs(rule: BillingRule, count: int = RUNS_ON_DESKTOP) -> list[RunRow]:
    """Return the latest runs of a rule, the newest first. Source: debitering-ao, page 28; spec CF-23."""
    return _latest([rule.pk], count).get(rule.pk, [])


def _latest(rule_ids: Sequence[int], count: int) -> dict[int, list[RunRow]]:
    """Return so many runs of each rule, the newest first, in one statement."""
    if not rule_ids:
        return {}
    newest = Window(RowNumber(), partition_by=F("rule_id"), order_by=[F("started_at").desc(), F("pk").desc()])
    runs = BillingRun.objects.filter(rule__in=rule_ids).annotate(place=newest).filter(place__lte=count)
    found: dict[int, list[RunRow]] = {}
    for run in runs.order_by("rule_id", "place"):
        found.setdefault(run.rule_id or 0, []).append(run_row(run))
    return found


def run_row(run: BillingRun) -> RunRow:
    """Return a run as lists show it."""
    return RunRow(
        id=run.pk,
        rule_id=run.rule_id,
        title=run.title,
        month=run.month,
        client_count=run.client_count,
        started_at=run.started_at,
        started_by=run.started_by,
        finished_at=run.finished_at,
    )
