"""The input about who gets a client's invoices, and about respites."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form
from kvitt.modules.care_fees.rules.recipients import RecipientDays
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.rules import ContactFacts

_NO_SUGGESTIONS = {"autocomplete": "off"}
_COLUMNS = ("street", "postcode", "town", "country", "phone", "email", "organisation_number")


class RecipientForm(Form):
    """*Fakturamottagare person*: who gets the invoices, where, and from when (spec CF-3, CF-4)."""

    columns = dict.fromkeys((*_COLUMNS[1:], "first_on", "last_on"), "kv-c3")

    kind = forms.TypedChoiceField(
        label=_("Kind"),
        coerce=ContactKind,
        widget=forms.RadioSelect,
        choices=[(kind.value, _(kind.label)) for kind in (ContactKind.ESTATE, ContactKind.INVOICE_RECIPIENT)],
    )
    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Give the name.")})
    street = forms.CharField(
        label=_("Street address"),
        max_length=200,
        error_messages={"required": _("Invoices are sent to this address. Give the street address.")},
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(
        label=_("Town"),
        max_length=100,
        error_messages={"required": _("Invoices are sent to this address. Give the town.")},
    )
    country = forms.CharField(
        label=_("Country"), max_length=100, required=False, help_text=_("Empty for Sweden.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    organisation_number = forms.CharField(
        label=_("Organisation number"),
        max_length=20,
        required=False,
        help_text=_("Only where an organisation gets the invoices."),
    )
    first_on = DateField(
        label=_("From and including"), error_messages={"required": _("Give the first day of the recipient.")}
    )
    last_on = DateField(label=_("To and including"), required=False)
    previous_last_on = DateField(
        label=_("Last day of the present recipient"),
        error_messages={"required": _("The present recipient must get a last day.")},
    )
    saves = forms.TypedChoiceField(
        label=_("Do you want to save the invoice recipient in the billing settings?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )

    def __init__(self, *args: Any, has_present: bool, is_dead: bool, **kwargs: Any) -> None:
        """Ask for what kind only where there is an estate, and for the end of the present one where it is."""
        super().__init__(*args, **kwargs)
        if not is_dead:
            self.fields["kind"].widget = forms.HiddenInput()
        if not has_present:
            del self.fields["previous_last_on"]
        for name in _COLUMNS:
            self.fields[name].widget.attrs.update(_NO_SUGGESTIONS)

    def facts(self) -> ContactFacts:
        """Return who it is."""
        given = self.cleaned_data
        values = {name: given[name] for name in _COLUMNS}
        return ContactFacts(kind=given["kind"], name=given["name"], first_on=given["first_on"], **values)

    def days(self) -> RecipientDays:
        """Return when the recipient ends, and the present one."""
        given = self.cleaned_data
        return RecipientDays(last_on=given["last_on"], previous_last_on=given.get("previous_last_on"))


class EndRecipientForm(Form):
    """The last day of a recipient (spec CF-3)."""

    last_on = DateField(
        label=_("To and including"), error_messages={"required": _("Give the last day of the recipient.")}
    )


class RespiteForm(Form):
    """*Anstånd*: until when the invoices of an estate wait, and why (spec CF-4)."""

    last_on = DateField(label=_("Until"), error_messages={"required": _("Give the last day of the respite.")})
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
