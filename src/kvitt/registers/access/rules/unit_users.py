"""What must be right about the users of a clinic, whom its own administrator looks after."""

import re
from collections.abc import Container, Iterable
from datetime import date
from itertools import count

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules import AUTHORITY_ROLES, NEEDED_RIGHT, PERMISSIONS, USERNAME, Role, ScopeKind
from kvitt.registers.organisations.lifecycle import AuthorityKind

# How many letters of a name a user name takes: there is room for a number after them.
_PROPOSED_LENGTH = 40
_LIKE_A_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{2})?[0-9]{6} ?[-+]? ?[0-9]{4}(?![0-9])")

HSA_ID_IS_PERSONAL = _(
    "A personal identity number is not kept for users. Give the HSA-id, or leave the field empty."
)
NAME_IS_PERSONAL = _("A personal identity number is not kept for users. Give the name alone.")
NEEDS_HSA_ID = _("Everybody signs in with an e-service card here. Give the HSA-id.")
NO_ROLE = _("Choose at least one role.")
ROLE_NOT_OFFERED = _("The clinic cannot give this role: %(role)s. Choose among those offered.")
LAST_UNIT_ADMINISTRATOR = _(
    "That is the clinic's only clinic administrator. Give somebody else that role first."
)


def calculate_unit_roles(rights: Iterable[str]) -> tuple[Role, ...]:
    """What a clinic administrator may give: roles held at a clinic, for what the clinic is connected to.

    Never a role at a care provider or at the authority, nor one that only municipalities have.
    Source: spec CO-3, CO-4, SC-24.
    """
    connected = frozenset(rights)
    return tuple(
        role
        for role in AUTHORITY_ROLES[AuthorityKind.REGION]
        if (allowed := PERMISSIONS.get((role, ScopeKind.CLINIC)))
        and {NEEDED_RIGHT[permission] for permission in allowed if permission in NEEDED_RIGHT} <= connected
    )


def check_unit_roles(
    wanted: Iterable[str], *, offered: Iterable[Role], held: Iterable[str] = ()
) -> list[Problem]:
    """A user of a clinic has a role there, and gets none but what the clinic can give; others may stay.

    Source: spec CO-4, SC-24.
    """
    chosen = list(wanted)
    allowed = {*offered, *held}
    return [
        Problem("role_not_offered", ROLE_NOT_OFFERED, "roles", {"role": role})
        for role in chosen
        if role not in allowed
    ] or ([] if chosen else [Problem("no_role", NO_ROLE, "roles")])


def check_unit_identity(hsa_id: str, *, today: date, is_needed: bool) -> list[Problem]:
    """A user is known by an HSA-id, never by a personal number; who has none signs in with a password.

    Source: spec CO-7, QU-18, SC-24.
    """
    if hsa_id and identity.parse_identity_number(hsa_id, today=today):
        return [Problem("hsa_id_is_personal", HSA_ID_IS_PERSONAL, "hsa_id")]
    return [] if hsa_id or not is_needed else [Problem("needs_hsa_id", NEEDS_HSA_ID, "hsa_id")]


def check_unit_name(name: str, *, today: date) -> list[Problem]:
    """A user is known by name, and a personal number is no part of it: the user name is made of it.

    Source: spec CO-7, QU-18, SC-24.
    """
    written = (found.group() for found in _LIKE_A_NUMBER.finditer(name))
    if any(identity.parse_identity_number(each, today=today) for each in written):
        return [Problem("name_is_personal", NAME_IS_PERSONAL, "name")]
    return []


def check_unit_administrator_remains(*, others: int, by_authority: bool) -> list[Problem]:
    """A clinic's own administrators leave one behind; the authority may take the role from the last one.

    Who administers a clinic alone does not take that role from himself, nor do two from each other at once.
    Source: spec SC-24.
    """
    if others or by_authority:
        return []
    return [Problem("last_unit_administrator", LAST_UNIT_ADMINISTRATOR, "roles")]


def calculate_username(name: str, *, taken: Container[str]) -> str:
    """A user name is made of the name: `anna.testander`, `anna.testander2` for the next one.

    Source: spec SC-24.
    """
    words = re.findall(r"[a-z0-9åäö]+", name.lower())
    base = ".".join(words)[:_PROPOSED_LENGTH].rstrip(".")
    if not USERNAME.fullmatch(base) or base.replace(".", "").isdecimal():
        base = f"user.{base}".rstrip(".")
    return next(
        found for number in count(1) if (found := base if number == 1 else f"{base}{number}") not in taken
    )
