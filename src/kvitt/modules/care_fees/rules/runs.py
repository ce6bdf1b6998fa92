"""When a month may be calculated, approved and re-opened, and what a selection rule must have."""

from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import Lamp, MonthStatus

LONGEST_NAME = 100

NO_NAME = _("The rule has no name. Give it one, for example that of its area.")
NAME_EXISTS = _("There is a rule with the name %(name)s already. Choose another name.")
NO_AREAS = _("The rule has no billing area. Choose one or several.")
RULE_RUNS = _("The rule's areas are being calculated, since %(since)s. Wait until that is done.")

MONTH_TO_COME = _("%(month)s has not begun. Choose an earlier period.")
NO_TERMS = _("Nothing is known of the fees of %(month)s. Choose a later period.")
BUSY = _(
    "%(who)s has been calculating %(area)s since %(since)s. Wait until that is done: then the lamps here are "
    "up to date."
)
NOTHING_RED = _("Nothing is red: everything is calculated by what holds now.")
ONLY_FAULTS = _(
    "All that is red has faults, and nothing was changed since. Mend what the list of faults says."
)
NOTHING_RUNS = _("The calculation is done already. What you see now is up to date.")

NOT_ALL_CALCULATED = _(
    "%(red)s of %(all)s are red, %(faulty)s of them with faults. Mend the faults and calculate what is red; "
    "then approve."
)
RED_UNCALCULATED = _("%(red)s of %(all)s are red. Calculate them; then approve.")
RED_FAULTY = _("%(red)s of %(all)s are red with faults. Mend what stands in the fault list; then approve.")
APPROVED_ALREADY = _("%(month)s is approved and locked already.")
JOURNAL_NOT_OPENED = _(
    "The billing journal of %(areas)s has not been opened since the calculation. Look through it first, or "
    "approve without having done so."
)
CHANGED_MEANWHILE = _(
    "Something that the fees are made of was saved meanwhile, so nothing was approved. Calculate what has "
    "turned red, and approve again."
)

CALCULATED_MEANWHILE = _(
    "What you were asked about has been calculated anew since, so nothing was approved. Look at it, and "
    "approve again."
)

NO_REASON = _("Say why the period is re-opened.")
NOT_APPROVED = _("%(area)s is not approved for %(month)s, so there is nothing to re-open.")
LATER_APPROVED = _(
    "%(later)s is approved already for %(count)s of the clients. Re-open that first, or correct on the next "
    "invoice."
)
SENT_ALREADY = _(
    "Invoices of %(month)s have been sent, so it stays as it is. What is wrong is corrected on the next "
    "invoice."
)


@dataclass(frozen=True)
class Tally:
    """How the clients of a selection stand: how many of each lamp, and how many of the red have faults."""

    red: int = 0
    yellow: int = 0
    green: int = 0
    faulty: int = 0

    @property
    def all(self) -> int:
        """How many clients there are."""
        return self.red + self.yellow + self.green

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        return Tally(
            self.red + other.red,
            self.yellow + other.yellow,
            self.green + other.green,
            self.faulty + other.faulty,
        )


@dataclass(frozen=True)
class Busy:
    """Which area is being calculated, by whom and since when."""

    area: str
    who: str
    since: str


def calculate_lamp(status: MonthStatus | None, *, is_current: bool) -> Lamp:
    """A month is green when approved, yellow while it is calculated by what holds now, and else red.

    Source: debitering-ao, pages 29-37; spec CF-24, CF-26.
    """
    if status is MonthStatus.APPROVED:
        return Lamp.GREEN
    return Lamp.YELLOW if status is MonthStatus.CALCULATED and is_current else Lamp.RED


def tally_of(lamp: Lamp, count: int, *, is_faulty: bool) -> Tally:
    """So many clients of one lamp are a tally by themselves.

    Source: spec CF-24, CF-25.
    """
    return Tally(
        red=count if lamp is Lamp.RED else 0,
        yellow=count if lamp is Lamp.YELLOW else 0,
        green=count if lamp is Lamp.GREEN else 0,
        faulty=count if is_faulty else 0,
    )


