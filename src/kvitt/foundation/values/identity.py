"""Numbers that identify people and organisations, and the accounts they are paid on."""

import datetime as dt
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

# Reserve numbers of Västra Götaland and Stockholm, until an authority has its own forms; how they are read
# stands in `check_reserve_pattern`. Source: inera-reservid
DEFAULT_RESERVE_PATTERNS = ("yyyymmdd[KMX]NNC K=5 M=7 X=8", "99yyyyNNNNNC luhn=8")

_FIRST_BIRTH_YEAR = 1840  # the oldest people alive when the numbers were introduced in 1947
_OLDEST_AGE = 125  # a number without sign is not asked about for people older than anybody has been
_COORDINATION_DAY = 60

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_WRITTEN = re.compile(r"(?P<birth>[0-9]{6}|[0-9]{8})(?P<sign>[-+]?)(?P<end>[0-9A-Z]{4})")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MASK_TOKEN = re.compile(r"yyyy|mm|dd|\[[0-9A-Z][0-9A-Z-]*\]|[0-9A-Z]")
_MASK_PIECES = {
    "yyyy": "[0-9]{4}",
    "mm": "(?:0[1-9]|1[0-2])",
    "dd": "(?:0[1-9]|[12][0-9]|3[01])",
    "N": "[0-9]",
    "C": "[0-9]",
    "A": "[A-Z]",
}
_MASK_OPTION = re.compile(r"(?P<letter>[A-Z])=(?P<value>[0-9])|luhn=(?P<length>[0-9]{1,2})")

NO_NUMBER = _("Give a personal identity number, for example 20130205-2384.")
BAD_CHARACTER = _(
    "The character %(character)s does not belong in a personal identity number. Give digits only."
)
LETTERS = _("A personal identity number has digits only, and no reserve number looks like this. Check it.")
TOO_FEW_DIGITS = _("Too few digits: %(count)s. A personal identity number has 10 or 12. Check the number.")
TOO_MANY_DIGITS = _("Too many digits: %(count)s. A personal identity number has 10 or 12. Check the number.")
WRONG_SIGN_PLACE = _("A dash or plus sign stands only before the last four characters. Check the number.")
NO_SUCH_DATE = _("There is no date %(date)s. Check the first digits of the number.")
DATE_IN_FUTURE = _("The date %(date)s has not come yet. Check the first digits of the number.")
TOO_LONG_AGO = _("The year %(year)s is too long ago for a person. Check the first digits of the number.")
SERIAL_ZERO = _("The three digits after the date cannot be 000. Check the number.")
WRONG_CHECK_DIGIT = _("The check digit is wrong. Check the number.")


class IdentityKind(Labelled):
    """What sort of number identifies a person."""

    PERSONAL = "personal", _("Personal identity number")
    COORDINATION = "coordination", _("Coordination number")
    RESERVE = "reserve", _("Reserve number")


@dataclass(frozen=True, order=True)
class IdentityNumber:
    """A checked number of a person: twelve characters with the century first, and what kind it is."""

    digits: str
    kind: IdentityKind

    def __str__(self) -> str:
        """Return the number as it is shown."""
        return format_identity_number(self.digits)


# People -------------------------------------------------------------------------------------------


def parse_identity_number(
    text: str, today: dt.date, reserve_patterns: Iterable[str] = DEFAULT_RESERVE_PATTERNS
) -> tuple[IdentityNumber, ...]:
    """Return every person a written number may mean: none if it is wrong, two if it must be asked about.

    Ten digits follow their sign: `-` is somebody under 100 years today, `+` somebody who turns or has
    turned 100 this year. Ten digits without sign may mean either; the younger comes first.
    Source: folkbokforingslagen, 18 and 18 a §
    """
    readings = _readings(_compact(text), today, tuple(reserve_patterns))
    return tuple(reading.number for reading in readings if reading.problem is None)


