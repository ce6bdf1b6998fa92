"""Sign in and out, choose where to work, and administer users and their roles."""

import dataclasses
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import auth
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import Http404, HttpRequest

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import queries, rules
from kvitt.registers.access.middleware import UNIT_IN_SESSION
from kvitt.registers.access.models import RoleGrant, User, name_keys
from kvitt.registers.access.rules import Actor, Permission, Role, ScopeKind, Visitor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import Authority

AUTHORITY_EXISTS = _("There is already an authority with the number %(number)s. Check the number.")
WRONG_CREDENTIALS = _("The user name or the password is wrong. Check both and try again.")
WRONG_PASSWORD = _("The password is wrong. Give the one you signed in with.")
UNKNOWN_UNIT = _("You have no role there. Choose one of your units.")
USERNAME_IS_TAKEN = _("Somebody has that user name already. Choose another.")
HAS_ROLE_ALREADY = _("The user has that role there already.")

# How a user is sorted and found follows from the names; the log leaves it out.
_KEYS = ("sort_key", "search_key")
# Letters and digits that nobody mistakes for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


# One's own ----------------------------------------------------------------------------------------


def sign_in(actor: Visitor, *, request: HttpRequest, username: str, password: str) -> User:
    """Sign in somebody who knows a user's password; the session gets a new key.

    A refused try says nothing about whether the user exists; the log does.
    """
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        _record_refusal(actor, request, username)
        raise Refused([Problem("wrong_credentials", WRONG_CREDENTIALS)])
    with transaction.atomic():
        auth.login(request, user)
        request.session.pop(UNIT_IN_SESSION, None)
        signed_in = queries.actor_without_unit(user)
        after = {"address": _address(request)}
        audit.record("access.sign_in", signed_in, subject=("user", user.username), after=after)
    return user


def sign_out(actor: Actor, *, request: HttpRequest) -> None:
    """End the session."""
    with transaction.atomic():
        audit.record("access.sign_out", actor, subject=("user", request.user.get_username()))
        auth.logout(request)


@transaction.atomic
def choose_unit(actor: Actor, *, user: User, session: SessionBase, key: str) -> None:
    """Choose one of the user's units as where he works until he chooses another."""
    unit = next((unit for unit in queries.units_of(user) if unit.key == key), None)
    if unit is None:
        raise Refused([Problem("unknown_unit", UNKNOWN_UNIT, "unit")])
    if session.get(UNIT_IN_SESSION) != key:
        session[UNIT_IN_SESSION] = key
        before = {"unit": actor.unit_text} if actor.unit_text else {}
        audit.record(
            "access.choose_unit",
            actor,
            subject=("user", user.username),
            before=before,
            after={"unit": unit.text},
        )


@transaction.atomic
def change_settings(actor: Actor, *, theme: str, density: str, has_shortcuts: bool) -> User:
    """Change how the user's own pages look and whether keys are short cuts."""
    user = _own_user(actor)
    values = {"theme": theme, "density": density, "has_shortcuts": has_shortcuts}
    if difference := _apply(user, values):
        audit.record(
            "access.change_settings",
            actor,
            subject=("user", user.username),
            before=difference.before,
            after=difference.after,
        )
    return user


@transaction.atomic
def change_password(actor: Actor, *, request: HttpRequest, current: str, new: str) -> User:
    """Change the user's own password; his other sessions end."""
    user = _own_user(actor)
    if not user.check_password(current):
        raise Refused([Problem("wrong_password", WRONG_PASSWORD, "current")])
    user.set_password(new)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    audit.record("access.change_password", actor, subject=("user", user.username))
    return user


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
def create_user(actor: Actor, *, today: date, username: str, name: str, email: str = "") -> tuple[User, str]:
    """Add a user to the actor's authority, and return him with the password that is shown once."""
    actor.require(Permission.ADMINISTER)
    username = username.strip().lower()
    refuse_if_any(rules.check_user(username=username, name=name, today=today))
    if User.objects.filter(username=username).exists():
        raise Refused([Problem("username_is_taken", USERNAME_IS_TAKEN, "username")])
    password = _new_password()
    user = User.objects.create_user(
        username=username, name=name, email=email, password=password, authority_id=actor.authority_id
    )
    after = calculate_difference({}, {"username": username, "name": name, "email": email}).after
    audit.record("access.create_user", actor, subject=("user", user.username), after=after)
    return user, password


