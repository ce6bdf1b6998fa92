"""Put who acts and what day it is on every request; answer what is not allowed."""

from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from kvitt.foundation import clock
from kvitt.foundation.htmx import Request
from kvitt.registers.access import queries
from kvitt.registers.access.models import User
from kvitt.registers.access.rules import NotAllowed

LANGUAGE_COOKIE = "kvitt_language"
UNIT_IN_SESSION = "unit"


class ActorMiddleware:
    """Sets `request.today`, the language, and `request.actor` of a signed-in user.

    A user with several units and none chosen is sent to choose one first (spec CO-6); a view with the
    attribute `without_unit` lets him pass.
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
            return self.get_response(request)

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
