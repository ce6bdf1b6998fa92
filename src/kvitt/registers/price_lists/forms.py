"""Input about codes, prices, combinations and parameters, to facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kvitt.foundation.forms import DateField, Form, FormPage, KronorField, choices
from kvitt.foundation.values.labels import Labelled
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import (
    CombinationScope,
    Demand,
    Dentition,
    Participants,
    PreauthorizationNeed,
    Pricing,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


LONGEST_NUMBER = 18  # digits that a row number fits in


def _radios(labels: type[Labelled], label: "StrOrPromise", **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices(labels), widget=forms.RadioSelect, **kwargs)


def _number(label: "StrOrPromise", **kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "kv-w-xs"})
    return forms.IntegerField(label=label, required=False, widget=widget, **kwargs)


def number(text: str) -> int | None:
    """Return the row number in an address, or None where there is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


class Filter(Form):
    """What the lists of codes and combinations are filtered by; the date is today unless another is given."""

    on = DateField(label=gettext_lazy("Valid on"), required=False)
    module = forms.ChoiceField(label=gettext_lazy("Module"), required=False)

    def __init__(self, data: Mapping[str, Any], *, modules: Sequence[Scheme], today: date) -> None:
        """Ask for the module only where there are several."""
        self.today = today
        super().__init__({"on": today.isoformat(), **{name: data[name] for name in data}})
        if len(modules) > 1:
            labelled = [(scheme.value, gettext(scheme.label)) for scheme in modules]
            self.offer("module", labelled, empty=gettext("All modules"))
        else:
            del self.fields["module"]

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query; a filter that is wrong does not count."""
        given = self.cleaned_data if self.is_valid() else {}
        return {**given, "on": given.get("on") or self.today}


class ItemFilter(Filter):
    """What codes are searched by: `7` finds codes that begin so, `rönt` names that contain it."""

    text = forms.CharField(label=gettext_lazy("Code or name"), required=False, max_length=100)
    field_order = ("text", "on", "module")


class CombinationFilter(Filter):
    """What combinations are searched by."""

    code = forms.CharField(label=gettext_lazy("Procedure code"), required=False, max_length=10)
    field_order = ("code", "on", "module")


class ItemForm(Form):
    """Everything about a code but its module and the code itself; what another module asks is left out."""

    columns = {
        **dict.fromkeys(("tooth", "jaw", "surface"), "kv-c2"),
        **dict.fromkeys(("from_count", "max_per_period", "min_age", "max_age"), "kv-c3"),
        **dict.fromkeys(("first_on", "last_on"), "kv-c3"),
    }
    # What is asked of a patient's treatment is never said of a code for activities. A claim of special care
    # dentistry has no surfaces, and it is not the code that decides what needs preauthorization.
    not_asked: ClassVar[dict[Scheme, tuple[str, ...]]] = {
        Scheme.NEEDS_ALLOWANCE: ("participants",),
        Scheme.POPULATION_HEALTH: (
            *("tooth", "jaw", "surface", "dentition", "preauthorization", "from_count"),
            *("max_per_period", "min_age", "max_age", "pricing"),
        ),
        Scheme.SPECIAL_CARE: ("participants", "surface", "preauthorization", "from_count"),
    }

    name = forms.CharField(label=gettext_lazy("Procedure name"), max_length=rules.LONGEST_NAME)
    participants = _radios(Participants, gettext_lazy("Participants"), initial=Participants.NONE)
    tooth = _radios(Demand, gettext_lazy("Tooth"), initial=Demand.NO)
    jaw = _radios(Demand, gettext_lazy("Jaw"), initial=Demand.NO)
    surface = _radios(Demand, gettext_lazy("Tooth surface"), initial=Demand.NO)
    dentition = _radios(Dentition, gettext_lazy("Teeth"), initial=Dentition.ANY)
    preauthorization = _radios(
        PreauthorizationNeed, gettext_lazy("Preauthorization"), initial=PreauthorizationNeed.NEVER
    )
    from_count = _number(
        gettext_lazy("From which number"), help_text=gettext_lazy("Only for preauthorization from the n-th.")
    )
    max_per_period = _number(gettext_lazy("Highest number per period"))
    min_age = _number(gettext_lazy("Lowest age"))
    max_age = _number(gettext_lazy("Highest age"))
    pricing = _radios(Pricing, gettext_lazy("Price"), initial=Pricing.FIXED)
    first_on = DateField(label=gettext_lazy("Valid from"))
    last_on = DateField(label=gettext_lazy("Valid to and including"), required=False)

    def __init__(self, *args: Any, module: Scheme | None = None, **kwargs: Any) -> None:
        """Ask what a code of the module can say; everything where the module is not chosen yet."""
        super().__init__(*args, **kwargs)
        for field in self.not_asked[module] if module is not None else ():
            del self.fields[field]

    def facts(self, *, module: str, code: str) -> rules.ItemFacts:
        """Return what was filled in, of this code; what was not asked is as in most codes."""
        given = self.cleaned_data
        return rules.ItemFacts(
            module=Scheme(module),
            code=rules.normalise_code(code),
            name=" ".join(given["name"].split()),
            first_on=given["first_on"],
            last_on=given["last_on"],
            tooth=Demand(given.get("tooth", Demand.NO)),
            jaw=Demand(given.get("jaw", Demand.NO)),
            surface=Demand(given.get("surface", Demand.NO)),
            dentition=Dentition(given.get("dentition", Dentition.ANY)),
            preauthorization=PreauthorizationNeed(given.get("preauthorization", PreauthorizationNeed.NEVER)),
            from_count=given.get("from_count"),
            max_per_period=given.get("max_per_period"),
            min_age=given.get("min_age"),
            max_age=given.get("max_age"),
            participants=Participants(given.get("participants", Participants.NONE)),
            pricing=Pricing(given.get("pricing", Pricing.FIXED)),
        )


class NewItemForm(ItemForm):
    """A code that is not in the price list yet."""

    module = _radios(Scheme, gettext_lazy("Module"), initial=Scheme.NEEDS_ALLOWANCE)
    code = forms.CharField(
        label=gettext_lazy("Procedure code"),
        max_length=10,
        widget=forms.TextInput(attrs={"class": "kv-w-xs", "autocomplete": "off"}),
        help_text=gettext_lazy("Digits, and one letter after them if need be: 815 or 825S."),
    )
    field_order = ("module", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say for which module the participants are."""
        super().__init__(*args, **kwargs)
        self.fields["participants"].help_text = gettext("Only for a code of population responsibility.")


