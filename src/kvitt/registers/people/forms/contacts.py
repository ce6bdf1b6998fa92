"""Input about relations, contact persons and the population register."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.registers.people.forms.persons import NumberForm
from kvitt.registers.people.lifecycle import ContactKind, RelationKind

_SHORT = {"class": "kv-w-m", "autocomplete": "off"}


class RelationForm(NumberForm):
    """What somebody with a number is to the person."""

    kind = forms.TypedChoiceField(
        label=_("The other person is"), choices=choices(RelationKind, empty=_("Choose")), coerce=RelationKind
    )
    first_on = DateField(label=_("From and including"), error_messages={"required": _("Give the first day.")})
    given_name = forms.CharField(
        label=_("Given name"),
        max_length=100,
        required=False,
        help_text=_("Only for somebody who is not registered and not in the population register."),
    )
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)

    columns = {"kind": "kv-c3", "first_on": "kv-c3", "given_name": "kv-c3", "family_name": "kv-c3"}


class ContactForm(Form):
    """What is written of a contact person."""

    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Give the name.")})
    organisation_number = forms.CharField(
        label=_("Organisation number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**_SHORT, "inputmode": "numeric"}),
        help_text=_("Only for a company or an association."),
    )
    street = forms.CharField(
        label=_("Street address"),
        max_length=200,
        required=False,
        help_text=_("Needed for who gets the invoices."),
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("Town"), max_length=100, required=False)
    country = forms.CharField(
        label=_("Country"), max_length=100, required=False, help_text=_("Empty for Sweden.")
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**_SHORT, "inputmode": "tel"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)

    columns = {"postcode": "kv-c3", "town": "kv-c3", "phone": "kv-c3", "email": "kv-c3"}


class NewContactForm(ContactForm):
    """A new contact person, and when the present recipient of invoices ends."""

    kind = forms.TypedChoiceField(
        label=_("Type"), choices=choices(ContactKind, empty=_("Choose")), coerce=ContactKind
    )
    first_on = DateField(label=_("From and including"), error_messages={"required": _("Give the first day.")})
    previous_last_on = DateField(required=False)

    field_order = ("kind", "first_on")
    columns = {**ContactForm.columns, "kind": "kv-c3", "first_on": "kv-c3"}

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        """Ask for the last day of the present recipient, where there is one."""
        super().__init__(*args, **kwargs)
        if not present:
            del self.fields["previous_last_on"]
            return
        field = self.fields["previous_last_on"]
        field.label = gettext("%(name)s gets the invoices to and including") % {"name": present}
        field.help_text = gettext("Only where the new contact person is to get the invoices instead.")


class FetchForm(NumberForm):
    """A number to look up in the population register, and whether what it tells is confirmed."""

    is_confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ConfirmFetchForm(Form):
    """The number that was looked up, to be sent again with the answer."""

    number = forms.CharField(widget=forms.HiddenInput)
    is_confirmed = forms.BooleanField(initial=True, widget=forms.HiddenInput)
