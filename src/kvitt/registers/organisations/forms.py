"""What the administrator types about the authority, providers, clinics, rights and practitioners."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values import municipalities
from kvitt.registers.organisations.lifecycle import GiroKind, Scheme, UnitKind


class SearchClinics(Form):
    """The filters of the list of clinics."""

    text = forms.CharField(label=_("Number, name or town"), required=False, max_length=200)
    provider = forms.TypedChoiceField(label=_("Care provider"), required=False, coerce=int, empty_value=None)
    scheme = forms.ChoiceField(
        label=_("Connected to"), required=False, choices=choices(Scheme, empty=_("All"))
    )
    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("open", _("Only open")), ("closed", _("Only closed"))],
        widget=forms.RadioSelect,
    )
    specialist = forms.BooleanField(label=_("Only specialist clinics"), required=False)

    def __init__(self, *args: Any, providers: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the authority's care providers."""
        super().__init__(*args, **kwargs)
        _offer(self, "provider", [("", _("All")), *providers])


class SearchProviders(Form):
    """The filter of the list of care providers."""

    text = forms.CharField(label=_("Organisation number or name"), required=False, max_length=200)


class Authority(Form):
    """What the authority says about itself."""

    name = forms.CharField(label=_("Name"), max_length=200)
    organisation_number = forms.CharField(label=_("Organisation number"), max_length=20)
    bankgiro = forms.CharField(label=_("Bankgiro"), required=False, max_length=20)
    county = forms.ChoiceField(
        label=_("County"),
        required=False,
        choices=[("", _("The whole country")), *municipalities.counties().items()],
        help_text=_("Activities take place in its municipalities"),
    )
    contact_name = forms.CharField(
        label=_("Contact"),
        required=False,
        max_length=200,
        help_text=_("Whom messages ask the clinics to contact, for example Tandvårdsenheten"),
    )
    contact_phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    contact_email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    letter_text = forms.CharField(
        label=_("Text in letters and on invoices"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reserve_number_patterns = forms.CharField(
        label=_("Patterns of reserve numbers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One on each line, for example yyyymmdd[KMX]NNC K=5 M=7 X=8"),
    )
    columns: ClassVar[dict[str, str]] = {
        "contact_phone": "kv-c3",
        "contact_email": "kv-c3",
        "organisation_number": "kv-c3",
        "bankgiro": "kv-c3",
    }


class Municipality(Authority):
    """What a municipality says about itself, with the codes that care fees need."""

    municipality_code = forms.CharField(
        label=_("Municipality code"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "inputmode": "numeric"}),
        help_text=_("Four digits, for example 0580"),
    )
    parish_code = forms.CharField(
        label=_("Parish code"),
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "inputmode": "numeric"}),
        help_text=_("For clients whose own parish code is that of another municipality"),
    )
    field_order = (
        *("name", "organisation_number", "bankgiro", "municipality_code", "parish_code", "county"),
    )
    columns: ClassVar[dict[str, str]] = {
        **Authority.columns,
        "municipality_code": "kv-c3",
        "parish_code": "kv-c3",
    }


class Provider(Form):
    """A care provider."""

    name = forms.CharField(label=_("Name"), max_length=200)
    organisation_number = forms.CharField(
        label=_("Organisation number"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "inputmode": "numeric"}),
    )