def check_identity_number(
    text: str, today: dt.date, reserve_patterns: Iterable[str] = DEFAULT_RESERVE_PATTERNS
) -> list[Problem]:
    """Say what is wrong with a written number; nothing if it may mean somebody.

    Source: folkbokforingslagen, 18 and 18 a §
    """
    compact = _compact(text)
    problems = []
    for reading in _readings(compact, today, tuple(reserve_patterns)):
        if reading.problem is None:
            return []
        problems.append(reading.problem)
    return problems[:1] or [_writing_problem(compact)]


def format_identity_number(digits: str) -> str:
    """Show a stored number as YYYYMMDD-NNNN."""
    return f"{digits[:8]}-{digits[8:]}"


def birth_date(digits: str) -> dt.date | None:
    """Return the date a stored number begins with; None for a reserve number without one.

    The date need not be the day of birth: a nearby day is used when a day's numbers have run out.
    Source: folkbokforingslagen, 18 §
    """
    if not re.fullmatch(r"[0-9]{8}.*", digits):
        return None
    day = int(digits[6:8])
    return _date(digits[:6], day - _COORDINATION_DAY if day > _COORDINATION_DAY else day)


def check_reserve_pattern(pattern: str) -> list[Problem]:
    """Say whether an authority's pattern of reserve numbers can be read.

    A pattern has twelve places: `yyyy`, `mm`, `dd` a date's parts, `N` a digit, `A` a letter, `[KMX]` or
    `[2-9]` one of these, `C` at the end a check digit, anything else itself. After it may stand what
    letters count as in the check digit (`K=5`) and how many of the last characters it covers (`luhn=8`,
    ten if not said).
    Source: inera-reservid
    """
    if _mask(pattern) is not None:
        return []
    message = _(
        "The pattern %(pattern)s cannot be read. Describe twelve characters, for example "
        "yyyymmdd[KMX]NNC K=5 M=7 X=8, with a value for every letter that a check digit covers."
    )
    return [Problem("bad_reserve_pattern", message, values={"pattern": pattern})]


@dataclass(frozen=True)
class _Reading:
    """One way to understand what was written, and what is wrong with it."""

    number: IdentityNumber
    problem: Problem | None


@dataclass(frozen=True)
class _Mask:
    """An authority's form of reserve numbers, ready to compare with."""

    shape: re.Pattern[str]
    has_date: bool
    letters: Mapping[str, str]
    luhn_length: int


def _compact(text: str) -> str:
    """Return the text without spaces, with one kind of dash and in capital letters."""
    compact = "".join(text.split()).translate(DASHES)
    return compact.upper() if compact.isascii() else compact


def _readings(compact: str, today: dt.date, patterns: tuple[str, ...]) -> list[_Reading]:
    """Return the ways to read it, those without the century by their sign, the youngest person first."""
    written = _WRITTEN.fullmatch(compact)
    if written is None:
        return []
    birth, sign, end = written.group("birth", "sign", "end")
    if len(birth) == 8:
        return _reading(birth + end, today, patterns)
    wrong, fitting = [], []
    for year in range(today.year, today.year - 200, -1):
        if year % 100 != int(birth[:2]):
            continue
        for reading in _reading(f"{year}{birth[2:]}{end}", today, patterns):
            if _sign_fits(sign, birth_date(reading.number.digits), year, today):
                fitting.append(reading)
            elif reading.problem is not None:
                wrong.append(reading)
    return fitting or wrong


def _sign_fits(sign: str, born: dt.date | None, year: int, today: dt.date) -> bool:
    """Say whether somebody of that year may be written with that sign today."""
    turns = today.year - year
    if born is None:  # no such date: blame the year the sign points at
        return turns >= 100 if sign == "+" else turns < 100
    if born > today:
        return False
    is_under_100 = turns < 100 or (turns == 100 and (today.month, today.day) < (born.month, born.day))
    if sign == "-":
        return is_under_100
    if sign == "+":
        return turns >= 100
    return turns <= _OLDEST_AGE


