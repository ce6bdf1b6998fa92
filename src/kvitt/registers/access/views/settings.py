"""One's own settings: how the pages look, the password, and two-step sign-in."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import segno
from django.conf import settings as django_settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kvitt.foundation.forms import FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import forms, queries
from kvitt.registers.access.commands import settings as settings_commands
from kvitt.registers.access.commands import two_step
from kvitt.registers.access.middleware import BY_PROVIDER_IN_SESSION
from kvitt.registers.access.views import answers


@dataclass(frozen=True)
class SettingsPage(FormPage):
    """Everything `settings.html` shows."""

    has_password: bool = True
    has_two_step: bool = False
    codes_left: int = 0


@dataclass(frozen=True)
class TwoStepPage(FormPage):
    """Everything `turn_on_two_step.html` shows: the secret as a picture and as text."""

    picture: str = ""
    secret: str = ""


@dataclass(frozen=True)
class RecoveryCodesPage:
    """Everything `recovery_codes.html` shows, once."""

    title: str
    lead: str
    codes: list[str]
    crumbs: list[Crumb]


@answers.without_unit
def settings(request: Request) -> HttpResponse:
    """Change how one's own pages look."""
    user: Any = request.user
    initial = {"theme": user.theme, "density": user.density, "has_shortcuts": user.has_shortcuts}
    form = forms.Settings(typed(request), initial=initial)
    if carry_out(form, partial(settings_commands.change_settings, request.actor)):
        messages.success(request, _("Your settings are saved."))
        return see_other(request, reverse("access:settings"))
    page = SettingsPage(
        title=_("My settings"),
        lead=user.name,
        form=form,
        submit=_("Save"),
        cancel_url="",
        has_password=_has_password(request),
        has_two_step=queries.has_two_step(user.pk),
        codes_left=queries.recovery_codes_left(user.pk),
    )
    return render(request, "access/settings.html", {"page": page}, status=form_status(request))


@answers.without_unit
@never_cache
@answers.types_secrets
@sensitive_post_parameters()
def change_password(request: Request) -> HttpResponse:
    """Change one's own password."""
    _require_password(request)
    form = forms.ChangePassword(typed(request), user=request.user)
    if form.is_valid():
        values = form.cleaned_data
        try:
            settings_commands.change_password(
                request.actor, request=request, current=values["current"], new=values["new"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            messages.success(request, _("Your password is changed. You are signed out everywhere else."))
            return see_other(request, reverse("access:settings"))
    page = FormPage(
        title=_("Change password"),
        form=form,
        submit=_("Change password"),
        cancel_url=reverse("access:settings"),
        crumbs=_way_to(_("Change password")),
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


@answers.without_unit
@answers.types_secrets
@never_cache
@sensitive_post_parameters("code")
def turn_on_two_step(request: Request) -> HttpResponse:
    """Share a secret with the user's authenticator app; its first code turns two-step sign-in on."""
    _require_password(request)
    user: Any = request.user
    if queries.has_two_step(user.pk):
        return see_other(request, reverse("access:settings"))
    form = forms.TurnOnTwoStep(typed(request))
    command = partial(two_step.turn_on_two_step, request.actor, session=request.session)
    if codes := carry_out(form, command):
        done = RecoveryCodesPage(
            title=_("Two-step sign-in is on"),
            lead=_("Save these codes. They are shown only now."),
            codes=codes,
            crumbs=_way_to(_("Recovery codes")),
        )
        return render(request, "access/recovery_codes.html", {"page": done})
    secret = two_step.secret_to_share(request.session)
    page = TwoStepPage(
        title=_("Turn on two-step sign-in"),
        form=form,
        submit=_("Turn on"),
        cancel_url=reverse("access:settings"),
        crumbs=_way_to(_("Turn on two-step sign-in")),
        picture=_picture(two_step.address_to_share(user.username, secret)),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    )
    return render(request, "access/turn_on_two_step.html", {"page": page}, status=form_status(request))


@answers.without_unit
@answers.types_secrets
@never_cache
@sensitive_post_parameters("password")
def turn_off_two_step(request: Request) -> HttpResponse:
    """Ask for the password before two-step sign-in is turned off."""
    _require_password(request)
    user: Any = request.user
    if not queries.has_two_step(user.pk):
        return see_other(request, reverse("access:settings"))
    form = forms.TurnOffTwoStep(typed(request))
    if carry_out(form, partial(two_step.turn_off_two_step, request.actor, request=request)):
        messages.success(request, _("Two-step sign-in is off."))
        return see_other(request, reverse("access:settings"))
    page = FormPage(
        title=_("Turn off two-step sign-in"),
        question=_("You sign in by the password alone, and the recovery codes stop working."),
        form=form,
        submit=_("Turn off"),
        cancel_url=reverse("access:settings"),
        crumbs=_way_to(_("Turn off two-step sign-in")),
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _has_password(request: Request) -> bool:
    """Tell whether the user signs in by a password here: not who was signed in by a provider."""
    return django_settings.KVITT_LOCAL_ACCOUNTS and not request.session.get(BY_PROVIDER_IN_SESSION)


def _require_password(request: Request) -> None:
    if not _has_password(request):
        raise Http404


def _way_to(title: str) -> list[Crumb]:
    return [Crumb(_("My settings"), reverse("access:settings")), Crumb(title)]


def _picture(address: str) -> SafeString:
    """Return the QR code that an authenticator app reads, as SVG without styles."""
    svg = segno.make(address, micro=False).svg_inline(scale=5, light="white", svgclass=None, lineclass=None)
    return mark_safe(svg)  # noqa: S308 - made here, of squares
