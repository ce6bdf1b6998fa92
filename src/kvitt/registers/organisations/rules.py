"""What must be right about authorities, providers, clinics, their rights and their practitioners."""

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import accounts, identity, municipalities
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import AuthorityKind, GiroKind, UnitKind

# Permissions of administrators, of the authority and of a clinic, by the values of their names: this app
# lies below access.
ADMINISTER = "administer"
MANAGE_UNIT = "manage_unit"

_PARISH_CODE = re.compile(r"[0-9]{6}")
_CLINIC_NUMBER = re.compile(r"[0-9A-Za-z]{1,10}")

UNKNOWN_COUNTY = _("There is no county %(county)s. Choose one from the list, or the whole country.")
NO_NAME = _("The name is missing. Give a name.")
BAD_CLINIC_NUMBER = _("A clinic number has one to ten digits or letters, for example 1111. Check the number.")
GIRO_WITHOUT_KIND = _("Say whether the number is a bankgiro, a plusgiro or a bank account.")
KIND_WITHOUT_GIRO = _("The account number is missing. Give it, or choose no account.")
ENDS_BEFORE_IT_BEGINS = _("The last day %(last)s is before the first day %(first)s. Give a later day.")
RIGHT_OVERLAPS = _("The clinic has this right already, %(period)s. Choose other days, or end it first.")
CLINIC_IS_CLOSED = _("The clinic's last day is %(day)s. Give a last day no later than that.")
CLINIC_HAS_CLOSED = _("The clinic closed on %(day)s. Contact %(contact)s.")
POST_BEGINS_LATER = _(
    "%(name)s begins at the clinic on %(day)s. Change that day before you close it, or close it later."
)
RIGHT_BEGINS_LATER = _("A right of the clinic began on %(day)s. Close the clinic on that day or later.")
RIGHT_HAS_BEGUN = _("The right began on %(day)s and cannot be removed. End it instead.")
ALREADY_CLOSED = _("The clinic is closed already, from %(day)s. Open it again before you choose another day.")
NOT_CLOSED = _("The clinic is open. There is nothing to undo.")

UNKNOWN_MUNICIPALITY = _("There is no municipality %(code)s. Give its four digits, for example 0580.")
BAD_PARISH_CODE = _(
    "A parish code has six digits and begins with the municipality's own code, %(code)s. Check it."
)
NO_UNIT_KIND = _("Say what kind of care the unit gives.")
NO_UNIT_AREA = _("Say in which billing area the unit is.")
NOT_A_CARE_UNIT = _("A region's clinic has neither a kind of care nor a billing area.")
NO_OTHER_INTAKE = _("New clients come to this area. Make another area the one for them instead.")
INTAKE_IS_CLOSED = _("New clients come to this area, so it has no last day.")
AREA_HAS_UNITS = _("There are care units in the area: %(units)s. Give them another area first.")
AREA_HAS_CLIENTS = _("%(count)s clients are in the area after that day. Move them first.")
NO_PRACTITIONER = _("The clinic has no active practitioner, so care cannot be reported. Contact %(contact)s.")


@dataclass(frozen=True)
class Dated:
    """A right or a post as a rule sees it: its row, its days, and the person's name."""

    id: int
    period: Period
    name: str = ""


@dataclass(frozen=True)
class ClosingPlan:
    """What ends with a clinic: the rows whose last day becomes its last day, and rights that never begin."""

    rights_to_end: tuple[int, ...]
    rights_to_remove: tuple[int, ...]
    posts_to_end: tuple[int, ...]


_WRITTEN_AS = {
    GiroKind.BANKGIRO: identity.format_bankgiro,
    GiroKind.PLUSGIRO: identity.format_plusgiro,
    GiroKind.ACCOUNT: accounts.format_bank_account,
}


def check_authority(
    *,
    name: str,
    organisation_number: str,
    bankgiro: str,
    reserve_patterns: str,
    county: str = "",
    municipality_code: str = "",
    parish_code: str = "",
) -> list[Problem]:
    """An authority has a name and a right number; an account and patterns, where given, can be read.

    The county, where given, is one there is: activities take place in its municipalities. So is a
    municipality's own code, and the parish code for those from elsewhere is one of its own.
    Source: scb-kommuner; debitering-ao, page 11; spec CO-1, CO-8, CF-5, PH-2
    """
    problems = _check_name(name)
    problems += _at("organisation_number", identity.check_organisation_number(organisation_number))
    if bankgiro:
        problems += _at("bankgiro", identity.check_bankgiro(bankgiro))
    for pattern in reserve_patterns.splitlines():
        if pattern.strip():
            problems += _at("reserve_number_patterns", identity.check_reserve_pattern(pattern))
    if county and county not in municipalities.counties():
        problems.append(Problem("unknown_county", UNKNOWN_COUNTY, "county", {"county": county}))
    if municipality_code and not municipalities.exists(municipality_code):
        values = {"code": municipality_code}
        problems.append(Problem("unknown_municipality", UNKNOWN_MUNICIPALITY, "municipality_code", values))
    if parish_code and not _is_parish_of(municipality_code, parish_code):
        values = {"code": municipality_code}
        problems.append(Problem("bad_parish_code", BAD_PARISH_CODE, "parish_code", values))
    return problems


