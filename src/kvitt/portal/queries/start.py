"""The start page: each role's own work list, key figures and messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from kvitt.audit import queries as audit
from kvitt.foundation import clock
from kvitt.foundation.figures import Figure, PlotPanel
from kvitt.foundation.values import dates
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.modules.care_fees.queries import work as care_fees
from kvitt.modules.needs_allowance.queries import start as needs_allowance
from kvitt.modules.population_health.queries import start as population_health
from kvitt.portal.models import FaqEntry, NewsItem
from kvitt.portal.queries import claims, figures, payments, texts
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.registers.access.rules import SEES_INVOICES, Actor, Permission, Role, ScopeKind
from kvitt.registers.listings import queries as listings
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.people import queries as people

WORK_ON_START, MOST_WORK = 6, 100
DAYS_AHEAD = 30
NEWS_ON_START, FAQ_ON_START, CHANGES_ON_START = 3, 5, 8
_NONE = ledger.StatusSum(0, 0)
_DESK_ROLES = ((Role.REVIEWER, InvoiceStatus.ISSUED), (Role.ATTESTER, InvoiceStatus.REVIEWED))
_DESK = {
    InvoiceStatus.ISSUED: "ledger:review_invoices",
    InvoiceStatus.REVIEWED: "ledger:attest_invoices",
    InvoiceStatus.AUTHORISED: "ledger:start_payouts",
    InvoiceStatus.PAYING_OUT: "ledger:confirm_payouts",
}


@dataclass(frozen=True)
class WindowNotice:
    """Whether invoices can be created now, or when the calendar does it; `url` leads to what one may do."""

    title: str
    text: str
    url: str
    is_open: bool
    action: str = ""
    is_dialog: bool = False


@dataclass(frozen=True)
class WorkRow:
    """Something to do in a case, as the table shows it."""

    task: str
    detail: str
    name: str
    number: str
    case_number: str
    due_on: date
    url: str


@dataclass(frozen=True)
class WorkPage:
    """What waits in the cases, the most urgent first; the start page shows the first rows of it."""

    title: str
    rows: Sequence[WorkRow]
    all_url: str
    all_text: str
    person_ids: Sequence[int]


@dataclass(frozen=True)
class DeskRow:
    """How many invoices stand in a status, with the list of just those."""

    status: Labelled
    count: str
    total: Ore
    url: str


@dataclass(frozen=True)
class Notice:
    """Something that has happened or is about to, its count, and the list of just that."""

    label: str
    count: int
    url: str

    @property
    def count_text(self) -> str:
        """The count as people read it."""
        return format_count(self.count)


@dataclass(frozen=True)
class WindowRow:
    """The days of one month in which invoices can be created."""

    month: str
    days: str
    is_own: bool


@dataclass(frozen=True)
class ChangeRow:
    """Something that was changed in the authority, from the audit log."""

    at: datetime
    who: str
    what: str
    about: str


@dataclass(frozen=True)
class StartPage:
    """Everything the start page shows; a part that the actor has no right to, or no use of, is empty."""

    title: str
    lead: str
    window: WindowNotice | None
    calendar: WindowNotice | None
    key_figures: Sequence[Figure]
    work: WorkPage | None
    desk: Sequence[DeskRow]
    plot: PlotPanel | None
    participants: PlotPanel | None
    waiting: PlotPanel | None
    held: PlotPanel | None
    windows: Sequence[WindowRow]
    changes: Sequence[ChangeRow]
    notices: Sequence[Notice]
    news: Sequence[NewsItem]
    faq: Sequence[FaqEntry]

    @property
    def invoicing(self) -> Sequence[WindowNotice]:
        """What is said about invoicing in each scheme of the reader's."""
        return [notice for notice in (self.window, self.calendar) if notice is not None]

    @property
    def is_bare(self) -> bool:
        """Whether the role has nothing of its own, so that news takes the main column."""
        plots = (self.plot, self.participants, self.waiting, self.held)
        return not any((self.work, self.desk, *plots, self.windows, self.changes))


