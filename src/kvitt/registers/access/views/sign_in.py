"""Signing in and out, and choosing where to work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kvitt.foundation import clock
from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, typed
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import forms, queries
from kvitt.registers.access.commands import provider, two_step
from kvitt.registers.access.commands import sign_in as sign_in_commands
from kvitt.registers.access.middleware import BY_PROVIDER_IN_SESSION, KEPT_IN_SESSION, LANGUAGE_COOKIE
from kvitt.registers.access.rules import Visitor
from kvitt.registers.access.views import answers

_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class SignInPage(FormPage):
    """Everything `sign_in.html` shows."""

    provider_name: str = ""
    provider_url: str = ""
    has_password: bool = True


@dataclass(frozen=True)
class RefusedPage:
    """Everything `refused.html` and `signed_out.html` show."""

    title: str
    lead: str
    reason: str = ""
    contact: str = ""
    url: str = ""


@dataclass(frozen=True)
class UnitsPage:
    """Everything `choose_unit.html` shows."""

    title: str
    lead: str
    form: Form
    units: list[queries.Unit]
    chosen: str


# Sign-in ------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Request) -> HttpResponse:
    """Ask for user name and password, or offer the provider, and go on to where the user was going."""
    if request.htmx:
        # A part of a page was asked for after the session had ended: the whole page is fetched instead.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if request.method != "POST" and request.user.is_authenticated:
        return HttpResponseRedirect(answers.next_url(request))
    if request.method == "POST" and not settings.KVITT_LOCAL_ACCOUNTS:
        raise Http404
    form = forms.SignIn(typed(request))
    if carry_out(form, partial(sign_in_commands.sign_in, Visitor(), request=request)):
        if request.user.is_authenticated:
            return HttpResponseRedirect(answers.next_url(request), status=303)
        return HttpResponseRedirect(_with_next(request, "access:sign_in_with_code"), status=303)
    if provider.is_configured():  # most come for its button, which has the focus then
        form.fields["username"].widget.attrs.pop("autofocus", None)
    lead = _("You have been sent here to sign in first.") if "next" in request.GET else ""
    if KEPT_IN_SESSION in request.session:
        lead = _("Nothing was done for a while, so you were signed out. What you filled in comes back.")
    page = SignInPage(
        title=_("Sign in"),
        lead=lead,
        form=form,
        submit=_("Sign in"),
        cancel_url="",
        provider_name=settings.OIDC["name"],
        provider_url=_with_next(request, "access:ask_provider") if provider.is_configured() else "",
        has_password=settings.KVITT_LOCAL_ACCOUNTS,
    )
    return render(request, "access/sign_in.html", {"page": page}, status=form_status(request))


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def sign_in_with_code(request: Request) -> HttpResponse:
    """Ask who has given the right password for a code from the app too."""
    if two_step.user_to_give_code(request.session) is None:
        return HttpResponseRedirect(_with_next(request, "access:sign_in"))
    form = forms.Code(typed(request))
    if carry_out(form, partial(sign_in_commands.sign_in_with_code, Visitor(), request=request)):
        return HttpResponseRedirect(answers.next_url(request), status=303)
    page = FormPage(
        title=_("Give the code"),
        lead=_("Open the authenticator app and give the code that it shows for Kvitt."),
        form=form,
        submit=_("Sign in"),
        cancel_url=_with_next(request, "access:sign_in"),
    )
    return render(request, "access/sign_in_with_code.html", {"page": page}, status=form_status(request))


@login_not_required
@never_cache
@require_safe
def ask_provider(request: Request) -> HttpResponse:
    """Send the visitor to the identity provider."""
    _require_provider()
    try:
        return provider.ask(request)
    except provider.Failure as failure:
        return _refused(request, failure.reason)


@login_not_required
@never_cache
@require_safe
def sign_in_by_provider(request: Request) -> HttpResponse:
    """Take the identity provider's answer, and go on to where the user was going."""
    _require_provider()
    wanted = request.session.get(provider.NEXT_IN_SESSION) or ""
    try:
        sign_in_commands.sign_in_by_provider(Visitor(), request=request)
    except Refused as refused:
        [problem] = refused.problems
        return _refused(request, problem.code, str(problem.values.get("hsa_id", "")))
    request.session.pop(provider.NEXT_IN_SESSION, None)
    return HttpResponseRedirect(answers.next_url(request, wanted))


