"""What a clinic's administrator types: contact details, an account, users; and the authority's decision."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.registers.organisations.lifecycle import GiroKind


class Contact(Form):
    """How the clinic is reached."""

    street = forms.CharField(label=_("Street address"), required=False, max_length=200)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=10)
    town = forms.CharField(label=_("Town"), required=False, max_length=100)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    columns: ClassVar[dict[str, str]] = {
        "postcode": "kv-c2",
        "town": "kv-c4",
        "phone": "kv-c3",
        "email": "kv-c3",
    }


class Account(Form):
    """The account that the clinic wants to be paid to."""

    giro_kind = forms.ChoiceField(label=_("Account"), choices=choices(GiroKind), widget=forms.RadioSelect)
    giro_number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of a bank account: the clearing number, a comma, and the account number."),
    )


class Roles(Form):
    """The roles of a user at the clinic."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, roles: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer what the clinic can give."""
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(roles)


class NewUser(Roles):
    """Somebody who is to work at the clinic."""

    name = forms.CharField(label=_("Name"), max_length=200)
    hsa_id = forms.CharField(
        label=_("HSA-id"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Without one the user signs in with a user name and a password. A personal identity number is "
            "not kept."
        ),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    field_order = ("hsa_id", "name", "email", "roles")


class SearchChanges(Form):
    """The filter of the list of requests."""

    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("waiting", _("Only those that wait")), ("decided", _("Only decided"))],
        widget=forms.RadioSelect,
    )


class Refusal(Form):
    """Why the clinic keeps its account."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The clinic reads it."),
    )
