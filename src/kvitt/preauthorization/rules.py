"""What a request must hold, what a decision must say, and what comes of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict

TEXT_LENGTH = 4_000
# The most days of each group of waiting requests but the last.
AGES = (7, 14, 21, 28)

NO_MOTIVATION = _("Say why the treatment is needed: the assessor decides on it.")
NO_PROCEDURE = _("Choose at least one procedure to be assessed.")
NO_QUESTION = _("Say what the clinic should complete.")
NO_ANSWER = _("Say what you have completed.")
NO_VERDICT = _("Decide about %(procedure)s: approved or not approved.")
NO_REASON = _("Give the reason for the decision: the clinic reads it.")
CHANGED_MEANWHILE = _(
    "The request has changed since you opened it: the clinic has sent it anew, or somebody has kept a draft. "
    "What you see is up to date and what you have written is kept. Check it and try again."
)
LONG_TEXT = _("The text has %(count)s characters. Shorten it to at most %(most)s.")


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure to be assessed; `key` is its id in the module, `amount` in öre."""

    key: int
    code: str
    text: str
    location: str
    surface: str
    amount: Ore

    @property
    def name(self) -> str:
        """`852 Bro, per led 13`."""
        return " ".join(part for part in (self.code, self.text, self.location, self.surface) if part)


def check_motivation(text: str) -> list[Problem]:
    """A request says why the treatment is needed, whether it is sent or only saved.

    Source: behovspeng, figure 13; spec NA-18.
    """
    return _check_text(text, missing=NO_MOTIVATION, field="motivation")


def check_procedures(keys: Collection[int]) -> list[Problem]:
    """A request holds at least one procedure.

    Source: spec NA-18.
    """
    return [] if keys else [Problem("no_procedure", NO_PROCEDURE, field="procedures")]


def check_question(text: str) -> list[Problem]:
    """The assessor who asks for more says what.

    Source: spec NA-20.
    """
    return _check_text(text, missing=NO_QUESTION, field="question")


def check_answer(text: str) -> list[Problem]:
    """The clinic that answers says what it has completed.

    Source: spec NA-20.
    """
    return _check_text(text, missing=NO_ANSWER, field="answer")


def check_decision(
    procedures: Collection[ProcedureFacts], verdicts: Mapping[int, Verdict], *, reason: str
) -> list[Problem]:
    """Every procedure is decided, and a decision that refuses any of them gives its reason.

    Source: behovspeng, figure 17; spec NA-20.
    """
    problems = [
        Problem("no_verdict", NO_VERDICT, field=f"verdict_{one.key}", values={"procedure": one.name})
        for one in procedures
        if one.key not in verdicts
    ]
    is_any_refused = any(verdicts.get(one.key) is Verdict.REFUSED for one in procedures)
    if is_any_refused and not reason.strip():
        problems.append(Problem("no_reason", NO_REASON, field="reason"))
    return [*problems, *check_draft(reason)]


def check_draft(reason: str) -> list[Problem]:
    """A draft may lack anything, but its reason is not longer than a decision's.

    Source: spec NA-20.
    """
    return [_long(reason, field="reason")] if len(reason.strip()) > TEXT_LENGTH else []


def calculate_mark(*, sent_count: int, draft_at: datetime | None) -> str:
    """What the assessor has before him is one version of the request, with one draft or none.

    Source: spec CO-24, NA-20.
    """
    return f"{sent_count}|{draft_at.isoformat() if draft_at else ''}"


def check_unchanged(seen: str, mark: str) -> list[Problem]:
    """A request that was sent anew, or that somebody has kept a draft of, is shown before it is decided.

    Source: spec CO-24, NA-20.
    """
    return [] if seen in {"", mark} else [Problem("changed_meanwhile", CHANGED_MEANWHILE)]


def calculate_outcome(verdicts: Collection[Verdict]) -> RequestStatus:
    """All procedures alike is decided (*Beslutad*); some of each is approved with reservation.

    Source: behovspeng, chapter 6; spec NA-21.
    """
    return RequestStatus.DECIDED if len(set(verdicts)) == 1 else RequestStatus.APPROVED_WITH_RESERVATION


def calculate_age(sent_on: date, *, today: date) -> int:
    """How many days a request has waited.

    Source: spec NA-20.
    """
    return max((today - sent_on).days, 0)


def calculate_ages(sent: Mapping[date, int], *, today: date) -> list[int]:
    """How many requests have waited up to each of the ages in days, and how many longer.

    `sent` counts requests by the day they were sent. Source: spec CO-28.
    """
    counts = [0] * (len(AGES) + 1)
    for sent_on, count in sent.items():
        age = calculate_age(sent_on, today=today)
        counts[sum(age > most for most in AGES)] += count
    return counts


def _check_text(text: str, *, missing: str, field: str) -> list[Problem]:
    if not text.strip():
        return [Problem(f"no_{field}", missing, field=field)]
    return [_long(text, field=field)] if len(text.strip()) > TEXT_LENGTH else []


def _long(text: str, *, field: str) -> Problem:
    values = {"count": len(text.strip()), "most": TEXT_LENGTH}
    return Problem("long_text", LONG_TEXT, field=field, values=values)
