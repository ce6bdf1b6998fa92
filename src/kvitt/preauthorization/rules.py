"""What a request must hold, what a decision must say, and what comes of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kvitt.foundation.values.money import Ore, format_kronor, round_half_up
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict

TEXT_LENGTH = 4_000
TIMES = "\u00d7"
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
BAD_COUNT = _("Of %(procedure)s %(most)s are asked for. Approve from 1 to %(most)s.")
BAD_AMOUNT = _("For %(procedure)s %(most)s kr is asked for. Approve more than 0 kr and at most that.")
BAD_SHARE = _(
    "Of %(procedure)s %(asked)s are asked for, for %(amount)s kr. Approve at most %(most)s kr for %(count)s, "
    "and more than 0 kr."
)
NO_VALIDITY = _("Say from when to when the preauthorization holds.")
VALIDITY_IN_ORDER = _("The last day is before the first, %(first)s. Change one of them.")
VALIDITY_OVER = _("The last day is before today, %(today)s: nothing could be claimed. Give a later day.")
LONG_TEXT = _("The text has %(count)s characters. Shorten it to at most %(most)s.")


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure to be assessed; `key` is its id in the module, `amount` of all `count` of it, in öre."""

    key: int
    code: str
    text: str
    location: str
    surface: str
    amount: Ore
    count: int = 1

    @property
    def name(self) -> str:
        """`852 Bro, per led 13`."""
        return " ".join(part for part in (self.code, self.text, self.location, self.surface) if part)

    @property
    def counted_name(self) -> str:
        """The name, after the count where more than one is asked for."""
        return self.name if self.count == 1 else f"{self.count} {TIMES} {self.name}"

    @property
    def asked(self) -> "Grant":
        """What is asked for, as a decision would approve it unchanged."""
        return Grant(self.count, self.amount)


@dataclass(frozen=True)
class Grant:
    """What is approved of a procedure: how many, and at most what they may come to together, in öre."""

    count: int
    amount: Ore


@dataclass(frozen=True)
class Validity:
    """From when to when a decision holds, as it is typed; a draft may lack either day."""

    first_on: date | None
    last_on: date | None


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
    procedures: Collection[ProcedureFacts],
    verdicts: Mapping[int, Verdict],
    *,
    reason: str,
    grants: Mapping[int, Grant] | None = None,
) -> list[Problem]:
    """Every procedure is decided, and a decision that refuses or changes any of them gives its reason.

    Source: behovspeng, figure 17; spec NA-20, SC-4.
    """
    problems = [
        Problem("no_verdict", NO_VERDICT, field=f"verdict_{one.key}", values={"procedure": one.name})
        for one in procedures
        if one.key not in verdicts
    ]
    is_any_refused = any(verdicts.get(one.key) is Verdict.REFUSED for one in procedures)
    is_any_changed = is_changed(procedures, verdicts, grants or {})
    if (is_any_refused or is_any_changed) and not reason.strip():
        problems.append(Problem("no_reason", NO_REASON, field="reason"))
    return [*problems, *check_draft(reason)]


def is_changed(
    procedures: Collection[ProcedureFacts], verdicts: Mapping[int, Verdict], grants: Mapping[int, Grant]
) -> bool:
    """A procedure is approved with a change when its count or amount is another than what was asked for.

    Source: spec SC-4.
    """
    return any(
        verdicts.get(one.key) is Verdict.APPROVED and one.key in grants and grants[one.key] != one.asked
        for one in procedures
    )


def calculate_share(asked: Grant, count: int) -> Ore:
    """Fewer than was asked for come to at most their share of the amount, in whole öre.

    A count that cannot be approved has no share of its own: all of the amount is returned. Source: spec SC-4.
    """
    if not 1 <= count <= asked.count:
        return asked.amount
    return round_half_up(Decimal(asked.amount * count) / asked.count)


def calculate_grant(asked: Grant, *, count: int | None, amount: Ore | None) -> Grant:
    """What is emptied is approved as it was asked for; an amount that is not touched follows the count.

    Source: spec SC-4.
    """
    granted = asked.count if count is None else count
    if amount is None or amount == asked.amount:
        return Grant(granted, calculate_share(asked, granted))
    return Grant(granted, amount)


def check_grants(procedures: Collection[ProcedureFacts], grants: Mapping[int, Grant]) -> list[Problem]:
    """What is approved is at least one and more than nothing, and never more than what was asked for.

    Fewer are approved for their share of the amount at most. Source: spec SC-4.
    """
    problems = []
    for one in procedures:
        grant = grants.get(one.key)
        if grant is None:
            continue
        if not 1 <= grant.count <= one.count:
            values: dict[str, object] = {"procedure": one.name, "most": one.count}
            problems.append(Problem("bad_count", BAD_COUNT, field=f"count_{one.key}", values=values))
        most = calculate_share(one.asked, grant.count)
        if not 0 < grant.amount <= most:
            values = {
                "procedure": one.name,
                "asked": one.count,
                "count": grant.count,
                "amount": _kronor(one.amount),
                "most": _kronor(most),
            }
            message = BAD_AMOUNT if most == one.amount else BAD_SHARE
            problems.append(Problem("bad_amount", message, field=f"amount_{one.key}", values=values))
    return problems


def check_validity(validity: Validity | None, verdicts: Collection[Verdict], *, today: date) -> list[Problem]:
    """A decision that approves anything says from when to when it holds, where the module wants that said.

    Source: spec SC-4.
    """
    if validity is None or Verdict.APPROVED not in verdicts:
        return []
    if validity.first_on is None or validity.last_on is None:
        field = "first_on" if validity.first_on is None else "last_on"
        return [Problem("no_validity", NO_VALIDITY, field=field)]
    if validity.last_on < validity.first_on:
        values: dict[str, object] = {"first": validity.first_on}
        return [Problem("validity_in_order", VALIDITY_IN_ORDER, field="last_on", values=values)]
    if validity.last_on < today:
        return [Problem("validity_over", VALIDITY_OVER, field="last_on", values={"today": today})]
    return []


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


def calculate_outcome(verdicts: Collection[Verdict], *, is_any_changed: bool = False) -> RequestStatus:
    """All procedures alike is decided (*Beslutad*); some of each, or any changed, is with reservation.

    Source: behovspeng, chapter 6; spec NA-21, SC-4.
    """
    is_plain = len(set(verdicts)) == 1 and not is_any_changed
    return RequestStatus.DECIDED if is_plain else RequestStatus.APPROVED_WITH_RESERVATION


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


def _kronor(amount: Ore) -> str:
    return format_kronor(amount).removesuffix("kr").strip()


def _check_text(text: str, *, missing: str, field: str) -> list[Problem]:
    if not text.strip():
        return [Problem(f"no_{field}", missing, field=field)]
    return [_long(text, field=field)] if len(text.strip()) > TEXT_LENGTH else []


def _long(text: str, *, field: str) -> Problem:
    values = {"count": len(text.strip()), "most": TEXT_LENGTH}
    return Problem("long_text", LONG_TEXT, field=field, values=values)
