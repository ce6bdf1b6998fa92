"""Too many wrong passwords or codes: count them, refuse for a while, and log what was refused.

These are steps, taken outside the transaction of the command: what it refuses is counted all the same.
"""

import dataclasses
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access import queries
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import Actor, Visitor
from kvitt.registers.organisations import queries as organisations

TOO_MANY_TRIES = _("The wrong password has been given too many times. Try again at %(time)s.")
WRONG_PASSWORD = _("The password is wrong. Give the one you signed in with.")


def address_of(request: HttpRequest) -> str:
    """Return where the visitor's computer is."""
    return str(request.META.get("REMOTE_ADDR", ""))


def record_refused_sign_in(
    visitor: Visitor, request: HttpRequest, user: User | None, *, reason: str = "", hsa_id: str = ""
) -> None:
    """Log a refused try; an unknown user name is left out, for it may be a password typed too early.

    In an installation with one authority its administrator sees tries with unknown names too. Of a lock only
    the try that begins it is logged: what is not even tried may come any number of times.
    """
    is_locked = bool(getattr(request, "axes_locked_out", False))
    if is_locked and request.axes_failures_since_start is None:  # type: ignore[attr-defined]
        return
    authority_id = user.authority_id if user else organisations.only_authority_id()
    visitor = dataclasses.replace(visitor, authority_id=authority_id)
    if is_locked:
        reason = "throttled"
    elif not reason:
        reason = "inactive" if user and not user.is_active else "wrong_credentials"
    after = {"address": address_of(request), "refused_because": reason, "is_known_user": user is not None}
    if hsa_id:
        after["hsa_id"] = hsa_id
    subject = ("user", user.username) if user else ("", "")
    audit.record("access.refuse_sign_in", visitor, subject=subject, after=after)


def require_tries_left(request: HttpRequest, field: str) -> None:
    """Refuse a signed-in user who has given the wrong password too many times; the field's form says so."""
    username = request.user.get_username()
    if not AxesProxyHandler.is_allowed(request, {"username": username}):
        until = queries.locked_until(username, address_of(request)) + timedelta(seconds=59)
        values = {"time": f"{until.astimezone(clock.STOCKHOLM):%H.%M}"}
        raise Refused([Problem("too_many_tries", TOO_MANY_TRIES, field, values)])


def refuse_password(actor: Actor, request: HttpRequest, user: User, field: str) -> None:
    """Count and log a wrong password of somebody who is signed in, as at signing in. Raises Refused."""
    AxesProxyHandler.user_login_failed(__name__, {"username": user.username}, request)
    is_locked = bool(request.axes_locked_out)  # type: ignore[attr-defined]
    # The form says it, also in a dialog; the page for locked visitors leads to signing in.
    request.axes_locked_out = False  # type: ignore[attr-defined]
    reason = "throttled" if is_locked else "wrong_password"
    audit.record(
        "access.refuse_password",
        actor,
        subject=("user", user.username),
        after={"address": address_of(request), "refused_because": reason},
    )
    if is_locked:
        require_tries_left(request, field)
    raise Refused([Problem("wrong_password", WRONG_PASSWORD, field)])
