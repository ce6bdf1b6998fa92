"""End unused sessions; put who acts and what day it is on every request; answer what is not allowed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from kvitt.foundation import clock, forms
from kvitt.foundation.htmx import Request
from kvitt.registers.access import queries, rules
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import NotAllowed

LANGUAGE_COOKIE = "kvitt_language"
UNIT_IN_SESSION = "unit"
BY_PROVIDER_IN_SESSION = "by_provider"
WAITING_IN_SESSION = "code_asked_of"
KEPT_IN_SESSION = "kept"
_BEGAN_IN_SESSION, _USED_IN_SESSION = "began_at", "used_at"
# That a session is used is written down this seldom, so that reading a page seldom writes.
WRITTEN_EVERY = timedelta(minutes=5)
_KEPT_FOR = timedelta(minutes=15)
_LONGEST_KEPT = 200_000  # characters


def begin_session(session: SessionBase, user_id: int, *, is_by_provider: bool, now: datetime) -> None:
    """Start counting the time of a session; what somebody else had typed before is thrown away."""
    for name in (UNIT_IN_SESSION, WAITING_IN_SESSION):
        session.pop(name, None)
    if session.get(KEPT_IN_SESSION, {}).get("user_id") != str(user_id):
        session.pop(KEPT_IN_SESSION, None)
    session.set_expiry(None)
    session[BY_PROVIDER_IN_SESSION] = is_by_provider
    session[_BEGAN_IN_SESSION] = session[_USED_IN_SESSION] = int(now.timestamp())


class ExpiryMiddleware:
    """Ends a session that nobody uses; keeps what was typed into it, and gives it back (spec CO-7).

    What is typed in a page is sent when the session has ended already: it is kept for a quarter of an hour,
    without files, and shown in the same page when the same user has signed in again. A view with the
    attribute `types_secrets` keeps nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        self._end_or_renew(request)
        with forms.typed_again(None):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Keep what was sent too late, or give it back; a forged form has been refused before this."""
        if not getattr(view, "login_required", True) or getattr(view, "types_secrets", False):
            return None
        ended = getattr(request, "ended_session_of", None)
        if ended is not None:
            return _keep(request, ended) if request.method == "POST" else None
        if request.method == "GET" and KEPT_IN_SESSION in request.session:
            _give_back(request)
        return None

    def _end_or_renew(self, request: HttpRequest) -> None:
        session = request.session
        user_id = session.get(SESSION_KEY)
        if user_id is None:
            return
        now = int(clock.now().timestamp())
        began_at, used_at = session.get(_BEGAN_IN_SESSION), session.get(_USED_IN_SESSION)
        if began_at is None or used_at is None:
            session[_BEGAN_IN_SESSION] = session[_USED_IN_SESSION] = now
        elif rules.has_session_ended(
            idle=timedelta(seconds=now - used_at),
            age=timedelta(seconds=now - began_at),
            longest_idle=settings.KVITT_SESSION_IDLE,
            longest=settings.KVITT_SESSION_LONGEST,
        ):
            session.flush()
            request.ended_session_of = user_id  # type: ignore[attr-defined]
        elif now - used_at >= WRITTEN_EVERY.total_seconds():
            session[_USED_IN_SESSION] = now


def _keep(request: HttpRequest, user_id: str) -> HttpResponse | None:
    """Keep what was typed in the visitor's new session, and send him to sign in and then back to the form."""
    typed = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    size = sum(len(value) for values in typed.values() for value in values)
    if not size or size > _LONGEST_KEPT:
        return None
    url = _page_of(request)
    request.session[KEPT_IN_SESSION] = {
        "user_id": user_id,
        "path": urlsplit(url).path,
        "typed": typed,
        "at": int(clock.now().timestamp()),
    }
    request.session.set_expiry(int(_KEPT_FOR.total_seconds()))
    sign_in = f"{reverse('access:sign_in')}?{urlencode({'next': url})}"
    if cast("Request", request).htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": sign_in})
    return redirect(sign_in)


def _page_of(request: HttpRequest) -> str:
    """Return the page that the form stands on: its own address, but for a small form on another page."""
    htmx = cast("Request", request).htmx
    if htmx and htmx.target == "dialog":
        return request.get_full_path()
    sender = urlsplit((htmx.current_url if htmx else request.headers.get("Referer")) or "")
    if sender.netloc != request.get_host():
        return request.get_full_path()
    return f"{sender.path}?{sender.query}" if sender.query else sender.path


def _give_back(request: HttpRequest) -> None:
    """Fill the forms of this page with what the user had typed; once, and not after a quarter of an hour."""
    kept = request.session[KEPT_IN_SESSION]
    age = clock.now().timestamp() - kept["at"]
    if age > _KEPT_FOR.total_seconds() or kept["user_id"] != request.session.get(SESSION_KEY):
        del request.session[KEPT_IN_SESSION]
    elif kept["path"] == request.path:
        del request.session[KEPT_IN_SESSION]
        typed = QueryDict(mutable=True)
        for name, values in kept["typed"].items():
            typed.setlist(name, values)
        forms.give_back(typed)
        messages.warning(
            request, _("You were signed out. What you had filled in is here again, not yet saved.")
        )


class ActorMiddleware:
    """Sets `request.today`, the language, and `request.actor` of a signed-in user.

    A user with several units and none chosen is sent to choose one first (spec CO-6); a view with the
    attribute `without_unit` lets him pass. No answer to a user stays in a browser or on the way (spec QU-18),
    unless its view says otherwise.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Remember the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        typed = cast("Request", request)
        typed.today = clock.today()
        language = request.COOKIES.get(LANGUAGE_COOKIE)
        with translation.override(language if language in {"sv", "en"} else "sv"):
            response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Find the actor for views that need one."""
        if not getattr(view, "login_required", True) or not isinstance(request.user, User):
            return None
        typed = cast("Request", request)
        actor = queries.actor(request.user, request.session.get(UNIT_IN_SESSION, ""), today=typed.today)
        if actor is None and not getattr(view, "without_unit", False):
            return _to_choose_unit(request)
        typed.actor = actor or queries.actor_without_unit(request.user)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 403 in words where the actor may not do what he asked for."""
        if isinstance(exception, NotAllowed):
            return render(request, "403.html", status=403)
        return None


def _to_choose_unit(request: HttpRequest) -> HttpResponse:
    """Send the user to choose a unit, and then on to where he was going."""
    url = reverse("access:choose_unit")
    if request.method == "GET":
        url = f"{url}?{urlencode({'next': request.get_full_path()})}"
    return redirect(url)