def start_page(actor: Actor, *, today: date) -> StartPage:
    """Return the start page of the actor's role. Source: spec CO-28."""
    works_with_care = actor.scope is not ScopeKind.AUTHORITY
    sees_cases = actor.may(Permission.SEE_CASES)
    sees_sums = sees_cases and (works_with_care or actor.may(Permission.SEE_INVOICES))
    billable = needs_allowance.waiting_sums(actor) if sees_sums else None
    invoiced = (
        ledger.invoiced_per_month(
            actor, first_on=figures.first_month_needed(today), last_on=dates.last_day_of_month(today)
        )
        if actor.may(Permission.SEE_INVOICES)
        else None
    )
    sums = {} if works_with_care or invoiced is None else ledger.invoices_by_status(actor)
    sees_activities = actor.may(Permission.SEE_ACTIVITIES)
    reported = population_health.waiting_sums(actor) if sees_activities else None
    waiting = preauthorization.waiting_since(actor) if actor.may(Permission.ASSESS_REQUESTS) else None
    claim_work = claims.claim_work(actor, today=today)
    pay_work = payments.pay_work(actor)
    shown = [
        figures.waiting_figure(waiting, today=today) if waiting is not None else None,
        *(_desk_figure(sums, status) for role, status in _DESK_ROLES if role in actor.roles),
        *claims.key_figures(actor, claim_work, today=today),
        *payments.key_figures(actor, pay_work),
        figures.billable_figure(billable) if billable is not None else None,
        figures.activities_figure(population_health.this_month(actor, today=today), today=today)
        if sees_activities
        else None,
        figures.reported_figure(reported) if reported is not None else None,
        figures.invoiced_figure(invoiced, today=today) if invoiced is not None else None,
        figures.requiring_figure(needs_allowance.requiring_preauthorization(actor)) if sees_cases else None,
        figures.listed_figure(actor, today=today)
        if works_with_care and actor.may(Permission.SEE_PATIENTS)
        else None,
    ]
    is_administrator = actor.may(Permission.ADMINISTER)
    is_region = actor.authority_kind is AuthorityKind.REGION
    return StartPage(
        title=gettext("Welcome to Kvitt"),
        lead=capfirst(date_format(today, "l j F Y")),
        window=_window_notice(actor, billable, today=today),
        calendar=_calendar_notice(actor, today=today),
        key_figures=[figure for figure in shown if figure is not None],
        work=work_page(actor, today=today, limit=WORK_ON_START) if _has_work_list(actor) else None,
        desk=_desk(actor, sums) if invoiced is not None and not works_with_care else [],
        plot=figures.invoiced_plot(invoiced, modules=actor.modules_where(SEES_INVOICES), today=today)
        if invoiced is not None
        else None,
        participants=population_health.participants_plot(actor, today=today)
        if sees_activities and works_with_care
        else None,
        waiting=figures.waiting_plot(waiting, today=today) if waiting is not None else None,
        held=claims.held_plot(claim_work, today=today),
        windows=_windows(actor, today=today) if is_administrator and is_region else [],
        changes=_changes(actor),
        notices=[
            *_notices(actor, claim_work, today=today),
            *(Notice(*each) for each in payments.notices(pay_work)),
            *(Notice(each.label, each.count, each.url) for each in care_fees.notices(actor, today=today)),
        ],
        news=list(texts.news_of(actor, today=today)[:NEWS_ON_START]),
        faq=list(texts.faq_of(actor)[:FAQ_ON_START]),
    )


