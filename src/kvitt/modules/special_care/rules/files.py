"""What a claims file holds, entry by entry, as the rules know it, and why a whole file is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kvitt.foundation.values import csv_rows
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.rules.facts import ClaimFacts
from kvitt.modules.special_care.rules.faults import Fault


@dataclass(frozen=True)
class Place:
    """Where an entry stands and what it is called: its number in the file from 1, its line, its clinic.

    `identity_number` is as it was written. Source: spec SC-12a, SC-14.
    """

    number: int
    line: int
    clinic_number: str = ""
    reference: str = ""
    identity_number: str = ""


@dataclass(frozen=True)
class FileClaim:
    """A claim of a file; `lines` are where its lines stand in the file, in the order of `facts.lines`."""

    place: Place
    facts: ClaimFacts
    lines: Sequence[int] = ()
    comment: str = ""


@dataclass(frozen=True)
class FileCredit:
    """That the claim with this reference is to be credited, whole. Source: spec SC-12, SC-21."""

    place: Place


@dataclass(frozen=True)
class BadEntry:
    """A claim or credit that is not written as the format says; `faults` have the line in their values."""

    place: Place
    faults: Sequence[Fault]


Entry = FileClaim | FileCredit | BadEntry


class FileRefused(Exception):  # noqa: N818 - reads as a sentence
    """The file as a whole cannot be read: the code of its one message, and what goes into that."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None) -> None:
        """Keep code and values."""
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


# Why a file as a whole cannot be read, by stable code. Source: spec SC-13.
FILE_REFUSALS: Mapping[str, str] = {
    "file_empty": _("The file is empty. Export it anew from the journal system."),
    "file_packed": _(
        "The file is packed, or a workbook. Unpack it, or save the workbook as CSV UTF-8, and choose that."
    ),
    "file_other_kind": _("The file is %(kind)s and not a claims file. Choose one in XML or CSV."),
    "file_not_text": _(
        "The file is no text, see line %(line)s. Choose a claims file in XML or CSV, written in UTF-8."
    ),
    "file_not_utf8": _(
        "The file is not in UTF-8, see line %(line)s. Let the journal system write it in UTF-8."
    ),
    "file_doctype": _(
        "The file begins with a document type (DOCTYPE), which could fetch or multiply content. Let the "
        "journal system write it without one."
    ),
    "file_not_well_formed": _(
        "The file breaks the rules of XML at line %(line)s, and cannot be read further. Mend the export, and "
        "test it with kvitt check_claims."
    ),
    "file_cut_off": _(
        "The file ends in the middle, at line %(line)s. Export it anew, and hand in all of it."
    ),
    "file_wrong_root": _(
        "The file begins with %(found)s, but a claims file with claimsFile. Choose a file of claims."
    ),
    "file_wrong_namespace": _(
        "The file has the namespace %(found)s. Let the journal system write %(wanted)s."
    ),
    "file_version": _(
        "The file is of version %(found)s, and version %(wanted)s is read here. Let the journal system write "
        "that one."
    ),
    "file_too_large_entry": _(
        "What begins after line %(line)s is larger than any claim, more than %(longest)s characters. Check "
        "that every claim, quotation mark and comment ends."
    ),
    "file_without_claims": _("There is neither a claim nor a credit in the file. Export it anew."),
    "file_not_csv": _("Line %(line)s cannot be read as CSV. Check the quotation marks from there on."),
    "file_wrong_cells": _(
        "Line %(line)s has %(found)s cells where the heading has %(wanted)s. Put what contains the separator "
        "in quotation marks."
    ),
    "file_missing_column": csv_rows.MISSING_COLUMN,
    "file_unknown_column": csv_rows.UNKNOWN_COLUMN,
    "file_column_twice": csv_rows.COLUMN_TWICE,
}


def refusal_problem(code: str, values: Mapping[str, object]) -> Problem:
    """A file that cannot be read is told of by one message, which says what to do.

    Source: spec SC-13.
    """
    return Problem(code, FILE_REFUSALS[code], values=values)
