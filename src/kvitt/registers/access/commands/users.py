"""Administer users and their roles; make an authority with its first administrator."""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import queries, rules
from kvitt.registers.access.models import RoleGrant, User, name_keys
from kvitt.registers.access.rules import Actor, Permission, Role, ScopeKind
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import Authority

AUTHORITY_EXISTS = _("There is already an authority with the number %(number)s. Check the number.")
USERNAME_IS_TAKEN = _("Somebody has that user name already. Choose another.")
HSA_ID_IS_TAKEN = _("Another user has that HSA-id already. Check it.")
HAS_ROLE_ALREADY = _("The user has that role there already.")

# How a user is sorted and found follows from the names; the log leaves it out.
_KEYS = ("sort_key", "search_key")
# Letters and digits that nobody mistakes for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


# The first administrator --------------------------------------------------------------------------


@transaction.atomic
def create_authority(
    *, today: date, kind: AuthorityKind, name: str, organisation_number: str, username: str, user_name: str
) -> str:
    """Make an authority with its first administrator, and return the password that is shown once.

    Everything else an administrator makes on the pages. Raises Refused.
    Source: spec CO-1.
    """
    refuse_if_any(identity.check_organisation_number(organisation_number))
    digits = identity.normalise_organisation_number(organisation_number)
    if Authority.objects.filter(organisation_number=digits).exists():
        raise Refused([Problem("authority_exists", AUTHORITY_EXISTS, values={"number": organisation_number})])
    authority = Authority.objects.create(kind=kind, name=name, organisation_number=digits)
    program = rules.system_actor(authority.pk)
    user, password = create_user(program, today=today, username=username, name=user_name)
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR, authority=authority)
    audit.record(
        "access.create_authority",
        program,
        subject=("authority", digits),
        after={"name": name, "kind": kind.value, "administrator": user.username},
    )
    return password


# Users and their roles ----------------------------------------------------------------------------


@transaction.atomic
def create_user(
    actor: Actor, *, today: date, username: str, name: str, email: str = "", hsa_id: str = ""
) -> tuple[User, str]:
    """Add a user to the actor's authority, and return him with the password that is shown once."""
    actor.require(Permission.ADMINISTER)
    user, password = make_user(
        actor.authority_id, today=today, username=username, name=name, email=email, hsa_id=hsa_id
    )
    after = calculate_difference({}, typed_values(user)).after
    audit.record("access.create_user", actor, subject=("user", user.username), after=after)
    return user, password


@transaction.atomic
def change_user(
    actor: Actor,
    *,
    today: date,
    user_id: int,
    username: str,
    name: str,
    email: str = "",
    hsa_id: str = "",
) -> User:
    """Change a user's names, e-mail address and HSA-id."""
    user = locked_user(actor, user_id)
    username, hsa_id = username.strip().lower(), rules.normalise_hsa_id(hsa_id)
    refuse_if_any(rules.check_user(username=username, name=name, today=today, hsa_id=hsa_id))
    refuse_if_any(_taken(User.objects.exclude(id=user.pk), username, hsa_id))
    sort_key, search_key = name_keys(name, username, email, hsa_id)
    values = {
        "username": username,
        "name": name,
        "email": email,
        "hsa_id": hsa_id,
        "sort_key": sort_key,
        "search_key": search_key,
    }
    if difference := write_changes(user, values):
        audit.record(
            "access.change_user",
            actor,
            subject=("user", user.username),
            before=difference.before,
            after=difference.after,
        )
    return user


@transaction.atomic
def deactivate_user(actor: Actor, *, user_id: int) -> User:
    """Shut a user out, from the next request on; roles and history stay."""
    user = locked_user(actor, user_id)
    _require_another_administrator(actor, user)
    if difference := write_changes(user, {"is_active": False}):
        audit.record(
            "access.deactivate_user",
            actor,
            subject=("user", user.username),
            before=difference.before,
            after=difference.after,
        )
    return user


@transaction.atomic
def reactivate_user(actor: Actor, *, user_id: int) -> User:
    """Let a user in again, with the roles that he has."""
    user = locked_user(actor, user_id)
    if difference := write_changes(user, {"is_active": True}):
        audit.record(
            "access.reactivate_user",
            actor,
            subject=("user", user.username),
            before=difference.before,
            after=difference.after,
        )
    return user


@transaction.atomic
def set_password(actor: Actor, *, user_id: int) -> tuple[User, str]:
    """Give a user a new password, and return it to be shown once; his sessions end."""
    user = locked_user(actor, user_id)
    password = _new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("access.set_password", actor, subject=("user", user.username))
    return user, password