def check_provider(*, name: str, organisation_number: str) -> list[Problem]:
    """A care provider has a name and an organisation number whose check digit is right.

    Source: spec CO-2
    """
    return _check_name(name) + _at(
        "organisation_number", identity.check_organisation_number(organisation_number)
    )


def check_clinic(*, number: str, name: str, giro_kind: str, giro_number: str) -> list[Problem]:
    """A clinic has a number and a name, and where it is paid the account's check digit is right.

    Source: spec CO-2
    """
    problems = check_clinic_names(number=number, name=name)
    if giro_kind or giro_number:
        problems += check_account(giro_kind=giro_kind, giro_number=giro_number)
    return problems


def check_clinic_names(*, number: str, name: str) -> list[Problem]:
    """A clinic has a name, and a number of one to ten digits or letters.

    Source: spec CO-2
    """
    problems = _check_name(name)
    if not _CLINIC_NUMBER.fullmatch(number):
        problems.append(Problem("bad_clinic_number", BAD_CLINIC_NUMBER, "number"))
    return problems


def check_account(*, giro_kind: str, giro_number: str) -> list[Problem]:
    """An account is a bankgiro or a plusgiro whose check digit is right, or an account at a bank.

    Source: spec CO-2, SC-23, SC-24
    """
    if not giro_kind and not giro_number:
        return [Problem("kind_without_giro", KIND_WITHOUT_GIRO, "giro_number")]
    problems: list[Problem] = []
    if giro_number and not giro_kind:
        problems.append(Problem("giro_without_kind", GIRO_WITHOUT_KIND, "giro_kind"))
    elif giro_kind and not giro_number:
        problems.append(Problem("kind_without_giro", KIND_WITHOUT_GIRO, "giro_number"))
    elif giro_kind == GiroKind.BANKGIRO:
        problems += _at("giro_number", identity.check_bankgiro(giro_number))
    elif giro_kind == GiroKind.PLUSGIRO:
        problems += _at("giro_number", identity.check_plusgiro(giro_number))
    elif giro_kind == GiroKind.ACCOUNT:
        problems += _at("giro_number", accounts.check_bank_account(giro_number))
    return problems


def normalise_account(giro_kind: str, giro_number: str) -> str:
    """A correctly written account is kept as digits, at a bank with a dash after the clearing number.

    Source: spec CO-2, SC-23
    """
    if giro_kind == GiroKind.ACCOUNT:
        return accounts.normalise_bank_account(giro_number)
    return identity.normalise_bankgiro(giro_number)


def format_account(giro_kind: str, giro_number: str) -> str:
    """An account is shown as it is written: 5050-1055, 490220-1, `8327-9, 123 456 789-0`; empty for none.

    Source: spec CO-2, SC-23
    """
    if not giro_number:
        return ""
    return _WRITTEN_AS[GiroKind(giro_kind)](giro_number)


def check_right(period: Period, *, others: Iterable[Period], closed_on: date | None) -> list[Problem]:
    """A clinic has a right once at a time, and none after its last day.

    Source: spec CO-3
    """
    problems = _check_order(period) or _check_closed(period, closed_on)
    if problems:
        return problems
    return [
        Problem("right_overlaps", RIGHT_OVERLAPS, "first_on", {"period": str(other)})
        for other in others
        if other.overlaps(period)
    ][:1]


def check_removal(period: Period, *, today: date) -> list[Problem]:
    """Only a right that has not begun can be removed; any other is ended, so that history stays.

    Source: spec CO-3
    """
    if period.first > today:
        return []
    return [Problem("right_has_begun", RIGHT_HAS_BEGUN, values={"day": period.first.isoformat()})]


def check_post(*, name: str, period: Period, closed_on: date | None) -> list[Problem]:
    """A practitioner has a name, and works at a clinic from a day on, no longer than to its last day.

    Source: spec CO-2
    """
    return _check_name(name) + (_check_order(period) or _check_closed(period, closed_on))


def check_reporting(*, has_practitioner: bool, contact: str) -> list[Problem]:
    """A clinic without an active practitioner cannot report care.

    Source: behovspeng, chapter 1; spec NA-6
    """
    if has_practitioner:
        return []
    return [Problem("no_practitioner", NO_PRACTITIONER, "practitioner", {"contact": contact})]