@transaction.atomic
def change_user(
    actor: Actor, *, today: date, user_id: int, username: str, name: str, email: str = ""
) -> User:
    """Change a user's names and e-mail address."""
    user = _locked_user(actor, user_id)
    username = username.strip().lower()
    refuse_if_any(rules.check_user(username=username, name=name, today=today))
    if User.objects.filter(username=username).exclude(id=user.pk).exists():
        raise Refused([Problem("username_is_taken", USERNAME_IS_TAKEN, "username")])
    sort_key, search_key = name_keys(name, username, email)
    values = {
        "username": username,
        "name": name,
        "email": email,
        "sort_key": sort_key,
        "search_key": search_key,
    }
    if difference := _apply(user, values):
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
    user = _locked_user(actor, user_id)
    _require_another_administrator(actor, user)
    if difference := _apply(user, {"is_active": False}):
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
    user = _locked_user(actor, user_id)
    if difference := _apply(user, {"is_active": True}):
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
    user = _locked_user(actor, user_id)
    password = _new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("access.set_password", actor, subject=("user", user.username))
    return user, password


@transaction.atomic
def grant_role(actor: Actor, *, user_id: int, role: str, scope: str) -> RoleGrant:
    """Give a user a role at a clinic, a care provider or the authority: `clinic:3`."""
    user = _locked_user(actor, user_id)
    kind, unit_id = _scope(actor, scope)
    refuse_if_any(rules.check_grant(Role(role), kind))
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
    user = _locked_user(actor, grant.user_id)
    if grant.role == Role.ADMINISTRATOR and user.is_active:
        _require_another_administrator(actor, user)
    before = {"role": grant.role, "unit": queries.grant_unit(grant)}
    grant.delete()
    audit.record("access.withdraw_role", actor, subject=("user", user.username), before=before)
    return user


def _record_refusal(actor: Visitor, request: HttpRequest, username: str) -> None:
    """Log a refused try; an unknown user name is left out, for it may be a password typed too early.

    In an installation with one authority its administrator sees tries with unknown names too.
    """
    user = User.objects.filter(username=username.strip().lower()).first()
    authority_id = user.authority_id if user else organisations.only_authority_id()
    visitor = dataclasses.replace(actor, authority_id=authority_id)
    is_throttled = bool(getattr(request, "axes_locked_out", False))
    reason = (
        "throttled" if is_throttled else "inactive" if user and not user.is_active else "wrong_credentials"
    )
    after = {"address": _address(request), "refused_because": reason, "is_known_user": user is not None}
    subject = ("user", user.username) if user else ("", "")
    audit.record("access.refuse_sign_in", visitor, subject=subject, after=after)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _new_password() -> str:
    """Return a password of four groups, about 79 bits, that can be read over a telephone."""
    groups = ("".join(secrets.choice(_ALPHABET) for _place in range(4)) for _group in range(4))
    return "-".join(groups)


def _own_user(actor: Actor) -> User:
    if actor.user_id is None:
        raise Http404
    return User.objects.select_for_update().get(id=actor.user_id)


def _locked_user(actor: Actor, user_id: int) -> User:
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
    elif kind is ScopeKind.PROVIDER:
        is_known = organisations.providers_of(actor).filter(id=unit_id).exists()
    else:
        is_known = unit_id == actor.authority_id
    if not is_known:
        raise Http404
    return kind, unit_id


def _apply(user: User, values: Mapping[str, object]) -> Difference:
    """Write what is new, and return it for the log; nothing is written when nothing is new."""
    before = {name: getattr(user, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(user, name, value)
        user.save(update_fields=list(values))
    return calculate_difference(before, values, leave_out=_KEYS)
