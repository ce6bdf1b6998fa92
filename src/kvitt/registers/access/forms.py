"""What is typed to sign in, to change one's own settings, and to administer users."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.registers.access.lifecycle import Density, Theme
from kvitt.registers.access.rules import Role

_PASSWORD = {"autocomplete": "current-password"}
_NEW_PASSWORD = {"autocomplete": "new-password"}


class SignIn(Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_PASSWORD)
    )

    def clean_username(self) -> str:
        """Read a user name in small letters, as they are stored."""
        username: str = self.cleaned_data["username"]
        return username.lower()


class Code(Form):
    """The code that the authenticator app shows now, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


class Unit(Form):
    """Where the user wants to work."""

    unit = forms.CharField(max_length=40, error_messages={"required": _("Choose where you want to work.")})


class Settings(Form):
    """How the user's own pages look and behave."""

    theme = forms.ChoiceField(label=_("Colours"), choices=choices(Theme), widget=forms.RadioSelect)
    density = forms.ChoiceField(
        label=_("Density"),
        choices=choices(Density),
        widget=forms.RadioSelect,
        help_text=_("Compact shows more rows on the screen."),
    )
    has_shortcuts = forms.BooleanField(
        label=_("Keyboard shortcuts"),
        required=False,
        help_text=_("Single keys such as / for the patient search. Turn them off if they get in the way."),
    )


class ChangePassword(Form):
    """The user's own password, now and from now on."""

    current = forms.CharField(
        label=_("Current password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_PASSWORD)
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW_PASSWORD),
        help_text=_("At least 12 characters. Several words in a row are easy to remember."),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW_PASSWORD),
    )

    def __init__(self, *args: Any, user: object, **kwargs: Any) -> None:
        """Remember whose password it is: it may not resemble his name."""
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        """Hold the new password to the rules of the settings."""
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)  # type: ignore[arg-type]
        return new

    def clean(self) -> dict[str, Any]:
        """Hold the two new passwords to be the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "new" in cleaned and cleaned.get("again") not in (None, cleaned["new"]):
            self.add_error("again", _("The new passwords differ. Type the same one twice."))
        return cleaned


class TurnOnTwoStep(Form):
    """The first code from the app: proof that it got the secret."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=_("Six digits."),
    )


class TurnOffTwoStep(Form):
    """The password: an unlocked computer is not enough to turn two-step sign-in off."""

    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_PASSWORD)
    )


class SearchUsers(Form):
    """The filters of the list of users."""

    text = forms.CharField(label=_("Name, user name, e-mail or HSA-id"), required=False, max_length=200)
    role = forms.ChoiceField(label=_("Role"), required=False)
    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("active", _("Only active")), ("inactive", _("Only inactive"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        """Offer the roles that the authority has."""
        super().__init__(*args, **kwargs)
        self.offer("role", _role_choices(roles), empty=_("All"))


class User(Form):
    """A user's names, e-mail address and HSA-id."""

    name = forms.CharField(label=_("Name"), max_length=200)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=_(
            "What the user signs in with, for example anna.testander. Not a personal identity number."
        ),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    hsa_id = forms.CharField(
        label=_("HSA-id"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Finds the user when he or she signs in with an e-service card, for example SITHS."),
    )


class Grant(Form):
    """A role, and where it holds."""

    role = forms.ChoiceField(label=_("Role"))
    scope = forms.ChoiceField(label=_("Holds at"))

    def __init__(
        self,
        *args: Any,
        roles: Iterable[Role],
        scopes: Iterable[tuple[str, list[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        """Offer the authority's roles, and the authority with all that is in it."""
        super().__init__(*args, **kwargs)
        self.offer("role", _role_choices(roles), empty=_("Choose a role"))
        self.offer("scope", scopes, empty=_("Choose where"))


def _role_choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    return [(role.value, _(role.label)) for role in roles]