class Clinic(Form):
    """A clinic with its address."""

    provider_id = forms.TypedChoiceField(label=_("Care provider"), coerce=int)
    number = forms.CharField(label=_("Clinic number"), max_length=10)
    name = forms.CharField(label=_("Name"), max_length=200)
    street = forms.CharField(label=_("Street address"), required=False, max_length=200)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=10)
    town = forms.CharField(label=_("Town"), required=False, max_length=100)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    is_specialist = forms.BooleanField(label=_("Specialist clinic"), required=False)
    columns: ClassVar[dict[str, str]] = {
        "number": "kv-c2",
        "name": "kv-c4",
        "postcode": "kv-c2",
        "town": "kv-c4",
        "phone": "kv-c3",
        "email": "kv-c3",
        "giro_kind": "kv-c3",
        "giro_number": "kv-c3",
    }

    def __init__(self, *args: Any, providers: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the authority's care providers."""
        super().__init__(*args, **kwargs)
        _offer(self, "provider_id", [("", _("Choose a care provider")), *providers])


class CareUnit(Form):
    """A care unit of a municipality, with its kind and billing area."""

    provider_id = forms.TypedChoiceField(label=_("Care provider"), coerce=int)
    number = forms.CharField(label=_("Unit number"), max_length=10)
    name = forms.CharField(label=_("Name"), max_length=200)
    unit_kind = forms.ChoiceField(
        label=_("Kind of care"), choices=choices(UnitKind, empty=_("Choose a kind of care"))
    )
    area_id = forms.TypedChoiceField(label=_("Billing area"), coerce=int)
    street = forms.CharField(label=_("Street address"), required=False, max_length=200)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=10)
    town = forms.CharField(label=_("Town"), required=False, max_length=100)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    columns: ClassVar[dict[str, str]] = {
        "number": "kv-c2",
        "name": "kv-c4",
        "unit_kind": "kv-c3",
        "area_id": "kv-c3",
        "postcode": "kv-c2",
        "town": "kv-c4",
        "phone": "kv-c3",
        "email": "kv-c3",
    }

    def __init__(
        self,
        *args: Any,
        providers: Iterable[tuple[int, str]],
        areas: Iterable[tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        """Offer the authority's care providers and open billing areas."""
        super().__init__(*args, **kwargs)
        self.offer("provider_id", providers, empty=_("Choose a care provider"))
        self.offer("area_id", areas, empty=_("Choose a billing area"))


class SearchUnits(Form):
    """The filters of the list of care units."""

    text = forms.CharField(label=_("Number, name or town"), required=False, max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind of care"), required=False, choices=choices(UnitKind, empty=_("All"))
    )
    area = forms.TypedChoiceField(label=_("Billing area"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("open", _("Only open")), ("closed", _("Only closed"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, areas: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the billing areas."""
        super().__init__(*args, **kwargs)
        self.offer("area", areas, empty=_("All"))


class SearchAreas(Form):
    """The filters of the list of billing areas."""

    text = forms.CharField(label=_("Name"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("All")), ("open", _("Only open")), ("closed", _("Only closed"))],
        widget=forms.RadioSelect,
    )


class Area(Form):
    """A billing area."""

    name = forms.CharField(label=_("Name"), max_length=100)
    is_intake = forms.BooleanField(
        label=_("New clients come here"),
        required=False,
        help_text=_("There is one such area. Its clients wait for the billing office to place them."),
    )


class ChangeArea(Area):
    """A billing area, and its last day."""

    closed_on = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Its clients and care units must have been moved. What was billed there stays."),
    )


class NewClinic(Clinic):
    """A new clinic, with the account it begins with."""

    giro_kind = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=choices(GiroKind, empty=_("No account")),
        widget=forms.RadioSelect,
    )
    giro_number = forms.CharField(
        label=_("Account number"),
        required=False,
        max_length=40,
        help_text=_(
            "Of a bank account: the clearing number, a comma, and the account number. A later change of the "
            "account takes two persons."
        ),
    )


class Closing(Form):
    """The last day of a clinic."""

    closed_on = DateField(label=_("Last day"))


class Right(Form):
    """A right of a clinic."""

    scheme = forms.ChoiceField(label=_("Connected to"), choices=choices(Scheme), widget=forms.RadioSelect)
    first_on = DateField(label=_("First day"))
    last_on = DateField(label=_("Last day"), required=False)
    columns: ClassVar[dict[str, str]] = {"first_on": "kv-c3", "last_on": "kv-c3"}


class RightEnd(Form):
    """The last day of a right."""

    last_on = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty if the right goes on until further notice."),
    )


class Practitioner(Form):
    """Somebody who gives care at a clinic, from when to when."""

    name = forms.CharField(label=_("Name"), max_length=200)
    title = forms.CharField(label=_("Title"), required=False, max_length=100)
    first_on = DateField(label=_("First day"))
    last_on = DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty as long as the practitioner works here."),
    )
    columns: ClassVar[dict[str, str]] = {"first_on": "kv-c3", "last_on": "kv-c3"}


def _offer(form: Form, name: str, offered: Iterable[tuple[object, object]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(offered)
