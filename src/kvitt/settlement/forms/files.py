"""The input of the bank's files, and of the account that pays."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form


class BankFileForm(Form):
    """A file that the bank sent."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the reader has better words
        help_text=_("A status report (pain.002) or an account notification (camt.054), as XML."),
        error_messages={"required": _("Choose the file that the bank sent.")},
        widget=forms.FileInput(attrs={"accept": ".xml"}),
    )


class PayingAccountForm(Form):
    """The account that the authority pays from, from a day on."""

    first_on = DateField(label=_("From"), widget=forms.TextInput(attrs={"class": "kv-w-s"}))
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=50,
        help_text=_("SE and 22 digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "kv-w-l"}),
    )
    bic = forms.CharField(
        label=_("BIC"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "kv-w-s"}),
    )