def check_rule(*, name: str, has_areas: bool, is_taken: bool) -> list[Problem]:
    """A selection rule has a name of its own, and at least one area.

    Source: debitering-ao, page 27; spec CF-23.
    """
    problems = []
    if not name.strip():
        problems.append(Problem("no_name", NO_NAME, "name"))
    elif is_taken:
        problems.append(Problem("name_exists", NAME_EXISTS, "name", {"name": name.strip()}))
    if not has_areas:
        problems.append(Problem("no_areas", NO_AREAS, "areas"))
    return problems


def check_month(month: date, *, today: date, has_terms: bool = True) -> list[Problem]:
    """A month is calculated from its first day on, by the fees that are known of it.

    Source: debitering-ao, page 29; spec CF-24, CO-15.
    """
    values = {"month": f"{month:%Y-%m}"}
    if month > today:
        return [Problem("month_to_come", MONTH_TO_COME, "month", values)]
    return [] if has_terms else [Problem("no_terms", NO_TERMS, "month", values)]


def check_free(busy: Busy | None) -> list[Problem]:
    """An area is calculated by one run at a time: the second officer is told who was first.

    Source: spec CF-30.
    """
    if busy is None:
        return []
    return [Problem("busy", BUSY, "", {"who": busy.who, "area": busy.area, "since": busy.since})]


def check_waiting(tally: Tally, *, waiting: int) -> list[Problem]:
    """There is something to calculate while a client is red, unless all that is red has faults to mend first.

    Source: spec CF-24, CF-25, CF-26.
    """
    if waiting:
        return []
    return [Problem("only_faults", ONLY_FAULTS)] if tally.red else [Problem("nothing_red", NOTHING_RED)]


def check_approval(tally: Tally, *, month: date, is_approved: bool) -> list[Problem]:
    """A month is approved when every client of its areas is calculated, and once.

    Areas without clients are approved too: then whoever waits for them waits no longer.
    Source: debitering-ao, page 37; spec CF-26, CF-28.
    """
    if tally.red:
        values = {"red": tally.red, "all": tally.all, "faulty": tally.faulty}
        message = RED_FAULTY if tally.red == tally.faulty else NOT_ALL_CALCULATED
        return [Problem("not_all_calculated", message if tally.faulty else RED_UNCALCULATED, "", values)]
    if is_approved and not tally.yellow:
        return [Problem("approved_already", APPROVED_ALREADY, "", {"month": f"{month:%Y-%m}"})]
    return []


def check_journal(unopened: list[str], *, confirmed: bool) -> list[Problem]:
    """Who approves areas whose journal was never opened since the calculation is asked first.

    Source: debitering-ao, page 34; spec CF-27.
    """
    if not unopened or confirmed:
        return []
    return [Problem("journal_not_opened", JOURNAL_NOT_OPENED, "confirmed", {"areas": ", ".join(unopened)})]


def check_seen(seen: str, now: str) -> list[Problem]:
    """One approves what one was asked about, nothing that was calculated after it; "" tells no question.

    Source: debitering-ao, page 37; spec CF-28, CF-30.
    """
    return [Problem("calculated_meanwhile", CALCULATED_MEANWHILE)] if seen and seen != now else []


def check_reopening(
    *,
    area: str,
    month: date,
    reason: str,
    is_approved: bool,
    later: tuple[date, int] | None,
    has_sent: bool,
) -> list[Problem]:
    """An approved month is re-opened with a reason, until a later one is approved or an invoice is sent.

    `later` is the first month that is approved after it for some of the clients, with how many those are.
    Source: spec CF-28.
    """
    problems = []
    if not reason.strip():
        problems.append(Problem("no_reason", NO_REASON, "reason"))
    values = {"area": area, "month": f"{month:%Y-%m}"}
    if not is_approved:
        problems.append(Problem("not_approved", NOT_APPROVED, "", values))
    if later is not None:
        told = {"later": f"{later[0]:%Y-%m}", "count": later[1]}
        problems.append(Problem("later_approved", LATER_APPROVED, "", told))
    if has_sent:
        problems.append(Problem("sent_already", SENT_ALREADY, "", {"month": values["month"]}))
    return problems


def calculate_percent(done: int, total: int) -> int:
    """Return how many percent of a run are done, in whole percent: all of it only when it is.

    Source: spec CF-24.
    """
    return 100 if done >= total else 100 * done // total


def is_overdue(*, approve_by: date | None, is_approved: bool, today: date) -> bool:
    """Tell whether an area should have approved its month by now.

    Source: spec CF-1, CF-28.
    """
    return approve_by is not None and not is_approved and approve_by < today
