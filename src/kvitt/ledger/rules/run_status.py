"""How far a run of the calendar has come, when the next one is due, and whether one can be run again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kvitt.foundation.values import dates
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import RunStatus

# A run takes minutes: one that is older than this and not finished has nobody working at it.
LONGEST_RUN = timedelta(hours=1)
_QUARTER = 25


@dataclass(frozen=True)
class RunState:
    """A run as the rules see it; one that nobody has begun has no moments."""

    due_on: date
    started_at: datetime | None
    finished_at: datetime | None
    faults: int


@dataclass(frozen=True)
class RunProgress:
    """How many clinics are done of all that have something to invoice."""

    done: int
    total: int

    @property
    def quarter(self) -> int:
        """How many percent are done, in steps of 25: what is said aloud."""
        return self.done * 100 // self.total // _QUARTER * _QUARTER if self.total else 100


def calculate_run_status(run: RunState, *, today: date, now: datetime) -> RunStatus:
    """A run is overdue when its day has passed and nobody began it, or an hour after it began unfinished.

    Source: spec PH-8, QU-23.
    """
    if run.finished_at is not None:
        return RunStatus.DONE_WITH_FAULTS if run.faults else RunStatus.DONE
    if run.started_at is None:
        return RunStatus.OVERDUE if run.due_on < today else RunStatus.DUE
    return RunStatus.OVERDUE if now - run.started_at > LONGEST_RUN else RunStatus.RUNNING


def calculate_run_progress(*, done: int, waiting: int, is_finished: bool) -> RunProgress:
    """A run has come as far as its clinics are done; what waits after a finished run belongs to the next.

    Source: spec QU-23.
    """
    return RunProgress(done, done if is_finished else done + waiting)


def calculate_next_run(today: date) -> date:
    """The next run is due on the first of the month after today's.

    Source: spec PH-8.
    """
    return dates.day_after(dates.last_day_of_month(today))


def check_repeat(run: RunState) -> list[Problem]:
    """A run is run again only when it is finished and some clinic has a fault.

    Source: spec PH-8, QU-23.
    """
    if run.finished_at is None:
        return [
            Problem(
                "run_under_way",
                _("The run is already under way. Wait until it is done, and see what it made."),
            )
        ]
    if not run.faults:
        return [Problem("run_without_faults", _("The run has no faults. There is nothing to run again."))]
    return []
