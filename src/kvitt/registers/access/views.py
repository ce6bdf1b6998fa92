"""Signing in and out, choosing where to work, one's own settings, and the pages about users."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings as django_settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kvitt.foundation import clock
from kvitt.foundation.forms import Form, FormPage
from kvitt.foundation.htmx import Request, form_status, see_other
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.foundation.values.problems import Refused
from kvitt.registers.access import commands, forms, queries, tables
from kvitt.registers.access.middleware import LANGUAGE_COOKIE
from kvitt.registers.access.rules import Permission, Visitor

if TYPE_CHECKING:
    from kvitt.registers.access.models import User

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., HttpResponse])
_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class UnitsPage:
    """Everything `choose_unit.html` shows."""

    title: str
    lead: str
    form: Form
    units: list[queries.Unit]
    chosen: str


def without_unit(view: View) -> View:
    """Let a signed-in user who has not chosen where to work reach the view; the middleware asks for it."""
    view.without_unit = True  # type: ignore[attr-defined]
    return view


# Sign-in ------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Request) -> HttpResponse:
    """Ask for user name and password, and go on to where the user was going."""
    if request.htmx:
        # A part of a page was asked for after the session had ended: the whole page is fetched instead.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    if request.method != "POST" and request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = forms.SignIn(_posted(request))
    if _done(form, partial(commands.sign_in, Visitor(), request=request)):
        return HttpResponseRedirect(_next(request), status=303)
    page = FormPage(
        title=_("Sign in"),
        lead=_("You have been sent here to sign in first.") if "next" in request.GET else "",
        form=form,
        submit=_("Sign in"),
        cancel_url="",
    )
    return render(request, "access/sign_in.html", {"page": page}, status=form_status(request))


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
@without_unit
def sign_out(request: Request) -> HttpResponse:
    """End the session; whoever had to sign in again first arrives here without meaning it, and stays."""
    if request.method == "GET":
        return HttpResponseRedirect(_next(request), status=303)
    commands.sign_out(request.actor, request=request)
    return HttpResponseRedirect(reverse("access:sign_in"), status=303)


@never_cache
@without_unit
def choose_unit(request: Request) -> HttpResponse:
    """Ask where the user wants to work (*Välj mottagning*); with one unit go straight on."""
    user: Any = request.user
    units = queries.units_of(user)
    if len(units) == 1:
        return HttpResponseRedirect(_next(request))
    form = forms.Unit(_posted(request))
    if form.is_valid():
        try:
            commands.choose_unit(
                request.actor, user=user, session=request.session, key=form.cleaned_data["unit"]
            )
        except Refused as refused:
            form.add_problems(refused.problems)
        else:
            return HttpResponseRedirect(_next(request), status=303)
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
    response = HttpResponseRedirect(_next(request, request.POST.get("next", "")), status=303)
    language = request.POST.get("language", "")
    if language in dict(django_settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE,
            language,
            max_age=_YEAR,
            secure=django_settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


# One's own settings -------------------------------------------------------------------------------


@without_unit
def settings(request: Request) -> HttpResponse:
    """Change how one's own pages look."""
    user: Any = request.user
    initial = {"theme": user.theme, "density": user.density, "has_shortcuts": user.has_shortcuts}
    form = forms.Settings(_posted(request), initial=initial)
    if _done(form, partial(commands.change_settings, request.actor)):
        messages.success(request, _("Your settings are saved."))
        return see_other(request, reverse("access:settings"))
    page = FormPage(title=_("My settings"), lead=user.name, form=form, submit=_("Save"), cancel_url="")
    return render(request, "access/settings.html", {"page": page}, status=form_status(request))


@without_unit
@never_cache
@sensitive_post_parameters()
def change_password(request: Request) -> HttpResponse:
    """Change one's own password."""
    form = forms.ChangePassword(_posted(request), user=request.user)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            commands.change_password(
                request.actor, request=request, current=typed["current"], new=typed["new"]
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
        crumbs=[Crumb(_("My settings"), reverse("access:settings")), Crumb(_("Change password"))],
    )
    return render(request, "form.html", {"page": page}, status=form_status(request))


# Users --------------------------------------------------------------------------------------------


def search_users(request: Request) -> HttpResponse:
    """List the authority's users."""
    form = forms.SearchUsers(request.GET)
    form.is_valid()
    source = ListSource(
        title=_("Users"),
        columns=tables.users(),
        rows=queries.search_users(request.actor, **form.cleaned_data),
        order="name",
        empty=_("No user matches. Change the filters, or create the user."),
        form=form,
        actions=[Action(_("Create user"), reverse("access:create_user"), is_dialog=True)],
        row_url=lambda row: reverse("access:user", args=[row.pk]),
        file_name="users",
    )
    return respond(request, source)