def check_open(closed_on: date | None, *, today: date, contact: str) -> list[Problem]:
    """A clinic that is closed gets neither new users nor another account by its own administrator.

    Source: spec CO-2, SC-24.
    """
    if closed_on is None or closed_on >= today:
        return []
    values = {"day": closed_on.isoformat(), "contact": contact}
    return [Problem("clinic_has_closed", CLINIC_HAS_CLOSED, values=values)]


def check_closing(
    closed_on: date, *, today: date, already: date | None, rights: Iterable[Dated], posts: Iterable[Dated]
) -> list[Problem]:
    """A clinic closes once, and not before somebody begins there or before a right that has begun.

    Source: spec CO-2
    """
    if already is not None:
        return [Problem("already_closed", ALREADY_CLOSED, values={"day": already.isoformat()})]
    problems = [
        Problem(
            "right_begins_later", RIGHT_BEGINS_LATER, "closed_on", {"day": right.period.first.isoformat()}
        )
        for right in rights
        if closed_on < right.period.first <= today
    ]
    problems += [
        Problem(
            "post_begins_later",
            POST_BEGINS_LATER,
            "closed_on",
            {"name": post.name, "day": post.period.first.isoformat()},
        )
        for post in posts
        if post.period.first > closed_on
    ]
    return problems


def plan_closing(closed_on: date, *, rights: Sequence[Dated], posts: Iterable[Dated]) -> ClosingPlan:
    """With a clinic's last day end its rights and its practitioners' posts; rights yet to begin never do.

    Source: spec CO-2
    """
    return ClosingPlan(
        rights_to_end=tuple(
            right.id
            for right in rights
            if right.period.first <= closed_on and _lasts_beyond(right.period, closed_on)
        ),
        rights_to_remove=tuple(right.id for right in rights if right.period.first > closed_on),
        posts_to_end=tuple(post.id for post in posts if _lasts_beyond(post.period, closed_on)),
    )


def check_care_unit(*, of: AuthorityKind, unit_kind: str, has_area: bool) -> list[Problem]:
    """A care unit of a municipality has a kind and a billing area; a region's clinic has neither.

    Source: spec CO-2, CF-6
    """
    if of is not AuthorityKind.MUNICIPALITY:
        has_either = unit_kind or has_area
        return [Problem("not_a_care_unit", NOT_A_CARE_UNIT, "unit_kind")] if has_either else []
    problems = []
    if unit_kind not in set(UnitKind):
        problems.append(Problem("no_unit_kind", NO_UNIT_KIND, "unit_kind"))
    if not has_area:
        problems.append(Problem("no_unit_area", NO_UNIT_AREA, "area_id"))
    return problems


def check_area_name(name: str) -> list[Problem]:
    """A billing area has a name.

    Source: spec CF-1
    """
    return _check_name(name)


def check_intake(*, was_intake: bool, is_intake: bool, closed_on: date | None) -> list[Problem]:
    """New clients always have an area to come to: another one takes over, and it has no last day.

    Source: debitering-ao, page 10; spec CF-5
    """
    if was_intake and not is_intake:
        return [Problem("no_other_intake", NO_OTHER_INTAKE, "is_intake")]
    if is_intake and closed_on is not None:
        return [Problem("intake_is_closed", INTAKE_IS_CLOSED, "closed_on")]
    return []


def check_area_closing(closed_on: date | None, *, units: Sequence[str], clients: int) -> list[Problem]:
    """A billing area closes when no care unit is open in it and no client is left in it.

    Source: spec CF-1, CF-5
    """
    if closed_on is None:
        return []
    if units:
        return [Problem("area_has_units", AREA_HAS_UNITS, "closed_on", {"units": ", ".join(units)})]
    if clients:
        return [Problem("area_has_clients", AREA_HAS_CLIENTS, "closed_on", {"count": clients})]
    return []


def _is_parish_of(municipality_code: str, parish_code: str) -> bool:
    return bool(_PARISH_CODE.fullmatch(parish_code)) and parish_code.startswith(municipality_code)


def _lasts_beyond(period: Period, day: date) -> bool:
    return period.last is None or period.last > day


def _check_name(name: str) -> list[Problem]:
    return [] if name.strip() else [Problem("no_name", NO_NAME, "name")]


def _check_order(period: Period) -> list[Problem]:
    if period.last is None or period.last >= period.first:
        return []
    values = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return [Problem("ends_before_it_begins", ENDS_BEFORE_IT_BEGINS, "last_on", values)]


def _check_closed(period: Period, closed_on: date | None) -> list[Problem]:
    if closed_on is None or not _lasts_beyond(period, closed_on):
        return []
    return [Problem("clinic_is_closed", CLINIC_IS_CLOSED, "last_on", {"day": closed_on.isoformat()})]


def _at(field: str, problems: Iterable[Problem]) -> list[Problem]:
    return [dataclasses.replace(problem, field=field) for problem in problems]
