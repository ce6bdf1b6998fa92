"""Input about services, prices and who is granted them, to facts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, KronorField, choices
from kvitt.modules.care_fees.lifecycle import CareKind, Measure, ServiceKind
from kvitt.modules.care_fees.rules import catalogue as rules

_NARROW = {"class": "kv-w-s", "autocomplete": "off"}
_VAT = [(percent, f"{percent} %") for percent in rules.VAT_PERCENTS]


def _day(**kwargs: Any) -> DateField:
    return DateField(widget=forms.TextInput(attrs=_NARROW), **kwargs)


def _kronor(**kwargs: Any) -> KronorField:
    return KronorField(widget=forms.TextInput(attrs=_NARROW), **kwargs)


class ServiceFilter(Form):
    """What services are searched by; the day is today unless another is given."""

    text = forms.CharField(label=_("Code or name"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    on = _day(label=_("Valid on"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        """Begin with what is in the catalogue today."""
        self.today = today
        super().__init__(
            {"on": today.isoformat(), **{name: data[name] for name in data}}, auto_id="filter_%s"
        )
        self.offer("kind", choices(ServiceKind, empty=gettext("All kinds")))

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}

    @property
    def priced_on(self) -> date:
        """Of which day the prices are."""
        return self.filters().get("on") or self.today


class ServiceForm(Form):
    """Everything about a service but its code and days."""

    columns = {"kind": "kv-c3", "measure": "kv-c3"}

    name = forms.CharField(label=_("Name"), max_length=rules.LONGEST_NAME)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=choices(ServiceKind),
        widget=forms.RadioSelect,
        initial=ServiceKind.GRANTED,
        help_text=_("A type of service is granted and costs every month; a product costs when registered."),
    )
    measure = forms.ChoiceField(
        label=_("Measure"), choices=choices(Measure), widget=forms.RadioSelect, initial=Measure.MONTH
    )
    care = forms.ChoiceField(
        label=_("Type of care"),
        choices=choices(CareKind),
        initial=CareKind.OTHER,
        help_text=_("Absence cuts personal care, care-home care and board."),
    )
    is_capped = forms.BooleanField(label=_("Under the fee cap"), required=False)
    is_restricted = forms.BooleanField(
        label=_("Registered only in care home, short stay, respite care and serviced housing"), required=False
    )

    def facts(self, *, code: str, first_on: date, last_on: date | None = None) -> rules.ServiceFacts:
        """Return what was filled in."""
        given = self.cleaned_data
        return rules.ServiceFacts(
            code=rules.normalise_code(code),
            name=given["name"],
            kind=ServiceKind(given["kind"]),
            care=CareKind(given["care"]),
            measure=Measure(given["measure"]),
            is_capped=given["is_capped"],
            is_restricted=given["is_restricted"],
            first_on=first_on,
            last_on=last_on,
        )


class NewServiceForm(ServiceForm):
    """A new service, with its code and first day."""

    columns = {**ServiceForm.columns, "code": "kv-c2", "name": "kv-c4"}

    code = forms.CharField(
        label=_("Code"), max_length=rules.LONGEST_CODE, widget=forms.TextInput(attrs=_NARROW)
    )
    first_on = _day(label=_("Valid from"))
    field_order = ("code", "name")


class PriceForm(Form):
    """A price from a day on; only board is asked for a day amount."""

    columns = dict.fromkeys(("first_on", "last_on", "amount", "day_amount"), "kv-c3")

    first_on = _day(label=_("Valid from"))
    last_on = _day(
        label=_("Valid to and including"), required=False, help_text=_("Empty: until the next price.")
    )
    amount = _kronor(label=_("Price in kronor, VAT included"))
    day_amount = _kronor(
        label=_("Deduction per day of absence"), required=False, help_text=_("Kronor for each day.")
    )
    vat_percent = forms.TypedChoiceField(label=_("VAT"), choices=_VAT, coerce=int, initial=0)

    def __init__(self, *args: Any, is_board: bool, **kwargs: Any) -> None:
        """Ask for a day amount only of board."""
        super().__init__(*args, **kwargs)
        if not is_board:
            del self.fields["day_amount"]

    def facts(self) -> rules.PriceFacts:
        """Return what was filled in."""
        return rules.PriceFacts(**self.cleaned_data)


class MoveForm(Form):
    """Which way a service is moved."""

    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class EndForm(Form):
    """A last day; empty: until further notice."""

    last_on = _day(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))


class GrantForm(Form):
    """What a client is granted, where, from when to when, and for what."""

    columns = dict.fromkeys(("first_on", "last_on"), "kv-c3")

    service_id = forms.TypedChoiceField(label=_("Service"), coerce=int)
    unit_id = forms.TypedChoiceField(label=_("Care unit"), coerce=int)
    first_on = _day(label=_("First day"))
    last_on = _day(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))
    amount = _kronor(
        label=_("Own amount per month"), required=False, help_text=_("Empty: the price list counts.")
    )

    def __init__(
        self,
        *args: Any,
        services: Iterable[tuple[int, str]],
        units: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        """Offer the services and the units."""
        super().__init__(*args, **kwargs)
        self.offer("service_id", services, empty=_("Choose a service"))
        self.offer("unit_id", units, empty=_("Choose a unit"))


class AmountForm(Form):
    """Another monthly amount, from a day on."""

    columns = dict.fromkeys(("first_on", "amount"), "kv-c3")

    first_on = _day(label=_("From"))
    amount = _kronor(
        label=_("Own amount per month"), required=False, help_text=_("Empty: the price list counts.")
    )