def locked_out(request: HttpRequest, _response: HttpResponse, credentials: Mapping[str, str]) -> HttpResponse:
    """Say when somebody who has typed wrong passwords too often may try again (named in the settings)."""
    username = (credentials or {}).get("username", "")
    until = queries.locked_until(username, str(request.META.get("REMOTE_ADDR", "")))
    at = (until + timedelta(seconds=59)).astimezone(clock.STOCKHOLM)
    page = FormPage(
        title=_("Wait before you try again"),
        lead=_("The wrong password has been given too many times. Try again at %(time)s.")
        % {"time": f"{at:%H.%M}"},
        form=Form(),
        submit="",
        cancel_url=reverse("access:sign_in"),
    )
    return render(request, "access/locked_out.html", {"page": page}, status=429)


@require_http_methods(["GET", "POST"])
@answers.without_unit
def sign_out(request: Request) -> HttpResponse:
    """End the session; whoever had to sign in again first arrives here without meaning it, and stays.

    Who was signed in by a provider goes on to end its session too: by a page, since the content security
    policy lets no form lead elsewhere.
    """
    if request.method == "GET":
        return HttpResponseRedirect(answers.next_url(request), status=303)
    is_by_provider = request.session.get(BY_PROVIDER_IN_SESSION) and provider.is_configured()
    url = provider.end_session_url(request) if is_by_provider else ""
    sign_in_commands.sign_out(request.actor, request=request)
    if not url:
        return HttpResponseRedirect(reverse("access:sign_in"), status=303)
    page = RefusedPage(
        title=_("You are signed out of Kvitt"),
        lead=_("You are sent on to sign out of %(name)s too.") % {"name": settings.OIDC["name"]},
        url=url,
    )
    response = render(request, "access/signed_out.html", {"page": page})
    response.headers["Refresh"] = f"0; url={url}"
    return response


@never_cache
@answers.without_unit
def choose_unit(request: Request) -> HttpResponse:
    """Ask where the user wants to work (*Välj mottagning*); with one unit go straight on."""
    user: Any = request.user
    units = queries.units_of(user)
    if len(units) == 1:
        return HttpResponseRedirect(answers.next_url(request))
    form = forms.Unit(typed(request))
    if form.is_valid():
        try:
            sign_in_commands.choose_unit(
                request.actor, user=user, session=request.session, key=form.cleaned_data["unit"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return HttpResponseRedirect(answers.next_url(request), status=303)
    lead = _("You can change at any time in the page's header.")
    if not units:
        lead = _("You have no role at any clinic yet. Ask whoever administers the users to give you one.")
    page = UnitsPage(
        title=_("Choose clinic") if units else _("You have nowhere to work"),
        lead=lead,
        form=form,
        units=units,
        chosen=request.POST.get("unit") or request.session.get("unit") or (units[0].key if units else ""),
    )
    return render(request, "access/choose_unit.html", {"page": page}, status=form_status(request))


@login_not_required
@require_POST
def set_language(request: Request) -> HttpResponse:
    """Show the pages in Swedish or English from now on, on this computer."""
    response = HttpResponseRedirect(answers.next_url(request, request.POST.get("next", "")), status=303)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=_YEAR,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def _with_next(request: Request, name: str) -> str:
    """Return an address of ours that remembers where the user was going."""
    wanted = request.GET.get("next", "")
    return f"{reverse(name)}?{urlencode({'next': wanted})}" if wanted else reverse(name)


def _require_provider() -> None:
    if not provider.is_configured():
        raise Http404


def _refused(request: Request, reason: str, hsa_id: str = "") -> HttpResponse:
    """Say in words why the identity provider's answer does not let anybody in, and what to do."""
    name = settings.OIDC["name"]
    words = {
        "unknown_identity": _("Kvitt has no user with the HSA-id %(hsa_id)s. Ask for one to be added."),
        "inactive": _("Your user in Kvitt is not active. Ask for it to be activated again."),
        "no_identity": _("%(name)s did not say which HSA-id you have, so Kvitt cannot tell who you are."),
        "refused_by_provider": _(
            "%(name)s did not sign you in, or you stopped before it was done. Try again."
        ),
        "provider_unreachable": _("%(name)s does not answer. Wait a little and try again."),
        "wrong_answer": _(
            "The sign-in took too long, or was answered wrongly. Try again from the beginning."
        ),
    }
    page = RefusedPage(
        title=_("You are not signed in"),
        lead=words[reason] % {"hsa_id": hsa_id, "name": name},
        reason=reason,
        contact=queries.contact_of_installation(),
        url=reverse("access:sign_in"),
    )
    status = 502 if reason == "provider_unreachable" else 403
    return render(request, "access/refused.html", {"page": page}, status=status)