def work_page(actor: Actor, *, today: date, limit: int = MOST_WORK) -> WorkPage:
    """Return what waits in the actor's cases. Raises NotAllowed for who does not report in them."""
    actor.require(Permission.REPORT_CASES)
    items = needs_allowance.work_list(actor, today=today, limit=MOST_WORK)
    rows = [
        WorkRow(
            task=gettext(item.task),
            detail=gettext(item.detail) % {"count": format_count(item.count)},
            name=people.hidden_text() if item.is_protected else item.name,
            number=item.identity_number,
            case_number=item.case_number,
            due_on=item.due_on,
            url=item.url,
        )
        for item in items[:limit]
    ]
    all_text = gettext("Show all %(count)s") if len(items) < MOST_WORK else gettext("Show more")
    return WorkPage(
        title=gettext("To do"),
        rows=rows,
        all_url=reverse("portal:work") if len(items) > limit else "",
        all_text=all_text % {"count": len(items)},
        person_ids=[item.person_id for item in items[:limit]],
    )


def _has_work_list(actor: Actor) -> bool:
    return actor.may(Permission.REPORT_CASES)


def _window_notice(actor: Actor, billable: ledger.WaitingSums | None, *, today: date) -> WindowNotice | None:
    if billable is None or actor.scope is ScopeKind.AUTHORITY:
        return None
    window = ledger.window_on(actor.authority_id, today)
    if window.contains(today):
        title = gettext("The invoicing period is open until and including %(day)s.")
        may_create = actor.may(Permission.CREATE_INVOICES)
        return WindowNotice(
            title=title % {"day": _day(window.last or today)},
            text=_billable_text(billable),
            url=reverse("needs_allowance:create_invoice") if may_create else "",
            is_open=True,
            action=gettext("Create invoice"),
        )
    coming = window if today < window.first else ledger.next_window(actor.authority_id, today)
    return WindowNotice(
        title=gettext("The invoicing period is closed."),
        text=gettext("It opens on %(day)s.") % {"day": _day(coming.first)},
        url="",
        is_open=False,
    )


def _calendar_notice(actor: Actor, *, today: date) -> WindowNotice | None:
    """Say when the system makes the next invoices of activities; who reports can begin one here."""
    if actor.scope is ScopeKind.AUTHORITY or not actor.may(Permission.SEE_ACTIVITIES):
        return None
    next_on = population_health.next_invoices_on(today)
    title = gettext("The next invoices of population responsibility are made on %(day)s.")
    may_report = actor.may(Permission.REPORT_ACTIVITIES)
    return WindowNotice(
        title=title % {"day": _day(next_on)},
        text=gettext("The system makes them by itself."),
        url=reverse("population_health:create_activity") if may_report else "",
        is_open=False,
        action=gettext("Create activity"),
        is_dialog=True,
    )


def _billable_text(billable: ledger.WaitingSums) -> str:
    """Say what can be invoiced: cases, credits, or both; credits go on an invoice without anything else."""
    cases = ngettext("%(count)s case can be invoiced.", "%(count)s cases can be invoiced.", billable.cases)
    credited = ngettext(
        "%(count)s procedure awaits credit.", "%(count)s procedures await credit.", billable.credits
    )
    parts = [(cases, billable.cases), (credited, billable.credits)]
    shown = [part for part in parts if part[1]] or parts[:1]
    return " ".join(text % {"count": format_count(count)} for text, count in shown)


def _day(day: date) -> str:
    return date_format(day, "j F")


def _desk(actor: Actor, sums: Mapping[InvoiceStatus, ledger.StatusSum]) -> list[DeskRow]:
    return [
        DeskRow(
            status=status,
            count=format_count(sums.get(status, _NONE).count),
            total=sums.get(status, _NONE).total,
            url=_desk_url(actor, status),
        )
        for status in _DESK
    ]


def _desk_url(actor: Actor, status: InvoiceStatus) -> str:
    """Return the list where the actor does something with invoices in the status, else the search."""
    if actor.may(ledger.DESK_PERMISSIONS[status]):
        return reverse(_DESK[status])
    return _filtered("ledger:search_invoices", status=status.value)


def _desk_figure(sums: Mapping[InvoiceStatus, ledger.StatusSum], status: InvoiceStatus) -> Figure:
    found = sums.get(status, _NONE)
    label = gettext("To review") if status is InvoiceStatus.ISSUED else gettext("To attest")
    note = ngettext("invoice, %(sum)s", "invoices, %(sum)s", found.count)
    return Figure(label, format_count(found.count), note % {"sum": format_kronor(found.total)})