def _reading(number: str, today: dt.date, patterns: tuple[str, ...]) -> list[_Reading]:
    """Read twelve characters as what they fit best: at most one number, with what is wrong with it."""
    found = [] if re.search("[A-Z]", number) else [_personal_reading(number, today)]
    for mask in map(_mask, patterns):
        if mask is None or not mask.shape.fullmatch(number):
            continue
        born = birth_date(number) if mask.has_date else None
        if mask.has_date and born is None:
            continue
        problem = _date_problem(born, today) if born else None
        values = "".join(mask.letters.get(character, character) for character in number)
        if problem is None and mask.luhn_length and not is_valid_luhn(values[-mask.luhn_length :]):
            problem = Problem("wrong_check_digit", WRONG_CHECK_DIGIT)
        found.append(_Reading(IdentityNumber(number, IdentityKind.RESERVE), problem))
    right = [reading for reading in found if reading.problem is None]
    likely = [reading for reading in found if reading.problem and reading.problem.code != "no_such_date"]
    return (right or likely or found)[:1]


def _personal_reading(number: str, today: dt.date) -> _Reading:
    """Read twelve digits as a personal or, with 60 added to the day, coordination number."""
    is_coordination = int(number[6:8]) > _COORDINATION_DAY
    kind = IdentityKind.COORDINATION if is_coordination else IdentityKind.PERSONAL
    born = birth_date(number)
    if born is None:
        shown = f"{number[:4]}-{number[4:6]}-{number[6:8]}"
        problem: Problem | None = Problem("no_such_date", NO_SUCH_DATE, values={"date": shown})
    else:
        problem = _number_problem(number, born, today)
    return _Reading(IdentityNumber(number, kind), problem)


def _number_problem(number: str, born: dt.date, today: dt.date) -> Problem | None:
    """Say what is wrong with a personal or coordination number whose date exists."""
    problem = _date_problem(born, today)
    if problem is not None:
        return problem
    if number[8:11] == "000":
        return Problem("serial_zero", SERIAL_ZERO)
    return None if is_valid_luhn(number[2:]) else Problem("wrong_check_digit", WRONG_CHECK_DIGIT)


def _date_problem(born: dt.date, today: dt.date) -> Problem | None:
    """Say whether somebody alive in the time of personal numbers can be born that day."""
    if born > today:
        return Problem("date_in_future", DATE_IN_FUTURE, values={"date": born.isoformat()})
    if born.year < _FIRST_BIRTH_YEAR:
        return Problem("too_long_ago", TOO_LONG_AGO, values={"year": born.year})
    return None


def _writing_problem(compact: str) -> Problem:
    """Say why it looks like no number at all."""
    if not compact:
        return Problem("no_number", NO_NUMBER)
    strange = re.search(r"[^0-9A-Z+-]", compact)
    if strange:
        return Problem("bad_character", BAD_CHARACTER, values={"character": strange.group()})
    if re.search(r"[A-Z]", compact):
        return Problem("letters", LETTERS)
    count = len(re.findall(r"[0-9]", compact))
    if count > 12:
        return Problem("too_many_digits", TOO_MANY_DIGITS, values={"count": count})
    if count not in {10, 12}:
        return Problem("too_few_digits", TOO_FEW_DIGITS, values={"count": count})
    return Problem("wrong_sign_place", WRONG_SIGN_PLACE)


def _date(year_and_month: str, day: int) -> dt.date | None:
    """Return the date of six digits and a day, or None if there is none."""
    try:
        return dt.date(int(year_and_month[:4]), int(year_and_month[4:]), day)
    except ValueError:
        return None


@functools.lru_cache(maxsize=256)
def _mask(pattern: str) -> _Mask | None:
    """Read a pattern as `check_reserve_pattern` describes it."""
    form, *options = pattern.split() or [""]
    tokens = [token.group() for token in _MASK_TOKEN.finditer(form)]
    has_check_digit = tokens[-1:] == ["C"]
    pieces = [_MASK_PIECES.get(token, token) for token in tokens]
    settings = [_MASK_OPTION.fullmatch(option) for option in options]
    if "".join(tokens) != form or "C" in tokens[:-1] or None in settings:
        return None
    try:
        shape = re.compile("".join(pieces))
        letters = {letter for letter in _LETTERS for piece in pieces if re.fullmatch(piece, letter)}
    except re.error:  # a range written backwards, as [9-2]
        return None
    values = {match["letter"]: match["value"] for match in settings if match and match["letter"]}
    lengths = [int(match["length"]) for match in settings if match and match["length"]] or [10]
    width = sum(len(token) if token in {"yyyy", "mm", "dd"} else 1 for token in tokens)
    if width != 12 or not 2 <= lengths[0] <= 12 or (has_check_digit and not letters <= values.keys()):
        return None
    return _Mask(shape, form.startswith("yyyymmdd"), values, lengths[0] if has_check_digit else 0)


