"""Klinikadministration: a clinic's own details, account and users, and the authority's decisions."""

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kvitt.foundation.forms import Form, FormPage, carry_out
from kvitt.foundation.htmx import Request, form_status, see_other, typed
from kvitt.foundation.tables import Crumb, ListSource, respond
from kvitt.registers.access import queries as access
from kvitt.registers.access.commands import unit_users
from kvitt.registers.clinic_administration import commands, forms, queries, tables
from kvitt.registers.organisations import commands as organisation_commands
from kvitt.registers.organisations import queries as organisations

if TYPE_CHECKING:
    from kvitt.registers.access.models import User
    from kvitt.registers.clinic_administration.models import AccountChange
    from kvitt.registers.organisations.models import Clinic


# The clinic ---------------------------------------------------------------------------------------


@require_safe
def clinics(request: Request) -> HttpResponse:
    """Show the actor's clinic, or the list of clinics to who administers several."""
    rows = queries.managed_clinics(request.actor)
    if request.actor.clinic_id is not None:
        return _clinic(request, request.actor.clinic_id)
    source = ListSource(
        title=_("Clinic administration"),
        columns=tables.clinics(),
        rows=rows,
        order="name",
        empty=_("There are no clinics. The authority adds them."),
        row_url=lambda row: reverse("clinic_administration:clinic", args=[row.pk]),
        file_name="clinics",
    )
    return respond(request, source)


@require_safe
def clinic(request: Request, clinic_id: int) -> HttpResponse:
    """Show a clinic's details, account and users."""
    return _clinic(request, clinic_id)


