"""The pages about users and their roles."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Action, Crumb, ListSource, respond
from kvitt.registers.access import forms, queries, tables
from kvitt.registers.access.commands import two_step
from kvitt.registers.access.commands import users as user_commands
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.registers.access.models import User


def search_users(request: Request) -> HttpResponse:
    """List the authority's users."""
    form = forms.SearchUsers(request.GET, roles=queries.roles_here(request.actor))
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
    form = forms.User(typed(request))
    if created := carry_out(form, partial(user_commands.create_user, request.actor, today=request.today)):
        user, password = created
        if not settings.KVITT_LOCAL_ACCOUNTS:
            messages.success(request, _("%(name)s is created") % {"name": user.name})
            return see_other(request, reverse("access:user", args=[user.pk]))
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
    """Change a user's names, e-mail address and HSA-id."""
    user = queries.user_to_change(request.actor, user_id)
    form = forms.User(
        typed(request),
        initial={name: getattr(user, name) for name in ("name", "username", "email", "hsa_id")},
    )
    command = partial(user_commands.change_user, request.actor, today=request.today, user_id=user_id)
    return _dialog(
        request, user, form, command, title=_("Change user"), submit=_("Save"), done=_("The user is changed.")
    )


def deactivate_user(request: Request, user_id: int) -> HttpResponse:
    """Ask before a user is shut out."""
    user = queries.user_to_change(request.actor, user_id)
    return _dialog(
        request,
        user,
        Form(typed(request)),
        partial(user_commands.deactivate_user, request.actor, user_id=user_id),
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
        Form(typed(request)),
        partial(user_commands.reactivate_user, request.actor, user_id=user_id),
        title=_("Activate user"),
        submit=_("Activate"),
        done=_("The user can sign in again."),
        question=_("%(name)s can sign in again, with the roles on this page.") % {"name": user.name},
    )


@never_cache
def set_password(request: Request, user_id: int) -> HttpResponse:
    """Ask before a user gets a new password, and show it once."""
    if not settings.KVITT_LOCAL_ACCOUNTS:
        raise Http404
    user = queries.user_to_change(request.actor, user_id)
    form = Form(typed(request))
    if result := carry_out(form, partial(user_commands.set_password, request.actor, user_id=user_id)):
        return _show_password(request, *result, title=_("%(name)s has a new password") % {"name": user.name})
    question = _(
        "%(name)s gets a new password, which is shown once. The old one stops working at once, and the user "
        "is signed out everywhere."
    )
    page = _user_page(user, form, _("New password"), _("Make a new password"), question % {"name": user.name})
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def reset_two_step(request: Request, user_id: int) -> HttpResponse:
    """Ask before two-step sign-in is turned off for a user who cannot give codes any more."""
    user = queries.user_to_change(request.actor, user_id)
    question = _(
        "%(name)s signs in by the password alone until he or she turns two-step sign-in on again. Be sure of "
        "who is asking."
    )
    return _dialog(
        request,
        user,
        Form(typed(request)),
        partial(two_step.reset_two_step, request.actor, user_id=user_id),
        title=_("Reset two-step sign-in"),
        submit=_("Reset"),
        done=_("Two-step sign-in is off for the user."),
        question=question % {"name": user.name},
    )


def grant_role(request: Request, user_id: int) -> HttpResponse:
    """Give a user a role somewhere."""
    user = queries.user_to_change(request.actor, user_id)
    form = forms.Grant(
        typed(request),
        roles=queries.roles_here(request.actor),
        scopes=queries.scope_choices(request.actor),
    )
    command = partial(user_commands.grant_role, request.actor, user_id=user_id)
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
        Form(typed(request)),
        partial(user_commands.withdraw_role, request.actor, grant_id=grant_id),
        title=_("Remove role"),
        submit=_("Remove"),
        done=_("The role is removed."),
        question=question % {"role": queries.grant_text(grant), "name": grant.user.name},
    )


def _user_page(user: "User", form: Form, title: str, submit: str, question: str = "") -> FormPage:
    return FormPage(
        title=title,
        lead=f"{user.name}.",
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
    if carry_out(form, command):
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
        back=_("Go to the user"),
    )
    return render(request, "access/new_password.html", {"page": page})