@never_cache
def create_user(request: Request) -> HttpResponse:
    """Add a user, and show his password once."""
    request.actor.require(Permission.ADMINISTER)
    form = forms.User(_posted(request))
    if created := _done(form, partial(commands.create_user, request.actor, today=request.today)):
        user, password = created
        return _show_password(request, user, password, title=_("%(name)s is created") % {"name": user.name})
    page = FormPage(
        title=_("Create user"),
        form=form,
        submit=_("Create user"),
        cancel_url=reverse("access:search_users"),
        crumbs=[*queries.user_crumbs(), Crumb(_("Create user"))],
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def user(request: Request, user_id: int) -> HttpResponse:
    """Show one user with his roles."""
    return render(request, "access/user.html", {"page": queries.user_page(request.actor, user_id)})


def change_user(request: Request, user_id: int) -> HttpResponse:
    """Change a user's names and e-mail address."""
    user = queries.user_to_change(request.actor, user_id)
    form = forms.User(
        _posted(request), initial={"name": user.name, "username": user.username, "email": user.email}
    )
    command = partial(commands.change_user, request.actor, today=request.today, user_id=user_id)
    return _dialog(
        request, user, form, command, title=_("Change user"), submit=_("Save"), done=_("The user is changed.")
    )


def deactivate_user(request: Request, user_id: int) -> HttpResponse:
    """Ask before a user is shut out."""
    user = queries.user_to_change(request.actor, user_id)
    return _dialog(
        request,
        user,
        Form(_posted(request)),
        partial(commands.deactivate_user, request.actor, user_id=user_id),
        title=_("Deactivate user"),
        submit=_("Deactivate"),
        done=_("The user can no longer sign in."),
        question=_("%(name)s is signed out at once and cannot sign in. You can activate the user again.")
        % {"name": user.name},
    )


def reactivate_user(request: Request, user_id: int) -> HttpResponse:
    """Ask before a user is let in again."""
    user = queries.user_to_change(request.actor, user_id)
    return _dialog(
        request,
        user,
        Form(_posted(request)),
        partial(commands.reactivate_user, request.actor, user_id=user_id),
        title=_("Activate user"),
        submit=_("Activate"),
        done=_("The user can sign in again."),
        question=_("%(name)s can sign in again, with the roles on this page.") % {"name": user.name},
    )


@never_cache
def set_password(request: Request, user_id: int) -> HttpResponse:
    """Ask before a user gets a new password, and show it once."""
    user = queries.user_to_change(request.actor, user_id)
    form = Form(_posted(request))
    if result := _done(form, partial(commands.set_password, request.actor, user_id=user_id)):
        return _show_password(request, *result, title=_("%(name)s has a new password") % {"name": user.name})
    question = _(
        "%(name)s gets a new password, which is shown once. The old one stops working at once, and the user "
        "is signed out everywhere."
    )
    page = _user_page(user, form, _("New password"), _("Make a new password"), question % {"name": user.name})
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def grant_role(request: Request, user_id: int) -> HttpResponse:
    """Give a user a role somewhere."""
    user = queries.user_to_change(request.actor, user_id)
    form = forms.Grant(_posted(request), scopes=queries.scope_choices(request.actor))
    command = partial(commands.grant_role, request.actor, user_id=user_id)
    return _dialog(
        request, user, form, command, title=_("Add role"), submit=_("Add"), done=_("The role is added.")
    )


def withdraw_role(request: Request, grant_id: int) -> HttpResponse:
    """Ask before a role is taken from a user."""
    grant = queries.grant_to_change(request.actor, grant_id)
    question = _("%(role)s is taken from %(name)s, from the next page on. It can be given again.")
    return _dialog(
        request,
        grant.user,
        Form(_posted(request)),
        partial(commands.withdraw_role, request.actor, grant_id=grant_id),
        title=_("Remove role"),
        submit=_("Remove"),
        done=_("The role is removed."),
        question=question % {"role": queries.grant_text(grant), "name": grant.user.name},
    )


# Shared by the views above ------------------------------------------------------------------------


def _posted(request: Request) -> Any:  # noqa: ANN401 - what Django's forms take
    return request.POST if request.method == "POST" else None


def _done(form: Form, command: Callable[..., T]) -> T | None:
    """Carry out the command with what the form holds; a refusal is shown in the form."""
    if not form.is_valid():
        return None
    try:
        return command(**form.cleaned_data)
    except Refused as refused:
        form.add_problems(refused.problems)
        return None


def _next(request: Request, wanted: str | None = None) -> str:
    """Return the address the user was going to when it is one of ours, else the start page."""
    url = request.GET.get("next", "") if wanted is None else wanted
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else reverse(django_settings.LOGIN_REDIRECT_URL)


def _user_page(user: "User", form: Form, title: str, submit: str, question: str = "") -> FormPage:
    return FormPage(
        title=title,
        lead=user.name,
        form=form,
        submit=submit,
        question=question,
        cancel_url=reverse("access:user", args=[user.pk]),
        crumbs=[*queries.user_crumbs(user), Crumb(title)],
    )


def _dialog(
    request: Request,
    user: "User",
    form: Form,
    command: Callable[..., object],
    *,
    title: str,
    submit: str,
    done: str,
    question: str = "",
) -> HttpResponse:
    """Show a dialog about a user, or carry out what it was for."""
    if _done(form, command):
        messages.success(request, done)
        return see_other(request, reverse("access:user", args=[user.pk]))
    page = _user_page(user, form, title, submit, question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _show_password(request: Request, user: "User", password: str, *, title: str) -> HttpResponse:
    page = queries.PasswordPage(
        title=title,
        lead=_("The password is shown only now. Give it to the user, who can change it under My settings."),
        username=user.username,
        password=password,
        user_url=reverse("access:user", args=[user.pk]),
    )
    return render(request, "access/new_password.html", {"page": page})
