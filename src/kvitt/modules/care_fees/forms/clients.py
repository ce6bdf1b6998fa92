"""The input about clients: what they are searched by, and who becomes one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import ClientState, FeeType
from kvitt.modules.care_fees.queries.search import Wanted
from kvitt.modules.care_fees.rules import settings as rules
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.people.forms import NumberForm

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import BillingArea, Clinic

_CODE = {"class": "kv-w-xs", "inputmode": "numeric", "autocomplete": "off"}


class ClientFilter(Form):
    """The filters of the list of clients (spec CF-1, CO-25)."""

    text = forms.CharField(label=_("Client number or name"), required=False, max_length=100)
    area = forms.TypedChoiceField(label=_("Billing area"), required=False, coerce=int, empty_value=None)
    unit = forms.TypedChoiceField(label=_("Unit"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("State of the client"), required=False, choices=choices(ClientState, empty=_("All"))
    )

    def __init__(
        self, *args: Any, areas: "Iterable[BillingArea]", units: "Iterable[Clinic]", **kwargs: Any
    ) -> None:
        """Offer the areas and units of the actor."""
        super().__init__(*args, **kwargs)
        self.offer("area", [(area.pk, area.name) for area in areas], empty=_("All billing areas"))
        self.offer("unit", [(unit.pk, str(unit)) for unit in units], empty=_("All units"))

    def wanted(self) -> Wanted:
        """Return what is searched for; a faulty filter is left out, and the page says so."""
        self.full_clean()
        found = self.cleaned_data
        return Wanted(
            text=found.get("text", ""),
            area_id=found.get("area"),
            unit_id=found.get("unit"),
            state=found.get("state", ""),
        )


class NewClientForm(NumberForm):
    """Who becomes a client, and where the care is given: that decides what is proposed (spec CF-5)."""

    care = forms.ChoiceField(
        label=_("Where the care is given"),
        choices=[
            (UnitKind.HOME_CARE.value, _(UnitKind.HOME_CARE.label)),
            (UnitKind.CARE_HOME.value, _(UnitKind.CARE_HOME.label)),
        ],
        widget=forms.RadioSelect,
        initial=UnitKind.HOME_CARE.value,
    )


class SettingsForm(Form):
    """*Inställningar per person*, from a day on (spec CF-5)."""

    first_on = DateField(
        label=_("Holds from"),
        help_text=_("It may lie in the past."),
        error_messages={"required": _("Give the day from which it holds.")},
    )
    fee_type = forms.TypedChoiceField(
        label=_("Type of fee calculation"),
        choices=choices(FeeType),
        coerce=FeeType,
        widget=forms.RadioSelect,
    )
    accepts_cap = forms.BooleanField(label=_("Accepts the fee cap"), required=False)
    parish_code = forms.CharField(
        label=_("Parish code"),
        required=False,
        max_length=10,
        help_text=_("Six digits. It can be fetched from the population register."),
        widget=forms.TextInput(attrs=_CODE),
    )
    has_confirmed_parish = forms.BooleanField(
        label=_("The code is to stand"), required=False, widget=forms.HiddenInput
    )

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show them; where the code is of another municipality, offer the box that lets it stand."""
        found = list(problems)
        if any(problem.code == rules.OTHER_MUNICIPALITY for problem in found):
            self.fields["has_confirmed_parish"].widget = forms.CheckboxInput()
        super().add_problems(found)

    def say_at_parish(self, problems: Iterable[Problem]) -> None:
        """Show at the parish code why it could not be fetched."""
        self.add_problems(replace(problem, field="parish_code") for problem in problems)

    def values(self) -> SettingsValues:
        """Return what was filled in."""
        given = self.cleaned_data
        return SettingsValues(
            fee_type=given["fee_type"],
            accepts_cap=given["accepts_cap"],
            parish_code="".join(given["parish_code"].split()),
        )


class ClientForm(SettingsForm):
    """A new client: his settings, and the area that asks to have him."""

    area = forms.TypedChoiceField(
        label=_("Wanted billing area"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("The billing office places the client. Until then it is a new case."),
    )

    def __init__(self, *args: Any, areas: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the areas; the billing office needs none, it moves the client itself."""
        super().__init__(*args, **kwargs)
        self.fields["first_on"].label = _("Client from")
        self.fields["first_on"].help_text = ""
        self.offer("area", areas, empty=_("Choose a billing area"))
        if not areas:
            del self.fields["area"]


class MoveRequestForm(Form):
    """*Begär byte av debiteringsområde* (spec CF-5)."""

    area = forms.TypedChoiceField(
        label=_("Wanted billing area"),
        coerce=int,
        error_messages={"required": _("Choose a billing area.")},
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, areas: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the areas."""
        super().__init__(*args, **kwargs)
        self.offer("area", areas, empty=_("Choose a billing area"))


class MoveForm(Form):
    """To which area a client is moved, and from when (spec CF-5)."""

    area = forms.TypedChoiceField(
        label=_("Billing area"), coerce=int, error_messages={"required": _("Choose a billing area.")}
    )
    first_on = DateField(
        label=_("From and including"), error_messages={"required": _("Give the day of the move.")}
    )

    def __init__(self, *args: Any, areas: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the areas."""
        super().__init__(*args, **kwargs)
        self.offer("area", areas, empty=_("Choose a billing area"))


class RefusalForm(Form):
    """Why a request is refused (spec CF-5)."""

    answer = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
