"""Teeth, jaws and tooth surfaces, as dentists number them (FDI)."""

import unicodedata
from dataclasses import dataclass

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

UPPER_JAW = "ÖK"
LOWER_JAW = "UK"
JAWS = (UPPER_JAW, LOWER_JAW)
PERMANENT_TEETH = tuple(f"{quadrant}{place}" for quadrant in "1234" for place in "12345678")
PRIMARY_TEETH = tuple(f"{quadrant}{place}" for quadrant in "5678" for place in "12345")
SURFACES = "MDBLPOI"

_UPPER_QUADRANTS = "1256"
_FRONT_PLACES = "123"

NOT_A_LOCATION = _(
    "%(location)s is not a tooth. Give a tooth from 11 to 48, a primary tooth from 51 to 85, "
    "or a jaw: ÖK or UK."
)
NOT_A_SURFACE = _("%(letter)s is not a surface. Give letters among M, D, B, L, P, O and I.")
SURFACE_TWICE = _("Surface %(letter)s is given twice. Give each surface once.")
SAME_SURFACE = _("L and P are the same surface of a tooth in the upper jaw. Give one of them.")
NO_OCCLUSAL_SURFACE = _("Tooth %(tooth)s is a front tooth and has no surface O. Did you mean I?")
NO_INCISAL_SURFACE = _("Tooth %(tooth)s is not a front tooth and has no surface I. Did you mean O?")
NO_PALATAL_SURFACE = _("Tooth %(tooth)s is in the lower jaw and has no surface P. Did you mean L?")
SURFACE_WITHOUT_TOOTH = _("A surface belongs to a tooth. Give the tooth, or leave the surface empty.")


@dataclass(frozen=True)
class Location:
    """Where in the mouth: either a tooth or a jaw."""

    tooth: str = ""
    jaw: str = ""

    def __str__(self) -> str:
        """Return the location as it is written: `11`, `ÖK`."""
        return self.tooth or self.jaw


def parse_location(text: str) -> Location | None:
    """Return the tooth or jaw a text names, in any case and with any spaces; None if neither.

    Source: fdi
    """
    written = _capitals(text)
    if is_tooth(written):
        return Location(tooth=written)
    return Location(jaw=written) if is_jaw(written) else None


def check_location(text: str) -> list[Problem]:
    """Say whether a text names a tooth or a jaw; whether one is needed is the code's business.

    Source: fdi
    """
    if not _capitals(text) or parse_location(text) is not None:
        return []
    return [Problem("bad_location", NOT_A_LOCATION, "location", {"location": text.strip()})]


def is_tooth(text: str) -> bool:
    """Say whether it is a permanent or primary tooth: 11-18 ... 41-48, 51-55 ... 81-85.

    Source: fdi
    """
    return is_permanent_tooth(text) or is_primary_tooth(text)


def is_permanent_tooth(text: str) -> bool:
    """Say whether it is a permanent tooth: 11-18, 21-28, 31-38, 41-48.

    Source: fdi
    """
    return text in PERMANENT_TEETH


def is_primary_tooth(text: str) -> bool:
    """Say whether it is a primary tooth: 51-55, 61-65, 71-75, 81-85.

    Source: fdi
    """
    return text in PRIMARY_TEETH


def is_front_tooth(text: str) -> bool:
    """Say whether it is an incisor or canine, the first three of each quadrant.

    Source: fdi
    """
    return is_tooth(text) and text[1] in _FRONT_PLACES


def is_jaw(text: str) -> bool:
    """Say whether it is the upper (ÖK) or lower jaw (UK).

    Source: fdi
    """
    return text in JAWS


def jaw_of(tooth: str) -> str:
    """Return the jaw a tooth stands in; empty if it is no tooth.

    Source: fdi
    """
    if not is_tooth(tooth):
        return ""
    return UPPER_JAW if tooth[0] in _UPPER_QUADRANTS else LOWER_JAW


def normalise_surface(text: str) -> str:
    """Return the surfaces in capitals without spaces, in the order given.

    Source: fdi
    """
    return _capitals(text)


def surface_key(surface: str, tooth: str) -> str:
    """Return the same text for the same surfaces of a tooth, however they are ordered or called.

    Source: fdi
    """
    letters = normalise_surface(surface)
    if jaw_of(tooth) == UPPER_JAW:
        letters = letters.replace("L", "P")
    return "".join(sorted(letters))


def check_surface(surface: str, tooth: str) -> list[Problem]:
    """Say whether a tooth has these surfaces; no surface at all is right.

    M mesial, D distal and B buccal on every tooth; L lingual, in the upper jaw also called P palatal;
    O occlusal on premolars and molars, I incisal on front teeth. Each once, which makes five at most.
    Where the tooth is empty or a jaw there can be no surface.
    Source: fdi
    """
    letters = normalise_surface(surface)
    if not letters:
        return []
    if not is_tooth(tooth):
        return [Problem("surface_without_tooth", SURFACE_WITHOUT_TOOTH, "surface")]
    problems = [
        *_letter_problems(letters),
        *(problem for letter in dict.fromkeys(letters) for problem in _tooth_problems(letter, tooth)),
    ]
    if jaw_of(tooth) == UPPER_JAW and {"L", "P"} <= set(letters):
        problems.append(Problem("same_surface", SAME_SURFACE, "surface"))
    return problems


def _letter_problems(letters: str) -> list[Problem]:
    """Say which letters are no surfaces and which are repeated."""
    strange = [
        Problem("not_a_surface", NOT_A_SURFACE, "surface", {"letter": letter})
        for letter in dict.fromkeys(letters)
        if letter not in SURFACES
    ]
    twice = [
        Problem("surface_twice", SURFACE_TWICE, "surface", {"letter": letter})
        for letter in SURFACES
        if letters.count(letter) > 1
    ]
    return strange + twice


def _tooth_problems(letter: str, tooth: str) -> list[Problem]:
    """Say whether the tooth lacks that surface."""
    message = ""
    if letter == "O" and is_front_tooth(tooth):
        message = NO_OCCLUSAL_SURFACE
    elif letter == "I" and not is_front_tooth(tooth):
        message = NO_INCISAL_SURFACE
    elif letter == "P" and jaw_of(tooth) == LOWER_JAW:
        message = NO_PALATAL_SURFACE
    return [Problem("no_such_surface", message, "surface", {"tooth": tooth})] if message else []


def _capitals(text: str) -> str:
    """Return the text in capitals, without spaces, a letter and its dots as one character."""
    return unicodedata.normalize("NFC", "".join(text.split())).upper()