class PriceForm(Form):
    """A price from a day on."""

    first_on = DateField(
        label=gettext_lazy("From"), help_text=gettext_lazy("A price that begins the same day is replaced.")
    )
    amount = KronorField(
        label=gettext_lazy("Price in kronor"), widget=forms.TextInput(attrs={"class": "kv-w-s"})
    )


class ValidityForm(Form):
    """The days on which a combination is forbidden."""

    columns = {"code": "kv-c3", "other_code": "kv-c3", "first_on": "kv-c3", "last_on": "kv-c3"}

    first_on = DateField(label=gettext_lazy("Valid from"))
    last_on = DateField(label=gettext_lazy("Valid to and including"), required=False)

    def facts(self) -> rules.CombinationFacts:
        """Return what was filled in."""
        raise NotImplementedError


class ChangeCombinationForm(ValidityForm):
    """A combination that exists: its days can be changed."""

    def __init__(self, *args: Any, combination: rules.CombinationFacts, **kwargs: Any) -> None:
        """Begin with the combination as it stands."""
        self.combination = combination
        super().__init__(*args, initial=vars(combination), **kwargs)

    def facts(self) -> rules.CombinationFacts:
        """Return the combination with the days that were filled in."""
        return replace(self.combination, **self.cleaned_data)


class CombinationForm(ValidityForm):
    """Two codes that may not stand together."""

    module = _radios(Scheme, gettext_lazy("Module"), initial=Scheme.NEEDS_ALLOWANCE)
    code = forms.CharField(label=gettext_lazy("Procedure code"), max_length=10)
    other_code = forms.CharField(label=gettext_lazy("Not together with"), max_length=10)
    scope = _radios(CombinationScope, gettext_lazy("For the same patient"), initial=CombinationScope.DAY)
    field_order = ("module", "code", "other_code", "scope")

    def facts(self) -> rules.CombinationFacts:
        """Return what was filled in."""
        given = self.cleaned_data
        return rules.CombinationFacts(
            module=Scheme(given["module"]),
            code=rules.normalise_code(given["code"]),
            other_code=rules.normalise_code(given["other_code"]),
            scope=CombinationScope(given["scope"]),
            first_on=given["first_on"],
            last_on=given["last_on"],
        )


class ParameterForm(Form):
    """An authority's own value of a parameter, from a day on."""

    first_on = DateField(
        label=gettext_lazy("From"), help_text=gettext_lazy("A value that begins the same day is replaced.")
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=rules.LONGEST_SOURCE,
        help_text=gettext_lazy("Which decision or regulation the value comes from."),
    )
    field_order = ("first_on", "value", "source")

    def __init__(self, *args: Any, unit: str, **kwargs: Any) -> None:
        """Ask for kronor or for a number, as the parameter's unit says."""
        super().__init__(*args, **kwargs)
        if unit == "öre":
            widget = forms.TextInput(attrs={"class": "kv-w-s"})
            self.fields["value"] = KronorField(label=gettext("Value in kronor"), widget=widget)
        else:
            self.fields["value"] = _number(gettext("Value"))
            self.fields["value"].required = True
        self.order_fields(self.field_order)

    def facts(self, *, name: str) -> rules.ParameterFacts:
        """Return what was filled in, of this parameter."""
        given = self.cleaned_data
        return rules.ParameterFacts(
            name=name,
            first_on=given["first_on"],
            value=given["value"],
            source=" ".join(given["source"].split()),
        )


@dataclass(frozen=True)
class ParameterPage(FormPage):
    """Everything `parameter.html` shows: the form and the values there are."""

    values: Sequence[Any] = ()


@dataclass(frozen=True)
class ParametersPage:
    """Everything `parameters.html` shows."""

    title: str
    lead: str
    rows: Sequence[Any]
