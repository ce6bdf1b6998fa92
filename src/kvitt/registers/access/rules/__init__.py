"""What a role may do in its scope, who is acting, and what must be right about a user."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.audit.rules import ROLES_JOINED_BY
from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.rules.roles import (
    AUTHORITY_ROLES,
    NEEDED_RIGHT,
    PERMISSIONS,
    ROLE_SCOPES,
    SEES_INVOICES,
    SEES_LINES,
    STAYS_WHEN_CLOSED,
    Permission,
    Role,
    ScopeKind,
)
from kvitt.registers.organisations.lifecycle import AuthorityKind

__all__ = [
    "AUTHORITY_ROLES",
    "NEEDED_RIGHT",
    "PERMISSIONS",
    "ROLE_SCOPES",
    "SEES_INVOICES",
    "SEES_LINES",
    "STAYS_WHEN_CLOSED",
    "USERNAME",
    "Actor",
    "NotAllowed",
    "Permission",
    "Role",
    "ScopeKind",
    "Visitor",
    "calculate_permissions",
    "check_administrator_remains",
    "check_grant",
    "check_user",
    "has_session_ended",
    "is_hsa_id",
    "may_try_code",
    "normalise_hsa_id",
    "system_actor",
]

_HSA_ID = re.compile(r"SE[0-9]{10}-[A-Z0-9]+")
_HSA_ID_LENGTH = 31
_WRONG_CODES_IN_A_ROW = 10
_WAIT_AFTER_WRONG_CODES = timedelta(minutes=15)
USERNAME = re.compile(r"[a-z0-9åäö][a-z0-9åäö._@-]{2,59}")

BAD_USERNAME = _(
    "A user name has 3 to 60 characters: letters, digits, dot, dash, underscore and @. Choose another."
)
USERNAME_IS_NUMBER = _("A personal identity number cannot be a user name. Choose another.")
BAD_HSA_ID = _(
    "An HSA-id is SE, ten digits, a dash, and letters or digits, for example SE2321000040-A1B2. Check it."
)
NO_NAME = _("The name is missing. Give the person's name.")
LAST_ADMINISTRATOR = _(
    "%(name)s is the authority's only system administrator. Give somebody else that role first."
)
ONLY_CLINIC = _("This role is held at a clinic. Choose a clinic.")
CLINIC_OR_AREA = _("This role is held at a unit or a billing area. Choose one of them.")
ONLY_PROVIDER = _("This role is held at a care provider. Choose a care provider.")
ONLY_AUTHORITY = _("This role is held at the authority. Choose the authority.")
CLINIC_OR_PROVIDER = _("This role is held at a clinic or a care provider. Choose one of them.")
NOT_A_ROLE_HERE = _("There is no such role here: %(role)s. Choose among those offered.")
_WHERE = {
    frozenset({ScopeKind.CLINIC}): ONLY_CLINIC,
    frozenset({ScopeKind.PROVIDER}): ONLY_PROVIDER,
    frozenset({ScopeKind.AUTHORITY}): ONLY_AUTHORITY,
    frozenset({ScopeKind.CLINIC, ScopeKind.PROVIDER}): CLINIC_OR_PROVIDER,
    frozenset({ScopeKind.CLINIC, ScopeKind.AREA}): CLINIC_OR_AREA,
}


class NotAllowed(Exception):  # noqa: N818 - reads as a sentence where it is raised
    """The actor may see this but not do it, or has no such work at all: answered with 403."""


def calculate_permissions(
    roles: Iterable[Role], scope: ScopeKind, rights: Iterable[str], former_rights: Iterable[str] = ()
) -> frozenset[Permission]:
    """A user may do what his roles allow in this scope and his unit is connected to.

    At provider level a role counts only together with *care responsible*. What a closed clinic was
    connected to on its last day stays readable, and its credits still run.
    Source: spec CO-2, CO-3, CO-4, CO-5.
    """
    held = frozenset(roles)
    connected, formerly = frozenset(rights), frozenset(former_rights)
    if scope is ScopeKind.PROVIDER and Role.CARE_RESPONSIBLE not in held:
        return frozenset()
    allowed = frozenset[Permission]().union(*(PERMISSIONS.get((role, scope), frozenset()) for role in held))
    if scope is ScopeKind.AUTHORITY:
        return allowed
    return frozenset(
        permission
        for permission in allowed
        if permission not in NEEDED_RIGHT
        or NEEDED_RIGHT[permission]
        in (connected | formerly if permission in STAYS_WHEN_CLOSED else connected)
    )


def normalise_hsa_id(text: str) -> str:
    """Return an HSA-id as it is kept: capitals, no spaces.

    Source: spec CO-7.
    """
    return "".join(text.split()).upper()


def is_hsa_id(text: str) -> bool:
    """Tell whether this is an HSA-id: SE, the organisation's ten digits, a dash, at most 31 characters.

    Source: spec CO-7.
    """
    return len(text) <= _HSA_ID_LENGTH and bool(_HSA_ID.fullmatch(text))


def may_try_code(*, wrong_in_a_row: int, waited: timedelta) -> bool:
    """After ten wrong codes in a row a user waits a quarter of an hour, from whatever address they came.

    Source: spec CO-7.
    """
    return wrong_in_a_row < _WRONG_CODES_IN_A_ROW or waited >= _WAIT_AFTER_WRONG_CODES


def has_session_ended(
    *, idle: timedelta, age: timedelta, longest_idle: timedelta, longest: timedelta
) -> bool:
    """A session ends when nothing is done for a while, and at the latest so long after signing in.

    Source: spec CO-7.
    """
    return idle > longest_idle or age > longest


def check_user(*, username: str, name: str, today: date, hsa_id: str = "") -> list[Problem]:
    """A user has a name, and a user name that is not a personal number: user names stand in logs.

    Source: spec CO-7, QU-18
    """
    problems = []
    if hsa_id and not is_hsa_id(hsa_id):
        problems.append(Problem("bad_hsa_id", BAD_HSA_ID, "hsa_id"))
    if not USERNAME.fullmatch(username):
        problems.append(Problem("bad_username", BAD_USERNAME, "username"))
    elif identity.parse_identity_number(username, today=today):
        problems.append(Problem("username_is_number", USERNAME_IS_NUMBER, "username"))
    if not name.strip():
        problems.append(Problem("no_name", NO_NAME, "name"))
    return problems


def check_grant(role: Role, scope: ScopeKind, *, of: AuthorityKind) -> list[Problem]:
    """A role is held only in a scope that it has, and a region has other roles than a municipality.

    Source: spec CO-1, CO-4
    """
    if role not in AUTHORITY_ROLES[of]:
        return [Problem("no_role_here", NOT_A_ROLE_HERE, "role", {"role": role})]
    scopes = ROLE_SCOPES[role]
    return [] if scope in scopes else [Problem("wrong_scope", _WHERE[scopes], "scope")]


def check_administrator_remains(name: str, *, others: int) -> list[Problem]:
    """An authority keeps at least one active administrator, so that nobody locks everybody out.

    Source: spec CO-4
    """
    return [] if others else [Problem("last_administrator", LAST_ADMINISTRATOR, values={"name": name})]


@dataclass(frozen=True)
class Actor:
    """A user at the unit he has chosen, with what he may do there.

    `clinic_ids` are the clinics whose data he may see; None means every clinic of the authority. In the same
    way `area_ids` are the billing areas whose clients he may see.
    """

    user_id: int | None
    name: str
    authority_id: int
    scope: ScopeKind
    unit_id: int | None
    unit_text: str
    role_text: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    rights: frozenset[str] = frozenset()
    clinic_ids: frozenset[int] | None = frozenset()
    area_ids: frozenset[int] | None = frozenset()
    has_other_units: bool = False
    authority_kind: AuthorityKind = AuthorityKind.REGION

    @property
    def role_words(self) -> str:
        """The roles as the log keeps them, to be translated for whoever reads it."""
        return ROLES_JOINED_BY.join(role.label for role in Role if role in self.roles)

    def may(self, permission: str) -> bool:
        """Tell whether the actor has the permission; apps below this one name it by its value."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed without the permission."""
        if permission not in self.permissions:
            raise NotAllowed(str(permission))

    def modules_where(self, needed: Mapping[str, Permission]) -> list[str]:
        """Return the modules in which the actor has the permission that each one needs."""
        return [module for module, permission in needed.items() if self.may(permission)]

    def sees_clinic(self, clinic_id: int) -> bool:
        """Tell whether data of the clinic may be shown to the actor."""
        return self.clinic_ids is None or clinic_id in self.clinic_ids

    def sees_area(self, area_id: int) -> bool:
        """Tell whether clients of the billing area may be shown to the actor."""
        return self.area_ids is None or area_id in self.area_ids

    @property
    def clinic_id(self) -> int | None:
        """The one clinic the actor works at, None at provider and authority level."""
        return self.unit_id if self.scope is ScopeKind.CLINIC else None


@dataclass(frozen=True)
class Visitor:
    """Somebody who has not signed in; tries are logged in the authority that the user belongs to."""

    authority_id: int | None = None
    user_id: int | None = None
    name: str = "Kvitt"
    role_words: str = ""
    unit_text: str = ""


def system_actor(authority_id: int, name: str = "Kvitt") -> Actor:
    """Return the program itself acting: commands, imports, nightly jobs. It may everything in the authority.

    Source: spec CO-30 (what the calendar does is logged too).
    """
    return Actor(
        user_id=None,
        name=name,
        authority_id=authority_id,
        scope=ScopeKind.AUTHORITY,
        unit_id=authority_id,
        unit_text="",
        role_text="",
        roles=frozenset(),
        permissions=frozenset(Permission),
        clinic_ids=None,
        area_ids=None,
    )
