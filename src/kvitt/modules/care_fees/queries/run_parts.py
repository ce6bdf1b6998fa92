"""Parts of the page of the run: lamps, progress, areas and differences, in words and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from kvitt.foundation import clock
from kvitt.foundation.values.dates import add_months
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.modules.care_fees.lifecycle import Lamp
from kvitt.modules.care_fees.models import BillingRun, Client, ConcernedArea
from kvitt.modules.care_fees.queries import changes
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.queries.month import STANDING
from kvitt.modules.care_fees.queries.run_addresses import run_query, run_url
from kvitt.modules.care_fees.rules import run_steps as rules
from kvitt.registers.people import queries as people

MISSING_SHOWN = 20
_QUARTER = 25


@dataclass(frozen=True)
class LampFigure:
    """A lamp with how many clients have it, and the list of just those."""

    lamp: Lamp
    count: str
    note: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class ProgressBar:
    """How many are calculated; `said` is read aloud when it changes."""

    text: str
    detail: str
    done: int
    total: int
    said: str
    is_running: bool
    stop_url: str = ""


@dataclass(frozen=True)
class AreaLine:
    """A billing area of the selection and how far it has come."""

    id: int
    name: str
    approve_by: date | None
    is_overdue: bool
    journal_opened_at: datetime | None
    approved_at: datetime | None
    approved_by: str
    reopened: str
    reopen_url: str


@dataclass(frozen=True)
class DifferenceRow:
    """A client whose fee differs from the month before, with the bar of it."""

    name: str
    number: str
    reason: str
    before: Ore
    now: Ore
    difference: Ore
    bar: rules.Bar
    url: str


@dataclass(frozen=True)
class MissingLine:
    """Which area is missing for whom: his invoice waits for it."""

    text: str
    person_id: int


def lamp_figures(found: queries.Selection, wanted: Lamp | None) -> list[LampFigure]:
    """Return the three lamps with their counts. Source: debitering-ao, pages 29-37; spec CF-24."""
    tally = found.count.tally
    red = gettext("%(faulty)s with faults, %(changed)s changed afterwards") % {
        "faulty": format_count(tally.faulty),
        "changed": format_count(found.count.changed),
    }
    figures = (
        (Lamp.RED, tally.red, red if tally.red else ""),
        (Lamp.YELLOW, tally.yellow, gettext("to approve") if tally.yellow else ""),
        (Lamp.GREEN, tally.green, _approved_note(found)),
    )
    return [
        LampFigure(
            lamp=lamp,
            count=format_count(count),
            note=note,
            url=f"{run_url(found.month, found.rule.pk, lamp=lamp.value)}#list",
            is_chosen=lamp is wanted,
        )
        for lamp, count, note in figures
    ]


def progress_bar(found: queries.Selection) -> ProgressBar:
    """Return how far the calculation has come: that of the run that goes on, else of the selection."""
    text = gettext("%(done)s of %(total)s calculated")
    if found.progress is not None:
        run = found.progress
        detail = gettext("%(who)s started at %(time)s. You can leave the page. The run goes on.") % {
            "who": run.started_by,
            "time": f"{run.started_at.astimezone(clock.STOCKHOLM):%H.%M}",
        }
        said = gettext("The calculation is %(percent)s percent done.") % {
            "percent": run.percent // _QUARTER * _QUARTER
        }
        shown = text % {"done": format_count(run.done), "total": format_count(run.total)}
        stop_url = reverse("care_fees:stop_run", args=[run.run_id]) if run.may_stop else ""
        return ProgressBar(
            shown, detail, run.done, max(run.total, 1), said, is_running=True, stop_url=stop_url
        )
    tally = found.count.tally
    done = tally.yellow + tally.green
    shown = text % {"done": format_count(done), "total": format_count(tally.all)}
    return ProgressBar(shown, _finished(found), done, max(tally.all, 1), shown, is_running=False)


def total_note(found: queries.Selection) -> str:
    """Return how much more or less the fees come to than those of the month before, once any is calculated.

    Source: spec CF-27.
    """
    if found.count.tally.red == found.count.tally.all:
        return ""
    before = date_format(add_months(found.month, -1), "F").lower()
    if not found.difference:
        return gettext("as much as %(month)s") % {"month": before}
    more, less = gettext("%(amount)s more than %(month)s"), gettext("%(amount)s less than %(month)s")
    amount = format_kronor(abs(found.difference))
    return (more if found.difference > 0 else less) % {"amount": amount, "month": before}


def area_lines(found: queries.Selection) -> list[AreaLine]:
    """Return how far each area has come. Source: spec CF-27, CF-28."""
    query = run_query(found.month, found.rule.pk)
    return [_area_line(area, found.month, query) for area in found.areas]


def missing_lines(found: queries.Selection) -> list[MissingLine]:
    """Return the shared clients who wait for an area, the first of them. Source: spec CF-28."""
    if not found.missing:
        return []
    own = [area.id for area in found.areas]
    rows = ConcernedArea.objects.filter(
        client_month__area_id__in=own,
        client_month__month=found.month,
        client_month__status__in=STANDING,
        area__name__in=[missing.area for missing in found.missing],
    ).exclude(area_id__in=own)
    rows = rows.select_related("area", "client_month__client__person__merged_into")
    listed = rows.order_by("area__sort_key", "client_month__client__number")[:MISSING_SHOWN]
    return [_missing_line(row.client_month.client, row.area.name) for row in listed]


def _missing_line(client: Client, area: str) -> MissingLine:
    name = people.listed_name(client.person.merged_into or client.person)
    text = gettext("%(name)s, %(number)s, waits for %(area)s.")
    return MissingLine(text % {"name": name, "number": client.number, "area": area}, client.person_id)


def difference_rows(changed: Sequence[changes.ChangedClient], month: date) -> list[DifferenceRow]:
    """Return what differs most, each with its bar. Source: spec CF-27."""
    widest = max((abs(row.difference) for row in changed), default=0)
    return [
        DifferenceRow(
            name=row.name,
            number=row.number,
            reason=row.reason_text,
            before=row.before,
            now=row.now,
            difference=row.difference,
            bar=rules.draw_bar(row.difference, widest),
            url=reverse("care_fees:explanation", args=[row.number, f"{month:%Y-%m}"]),
        )
        for row in changed
    ]


def lead(found: queries.Selection) -> str:
    """Return until when to approve, by the time plan; nothing where nothing is planned."""
    days = [area.state.approve_by for area in found.areas if area.state and area.state.approved_at is None]
    planned = [day for day in days if day is not None]
    if not planned:
        return ""
    text = gettext("To be approved no later than %(day)s by the time plan")
    return text % {"day": date_format(min(planned), "l j F").lower()}


def extent(found: queries.Selection) -> str:
    """Return how many clients of how many areas there are: `148 clients in 3 billing areas`."""
    told = ngettext("%(count)s client", "%(count)s clients", found.count.tally.all)
    areas = ngettext("%(areas)s billing area", "%(areas)s billing areas", len(found.areas))
    return gettext("%(clients)s in %(areas)s") % {
        "clients": told % {"count": format_count(found.count.tally.all)},
        "areas": areas % {"areas": len(found.areas)},
    }


def journal_url(found: queries.Selection) -> str:
    """Return the billing journal of the selection."""
    try:
        url = reverse("care_fees:journal")
    except NoReverseMatch:
        return ""
    chosen = {"period": f"{found.month:%Y-%m}", "areas": [area.id for area in found.areas]}
    return f"{url}?{urlencode(chosen, doseq=True)}"


def _approved_note(found: queries.Selection) -> str:
    done = [(area.name, area.state.approved_at) for area in found.areas if area.state]
    return ", ".join(
        f"{name} {at.astimezone(clock.STOCKHOLM):%Y-%m-%d}" for name, at in done if at is not None
    )


def _finished(found: queries.Selection) -> str:
    runs = BillingRun.objects.filter(
        rule=found.rule, month=found.month, finished_at__isnull=False, client_count__gt=0
    )
    run = runs.order_by("-finished_at").first()
    if run is None or run.finished_at is None:
        return ""
    took = (run.finished_at - run.started_at).total_seconds()
    seconds = number_format(max(took, 0.1), 1)
    return gettext("Done %(time)s, took %(seconds)s seconds") % {
        "time": f"{run.finished_at.astimezone(clock.STOCKHOLM):%Y-%m-%d %H.%M}",
        "seconds": seconds,
    }


def _area_line(area: queries.AreaState, month: date, query: str) -> AreaLine:
    state, reopened = area.state, ""
    if state is not None and state.reopened_at is not None:
        reopened = gettext("Re-opened %(day)s by %(who)s: %(reason)s") % {
            "day": f"{state.reopened_at.astimezone(clock.STOCKHOLM):%Y-%m-%d}",
            "who": state.reopened_by,
            "reason": state.reopen_reason,
        }
    url = reverse("care_fees:reopen", args=[area.id, f"{month:%Y-%m}"])
    return AreaLine(
        id=area.id,
        name=area.name,
        approve_by=state.approve_by if state else None,
        is_overdue=area.is_overdue,
        journal_opened_at=state.journal_opened_at if state else None,
        approved_at=state.approved_at if state else None,
        approved_by=state.approved_by if state else "",
        reopened=reopened,
        reopen_url=f"{url}?{query}" if area.may_reopen else "",
    )
