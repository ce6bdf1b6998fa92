"""What the views of this app share: where to go next, and marks."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from kvitt.foundation.htmx import Request

View = TypeVar("View", bound=Callable[..., HttpResponse])


def without_unit(view: View) -> View:
    """Let a signed-in user who has not chosen where to work reach the view; the middleware asks for it."""
    view.without_unit = True  # type: ignore[attr-defined]
    return view


def types_secrets(view: View) -> View:
    """Keep nothing of what is typed here when the session has ended: passwords and codes."""
    view.types_secrets = True  # type: ignore[attr-defined]
    return view


def next_url(request: Request, wanted: str | None = None) -> str:
    """Return the address the user was going to when it is one of ours, else the start page."""
    url = request.GET.get("next", "") if wanted is None else wanted
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else reverse(settings.LOGIN_REDIRECT_URL)
