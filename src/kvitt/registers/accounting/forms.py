"""Input about account strings, to facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values.dates import Period
from kvitt.registers.accounting import rules
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists.rules import normalise_code


def use_choices(uses: Sequence[AccountUse]) -> list[tuple[str, Any]]:
    """Return what an authority books as choices."""
    return [(use.value, gettext(use.label)) for use in uses]


class StringFilter(Form):
    """What account strings are searched by; the date is today unless another is given."""

    use = forms.ChoiceField(label=_("Used for"), required=False)
    scheme = forms.ChoiceField(label=_("Scheme"), required=False)
    on = DateField(label=_("Valid on"), required=False)

    def __init__(self, data: Mapping[str, Any], *, uses: Sequence[AccountUse], today: date) -> None:
        """Begin with those that hold today; a municipality has no schemes."""
        super().__init__(
            {"on": today.isoformat(), **{name: data[name] for name in data}}, auto_id="filter_%s"
        )
        self.offer("use", use_choices(uses), empty=gettext("All uses"))
        self.offer("scheme", choices(Scheme, empty=gettext("All schemes")))
        if AccountUse.COST not in uses:
            del self.fields["scheme"]

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class StringForm(Form):
    """An account string, what it books, and from when to when."""

    columns = {
        **dict.fromkeys(("scheme", "code"), "kv-c3"),
        **dict.fromkeys(("account", "cost_centre", "activity"), "kv-c2 kv-c-phone"),
        **dict.fromkeys(("first_on", "last_on"), "kv-c3"),
    }

    use = forms.ChoiceField(label=_("Used for"), widget=forms.RadioSelect)
    scheme = forms.ChoiceField(
        label=_("Scheme"),
        choices=choices(Scheme, empty=_("All schemes")),
        required=False,
        help_text=_("Only costs: the nearest account string counts, a code before its scheme."),
    )
    code = forms.CharField(
        label=_("Procedure code"),
        max_length=rules.LONGEST_CODE,
        required=False,
        help_text=_("Empty: all codes."),
        widget=forms.TextInput(attrs={"class": "kv-w-xs", "autocomplete": "off"}),
    )
    account = forms.CharField(
        label=_("Account"),
        max_length=rules.LONGEST_ACCOUNT,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "inputmode": "numeric", "autocomplete": "off"}),
    )
    cost_centre = forms.CharField(
        label=_("Cost centre"),
        max_length=rules.LONGEST_OBJECT,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "autocomplete": "off"}),
    )
    activity = forms.CharField(
        label=_("Business activity"),
        max_length=rules.LONGEST_OBJECT,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "autocomplete": "off"}),
    )
    first_on = DateField(label=_("Valid from"))
    last_on = DateField(label=_("Valid to and including"), required=False)

    def __init__(self, *args: Any, uses: Sequence[AccountUse], **kwargs: Any) -> None:
        """Offer what the authority books; a municipality books by services instead of schemes."""
        super().__init__(*args, **kwargs)
        self.offer("use", use_choices(uses))
        self.fields["use"].initial = uses[0].value
        if AccountUse.COST not in uses:
            del self.fields["scheme"]
            self.fields["code"].label = gettext("Service code")
            self.fields["code"].help_text = gettext(
                "Revenue: the code of the service, HYRA for rents. VAT: 6, 12 or 25. Empty: all."
            )

    def facts(self) -> rules.DatedString:
        """Return what was filled in."""
        given = self.cleaned_data
        return rules.DatedString(
            wanted=(AccountUse(given["use"]), given.get("scheme", ""), normalise_code(given["code"])),
            period=Period(given["first_on"], given["last_on"]),
            facts=rules.AccountStringFacts(given["account"], given["cost_centre"], given["activity"]),
        )


class EndForm(Form):
    """The last day of an account string."""

    last_on = DateField(label=_("Last day"), widget=forms.TextInput(attrs={"class": "kv-w-s"}))
