"""Input about dwellings, housing contracts and free months, to typed values."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, KronorField, choices
from kvitt.foundation.values.case_numbers import complete_number
from kvitt.modules.care_fees.lifecycle import FormerHousing, Household, HousingKind
from kvitt.modules.care_fees.queries import dwellings, tenancies
from kvitt.modules.care_fees.rules.free_month import FreeMonthAnswers
from kvitt.modules.care_fees.rules.housing import DwellingFacts
from kvitt.modules.care_fees.rules.tenancy import EndDay, TenancyContent

Choices = Sequence[tuple[str, str]]
OTHER_DAY, NO_DAY = "other", "none"
_ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx"


class DwellingFilter(Form):
    """What dwellings are searched by."""

    text = forms.CharField(label=_("Number or address"), max_length=100, required=False)
    unit = forms.TypedChoiceField(label=_("Care unit"), coerce=int, empty_value=None, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State of the dwelling"), required=False)

    def __init__(self, data: Any, *, units: Choices) -> None:  # noqa: ANN401 - Django's own
        """Offer the units that the actor reaches."""
        super().__init__(data, auto_id="filter_%s")
        self.offer("unit", units, empty=gettext("All units"))
        self.offer("kind", choices(HousingKind), empty=gettext("All kinds"))
        states = [
            (dwellings.OPEN, gettext("Can be let")),
            (dwellings.FREE, gettext("Not let today")),
            (dwellings.CLOSED, gettext("Not let any more")),
        ]
        self.offer("state", states, empty=gettext("All states"))

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class DwellingForm(Form):
    """A dwelling."""

    columns = {"number": "kv-c2", "address": "kv-c4", "unit_id": "kv-c3", "kind": "kv-c3"}

    number = forms.CharField(
        label=_("Number"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    address = forms.CharField(
        label=_("Address"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    unit_id = forms.TypedChoiceField(label=_("Care unit"), coerce=int)
    kind = forms.TypedChoiceField(
        label=_("Kind"),
        coerce=HousingKind,
        choices=choices(HousingKind),
        widget=forms.RadioSelect,
        help_text=_("It decides which contract date follows from the day of moving in."),
    )
    closed_on = DateField(
        label=_("Not let from"), required=False, help_text=_("Empty while the dwelling can be let.")
    )

    def __init__(self, *args: Any, units: Choices, **kwargs: Any) -> None:
        """Offer the units that the actor reaches."""
        super().__init__(*args, **kwargs)
        self.offer("unit_id", units, empty=gettext("Choose a unit"))

    def facts(self) -> DwellingFacts:
        """Return what was filled in."""
        given = self.cleaned_data
        return DwellingFacts(
            unit_id=given["unit_id"],
            number=given["number"].strip(),
            address=" ".join(given["address"].split()),
            kind=given["kind"],
            closed_on=given["closed_on"],
        )


class TenancyForm(Form):
    """How a contract begins: where, when the client moved in, and the rent of a month."""

    columns = {"moved_in_on": "kv-c3", "monthly": "kv-c3"}

    dwelling = forms.TypedChoiceField(
        label=_("Dwelling"), coerce=int, error_messages={"required": _("Choose the dwelling.")}
    )
    moved_in_on = DateField(
        label=_("Moved in"),
        help_text=_("The day as it is: the contract date follows from it."),
        error_messages={"required": _("Give the day of moving in.")},
    )
    monthly = KronorField(
        label=_("Monthly rent"), error_messages={"required": _("Give the rent of a whole month in kronor.")}
    )

    def __init__(self, *args: Any, offered: Choices, **kwargs: Any) -> None:
        """Offer the dwellings that can be let."""
        super().__init__(*args, **kwargs)
        self.offer("dwelling", offered, empty=gettext("Choose a dwelling"))
        if not offered:
            self.fields["dwelling"].help_text = gettext(
                "No dwelling can be let. Register it under Dwellings first."
            )

    def content(self) -> TenancyContent:
        """Return what was filled in."""
        given = self.cleaned_data
        return TenancyContent(given["dwelling"], given["moved_in_on"], given["monthly"])


class NewTenancyForm(TenancyForm):
    """A contract that is registered, with the one who shares it."""

    partner = forms.CharField(
        label=_("The other tenant's client number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-m", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, partners: str, **kwargs: Any) -> None:
        """Say who of a couple is a client."""
        super().__init__(*args, **kwargs)
        self.fields["partner"].help_text = partners or gettext("Only where two share the contract.")

    def clean_partner(self) -> str:
        """Return the number as it is kept."""
        return complete_number(self.cleaned_data["partner"]) if self.cleaned_data["partner"] else ""


class RentForm(Form):
    """A new rent."""

    columns = {"first_on": "kv-c3", "monthly": "kv-c3"}

    first_on = DateField(
        label=_("From"), help_text=_("The 1st of a month, or the day from which it costs half.")
    )
    monthly = KronorField(label=_("Monthly rent"))


class EndForm(Form):
    """When a contract ends: one of the two days of a month."""

    day = forms.ChoiceField(
        label=_("The contract ends"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when the contract ends.")},
    )
    last_on = DateField(
        label=_("Another day"),
        required=False,
        help_text=_("Of another month: half rent or full rent ends it."),
    )

    def __init__(self, *args: Any, days: Sequence[EndDay], is_ended: bool, **kwargs: Any) -> None:
        """Offer the two days of the months about now, another day, and that it goes on."""
        super().__init__(*args, **kwargs)
        offered = [
            (
                end.last_on.isoformat(),
                (
                    gettext("%(day)s, half rent that month")
                    if end.is_half
                    else gettext("%(day)s, full rent that month")
                )
                % {"day": end.last_on.isoformat()},
            )
            for end in days
        ]
        offered.append((OTHER_DAY, gettext("Another day")))
        if is_ended:
            offered.append((NO_DAY, gettext("Not at all: it holds until further notice")))
        self.offer("day", offered)

    def clean(self) -> dict[str, Any]:
        """Ask for the day where another one is chosen."""
        given = super().clean() or self.cleaned_data
        has_day = given.get("last_on") is not None or "last_on" in self.errors
        if given.get("day") == OTHER_DAY and not has_day:
            self.add_error("last_on", gettext("Give the day, or choose one of those above."))
        return given

    def end_day(self) -> date | None:
        """Return the chosen day; None lets the contract go on."""
        chosen = self.cleaned_data["day"]
        if chosen == NO_DAY:
            return None
        day: date = self.cleaned_data["last_on"] if chosen == OTHER_DAY else date.fromisoformat(chosen)
        return day


class FreeMonthForm(Form):
    """The criteria of a free month, and its proof."""

    columns = {"cost": "kv-c3", "text": "kv-c3"}

    former_housing = forms.TypedChoiceField(
        label=_("Comes from"),
        coerce=FormerHousing,
        choices=choices(FormerHousing),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where the client comes from.")},
    )
    household = forms.TypedChoiceField(
        label=_("Who moves in"),
        coerce=Household,
        choices=choices(Household),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who moves in.")},
    )
    cost = KronorField(
        label=_("Proven cost"),
        help_text=_("Of the former housing, the month of moving in."),
        error_messages={"required": _("Give the cost that the receipt shows; 0 where there is none.")},
    )
    text = forms.CharField(label=_("Invoice text"), max_length=100)
    receipt = forms.FileField(
        label=_("Receipt or other proof"),
        required=False,
        allow_empty_file=True,  # the rule has better words
        help_text=_("PDF, PNG, JPEG or DOCX. One receipt is enough for a couple's common home."),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
    )
    is_seen = forms.BooleanField(label=_("I have seen the receipt, and add no file"), required=False)

    def answers(self) -> FreeMonthAnswers:
        """Return what was filled in, but for the file."""
        given = self.cleaned_data
        return FreeMonthAnswers(
            former_housing=given["former_housing"],
            household=given["household"],
            cost=given["cost"],
            text=given["text"],
            is_seen=given["is_seen"],
        )


class TenancyFilter(Form):
    """What contracts are searched by; a personal number is not one: it would stand in the address."""

    person = forms.CharField(label=_("Client number or name"), max_length=100, required=False)
    dwelling = forms.CharField(label=_("Dwelling"), max_length=100, required=False)
    number = forms.CharField(
        label=_("Contract number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "autocomplete": "off"}),
    )
    first_on = DateField(label=_("Holds from"), required=False)
    last_on = DateField(label=_("Holds to"), required=False)
    state = forms.ChoiceField(label=_("State of the contract"), required=False)

    def __init__(self, data: Any) -> None:  # noqa: ANN401 - Django's own
        """Offer the states."""
        super().__init__(data, auto_id="filter_%s")
        states = [(tenancies.OPEN, gettext("Current")), (tenancies.ENDED, gettext("Ended"))]
        self.offer("state", states, empty=gettext("All states"))

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}
