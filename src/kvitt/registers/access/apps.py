"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.access.lifecycle import Density, Theme
from kvitt.registers.access.rules import Role


class AccessConfig(AppConfig):
    """Users, roles at a unit, what an actor may do."""

    name = "kvitt.registers.access"
    label = "access"
    events: ClassVar[dict[str, str]] = {
        "sign_in": _("Signed in"),
        "sign_in_with_code": _("Signed in with a code"),
        "sign_in_by_provider": _("Signed in by the identity provider"),
        "refuse_sign_in": _("Refused sign-in"),
        "refuse_password": _("Refused own password"),
        "sign_out": _("Signed out"),
        "choose_unit": _("Chose unit"),
        "change_settings": _("Changed own settings"),
        "change_password": _("Changed own password"),
        "turn_on_two_step": _("Turned on two-step sign-in"),
        "turn_off_two_step": _("Turned off two-step sign-in"),
        "reset_two_step": _("Reset user's two-step sign-in"),
        "create_authority": _("Created authority"),
        "create_user": _("Created user"),
        "change_user": _("Changed user"),
        "deactivate_user": _("Deactivated user"),
        "reactivate_user": _("Activated user again"),
        "set_password": _("Gave user a new password"),
        "create_unit_user": _("Added user to the clinic"),
        "change_unit_roles": _("Changed user's roles at the clinic"),
        "end_unit_user": _("Ended user at the clinic"),
        "grant_role": _("Gave user a role"),
        "withdraw_role": _("Took a role from user"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "user": _("User"),
        "username": _("User name"),
        "name": _("Name"),
        "email": _("E-mail"),
        "hsa_id": _("HSA-id"),
        "is_active": _("Active user"),
        "role": _("Role"),
        "roles": _("Roles"),
        "unit": _("Unit"),
        "theme": _("Colours"),
        "density": _("Density"),
        "has_shortcuts": _("Keyboard shortcuts"),
        "address": _("Network address"),
        "refused_because": _("Refused because"),
        "is_known_user": _("There is such a user"),
        "throttled": _("Too many tries"),
        "inactive": _("The user is not active"),
        "wrong_credentials": _("Wrong user name or password"),
        "wrong_password": _("Wrong password"),
        "wrong_code": _("Wrong code"),
        "unknown_identity": _("No user has the HSA-id"),
        "no_identity": _("No HSA-id in the identity provider's answer"),
        "refused_by_provider": _("Not signed in at the identity provider"),
        "provider_unreachable": _("The identity provider did not answer"),
        "wrong_answer": _("Wrong answer from the identity provider"),
        **{member.value: member.label for kind in (Role, Theme, Density) for member in kind},
    }
