"""Sign in by password, by password and code, or by an identity provider; choose where to work; sign out."""

from axes.handlers.proxy import AxesProxyHandler
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import queries
from kvitt.registers.access.commands import provider, throttle, two_step
from kvitt.registers.access.middleware import UNIT_IN_SESSION, begin_session
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor, Visitor

WRONG_CREDENTIALS = _("The user name or the password is wrong. Check both and try again.")
WRONG_CODE = _("The code is wrong or used already. Wait for the next one in the app and try again.")
UNKNOWN_UNIT = _("You have no role there. Choose one of your units.")
# What the provider answered did not sign anybody in: the view's page says more.
NOT_SIGNED_IN = _("You are not signed in.")
# Sessions are always of this backend, which finds their users by id and only active ones.
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(actor: Visitor, *, request: HttpRequest, username: str, password: str) -> User:
    """Sign in somebody who knows a user's password; the session gets a new key.

    A user with two-step sign-in is asked for a code first. A refused try says nothing about whether the user
    exists; the log does.
    """
    user = auth.authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        known = User.objects.filter(username=username.strip().lower()).first()
        throttle.record_refused_sign_in(actor, request, known)
        raise Refused([Problem("wrong_credentials", WRONG_CREDENTIALS)])
    if queries.has_two_step(user.pk):
        two_step.ask_for_code(request, user)
        return user
    with transaction.atomic():
        after = _begin(request, user)
        audit.record(
            "access.sign_in",
            queries.actor_without_unit(user),
            subject=("user", user.username),
            after=after,
        )
    return user


def sign_in_with_code(actor: Visitor, *, request: HttpRequest, code: str) -> User:
    """Sign in somebody whose password was right by a code from the app, or by a recovery code.

    Wrong codes count as wrong passwords do. Raises Refused.
    """
    user = two_step.user_to_give_code(request.session)
    if user is None:
        raise Refused([Problem("too_late", two_step.TOO_LATE)])
    credentials = {"username": user.username}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out, request.axes_credentials = True, credentials  # type: ignore[attr-defined]
        throttle.record_refused_sign_in(actor, request, user)
        raise Refused([Problem("wrong_code", WRONG_CODE, "code")])
    with transaction.atomic():
        is_right = two_step.take_code(user, code)
    if not is_right:
        AxesProxyHandler.user_login_failed(__name__, credentials, request)
        throttle.record_refused_sign_in(actor, request, user, reason="wrong_code")
        raise Refused([Problem("wrong_code", WRONG_CODE, "code")])
    with transaction.atomic():
        after = _begin(request, user)
        audit.record(
            "access.sign_in_with_code",
            queries.actor_without_unit(user),
            subject=("user", user.username),
            after=after,
        )
    return user


def sign_in_by_provider(actor: Visitor, *, request: HttpRequest) -> User:
    """Sign in the user whose HSA-id the identity provider answers with; nobody becomes a user by it.

    Raises Refused with the reason as the problem's code, and the HSA-id among its values where there is one.
    """
    has_asked = provider.has_asked(request.session)
    try:
        hsa_ids = provider.hsa_ids_answered(request)
    except provider.Failure as failure:
        if has_asked:  # anybody can open the address, any number of times
            throttle.record_refused_sign_in(actor, request, None, reason=failure.reason)
        raise Refused([Problem(failure.reason, NOT_SIGNED_IN)]) from failure
    users = list(User.objects.filter(hsa_id__in=hsa_ids)[:2])
    user = users[0] if len(users) == 1 else None
    if user is None or not user.is_active:
        reason = "unknown_identity" if user is None else "inactive"
        hsa_id = ", ".join(hsa_ids)
        throttle.record_refused_sign_in(actor, request, user, reason=reason, hsa_id=hsa_id)
        raise Refused([Problem(reason, NOT_SIGNED_IN, values={"hsa_id": hsa_id})])
    with transaction.atomic():
        after = _begin(request, user, is_by_provider=True)
        audit.record(
            "access.sign_in_by_provider",
            queries.actor_without_unit(user),
            subject=("user", user.username),
            after={**after, "hsa_id": user.hsa_id},
        )
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


def _begin(request: HttpRequest, user: User, *, is_by_provider: bool = False) -> dict[str, object]:
    """Let the user in under a new session key, and return what the log says about it."""
    auth.login(request, user, backend=_BACKEND)
    begin_session(request.session, user.pk, is_by_provider=is_by_provider, now=clock.now())
    return {"address": throttle.address_of(request)}