def _windows(actor: Actor, *, today: date) -> list[WindowRow]:
    return [
        WindowRow(capfirst(date_format(window.month, "F Y")), str(window.period), window.is_own)
        for window in ledger.windows(actor, today=today, months=2)
    ]


def _changes(actor: Actor) -> list[ChangeRow]:
    if not actor.may(Permission.READ_AUDIT):
        return []
    events = audit.search_events(actor, is_read=False).order_by("-at", "-id")[:CHANGES_ON_START]
    return [
        ChangeRow(
            at=event.at.astimezone(clock.STOCKHOLM),
            who=event.user_name,
            what=audit.action_text(event.action),
            about=audit.subject_text(event),
        )
        for event in events
    ]


def _notices(actor: Actor, claim_work: claims.ClaimWork, *, today: date) -> list[Notice]:
    notices = [Notice(*each) for each in claims.notices(actor, claim_work)]
    if actor.may(Permission.ASSESS_REQUESTS):
        for label, status in (
            (gettext("Requests for preauthorization to assess"), RequestStatus.AWAITING_REVIEW),
            (gettext("Requests that the clinic is to complete"), RequestStatus.COMPLETION_REQUESTED),
        ):
            count = preauthorization.waiting_count(actor, status)
            notices.append(Notice(label, count, _filtered("preauthorization:queue", status=status.value)))
    if actor.may(Permission.ADMINISTER):
        waiting = texts.search_questions(actor, status="issued").count()
        url = _filtered("portal:search_questions", status="issued")
        notices.append(Notice(gettext("Questions to answer"), waiting, url))
        if actor.authority_kind is AuthorityKind.REGION:
            notices.append(_run_notice(actor, today=today))
    if actor.scope is not ScopeKind.AUTHORITY and actor.may(Permission.SEE_CASES):
        label = gettext("Needs-allowance cases with an unread preauthorization decision")
        url = _filtered("needs_allowance:search_cases", unread="on")
        notices.append(Notice(label, needs_allowance.unread_decisions(actor), url))
    if actor.may(Permission.SEE_ACTIVITIES):
        label = gettext("Activities with procedures that await credit")
        url = _filtered("population_health:search_activities", status=LineStatus.AWAITING_CREDIT.value)
        notices.append(Notice(label, population_health.awaiting_credit(actor), url))
    if actor.scope is not ScopeKind.AUTHORITY and actor.may(Permission.SEE_INVOICES):
        since = dates.add_months(today.replace(day=1), -1)
        returned = ledger.search_invoices(actor, to_correct=True, first_on=since).count()
        url = _filtered("ledger:search_invoices", to_correct="on", first_on=str(since))
        notices.append(Notice(gettext("Returned invoices to correct"), returned, url))
    if actor.scope is not ScopeKind.AUTHORITY and actor.may(Permission.SEE_PATIENTS):
        last = today + timedelta(days=DAYS_AHEAD)
        ending = listings.listed_patients(
            actor, on=today, revision_first_on=today, revision_last_on=last
        ).count()
        url = _filtered("listings:listed_patients", revision_first_on=str(today), revision_last_on=str(last))
        label = gettext("Listed patients whose revision ends within %(days)s days") % {"days": DAYS_AHEAD}
        notices.append(Notice(label, ending, url))
    if actor.may(Permission.ADMINISTER):
        return notices
    unread = texts.unread_answers_of(actor).count()
    notices.append(
        Notice(gettext("New answers to your questions to support"), unread, reverse("portal:support"))
    )
    return notices


def _run_notice(actor: Actor, *, today: date) -> Notice:
    label = gettext("Invoice runs with faults, or overdue")
    return Notice(label, ledger.runs_to_look_at(actor, today=today), reverse("ledger:runs"))


def _filtered(name: str, **filters: str) -> str:
    return f"{reverse(name)}?{urlencode(filters)}"