def change_contact(request: Request, clinic_id: int) -> HttpResponse:
    """Change how the clinic is reached."""
    clinic = organisations.clinic_to_manage(request.actor, clinic_id)
    initial = {name: getattr(clinic, name) for name in forms.Contact.base_fields}
    form = forms.Contact(typed(request), initial=initial)
    command = partial(organisation_commands.change_contact, request.actor, clinic_id=clinic_id)
    if carry_out(form, command):
        messages.success(request, _("The contact details are saved."))
        return _to_clinic(request, clinic_id)
    page = _unit_dialog(clinic, _("Change contact details"), form, _("Save"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def request_account_change(request: Request, clinic_id: int) -> HttpResponse:
    """Ask for another account, which another person decides."""
    clinic = organisations.clinic_to_manage(request.actor, clinic_id)
    form = forms.Account(typed(request), initial={"giro_kind": clinic.giro_kind})
    command = partial(commands.request_account_change, request.actor, clinic_id=clinic_id)
    if carry_out(form, command):
        messages.success(request, _("The change of account waits for a decision."))
        return _to_clinic(request, clinic_id)
    question = _(
        "An administrator at the region decides. Until then payments go to the account that you have."
    )
    page = _unit_dialog(clinic, _("Change account"), form, _("Ask for the change"), question=question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


# Its users ----------------------------------------------------------------------------------------


@never_cache
def create_unit_user(request: Request, clinic_id: int) -> HttpResponse:
    """Add a user to the clinic, and show the password once."""
    clinic = organisations.clinic_to_manage(request.actor, clinic_id)
    form = forms.NewUser(typed(request), roles=queries.role_choices(clinic_id, on=request.today))
    command = partial(unit_users.create_unit_user, request.actor, today=request.today, clinic_id=clinic_id)
    if created := carry_out(form, command):
        return _show_created(request, clinic_id, *created)
    page = _unit_dialog(clinic, _("New user"), form, _("Save"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def change_unit_roles(request: Request, clinic_id: int, user_id: int) -> HttpResponse:
    """Change what a user may do at the clinic."""
    user = access.unit_user(request.actor, clinic_id, user_id)
    held = access.roles_at(clinic_id, user_id)
    form = forms.Roles(
        typed(request),
        initial={"roles": held},
        roles=queries.role_choices(clinic_id, on=request.today, held=held),
    )
    command = partial(
        unit_users.change_unit_roles,
        request.actor,
        today=request.today,
        clinic_id=clinic_id,
        user_id=user_id,
    )
    if carry_out(form, command):
        messages.success(request, _("The roles of %(name)s are changed.") % {"name": user.name})
        return _after_user(request, clinic_id, user_id)
    clinic = organisations.clinic_to_manage(request.actor, clinic_id)
    page = _unit_dialog(clinic, _("Change roles"), form, _("Save"), lead=user.name)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def end_unit_user(request: Request, clinic_id: int, user_id: int) -> HttpResponse:
    """Ask before a user leaves the clinic."""
    user = access.unit_user(request.actor, clinic_id, user_id)
    form = Form(typed(request))
    command = partial(unit_users.end_unit_user, request.actor, clinic_id=clinic_id, user_id=user_id)
    if carry_out(form, command):
        messages.success(request, _("%(name)s is no longer a user of the clinic.") % {"name": user.name})
        return _after_user(request, clinic_id, user_id)
    question = _(
        "%(name)s loses every role at the clinic from the next page on, and can no longer sign in if there "
        "is no other clinic. What he or she has done stays."
    )
    clinic = organisations.clinic_to_manage(request.actor, clinic_id)
    page = _unit_dialog(
        clinic, _("End user"), form, _("End"), lead=user.name, question=question % {"name": user.name}
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


# Decisions about accounts -------------------------------------------------------------------------


@require_safe
def account_changes(request: Request) -> HttpResponse:
    """List the requests for other accounts: those that wait first."""
    form = forms.SearchChanges(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    source = ListSource(
        title=_("Account changes"),
        lead=_("Two persons change a clinic's account: one asks, another one approves."),
        columns=tables.changes(),
        rows=queries.account_changes(request.actor, **filters),
        order="-status",
        empty=_("No change of account matches. Change the filter.")
        if any(filters.values())
        else _("No clinic has asked for a change of account."),
        form=form,
        row_url=lambda row: reverse("clinic_administration:account_change", args=[row.pk]),
        file_name="account-changes",
    )
    return respond(request, source)


@require_safe
def account_change(request: Request, change_id: int) -> HttpResponse:
    """Show one request, with what can be decided."""
    page = queries.change_page(request.actor, change_id)
    return render(request, "clinic_administration/account_change.html", {"page": page})


def approve_account_change(request: Request, change_id: int) -> HttpResponse:
    """Ask before a clinic gets another account."""
    change = queries.change_to_decide(request.actor, change_id)
    form = Form(typed(request))
    if carry_out(form, partial(commands.approve_account_change, request.actor, change_id=change_id)):
        messages.success(request, _("The clinic has its new account."))
        return _to_change(request, change)
    question = _(
        "%(clinic)s is paid to %(account)s from now on. Be sure that the clinic has asked for it."
    ) % {
        "clinic": change.clinic,
        "account": queries.account_text(change.giro_kind, change.giro_number),
    }
    page = _change_dialog(change, _("Approve change of account"), form, _("Approve"), question)
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def refuse_account_change(request: Request, change_id: int) -> HttpResponse:
    """Ask why a clinic keeps its account."""
    change = queries.change_to_decide(request.actor, change_id)
    form = forms.Refusal(typed(request))
    if carry_out(form, partial(commands.refuse_account_change, request.actor, change_id=change_id)):
        messages.success(request, _("The clinic keeps its account."))
        return _to_change(request, change)
    page = _change_dialog(change, _("Do not approve change of account"), form, _("Do not approve"))
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def withdraw_account_change(request: Request, change_id: int) -> HttpResponse:
    """Ask before a request is taken back."""
    change = queries.account_change(request.actor, change_id)
    form = Form(typed(request))
    if carry_out(form, partial(commands.withdraw_account_change, request.actor, change_id=change_id)):
        messages.success(request, _("The change of account is taken back."))
        return _to_clinic(request, change.clinic_id)
    question = _("The clinic keeps its account. You can ask for a change again.")
    page = _unit_dialog(
        change.clinic, _("Take back change of account"), form, _("Take back"), question=question
    )
    return render(request, "dialog.html", {"page": page}, status=form_status(request))


def _clinic(request: Request, clinic_id: int) -> HttpResponse:
    page = queries.unit_page(request.actor, clinic_id)
    return render(request, "clinic_administration/clinic.html", {"page": page})


def _to_clinic(request: Request, clinic_id: int) -> HttpResponse:
    return see_other(request, reverse("clinic_administration:clinic", args=[clinic_id]))


def _after_user(request: Request, clinic_id: int, user_id: int) -> HttpResponse:
    """Go back to the clinic; who has changed his own roles may not see it any more."""
    if user_id == request.actor.user_id:
        return see_other(request, reverse(settings.LOGIN_REDIRECT_URL))
    return _to_clinic(request, clinic_id)


def _to_change(request: Request, change: "AccountChange") -> HttpResponse:
    return see_other(request, reverse("clinic_administration:account_change", args=[change.pk]))


def _show_created(request: Request, clinic_id: int, user: "User", password: str) -> HttpResponse:
    """Show the password of a new user once; who has one already, or needs none, is only told of."""
    created = _("%(name)s is created") % {"name": user.name}
    if not password:
        messages.success(
            request, _("%(name)s, who is a user already, has the roles here too.") % {"name": user.name}
        )
        return _to_clinic(request, clinic_id)
    if not settings.KVITT_LOCAL_ACCOUNTS:
        messages.success(request, created)
        return _to_clinic(request, clinic_id)
    page = access.PasswordPage(
        title=created,
        lead=_("The password is shown only now. Give it to the user, who can change it under My settings."),
        username=user.username,
        password=password,
        user_url=reverse("clinic_administration:clinic", args=[clinic_id]),
        back=_("Go to the clinic"),
    )
    return render(request, "access/new_password.html", {"page": page})


def _unit_dialog(
    clinic: "Clinic", title: str, form: Form, submit: str, *, lead: str = "", question: str = ""
) -> FormPage:
    return FormPage(
        title=title,
        lead=f"{lead or clinic}.",
        form=form,
        submit=submit,
        question=question,
        cancel_url=reverse("clinic_administration:clinic", args=[clinic.pk]),
        crumbs=[*queries.unit_crumbs(clinic), Crumb(title)],
    )


def _change_dialog(
    change: "AccountChange", title: str, form: Form, submit: str, question: str = ""
) -> FormPage:
    return FormPage(
        title=title,
        lead=f"{change.clinic}.",
        form=form,
        submit=submit,
        question=question,
        cancel_url=reverse("clinic_administration:account_change", args=[change.pk]),
        crumbs=[*queries.change_crumbs(change), Crumb(title)],
    )
