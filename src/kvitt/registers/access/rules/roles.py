"""The roles, what each may do in its scope, and what a permission needs of the unit."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import AuthorityKind


class ScopeKind(Labelled):
    """Where a role holds."""

    CLINIC = "clinic", _("Clinic")
    AREA = "area", _("Billing area")
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
    SEE_PAYMENTS = "see_payments", _("See payments")
    PROPOSE_PAYMENTS = "propose_payments", _("Propose payment runs")
    APPROVE_PAYMENTS = "approve_payments", _("Approve payment runs")
    EXPORT_VOUCHERS = "export_vouchers", _("Make voucher files")
    SEE_CODES = "see_codes", _("See procedure codes")
    CHANGE_MAIL_CHOICES = "change_mail_choices", _("Change e-mail settings")
    KEEP_PERSONS = "keep_persons", _("Keep persons' addresses, relations and contact persons")
    SEE_CLIENTS = "see_clients", _("See clients of care fees")
    REGISTER_CARE = "register_care", _("Register services, housing and absence of clients")
    RUN_FEES = "run_fees", _("Calculate and approve care fees")
    MANAGE_BILLING = "manage_billing", _("Move clients and correct care fees")
    DECIDE_FEES = "decide_fees", _("Decide fees")
    MANAGE_UNIT = "manage_unit", _("Manage the unit's details and users")
    ADMINISTER = "administer", _("Administer registers")
    READ_AUDIT = "read_audit", _("Read the audit log")


_CLINIC, _PROVIDER, _AUTHORITY = ScopeKind.CLINIC, ScopeKind.PROVIDER, ScopeKind.AUTHORITY
_AREA = ScopeKind.AREA

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
    Role.COORDINATOR: frozenset({_CLINIC, _AREA}),
    Role.BILLING_OFFICE: frozenset({_AUTHORITY}),
    Role.FEE_OFFICER: frozenset({_AUTHORITY}),
}

# What a municipality has, and a region has not; an administrator both have.
_MUNICIPAL = frozenset({Role.COORDINATOR, Role.BILLING_OFFICE, Role.FEE_OFFICER})
AUTHORITY_ROLES: dict[AuthorityKind, tuple[Role, ...]] = {
    AuthorityKind.REGION: tuple(role for role in Role if role not in _MUNICIPAL),
    AuthorityKind.MUNICIPALITY: (Role.ADMINISTRATOR, *(role for role in Role if role in _MUNICIPAL)),
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
        _P.SEE_PAYMENTS,
        _P.PROPOSE_PAYMENTS,
        _P.SEE_CODES,
    }
)
_COORDINATES = frozenset({_P.SEE_CLIENTS, _P.REGISTER_CARE, _P.KEEP_PERSONS})
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
            _P.SEE_PAYMENTS,
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
            _P.SEE_PAYMENTS,
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
            _P.SEE_PAYMENTS,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
    ),
    (Role.POPULATION_INVOICES, _PROVIDER): frozenset(
        {
            _P.SEE_ACTIVITIES,
            _P.SEE_INVOICES,
            _P.SEE_ACTIVITY_INVOICES,
            _P.RECALL_INVOICES,
            _P.SEE_PAYMENTS,
            _P.SEE_CODES,
        }
    ),
    (Role.SPECIAL_CARE_CLAIMS, _CLINIC): frozenset(
        {
            _P.SEE_CLAIMS,
            _P.REPORT_CLAIMS,
            _P.CREDIT_CLAIMS,
            _P.SEE_PAYMENTS,
            _P.SEE_CODES,
            _P.CHANGE_MAIL_CHOICES,
        }
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
    (Role.ATTESTER, _AUTHORITY): _INVOICE_READERS
    | {_P.ATTEST_INVOICES, _P.APPROVE_PAYMENTS, _P.EXPORT_VOUCHERS},
    (Role.ADMINISTRATOR, _AUTHORITY): frozenset(
        {_P.ADMINISTER, _P.KEEP_PERSONS, _P.READ_AUDIT, _P.EXPORT_VOUCHERS, _P.SEE_CODES}
    ),
    (Role.COORDINATOR, _CLINIC): _COORDINATES,
    (Role.COORDINATOR, _AREA): _COORDINATES | {_P.RUN_FEES},
    (Role.BILLING_OFFICE, _AUTHORITY): _COORDINATES | {_P.RUN_FEES, _P.MANAGE_BILLING},
    (Role.FEE_OFFICER, _AUTHORITY): frozenset({_P.SEE_CLIENTS, _P.DECIDE_FEES}),
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