# Organisations and accounts -----------------------------------------------------------------------


def is_valid_luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (modulus 10).

    Source: luhn
    """
    return len(digits) > 1 and _is_digits(digits) and luhn_check_digit(digits[:-1]) == digits[-1]


def luhn_check_digit(digits: str) -> str:
    """Return the digit that makes the number valid when it is put last.

    Source: luhn
    """
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def check_organisation_number(text: str) -> list[Problem]:
    """Ten digits, the third at least 2, the last a check digit; twelve digits begin with 16.

    Source: organisationsnummer
    """
    compact = _compact(text)
    digits = normalise_organisation_number(text)
    if not re.fullmatch(r"(16)?[0-9]{6}-?[0-9]{4}", compact):
        message = _("An organisation number has ten digits, for example 556000-0019. Check the number.")
        return [Problem("bad_organisation_number", message)]
    if digits[2] < "2":
        message = _("The third digit of an organisation number is 2 or more. Check the number.")
        return [Problem("bad_organisation_number", message)]
    return _check_digit_problems(digits)


def normalise_organisation_number(text: str) -> str:
    """Return the ten digits of a correctly written organisation number, as they are stored."""
    digits = _compact(text).replace("-", "")
    return digits[2:] if len(digits) == 12 and digits.startswith("16") else digits


def format_organisation_number(digits: str) -> str:
    """Show an organisation number as 556000-0019."""
    return f"{digits[:-4]}-{digits[-4:]}"


def check_bankgiro(text: str) -> list[Problem]:
    """Seven or eight digits, not beginning with 0, the last a check digit; a dash before the last four.

    Source: bankgirot
    """
    if not re.fullmatch(r"[1-9][0-9]{2,3}-?[0-9]{4}", _compact(text)):
        message = _("A bankgiro number has seven or eight digits, for example 5050-1055. Check the number.")
        return [Problem("bad_bankgiro", message)]
    return _check_digit_problems(normalise_bankgiro(text))


def normalise_bankgiro(text: str) -> str:
    """Return the digits of a correctly written bankgiro number, as they are stored."""
    return _compact(text).replace("-", "")


def format_bankgiro(digits: str) -> str:
    """Show a bankgiro number as 5050-1055 or 160-9908."""
    return f"{digits[:-4]}-{digits[-4:]}"


def check_plusgiro(text: str) -> list[Problem]:
    """Two to eight digits, not beginning with 0, the last a check digit with a dash before it.

    Source: plusgirot
    """
    if not re.fullmatch(r"[1-9][0-9]{0,6}-?[0-9]", _compact(text)):
        message = _("A plusgiro number has two to eight digits, for example 490220-1. Check the number.")
        return [Problem("bad_plusgiro", message)]
    return _check_digit_problems(normalise_plusgiro(text))


def normalise_plusgiro(text: str) -> str:
    """Return the digits of a correctly written plusgiro number, as they are stored."""
    return _compact(text).replace("-", "")


def format_plusgiro(digits: str) -> str:
    """Show a plusgiro number as 490220-1."""
    return f"{digits[:-1]}-{digits[-1:]}"


def _check_digit_problems(digits: str) -> list[Problem]:
    """Say whether the last digit is right."""
    return [] if is_valid_luhn(digits) else [Problem("wrong_check_digit", WRONG_CHECK_DIGIT)]


def _is_digits(text: str) -> bool:
    """Say whether there is nothing but the digits 0 to 9."""
    return text.isascii() and text.isdigit()