@transaction.atomic
def grant_role(actor: Actor, *, user_id: int, role: str, scope: str) -> RoleGrant:
    """Give a user a role at a clinic, a billing area, a care provider or the authority: `clinic:3`."""
    user = locked_user(actor, user_id)
    kind, unit_id = _scope(actor, scope)
    refuse_if_any(rules.check_grant(Role(role), kind, of=organisations.authority_kind(actor.authority_id)))
    place: dict[str, Any] = {f"{kind.value}_id": unit_id}
    grant, is_new = RoleGrant.objects.get_or_create(user=user, role=role, **place)
    if not is_new:
        raise Refused([Problem("has_role_already", HAS_ROLE_ALREADY, "role")])
    after = {"role": role, "unit": queries.grant_unit(grant)}
    audit.record("access.grant_role", actor, subject=("user", user.username), after=after)
    return grant


@transaction.atomic
def withdraw_role(actor: Actor, *, grant_id: int) -> User:
    """Take a role from a user, from the next request on."""
    grant = queries.grant_to_change(actor, grant_id)
    user = locked_user(actor, grant.user_id)
    if grant.role == Role.ADMINISTRATOR and user.is_active:
        _require_another_administrator(actor, user)
    before = {"role": grant.role, "unit": queries.grant_unit(grant)}
    grant.delete()
    audit.record("access.withdraw_role", actor, subject=("user", user.username), before=before)
    return user


def make_user(
    authority_id: int, *, today: date, username: str, name: str, email: str, hsa_id: str
) -> tuple[User, str]:
    """Store a user with a new password: a step of the commands that add users."""
    username, hsa_id = username.strip().lower(), rules.normalise_hsa_id(hsa_id)
    refuse_if_any(rules.check_user(username=username, name=name, today=today, hsa_id=hsa_id))
    refuse_if_any(_taken(User.objects.all(), username, hsa_id))
    password = _new_password()
    user = User.objects.create_user(
        username=username,
        name=name,
        email=email,
        hsa_id=hsa_id,
        password=password,
        authority_id=authority_id,
    )
    return user, password


def typed_values(user: User) -> dict[str, str]:
    """Return what is typed about a user, for the log."""
    return {"username": user.username, "name": user.name, "email": user.email, "hsa_id": user.hsa_id}


def _taken(others: QuerySet[User], username: str, hsa_id: str) -> list[Problem]:
    """Return what another user has already."""
    problems = []
    if others.filter(username=username).exists():
        problems.append(Problem("username_is_taken", USERNAME_IS_TAKEN, "username"))
    if hsa_id and others.filter(hsa_id=hsa_id).exists():
        problems.append(Problem("hsa_id_is_taken", HSA_ID_IS_TAKEN, "hsa_id"))
    return problems


def _new_password() -> str:
    """Return a password of four groups, about 79 bits, that can be read over a telephone."""
    groups = ("".join(secrets.choice(_ALPHABET) for _place in range(4)) for _group in range(4))
    return "-".join(groups)


def locked_user(actor: Actor, user_id: int) -> User:
    """Return a user of the actor's authority to its administrator, locked."""
    queries.user_to_change(actor, user_id)
    return User.objects.select_for_update().get(id=user_id)


def _require_another_administrator(actor: Actor, user: User) -> None:
    """Refuse what would leave the authority without an active administrator; one at a time may ask."""
    Authority.objects.select_for_update().get(id=actor.authority_id)
    administrators = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR, authority_id=actor.authority_id, user__is_active=True
    )
    if administrators.filter(user=user).exists():
        others = administrators.exclude(user=user).count()
        refuse_if_any(rules.check_administrator_remains(user.name, others=others))


def _scope(actor: Actor, key: str) -> tuple[ScopeKind, int]:
    """Return the kind and row of `clinic:3`. Raises Http404 for what is not the actor's authority's."""
    name, _colon, digits = key.partition(":")
    if name not in set(ScopeKind) or not digits.isdecimal():
        raise Http404
    kind, unit_id = ScopeKind(name), int(digits)
    if kind is ScopeKind.CLINIC:
        is_known = organisations.clinics_of(actor).filter(id=unit_id).exists()
    elif kind is ScopeKind.AREA:
        is_known = organisations.areas_of(actor).filter(id=unit_id).exists()
    elif kind is ScopeKind.PROVIDER:
        is_known = organisations.providers_of(actor).filter(id=unit_id).exists()
    else:
        is_known = unit_id == actor.authority_id
    if not is_known:
        raise Http404
    return kind, unit_id


def write_changes(user: User, values: Mapping[str, object]) -> Difference:
    """Write what is new, and return it for the log; nothing is written when nothing is new."""
    before = {name: getattr(user, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(user, name, value)
        user.save(update_fields=list(values))
    return calculate_difference(before, values, leave_out=_KEYS)
