"""The table of roles: who may do what in which scope, and nothing more."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.registers.access import rules
from kvitt.registers.access.rules import (
    AUTHORITY_ROLES,
    NEEDED_RIGHT,
    PERMISSIONS,
    ROLE_SCOPES,
    STAYS_WHEN_CLOSED,
    NotAllowed,
    Permission,
    Role,
    ScopeKind,
    calculate_permissions,
    check_administrator_remains,
    check_grant,
    check_user,
)
from kvitt.registers.organisations.lifecycle import AuthorityKind

P = Permission
REPORTS = {
    P.SEE_PATIENTS,
    P.LIST_PATIENTS,
    P.SEE_REPORTS,
    P.REPORT_CARE,
    P.SEE_CASES,
    P.REPORT_CASES,
    P.CREDIT_CASES,
    P.SEE_CODES,
}
INVOICES = {
    P.SEE_PATIENTS,
    P.SEE_REPORTS,
    P.SEE_CASES,
    P.SEE_INVOICES,
    P.SEE_CASE_INVOICES,
    P.CREATE_INVOICES,
    P.RECALL_INVOICES,
    P.SEE_PAYMENTS,
    P.SEE_CODES,
}
# Nobody makes these invoices by hand (PH-8): who answers for them sees them, and takes one back.
ACTIVITY_INVOICES = {
    P.SEE_ACTIVITIES,
    P.SEE_INVOICES,
    P.SEE_ACTIVITY_INVOICES,
    P.RECALL_INVOICES,
    P.SEE_PAYMENTS,
    P.SEE_CODES,
}
READS = {
    P.SEE_PATIENTS,
    P.SEE_CASES,
    P.SEE_ACTIVITIES,
    P.SEE_INVOICES,
    P.SEE_CASE_INVOICES,
    P.SEE_ACTIVITY_INVOICES,
    P.SEE_CLAIMS,
    P.SEE_CLAIM_INVOICES,
    P.SEE_PAYMENTS,
    P.PROPOSE_PAYMENTS,
    P.SEE_CODES,
}
COORDINATES = {P.SEE_CLIENTS, P.REGISTER_CARE, P.KEEP_PERSONS}
# What the specification's table gives each role, at a unit that is connected to every scheme; a
# provider's roles are held together with care responsible.
EXPECTED = {
    (Role.DENTAL_BASIC, ScopeKind.CLINIC): REPORTS | {P.CHANGE_MAIL_CHOICES},
    (Role.DENTAL_INVOICES, ScopeKind.CLINIC): INVOICES | {P.CHANGE_MAIL_CHOICES},
    (Role.DENTAL_INVOICES, ScopeKind.PROVIDER): INVOICES,
    (Role.POPULATION_BASIC, ScopeKind.CLINIC): {
        P.SEE_ACTIVITIES,
        P.REPORT_ACTIVITIES,
        P.CREDIT_ACTIVITIES,
        P.SEE_CODES,
        P.CHANGE_MAIL_CHOICES,
    },
    (Role.POPULATION_BASIC, ScopeKind.PROVIDER): {P.SEE_ACTIVITIES, P.SEE_CODES},
    (Role.POPULATION_INVOICES, ScopeKind.CLINIC): ACTIVITY_INVOICES | {P.CHANGE_MAIL_CHOICES},
    (Role.POPULATION_INVOICES, ScopeKind.PROVIDER): ACTIVITY_INVOICES,
    (Role.SPECIAL_CARE_CLAIMS, ScopeKind.CLINIC): {
        P.SEE_CLAIMS,
        P.REPORT_CLAIMS,
        P.CREDIT_CLAIMS,
        P.SEE_PAYMENTS,
        P.SEE_CODES,
        P.CHANGE_MAIL_CHOICES,
    },
    (Role.CLINIC_ADMINISTRATOR, ScopeKind.CLINIC): {P.MANAGE_UNIT, P.CHANGE_MAIL_CHOICES},
    (Role.CLINIC_ADMINISTRATOR, ScopeKind.PROVIDER): {P.MANAGE_UNIT, P.CHANGE_MAIL_CHOICES},
    (Role.ASSESSOR, ScopeKind.AUTHORITY): {
        P.SEE_PATIENTS,
        P.SEE_CASES,
        P.SEE_CLAIMS,
        P.HANDLE_CERTIFICATES,
        P.SEE_CODES,
        P.ASSESS_REQUESTS,
    },
    (Role.REVIEWER, ScopeKind.AUTHORITY): READS | {P.REVIEW_INVOICES, P.REVIEW_CLAIMS, P.HANDLE_CERTIFICATES},
    (Role.ATTESTER, ScopeKind.AUTHORITY): READS | {P.ATTEST_INVOICES, P.APPROVE_PAYMENTS, P.EXPORT_VOUCHERS},
    (Role.ADMINISTRATOR, ScopeKind.AUTHORITY): {
        P.ADMINISTER,
        P.KEEP_PERSONS,
        P.READ_AUDIT,
        P.EXPORT_VOUCHERS,
        P.SEE_CODES,
    },
    (Role.COORDINATOR, ScopeKind.CLINIC): COORDINATES,
    (Role.COORDINATOR, ScopeKind.AREA): COORDINATES | {P.RUN_FEES},
    (Role.BILLING_OFFICE, ScopeKind.AUTHORITY): COORDINATES | {P.RUN_FEES, P.MANAGE_BILLING},
    (Role.FEE_OFFICER, ScopeKind.AUTHORITY): {P.SEE_CLIENTS, P.DECIDE_FEES},
}
EVERYTHING = frozenset(NEEDED_RIGHT.values())

roles = st.sets(st.sampled_from(Role))
scopes = st.sampled_from(ScopeKind)
rights = st.sets(st.sampled_from(["needs_allowance", "population_health", "special_care"]))


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("scope", ScopeKind)
@pytest.mark.parametrize("role", Role)
def test_role_may_in_its_scope_what_the_table_says(role, scope):
    held = {role, Role.CARE_RESPONSIBLE} if scope is ScopeKind.PROVIDER else {role}

    assert calculate_permissions(held, scope, EVERYTHING) == EXPECTED.get((role, scope), set())


@pytest.mark.requirement("CO-4")
def test_every_permission_of_the_table_lies_in_a_scope_of_its_role():
    assert all(scope in ROLE_SCOPES[role] for role, scope in PERMISSIONS)


@pytest.mark.requirement("CO-3", "CO-4")
@given(roles, scopes, rights)
def test_nothing_is_permitted_without_the_clinics_right(held, scope, connected):
    permitted = calculate_permissions(held, scope, connected)

    if scope is not ScopeKind.AUTHORITY:
        assert all(NEEDED_RIGHT[permission] in connected for permission in permitted & NEEDED_RIGHT.keys())


@pytest.mark.requirement("CO-5")
@given(roles, rights)
def test_provider_level_needs_care_responsible_and_never_reports(held, connected):
    permitted = calculate_permissions(held, ScopeKind.PROVIDER, connected, connected)

    assert not permitted & {P.REPORT_CASES, P.CREDIT_CASES, P.REPORT_CARE}
    assert not permitted & {P.REPORT_ACTIVITIES, P.CREDIT_ACTIVITIES}
    assert not permitted or Role.CARE_RESPONSIBLE in held


@pytest.mark.requirement("CO-4")
@given(roles, roles, scopes, rights)
def test_roles_add_up_and_take_nothing_away(some, more, scope, connected):
    fewer = calculate_permissions(some, scope, connected)

    assert fewer <= calculate_permissions(some | more, scope, connected)


@pytest.mark.requirement("CO-2")
@given(roles, scopes, rights, rights)
def test_what_a_closed_clinic_was_connected_to_can_be_read_and_credited_and_no_more(
    held, scope, connected, former
):
    now = calculate_permissions(held, scope, connected)
    with_former = calculate_permissions(held, scope, connected, former)

    assert now <= with_former
    assert with_former - now <= STAYS_WHEN_CLOSED


@pytest.mark.requirement("CO-2")
def test_closed_clinic_reads_and_credits_its_cases_and_reports_nothing():
    permitted = calculate_permissions({Role.DENTAL_BASIC}, ScopeKind.CLINIC, set(), EVERYTHING)

    assert {P.SEE_CASES, P.CREDIT_CASES} <= permitted
    assert P.REPORT_CASES not in permitted


@pytest.mark.requirement("CO-2", "PH-1")
def test_closed_clinic_reads_and_credits_its_activities_and_reports_nothing():
    permitted = calculate_permissions({Role.POPULATION_BASIC}, ScopeKind.CLINIC, set(), EVERYTHING)

    assert {P.SEE_ACTIVITIES, P.CREDIT_ACTIVITIES} <= permitted
    assert P.REPORT_ACTIVITIES not in permitted


@pytest.mark.requirement("PH-1", "PH-9")
def test_who_answers_for_invoices_of_one_module_sees_its_lines_too():
    assert rules.SEES_LINES.keys() == rules.SEES_INVOICES.keys()
    for allowed in PERMISSIONS.values():
        lines = {module for module, needed in rules.SEES_LINES.items() if needed in allowed}
        invoices = {module for module, needed in rules.SEES_INVOICES.items() if needed in allowed}

        assert invoices <= lines
        assert bool(invoices) == (P.SEE_INVOICES in allowed)


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("scope", ScopeKind)
@pytest.mark.parametrize("role", Role)
def test_role_is_given_only_where_it_is_held(role, scope):
    for kind in AuthorityKind:
        fields = [problem.field for problem in check_grant(role, scope, of=kind)]
        right = [] if scope in ROLE_SCOPES[role] else ["scope"]

        assert fields == (right if role in AUTHORITY_ROLES[kind] else ["role"])


@pytest.mark.requirement("CO-1", "CO-4")
def test_region_and_municipality_share_the_administrator_alone():
    region, municipality = (set(AUTHORITY_ROLES[kind]) for kind in AuthorityKind)

    assert region & municipality == {Role.ADMINISTRATOR}
    assert region | municipality == set(Role)
    assert municipality - region == {Role.COORDINATOR, Role.BILLING_OFFICE, Role.FEE_OFFICER}


def test_actor_requires_by_permission_or_by_its_value(world):
    actor = world.actor("ivar")

    actor.require("administer")
    with pytest.raises(NotAllowed):
        actor.require(Permission.REPORT_CASES)


@pytest.mark.requirement("CO-1")
def test_program_itself_may_everything_in_one_authority():
    actor = rules.system_actor(7)

    assert (actor.permissions, actor.authority_id, actor.clinic_ids) == (frozenset(Permission), 7, None)


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    ("username", "name", "expected"),
    [
        ("anna.testander", "Anna Testander", []),
        ("åsa", "Åsa Prov", []),
        ("an", "Anna", ["bad_username"]),
        ("Anna", "Anna", ["bad_username"]),
        ("anna testander", "Anna", ["bad_username"]),
        ("20130205-2384", "Tova", ["username_is_number"]),
        ("201302052384", "Tova", ["username_is_number"]),
        ("anna", "  ", ["no_name"]),
    ],
)
def test_user_name_is_short_plain_and_no_personal_number(username, name, expected):
    problems = check_user(username=username, name=name, today=dt.date(2024, 11, 20))

    assert [problem.code for problem in problems] == expected


@pytest.mark.requirement("CO-4")
def test_authority_keeps_an_administrator():
    assert check_administrator_remains("Ivar", others=1) == []
    assert [problem.code for problem in check_administrator_remains("Ivar", others=0)] == [
        "last_administrator"
    ]
