"""Input about incomes, changes of the reserved amount and fee decisions, to facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, FormPage, KronorField, choices
from kvitt.foundation.values.dates import add_months
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind, IncomePace
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow
from kvitt.modules.care_fees.rules.statements import NewAdjustment, NewStatement, StatedRow

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

    from kvitt.modules.care_fees.queries.decisions import ShownTerms

_ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx"
_NARROW = {"class": "kv-w-s"}
MOST_ROWS, _FEWEST_ROWS = 20, 3
_LARGEST_HOME = 2_000


class AmountField(KronorField):
    """An amount in kronor that is not below zero."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the öre, or None when nothing is typed."""
        amount = super().clean(value)
        if amount is not None and amount < 0:
            raise forms.ValidationError(gettext("This amount cannot be below zero."), code="below_zero")
        return amount


def asked_rows(data: Mapping[str, Any] | None, *, fewest: int, is_adding: bool) -> int:
    """Return how many rows a form has: those that were sent, and one more where one is asked for."""
    sent = str((data or {}).get("rows", ""))
    count = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= 2 else fewest  # noqa: PLR2004
    return min(max(count, 1) + (1 if is_adding else 0), MOST_ROWS)


@dataclass(frozen=True)
class IncomePage(FormPage):
    """Everything `save_income.html` shows: the form, and whose incomes are asked for."""

    spouse: str = ""


@dataclass(frozen=True)
class DecidePage(FormPage):
    """Everything `decide_fee.html` shows: of which client and month, and the terms or what hinders them."""

    number: str = ""
    shown: "ShownTerms | None" = None
    problems: Sequence[str] = ()


class IncomeForm(Form):
    """*Inkomst*: from when it holds, a row for each income, what the home costs, and the proof.

    A row without an amount is no income. A row is of the client, or of the spouse who is no client.
    """

    first_on = DateField(label=_("Holds from"))
    received_on = DateField(label=_("Statement received"))
    home = forms.TypedChoiceField(
        label=_("Housing"),
        coerce=HomeKind,
        choices=choices(HomeKind),
        initial=HomeKind.RENTED.value,
        widget=forms.RadioSelect,
    )
    rent = AmountField(label=_("Rent a month"), required=False, widget=forms.TextInput(attrs=_NARROW))
    interest = AmountField(
        label=_("Interest on the loans, a year"), required=False, widget=forms.TextInput(attrs=_NARROW)
    )
    operating = AmountField(
        label=_("Operating cost a month"),
        required=False,
        help_text=_("Empty: the standard cost of the area."),
        widget=forms.TextInput(attrs=_NARROW),
    )
    square_metres = forms.IntegerField(
        label=_("Square metres"),
        required=False,
        min_value=0,
        max_value=_LARGEST_HOME,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Give whole square metres, at most 2 000.")
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", **_NARROW}),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    proof = forms.FileField(
        label=_("Proof"),
        required=False,
        allow_empty_file=True,  # the rule has better words
        help_text=_("A decision on pension, a tax slip, a rent slip: PDF, PNG, JPEG or DOCX."),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
    )

    def __init__(self, *args: Any, count: int = _FEWEST_ROWS, has_spouse: bool, **kwargs: Any) -> None:
        """Ask for so many incomes."""
        super().__init__(*args, **kwargs)
        self.count, self.has_spouse = count, has_spouse
        self.fields["rows"] = forms.CharField(
            required=False, max_length=2, initial=str(count), widget=forms.HiddenInput
        )
        for place in range(count):
            self.fields[f"kind_{place}"] = forms.TypedChoiceField(
                label=_("Kind of income"), coerce=IncomeKind, choices=choices(IncomeKind), required=False
            )
            self.fields[f"pace_{place}"] = forms.TypedChoiceField(
                label=_("Told"), coerce=IncomePace, choices=choices(IncomePace), required=False
            )
            self.fields[f"amount_{place}"] = AmountField(label=_("Before tax"), required=False)
            self.fields[f"tax_{place}"] = AmountField(label=_("Tax"), required=False)
            if has_spouse:
                self.fields[f"is_of_spouse_{place}"] = forms.BooleanField(
                    label=_("The spouse's"), required=False
                )

    @property
    def income_rows(self) -> "list[list[BoundField]]":
        """The fields of each income, row by row."""
        names = ("kind", "pace", "amount", "tax", *(("is_of_spouse",) if self.has_spouse else ()))
        return [[self[f"{name}_{place}"] for name in names] for place in range(self.count)]

    def clean(self) -> dict[str, Any]:
        """A tax without its income, or above it, is a slip of the pen."""
        given = super().clean() or self.cleaned_data
        for place in range(self.count):
            amount, tax = given.get(f"amount_{place}"), given.get(f"tax_{place}")
            if tax and amount is None and f"amount_{place}" not in self.errors:
                self.add_error(f"amount_{place}", gettext("Give the income before tax."))
            elif tax and amount is not None and tax > amount:
                self.add_error(f"tax_{place}", gettext("The tax is higher than the income."))
            for name in ("kind", "pace"):
                if amount is not None and not given.get(f"{name}_{place}"):
                    self.add_error(f"{name}_{place}", self.required_text)
        return given

    def new(self) -> NewStatement:
        """Return what is stated."""
        given = self.cleaned_data
        return NewStatement(
            first_on=given["first_on"],
            received_on=given["received_on"],
            rows=[row for place in range(self.count) if (row := self._row(place)) is not None],
            housing=HousingFacts(
                home=given["home"],
                rent=given["rent"] or 0,
                interest=given["interest"] or 0,
                operating=given["operating"],
                square_metres=given["square_metres"] or 0,
            ),
            note=given["note"],
        )

    def _row(self, place: int) -> StatedRow | None:
        given = self.cleaned_data
        amount = given[f"amount_{place}"]
        if amount is None:
            return None
        income = IncomeRow(given[f"pace_{place}"], amount, given[f"tax_{place}"] or 0)
        return StatedRow(given[f"kind_{place}"], income, bool(given.get(f"is_of_spouse_{place}")))


