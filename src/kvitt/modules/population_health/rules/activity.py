"""What is checked when an activity is reported, and the lines that it becomes."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt.foundation.values import identity, municipalities
from kvitt.foundation.values.case_numbers import write_number
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.identity import IdentityNumber
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key
from kvitt.registers.price_lists.lifecycle import Participants, Pricing
from kvitt.registers.price_lists.rules import Item

LONGEST_PLACE = 100
LONGEST_PLACE_KEY = 200
LONGEST_SHOWN = 20

IN_FUTURE = _("%(day)s is in the future. Give today's date or an earlier one.")
NO_PRACTITIONER = _("Choose who was responsible for the activity.")
UNKNOWN_PRACTITIONER = _("The practitioner does not work at the clinic. Choose one of those in the list.")
NOT_STARTED = _("%(name)s began at the clinic on %(day)s. Choose another practitioner or another date.")
HAS_LEFT = _(
    "%(name)s left the clinic; the last day was %(day)s. Choose another practitioner or another date."
)
NO_CODE = _("Choose the type of activity.")
UNKNOWN_CODE = _("There is no type %(code)s on %(day)s. Choose another type or another date.")
NO_PRICE = _("Type %(code)s has no price on %(day)s. Choose another type, or contact %(contact)s.")
NO_PLACE = _("Give the place of the activity, for example the name of the family centre.")
LONG_PLACE = _("The place is too long. Write at most %(longest)s characters.")
NO_MUNICIPALITY = _("Choose the municipality where the activity was.")
UNKNOWN_MUNICIPALITY = _("There is no municipality with the code %(code)s. Choose one of those in the list.")
OTHER_COUNTY = _("%(municipality)s lies in another county. Choose a municipality in %(county)s.")
NO_COUNT = _("Give the number of participants.")
NOT_A_COUNT = _("The number of participants is written with digits only, for example 12.")
WRONG_COUNT = _("The number of participants is from 1 to %(most)s, not %(count)s. Check the number.")
TAKES_NO_COUNT = _("Type %(code)s is reported without a number of participants. Leave the field empty.")
NO_NUMBERS = _("Give the personal identity numbers of the participants.")
TOO_MANY_NUMBERS = _("%(count)s numbers are too many: an activity has at most %(most)s participants.")
TAKES_NO_NUMBERS = _("Type %(code)s is reported without personal identity numbers. Leave the field empty.")
WRONG_NUMBER = _("Number %(place)s, %(typed)s: %(fault)s")
TWO_PERSONS = _("Number %(place)s fits two persons: %(first)s and %(second)s. Write it with the century.")
GIVEN_TWICE = _("Number %(place)s is the same person as number %(other)s. Remove one of them.")
NOT_BORN = _("Number %(place)s: the person was not born on %(day)s. Check the number and the date.")
NOT_ALIVE = _("Number %(place)s: the person was not alive on %(day)s. Check the number and the date.")

# A number written with a space before its last four characters is one number.
_SEPARATED = re.compile(r"[\n\r,;]+")
_BIRTH, _END = re.compile(r"[0-9]{6}(?:[0-9]{2})?[-+]?"), re.compile(r"[-+]?[0-9A-Za-z]{4}")


@dataclass(frozen=True)
class Entry:
    """What the user reports; which of count and numbers is taken follows from the code."""

    performed_on: date
    code: str
    place: str
    municipality: str
    count: int | None = None
    numbers: Sequence[str] = ()


@dataclass(frozen=True)
class Post:
    """Who is responsible, and from when to when he works at the clinic."""

    name: str
    period: Period


@dataclass(frozen=True)
class Participant:
    """Somebody who took part: two with the same key are the same person.

    `person_id` is None for somebody who is not registered.
    """

    key: object
    born_on: date | None
    died_on: date | None
    person_id: int | None = None


@dataclass(frozen=True)
class Surroundings:
    """What an entry is checked against.

    `governing_on` is the day that decides code, price and practitioner; `post` is None for somebody who
    never worked at the clinic; `participants` are those whose numbers could be read, by their place in the
    list; `county` is empty where the authority has none; `contact` is whom to ask.
    """

    today: date
    governing_on: date
    post: Post | None
    most: int
    participants: Sequence[tuple[int, Participant]] = ()
    patterns: tuple[str, ...] = identity.DEFAULT_RESERVE_PATTERNS
    county: str = ""
    contact: str = ""


def calculate_activity_number(year: int, running_number: int) -> str:
    """The number of an activity: A, the year it is reported, and a running number of six digits.

    Source: spec PH-3.
    """
    return write_number("A", year, running_number)


def calculate_place(text: str) -> str:
    """The place as it is kept: without characters that are not seen, spaces made single.

    Source: spec PH-2.
    """
    seen = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
    return " ".join(seen.split())


def calculate_governing_date(performed_on: date | None, *, today: date) -> date:
    """The date of the activity decides code, price and practitioner; today does while there is none.

    A date in the future is told once: the rest is then judged as of today.
    Source: spec PH-2, PH-3.
    """
    return today if performed_on is None or performed_on > today else performed_on


def calculate_numbers(text: str) -> tuple[str, ...]:
    """Personal numbers are written one per line, or with commas, semicolons or spaces between them.

    Source: spec PH-2.
    """
    found: list[str] = []
    for part in _SEPARATED.split(text):
        words = part.split()
        while words:
            word = words.pop(0)
            if words and _BIRTH.fullmatch(word) and _END.fullmatch(words[0]):
                word += words.pop(0)
            found.append(word)
    return tuple(found)


def calculate_participants(
    numbers: Iterable[str], *, today: date, patterns: tuple[str, ...]
) -> list[tuple[int, IdentityNumber]]:
    """The numbers that mean one person each, by their place in the list counted from 1.

    Source: spec PH-2, folkbokforingslagen, 18 and 18 a §.
    """
    read = (
        (place, identity.parse_identity_number(number, today, patterns))
        for place, number in enumerate(numbers, start=1)
    )
    return [(place, meant[0]) for place, meant in read if len(meant) == 1]


def calculate_line_count(participants: Participants, entry: Entry) -> int:
    """An activity becomes one line per participant, counted or named; one where nobody is given.

    Source: befolkningsansvar, chapter 3.1; spec PH-3.
    """
    if participants is Participants.COUNTED:
        return entry.count or 0
    return len(entry.numbers) if participants is Participants.NAMED else 1


def check_activity(entry: Entry, item: Item | None, around: Surroundings) -> list[Problem]:
    """What must hold when an activity is reported, told from what was typed; all faults are told at once.

    What the register of persons says is no part of it: `check_participants` comes after.
    Source: befolkningsansvar, chapter 2; spec PH-2.
    """
    problems = [
        *check_date(entry.performed_on, today=around.today),
        *check_practitioner(around.post, on=around.governing_on),
        *check_place(entry.place),
        *check_municipality(entry.municipality, county=around.county),
    ]
    if item is None:
        values: dict[str, object] = {"code": entry.code, "day": around.governing_on}
        return [*problems, Problem("unknown_code", UNKNOWN_CODE, "code", values)]
    return [
        *problems,
        *check_price(item, on=around.governing_on, contact=around.contact),
        *check_count(entry.count, item, most=around.most),
        *check_numbers(entry.numbers, item, around),
    ]


def check_participants(around: Surroundings) -> list[Problem]:
    """Each person takes part once, and was born and alive on the day.

    The answer tells what the register says of a person, so it is asked only of an activity that is right
    in everything else, and a refusal is logged as a read.
    Source: befolkningsansvar, chapter 2; spec PH-2, CO-30.
    """
    problems = []
    first_places: dict[object, int] = {}
    for place, person in around.participants:
        other = first_places.setdefault(person.key, place)
        values: dict[str, object] = {"place": place, "other": other, "day": around.governing_on}
        if other != place:
            problems.append(Problem("given_twice", GIVEN_TWICE, "numbers", values))
        elif person.born_on is not None and person.born_on > around.governing_on:
            problems.append(Problem("not_born", NOT_BORN, "numbers", values))
        elif person.died_on is not None and person.died_on < around.governing_on:
            problems.append(Problem("not_alive", NOT_ALIVE, "numbers", values))
    return problems


def check_date(performed_on: date, *, today: date) -> list[Problem]:
    """An activity has taken place: its date is not in the future.

    Source: befolkningsansvar, chapter 2; spec PH-2.
    """
    if performed_on <= today:
        return []
    return [Problem("in_future", IN_FUTURE, "performed_on", {"day": performed_on})]


def check_practitioner(post: Post | None, *, on: date) -> list[Problem]:
    """Whoever is responsible works at the clinic on the day of the activity.

    Source: befolkningsansvar, chapter 2; spec PH-2, CO-2.
    """
    if post is None:
        return [Problem("unknown_practitioner", UNKNOWN_PRACTITIONER, "practitioner")]
    if on < post.period.first:
        values: dict[str, object] = {"name": post.name, "day": post.period.first}
        return [Problem("not_started", NOT_STARTED, "practitioner", values)]
    if post.period.last is not None and on > post.period.last:
        values = {"name": post.name, "day": post.period.last}
        return [Problem("has_left", HAS_LEFT, "practitioner", values)]
    return []


def check_price(item: Item, *, on: date, contact: str) -> list[Problem]:
    """A type is reported at the fixed price of the day.

    Source: spec PH-3, CO-14.
    """
    if item.pricing is Pricing.FIXED and item.price is not None:
        return []
    values = {"code": item.code, "day": on, "contact": contact}
    return [Problem("no_price", NO_PRICE, "code", values)]


def check_place(place: str) -> list[Problem]:
    """The place is given, in at most a hundred characters.

    Source: befolkningsansvar, chapter 2; spec PH-2.
    """
    if not place.strip():
        return [Problem("no_place", NO_PLACE, "place")]
    if len(place) > LONGEST_PLACE or len(search_key(place)) > LONGEST_PLACE_KEY:
        return [Problem("long_place", LONG_PLACE, "place", {"longest": LONGEST_PLACE})]
    return []


def check_municipality(code: str, *, county: str) -> list[Problem]:
    """The municipality exists, and lies in the authority's county where it has one.

    Source: befolkningsansvar, chapter 2; spec PH-2; scb-kommuner.
    """
    if not code:
        return [Problem("no_municipality", NO_MUNICIPALITY, "municipality")]
    found = municipalities.municipalities().get(code)
    if found is None:
        return [Problem("unknown_municipality", UNKNOWN_MUNICIPALITY, "municipality", {"code": code})]
    if county in {"", found.county}:
        return []
    name = municipalities.counties().get(county, county)
    values = {"municipality": found.name, "county": name}
    return [Problem("other_county", OTHER_COUNTY, "municipality", values)]


def check_count(count: int | None, item: Item, *, most: int) -> list[Problem]:
    """Types with counted participants have from one to the highest number of them; other types have none.

    Source: befolkningsansvar, chapter 2; spec PH-2.
    """
    if item.participants is not Participants.COUNTED:
        values: dict[str, object] = {"code": item.code}
        return [] if count is None else [Problem("takes_no_count", TAKES_NO_COUNT, "count", values)]
    if count is None:
        return [Problem("no_count", NO_COUNT, "count")]
    if not 1 <= count <= most:
        return [Problem("wrong_count", WRONG_COUNT, "count", {"most": most, "count": count})]
    return []


def check_numbers(numbers: Sequence[str], item: Item, around: Surroundings) -> list[Problem]:
    """Types with named participants have one or several right numbers, each once; other types have none.

    Source: befolkningsansvar, chapter 2; spec PH-2.
    """
    if item.participants is not Participants.NAMED:
        values: dict[str, object] = {"code": item.code}
        return [Problem("takes_no_numbers", TAKES_NO_NUMBERS, "numbers", values)] if numbers else []
    if not numbers:
        return [Problem("no_numbers", NO_NUMBERS, "numbers")]
    if len(numbers) > around.most:
        values = {"count": len(numbers), "most": around.most}
        return [Problem("too_many_numbers", TOO_MANY_NUMBERS, "numbers", values)]
    return _misread(numbers, around)


def _misread(numbers: Sequence[str], around: Surroundings) -> list[Problem]:
    """Return what is wrong with each number that does not mean one person, and with one written twice."""
    problems = []
    first_places: dict[str, int] = {}
    for place, typed in enumerate(numbers, start=1):
        meant = identity.parse_identity_number(typed, around.today, around.patterns)
        if len(meant) > 1:
            values: dict[str, object] = {"place": place, "first": str(meant[0]), "second": str(meant[1])}
            problems.append(Problem("two_persons", TWO_PERSONS, "numbers", values))
        elif not meant:
            [fault] = identity.check_identity_number(typed, around.today, around.patterns)
            values = {"place": place, "typed": _shortened(typed), "fault": fault}
            problems.append(Problem("wrong_number", WRONG_NUMBER, "numbers", values))
        elif (other := first_places.setdefault(meant[0].digits, place)) != place:
            values = {"place": place, "other": other}
            problems.append(Problem("given_twice", GIVEN_TWICE, "numbers", values))
    return problems


def _shortened(typed: str) -> str:
    """Return what was typed, cut where it is far longer than any number."""
    return typed if len(typed) <= LONGEST_SHOWN else f"{typed[:LONGEST_SHOWN]}…"
