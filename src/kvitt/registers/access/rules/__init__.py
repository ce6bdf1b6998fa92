"""What a role may do in its scope, who is acting, and what must be right about a user."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kvitt.audit.rules import ROLES_JOINED_BY
from kvitt.foundation.values import identity
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


class ScopeKind(Labelled):
    """Where a role holds."""

    CLINIC = "clinic", _("Clinic")
    PROVIDER = "provider", _("Care provider")
    AUTHORITY = "authority", _("Authority")


class Role(Labelled):
    """The roles of spec CO-4."""

    DENTAL_BASIC = "dental_basic", _("General dentistry, basic")
    DENTAL_INVOICES = "dental_invoices", _("General dentistry, manage invoices")
    POPULATION_BASIC = "population_basic", _("Population responsibility, basic")
    POPULATION_INVOICES = "population_invoices", _("Population responsibility, manage invoices")
    CARE_RESPONSIBLE = "care_responsible", _("Care responsible")
    SPECIAL_CARE_CLAIMS = "special_care_claims", _("Special care dentistry, claims")
    CLINIC_ADMINISTRATOR = "clinic_administrator", _("Clinic administrator")
    ASSESSOR = "assessor", _("Assessing dentist")
    REVIEWER = "reviewer", _("Reviewer")
    ATTESTER = "attester", _("Attester")
    ADMINISTRATOR = "administrator", _("System administrator")
    COORDINATOR = "coordinator", _("Coordinator")
    BILLING_OFFICE = "billing_office", _("Billing office")
    FEE_OFFICER = "fee_officer", _("Fee officer")


class Permission(Labelled):
    """What the server asks before it shows or does anything."""

    SEE_PATIENTS = "see_patients", _("See patients")
    LIST_PATIENTS = "list_patients", _("List patients")
    SEE_REPORTS = "see_reports", _("See care reports and patient contacts")
    REPORT_CARE = "report_care", _("Write care reports and patient contacts")
    SEE_CASES = "see_cases", _("See needs-allowance cases")
    REPORT_CASES = "report_cases", _("Report in needs-allowance cases")
    CREDIT_CASES = "credit_cases", _("Credit in needs-allowance cases")
    SEE_ACTIVITIES = "see_activities", _("See activities of population responsibility")
    REPORT_ACTIVITIES = "report_activities", _("Report activities of population responsibility")
    CREDIT_ACTIVITIES = "credit_activities", _("Credit in activities of population responsibility")
    SEE_CLAIMS = "see_claims", _("See claims of special care dentistry")
    REPORT_CLAIMS = "report_claims", _("Send in claims of special care dentistry")
    CREDIT_CLAIMS = "credit_claims", _("Credit claims of special care dentistry")
    REVIEW_CLAIMS = "review_claims", _("Review claims of special care dentistry")
    HANDLE_CERTIFICATES = "handle_certificates", _("Register certificates of special care dentistry")
    SEE_INVOICES = "see_invoices", _("See invoices")
    SEE_CASE_INVOICES = "see_case_invoices", _("See invoices of needs allowance")
    SEE_ACTIVITY_INVOICES = "see_activity_invoices", _("See invoices of population responsibility")
    SEE_CLAIM_INVOICES = "see_claim_invoices", _("See invoices of special care dentistry")
    CREATE_INVOICES = "create_invoices", _("Create invoices")
    RECALL_INVOICES = "recall_invoices", _("Recall invoices")
    ASSESS_REQUESTS = "assess_requests", _("Assess requests for preauthorization")
    REVIEW_INVOICES = "review_invoices", _("Approve and return invoices")
    ATTEST_INVOICES = "attest_invoices", _("Attest invoices")
    SEE_CODES = "see_codes", _("See procedure codes")
    CHANGE_MAIL_CHOICES = "change_mail_choices", _("Change e-mail settings")
    MANAGE_UNIT = "manage_unit", _("Manage the unit's details and users")
    ADMINISTER = "administer", _("Administer registers")
    READ_AUDIT = "read_audit", _("Read the audit log")


_CLINIC, _PROVIDER, _AUTHORITY = ScopeKind.CLINIC, ScopeKind.PROVIDER, ScopeKind.AUTHORITY

ROLE_SCOPES: dict[Role, frozenset[ScopeKind]] = {
    Role.DENTAL_BASIC: frozenset({_CLINIC}),
    Role.DENTAL_INVOICES: frozenset({_CLINIC, _PROVIDER}),
    Role.POPULATION_BASIC: frozenset({_CLINIC, _PROVIDER}),
    Role.POPULATION_INVOICES: frozenset({_CLINIC, _PROVIDER}),
    Role.CARE_RESPONSIBLE: frozenset({_PROVIDER}),
    Role.SPECIAL_CARE_CLAIMS: frozenset({_CLINIC}),
    Role.CLINIC_ADMINISTRATOR: frozenset({_CLINIC, _PROVIDER}),
    Role.ASSESSOR: frozenset({_AUTHORITY}),
    Role.REVIEWER: frozenset({_AUTHORITY}),
    Role.ATTESTER: frozenset({_AUTHORITY}),
    Role.ADMINISTRATOR: frozenset({_AUTHORITY}),
    Role.COORDINATOR: frozenset({_CLINIC}),
    Role.BILLING_OFFICE: frozenset({_AUTHORITY}),
    Role.FEE_OFFICER: frozenset({_AUTHORITY}),
}

_P = Permission
# What those at the authority see who answer for its invoices.
_INVOICE_READERS = frozenset(
    {
        _P.SEE_PATIENTS,
        _P.SEE_CASES,
        _P.SEE_ACTIVITIES,
        _P.SEE_INVOICES,
        _P.SEE_CASE_INVOICES,
        _P.SEE_ACTIVITY_INVOICES,
        _P.SEE_CLAIMS,
        _P.SEE_CLAIM_INVOICES,
        _P.SEE_CODES,
    }
)
PERMISSIONS: dict[tuple[Role, ScopeKind], frozenset[Permission]] = {
    (Role.DENTAL_BASIC, _CLINIC): frozenset(
        {
            _P.SEE_PATIENTS,
            _P.LIST_PATIENTS,
            _P.SEE_REPORTS,
            _P.REPORT_CARE,
            _P.SEE_CASES,
            _P.REPORT_CASES,
            _P.CREDIT_CASES,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
    ),
    (Role.DENTAL_INVOICES, _CLINIC): frozenset(
        {
            _P.SEE_PATIENTS,
            _P.SEE_REPORTS,
            _P.SEE_CASES,
            _P.SEE_INVOICES,
            _P.SEE_CASE_INVOICES,
            _P.CREATE_INVOICES,
            _P.RECALL_INVOICES,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
    ),
    (Role.DENTAL_INVOICES, _PROVIDER): frozenset(
        {
            _P.SEE_PATIENTS,
            _P.SEE_REPORTS,
            _P.SEE_CASES,
            _P.SEE_INVOICES,
            _P.SEE_CASE_INVOICES,
            _P.CREATE_INVOICES,
            _P.RECALL_INVOICES,
            _P.SEE_CODES,
        }
    ),
    (Role.POPULATION_BASIC, _CLINIC): frozenset(
        {
            _P.SEE_ACTIVITIES,
            _P.REPORT_ACTIVITIES,
            _P.CREDIT_ACTIVITIES,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
    ),
    (Role.POPULATION_BASIC, _PROVIDER): frozenset({_P.SEE_ACTIVITIES, _P.SEE_CODES}),
    (Role.POPULATION_INVOICES, _CLINIC): frozenset(
        {
            _P.SEE_ACTIVITIES,
            _P.SEE_INVOICES,
            _P.SEE_ACTIVITY_INVOICES,
            _P.RECALL_INVOICES,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
    ),
    (Role.POPULATION_INVOICES, _PROVIDER): frozenset(
        {_P.SEE_ACTIVITIES, _P.SEE_INVOICES, _P.SEE_ACTIVITY_INVOICES, _P.RECALL_INVOICES, _P.SEE_CODES}
    ),
    (Role.SPECIAL_CARE_CLAIMS, _CLINIC): frozenset(
        {_P.SEE_CLAIMS, _P.REPORT_CLAIMS, _P.CREDIT_CLAIMS, _P.SEE_CODES, _P.CHANGE_MAIL_CHOICES}
    ),
    (Role.CLINIC_ADMINISTRATOR, _CLINIC): frozenset({_P.MANAGE_UNIT, _P.CHANGE_MAIL_CHOICES}),
    (Role.CLINIC_ADMINISTRATOR, _PROVIDER): frozenset({_P.MANAGE_UNIT, _P.CHANGE_MAIL_CHOICES}),
    (Role.ASSESSOR, _AUTHORITY): frozenset(
        {
            _P.SEE_PATIENTS,
            _P.SEE_CASES,
            _P.SEE_CLAIMS,
            _P.HANDLE_CERTIFICATES,
            _P.SEE_CODES,
            _P.ASSESS_REQUESTS,
        }
    ),
    (Role.REVIEWER, _AUTHORITY): _INVOICE_READERS
    | {_P.REVIEW_INVOICES, _P.REVIEW_CLAIMS, _P.HANDLE_CERTIFICATES},
    (Role.ATTESTER, _AUTHORITY): _INVOICE_READERS | {_P.ATTEST_INVOICES},
    (Role.ADMINISTRATOR, _AUTHORITY): frozenset({_P.ADMINISTER, _P.READ_AUDIT, _P.SEE_CODES}),
}

# What a clinic must be connected to before its users may do this at all.
NEEDED_RIGHT: dict[Permission, str] = {
    _P.SEE_CASES: "needs_allowance",
    _P.REPORT_CASES: "needs_allowance",
    _P.CREDIT_CASES: "needs_allowance",
    _P.SEE_ACTIVITIES: "population_health",
    _P.REPORT_ACTIVITIES: "population_health",
    _P.CREDIT_ACTIVITIES: "population_health",
    _P.SEE_CLAIMS: "special_care",
    _P.REPORT_CLAIMS: "special_care",
    _P.CREDIT_CLAIMS: "special_care",
}
# Who sees what a module has put in the ledger: its lines, and its invoices.
SEES_LINES: dict[str, Permission] = {
    "needs_allowance": _P.SEE_CASES,
    "population_health": _P.SEE_ACTIVITIES,
    "special_care": _P.SEE_CLAIMS,
}
SEES_INVOICES: dict[str, Permission] = {
    "needs_allowance": _P.SEE_CASE_INVOICES,
    "population_health": _P.SEE_ACTIVITY_INVOICES,
    "special_care": _P.SEE_CLAIM_INVOICES,
}
# What the users of a closed clinic may still do with what it was connected to on its last day.
STAYS_WHEN_CLOSED = frozenset(
    {
        _P.SEE_CASES,
        _P.CREDIT_CASES,
        _P.SEE_ACTIVITIES,
        _P.CREDIT_ACTIVITIES,
        _P.SEE_CLAIMS,
        _P.CREDIT_CLAIMS,
    }
)

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
ONLY_PROVIDER = _("This role is held at a care provider. Choose a care provider.")
ONLY_AUTHORITY = _("This role is held at the authority. Choose the authority.")
CLINIC_OR_PROVIDER = _("This role is held at a clinic or a care provider. Choose one of them.")
_WHERE = {
    frozenset({_CLINIC}): ONLY_CLINIC,
    frozenset({_PROVIDER}): ONLY_PROVIDER,
    frozenset({_AUTHORITY}): ONLY_AUTHORITY,
    frozenset({_CLINIC, _PROVIDER}): CLINIC_OR_PROVIDER,
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


def check_grant(role: Role, scope: ScopeKind) -> list[Problem]:
    """A role is held only in a scope that it has.

    Source: spec CO-4
    """
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

    `clinic_ids` are the clinics whose data he may see; None means every clinic of the authority.
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
    has_other_units: bool = False

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
    )
