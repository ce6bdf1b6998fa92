"""The page *Beräkna och sammanställ*: a selection with its steps, lamps, faults and differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.money import Ore, format_count
from kvitt.modules.care_fees.lifecycle import Lamp
from kvitt.modules.care_fees.queries import billing_rules, changes, mending, run_parts
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.queries.run_addresses import run_query, run_url
from kvitt.modules.care_fees.queries.run_clients import RunClients
from kvitt.modules.care_fees.rules import run_steps as rules
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

DIFFERENCES_SHOWN = 6
FAULTS_SHOWN = 100


@dataclass(frozen=True)
class Differences:
    """What differs most from the month before."""

    rows: Sequence[run_parts.DifferenceRow]
    text: str
    count_text: str
    month: str
    month_before: str
    all_url: str


@dataclass(frozen=True)
class Selected:
    """Everything the page shows of a selection beside the list of its clients."""

    url: str
    extent: str
    lamp_shown: str
    all_url: str
    journal_url: str
    calculate_url: str
    approve_url: str
    invoices_url: str
    may_calculate: bool
    may_approve: bool
    hindrance: str
    steps: Sequence[rules.RunStep]
    progress: run_parts.ProgressBar
    lamps: Sequence[run_parts.LampFigure]
    total: Ore
    total_note: str
    areas: Sequence[run_parts.AreaLine]
    missing: Sequence[run_parts.MissingLine]
    faults: Sequence[mending.FaultLine]
    fault_text: str
    unshown_faults: str
    differences: Differences | None
    person_ids: Sequence[int]


@dataclass(frozen=True)
class RunPage:
    """The page of the run; `selected` where a rule is chosen, and the clients of it."""

    lead: str
    has_rules: bool
    may_plan: bool
    clients: RunClients
    selected: Selected | None = None

    @property
    def is_running(self) -> bool:
        """Whether somebody calculates the selection now."""
        return self.clients.is_running

    @property
    def person_ids(self) -> Sequence[int]:
        """Who is shown beside the list of clients."""
        return self.selected.person_ids if self.selected else ()


def run_page(actor: "Actor", *, rule_id: int | None, month: date, lamp: str, today: date) -> RunPage:
    """Return the page of the run, with a selection where a rule is chosen. Raises NotAllowed, Http404.

    Source: debitering-ao, pages 29-39; spec CF-24, CF-25, CF-26, CF-28.
    """
    wanted = Lamp(lamp) if lamp in set(Lamp) else None
    found = None if rule_id is None else queries.selection(actor, rule_id, month, today=today)
    return RunPage(
        lead="" if found is None else run_parts.lead(found),
        has_rules=found is not None or billing_rules.rules_of(actor).exists(),
        may_plan=actor.may(Permission.MANAGE_BILLING),
        clients=RunClients(
            actor=actor,
            rule_id=rule_id,
            month=month,
            lamp=wanted,
            query=run_query(month, rule_id),
            is_running=found is not None and found.progress is not None,
        ),
        selected=None if found is None else _selected(actor, found, wanted),
    )


def _selected(actor: "Actor", found: queries.Selection, wanted: Lamp | None) -> Selected:
    month, tally = found.month, found.count.tally
    args = [found.rule.pk, f"{month:%Y-%m}"]
    listed = queries.faults(actor, found.rule.pk, month)
    faults = mending.fault_lines(actor, listed[:FAULTS_SHOWN], month, found.rule.pk)
    differences, changed_ids = _differences(found)
    missing = run_parts.missing_lines(found)
    url = run_url(month, found.rule.pk)
    return Selected(
        url=url,
        extent=run_parts.extent(found),
        lamp_shown=gettext(wanted.label) if wanted else "",
        all_url=f"{url}#list",
        journal_url=run_parts.journal_url(found),
        calculate_url=reverse("care_fees:calculate", args=args),
        approve_url=reverse("care_fees:approve", args=args),
        invoices_url=_invoices_url(actor, found),
        may_calculate=found.may_calculate,
        may_approve=found.may_approve,
        hindrance=_hindrance(found),
        steps=rules.plan_steps(
            tally, has_opened_journal=not found.unopened, is_running=found.progress is not None
        ),
        progress=run_parts.progress_bar(found),
        lamps=run_parts.lamp_figures(found, wanted),
        total=found.count.total,
        total_note=run_parts.total_note(found),
        areas=run_parts.area_lines(found),
        missing=missing,
        faults=faults,
        fault_text=ngettext("%(count)s fault", "%(count)s faults", len(listed)) % {"count": len(listed)},
        unshown_faults=_unshown(len(listed) - len(faults)),
        differences=differences,
        person_ids=[
            *(person_id for fault in faults for person_id in fault.person_ids),
            *changed_ids,
            *(line.person_id for line in missing),
        ],
    )


def _hindrance(found: queries.Selection) -> str:
    """Say why one cannot approve; and where one can, what is left to do and why one need not calculate."""
    if found.why_not_approve:
        return found.why_not_approve
    told = [found.why_not_calculate]
    if found.unopened:
        text = gettext("The billing journal of %(areas)s is not opened since the calculation.")
        told.append(text % {"areas": ", ".join(sorted(found.unopened))})
    return " ".join(part for part in told if part)


def _invoices_url(actor: "Actor", found: queries.Selection) -> str:
    """Return where the billing office goes on when all is approved."""
    tally = found.count.tally
    is_done = tally.green > 0 and tally.green == tally.all
    return reverse("care_fees:batches") if is_done and actor.may(Permission.MANAGE_BILLING) else ""


def _differences(found: queries.Selection) -> tuple[Differences | None, list[int]]:
    area_ids = [area.id for area in found.areas]
    changed = changes.changes(area_ids, found.month, DIFFERENCES_SHOWN)
    if not changed:
        return None, []
    count = len(changed)
    if count == DIFFERENCES_SHOWN:
        count = changes.changed_clients(area_ids, found.month).order_by().count()
    text = ngettext(
        "Largest first. %(count)s client has another fee than last month.",
        "Largest first. %(count)s clients have another fee than last month.",
        count,
    )
    values = {"first": 1, "last": len(changed), "count": format_count(count)}
    shown = Differences(
        rows=run_parts.difference_rows(changed, found.month),
        text=text % {"count": format_count(count)},
        count_text=gettext("Showing %(first)s-%(last)s of %(count)s") % values,
        month=date_format(found.month, "F").capitalize(),
        month_before=date_format(add_months(found.month, -1), "F").capitalize(),
        all_url=run_parts.journal_url(found),
    )
    return shown, [row.person_id for row in changed]


def _unshown(count: int) -> str:
    if count <= 0:
        return ""
    text = ngettext(
        "%(count)s more stands among the red ones below.",
        "%(count)s more stand among the red ones below.",
        count,
    )
    return text % {"count": format_count(count)}
