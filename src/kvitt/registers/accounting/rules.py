"""Which account string books something, and what is wrong with a new one."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.accounting.lifecycle import AccountUse

# What something is booked by: the side of the voucher, the scheme and the code; "" is any. The code is that
# of a procedure, of a service that gives revenue, or the percent of VAT.
Wanted = tuple[AccountUse, str, str]

LONGEST_ACCOUNT = 10
LONGEST_CODE = 20
LONGEST_OBJECT = 20
_ACCOUNT = re.compile(r"[0-9]{4,10}", re.ASCII)
# Revenue, claims and debts have their classes in the chart of accounts that municipalities share.
_CLASSES = {
    AccountUse.REVENUE: re.compile(r"3[0-9]{3}", re.ASCII),
    AccountUse.RECEIVABLE: re.compile(r"1[0-9]{3}", re.ASCII),
    AccountUse.VAT: re.compile(r"2[0-9]{3}", re.ASCII),
}
VAT_CODES = frozenset({"6", "12", "25"})
_OBJECT = re.compile(r"[0-9A-Za-zÅÄÖåäö-]{0,20}")

BAD_ACCOUNT = _("%(account)s is not an account. Write its digits, four to ten of them.")
BAD_OBJECT = _("%(object)s is neither a cost centre nor an activity. Write at most 20 letters and digits.")
NO_SCHEME = _("Choose the scheme that the code belongs to.")
UNKNOWN_CODE = _("%(code)s is not a code of the scheme. Check it against the list of procedure codes.")
ONLY_COSTS = _("Only costs are booked by scheme and code. Choose all schemes, and leave the code empty.")
NOT_USED = _("The authority does not book that. Choose another use.")
UNKNOWN_SERVICE = _("%(code)s is not the code of a service. Check it in the catalogue of services.")
UNKNOWN_VAT = _("VAT is booked by its percent: 6, 12 or 25. Leave the code empty for all of them.")
NO_CODE = _("A claim on clients is booked on one account. Leave the code empty.")
WRONG_CLASS = _(
    "%(account)s is not an account for that. Revenue is booked on four digits that begin with 3, claims on "
    "clients with 1, VAT with 2."
)
WRONG_ORDER = _("The last day comes before the first. Change one of them.")
OVERLAPS = _("The same is booked with %(account)s %(period)s. Choose other days, or end that one first.")
IN_THE_PAST = _(
    "%(account)s has booked the same until now, and what is booked stays. Begin the new one today or later."
)
ENDS_IN_THE_PAST = _("What was attested until today is booked with it. Let it end today or later.")
HAS_ENDED = _("The account string ended on %(day)s. Add a new one.")
ENDS_BEFORE = _("It begins on %(day)s. Let it end then or later.")


@dataclass(frozen=True, order=True)
class AccountStringFacts:
    """The parts of an account string: account, cost centre and business activity; the latter may be empty."""

    account: str
    cost_centre: str = ""
    activity: str = ""

    def __str__(self) -> str:
        """`5621 1200 45`."""
        return " ".join(part for part in (self.account, self.cost_centre, self.activity) if part)


@dataclass(frozen=True)
class DatedString:
    """An account string with what it is for and its period."""

    wanted: Wanted
    period: Period
    facts: AccountStringFacts

    @property
    def key(self) -> tuple[object, ...]:
        """What there is one of: one begins on a day for the very same."""
        return (*self.wanted, self.period.first)


@dataclass(frozen=True)
class RevenueStrings:
    """Where the revenue of services is booked on a day: by code, and which codes have none or a wrong one."""

    strings: Mapping[str, AccountStringFacts] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    wrong: frozenset[str] = frozenset()


def list_nearest(wanted: Wanted) -> list[Wanted]:
    """What may book something, the nearest first: its code, any code of its scheme, any scheme.

    Source: spec SC-23.
    """
    use, scheme, _code = wanted
    return list(dict.fromkeys([wanted, (use, scheme, ""), (use, "", "")]))


def choose_strings(
    strings: Iterable[DatedString], wanted: Collection[Wanted]
) -> Mapping[Wanted, AccountStringFacts]:
    """Of the account strings that hold on a day the nearest books each; what none books is left out.

    Source: spec SC-23.
    """
    held = {string.wanted: string.facts for string in strings}
    found = {}
    for each in wanted:
        nearest = next((key for key in list_nearest(each) if key in held), None)
        if nearest is not None:
            found[each] = held[nearest]
    return found


def judge_revenue(strings: Iterable[DatedString], codes: Collection[str]) -> RevenueStrings:
    """Of the strings that hold on a day, which books each code, and which codes cannot be booked by them.

    What is invoiced is booked as revenue and as a claim: where no string books the claim none is booked.
    Source: debitering-ao, page 31; spec CF-25, CF-29.
    """
    claim = (AccountUse.RECEIVABLE, "", "")
    wanted = {code: (AccountUse.REVENUE, "", code) for code in codes}
    held = choose_strings(strings, [claim, *wanted.values()])
    if claim not in held:
        return RevenueStrings(missing=frozenset(codes))
    found = {code: held[each] for code, each in wanted.items() if each in held}
    is_claim_wrong = not is_right_class(AccountUse.RECEIVABLE, held[claim])
    return RevenueStrings(
        strings=found,
        missing=frozenset(code for code in codes if code not in found),
        wrong=frozenset(
            code
            for code, facts in found.items()
            if is_claim_wrong or not is_right_class(AccountUse.REVENUE, facts)
        ),
    )


def is_right_class(use: AccountUse, facts: AccountStringFacts) -> bool:
    """Tell whether an account is of the class that its use asks for: revenue 3, claims 1, VAT 2.

    Source: debitering-ao, page 31; spec CF-25.
    """
    pattern = _CLASSES.get(use)
    return pattern is None or pattern.fullmatch(facts.account) is not None


def check_string(
    new: DatedString,
    others: Iterable[DatedString],
    *,
    today: date,
    is_known_code: bool,
    uses: Collection[AccountUse] = tuple(AccountUse),
) -> list[Problem]:
    """An account has four to ten digits, only costs know schemes and codes, and what is booked stays.

    A municipality books revenue by the code of the service and VAT by its percent. `uses` are those of the
    authority. `others` are those that book the same. An open one that begins earlier ends the day before the
    new one, and one that begins the same day is replaced, as long as that day has not passed; no others may
    overlap.
    Source: spec SC-23, CF-29.
    """
    use = new.wanted[0]
    problems = [*_content_problems(new.facts), *_wanted_problems(new.wanted, is_known_code=is_known_code)]
    if use not in uses:
        problems.append(Problem("not_used", NOT_USED, "use"))
    if not problems and not is_right_class(use, new.facts):
        problems.append(Problem("wrong_class", WRONG_CLASS, "account", {"account": new.facts.account}))
    if new.period.last is not None and new.period.last < new.period.first:
        return [*problems, Problem("wrong_order", WRONG_ORDER, "last_on")]
    for other in others:
        if not other.period.overlaps(new.period):
            continue
        if other.period.first == new.period.first or _is_succeeded(other, new):
            if new.period.first < today:
                told = {"account": other.facts}
                problems.append(Problem("in_the_past", IN_THE_PAST, "first_on", told))
        else:
            values = {"account": other.facts, "period": other.period}
            problems.append(Problem("overlaps", OVERLAPS, "first_on", values))
    return problems


def end_before(other: DatedString, new: DatedString) -> DatedString:
    """An open account string that books the same ends the day before a new one begins; others stay.

    Source: spec SC-23.
    """
    if not _is_succeeded(other, new):
        return other
    return replace(other, period=Period(other.period.first, dates.day_before(new.period.first)))


def check_end(period: Period, *, last_on: date, today: date, others: Iterable[DatedString]) -> list[Problem]:
    """An account string ends today or later, for what was attested until then is booked with it.

    `others` are those that book the same. Source: spec SC-23.
    """
    if period.last is not None and period.last < today:
        return [Problem("has_ended", HAS_ENDED, "last_on", {"day": period.last})]
    if last_on < period.first:
        return [Problem("ends_before", ENDS_BEFORE, "last_on", {"day": period.first})]
    if last_on < today:
        return [Problem("ends_in_the_past", ENDS_IN_THE_PAST, "last_on")]
    wanted = Period(period.first, last_on)
    return [
        Problem("overlaps", OVERLAPS, "last_on", {"account": other.facts, "period": other.period})
        for other in others
        if other.period.overlaps(wanted)
    ]


def _is_succeeded(other: DatedString, new: DatedString) -> bool:
    return other.period.last is None and other.period.first < new.period.first


def _content_problems(facts: AccountStringFacts) -> list[Problem]:
    problems = []
    if not _ACCOUNT.fullmatch(facts.account):
        problems.append(Problem("bad_account", BAD_ACCOUNT, "account", {"account": facts.account}))
    problems += [
        Problem("bad_object", BAD_OBJECT, name, {"object": value})
        for name, value in (("cost_centre", facts.cost_centre), ("activity", facts.activity))
        if not _OBJECT.fullmatch(value)
    ]
    return problems


def _wanted_problems(wanted: Wanted, *, is_known_code: bool) -> list[Problem]:
    use, scheme, code = wanted
    if use is not AccountUse.COST:
        only = [Problem("only_costs", ONLY_COSTS, "use")]
        return only if scheme else _code_problems(use, code, is_known_code=is_known_code)
    if code and not scheme:
        return [Problem("no_scheme", NO_SCHEME, "scheme")]
    if code and not is_known_code:
        return [Problem("unknown_code", UNKNOWN_CODE, "code", {"code": code})]
    return []


def _code_problems(use: AccountUse, code: str, *, is_known_code: bool) -> list[Problem]:
    if not code:
        return []
    if use is AccountUse.REVENUE:
        unknown = Problem("unknown_service", UNKNOWN_SERVICE, "code", {"code": code})
        return [] if is_known_code else [unknown]
    if use is AccountUse.VAT:
        return [] if code in VAT_CODES else [Problem("unknown_vat", UNKNOWN_VAT, "code")]
    if use is AccountUse.RECEIVABLE:
        return [Problem("no_code", NO_CODE, "code")]
    return [Problem("only_costs", ONLY_COSTS, "use")]