def initial_rows(rows: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return what a form begins with where these incomes are stated."""
    return {f"{name}_{place}": value for place, row in enumerate(rows) for name, value in row.items()}


class AdjustmentForm(Form):
    """*Ändra förbehållsbelopp*: by how much, in which period, and why."""

    columns = {"first_on": "kv-c3", "last_on": "kv-c3", "amount": "kv-c3"}

    first_on = DateField(label=_("From"))
    last_on = DateField(label=_("To"), required=False, help_text=_("Empty: until further notice."))
    amount = KronorField(
        label=_("Amount a month"),
        help_text=_("A cut has a minus sign: -250."),
        widget=forms.TextInput(attrs=_NARROW),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands in the decision to the client.")
    )

    def new(self) -> NewAdjustment:
        """Return how the reserved amount is changed."""
        given = self.cleaned_data
        return NewAdjustment(given["first_on"], given["last_on"], given["amount"], given["reason"])


class EndAdjustmentForm(Form):
    """The last day of a change of the reserved amount."""

    last_on = DateField(label=_("Last day"))


class MonthForm(Form):
    """From which month a decision holds."""

    search_label = _("Show")

    month = forms.ChoiceField(label=_("Holds from"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Offer the months of a year back, and one ahead."""
        super().__init__(*args, **kwargs)
        self.offer("month", [(month, month_in_words(month)) for month in _offered_months(today)])


def month_in(text: str, *, today: date) -> date:
    """Return the month that an address tells, by its first day; this month where it tells none offered."""
    if text not in _offered_months(today):
        return today.replace(day=1)
    return date.fromisoformat(f"{text}-01")


def month_in_words(month: str) -> str:
    """Return `2024-10` as it is chosen from a list: `Oktober 2024`."""
    return date_format(date.fromisoformat(f"{month}-01"), "F Y").capitalize()


def _offered_months(today: date) -> list[str]:
    """Return the months of a year back, and one ahead."""
    first = add_months(today.replace(day=1), -12)
    return [f"{add_months(first, ahead):%Y-%m}" for ahead in range(26)]
