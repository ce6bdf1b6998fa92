"""Input about a made-up month: the same as `kvitt simulate_fee` takes, with the catalogue's services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, FormPage, KronorField, choices
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.forms.incomes import AmountField, asked_rows, month_in_words
from kvitt.modules.care_fees.lifecycle import AbsenceReason, FeeType, HousingKind

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField

    from kvitt.foundation.values.money import Ore
    from kvitt.modules.care_fees.queries.simulation_page import Offered, Simulated

_NARROW = {"class": "kv-w-s"}
# What there may be several of: the fields of a row, and how many rows are asked for from the start.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "care": ("service", "monthly"),
    "absence": ("from", "to", "reason", "reported"),
    "product": ("product", "count", "price"),
    "correction": ("text", "correction"),
}
_FEWEST = {"care": 2, "absence": 1, "product": 1, "correction": 1}
_REASONS = (AbsenceReason.PLANNED, AbsenceReason.UNPLANNED)
_MOST_OF_ONE = 100_000


@dataclass(frozen=True)
class SimulationPage(FormPage):
    """Everything `simulation.html` shows: the form, and what the month would cost."""

    number: str = ""
    result: "Simulated | None" = None


def asked_counts(data: Mapping[str, Any], initial: Mapping[str, object]) -> dict[str, int]:
    """Return how many rows of each kind are asked for: those sent, and one more of what `add` names."""
    found = {}
    for group, fewest in _FEWEST.items():
        first = GROUPS[group][0]
        preset = sum(
            1 for name in initial if name.startswith(f"{first}_") and name[len(first) + 1 :].isdecimal()
        )
        sent = {"rows": data.get(f"rows_{group}", "")}
        found[group] = asked_rows(sent, fewest=max(fewest, preset), is_adding=data.get("add") == group)
    return found


class SimulationForm(Form):
    """*Simulera avgift*: a month, a household, what is granted, used and paid."""

    month = forms.ChoiceField(label=_("Month"))
    household = forms.TypedChoiceField(
        label=_("Household"),
        coerce=FeeType,
        choices=choices(FeeType),
        initial=FeeType.SINGLE.value,
        widget=forms.RadioSelect,
    )
    accepts_cap = forms.BooleanField(label=_("Accepts the fee cap"), required=False)
    net_income = AmountField(
        label=_("Net income a month"),
        required=False,
        help_text=_("Of a couple: half of both."),
        widget=forms.TextInput(attrs=_NARROW),
    )
    housing_cost = AmountField(
        label=_("Housing cost a month"),
        required=False,
        help_text=_("Of a couple: half of it."),
        widget=forms.TextInput(attrs=_NARROW),
    )
    board_monthly = AmountField(
        label=_("Board a month"), required=False, widget=forms.TextInput(attrs=_NARROW)
    )
    board_day = AmountField(
        label=_("Board, a day of absence"),
        required=False,
        help_text=_("Empty: the amount of the price list."),
        widget=forms.TextInput(attrs=_NARROW),
    )
    rent_housing = forms.ChoiceField(label=_("Housing contract"), required=False)
    rent_monthly = AmountField(label=_("Monthly rent"), required=False, widget=forms.TextInput(attrs=_NARROW))
    rent_moved_in = DateField(label=_("Moved in"), required=False)
    rent_ends = DateField(label=_("End date"), required=False)

    def __init__(self, *args: Any, offered: "Offered", counts: Mapping[str, int], **kwargs: Any) -> None:
        """Offer the services of the municipality, and ask for so many rows of each kind."""
        super().__init__(*args, **kwargs)
        self.offered, self.counts = offered, counts
        self.offer("month", [(month, month_in_words(month)) for month in offered.months])
        self.offer("rent_housing", choices(HousingKind), empty=gettext("None"))
        for group, count in counts.items():
            self.fields[f"rows_{group}"] = forms.CharField(
                required=False, max_length=2, initial=str(count), widget=forms.HiddenInput
            )
            for place in range(count):
                for name in GROUPS[group]:
                    self.fields[f"{name}_{place}"] = self._row_field(name)

    @property
    def hidden_counts(self) -> "list[BoundField]":
        """The fields that tell how many rows were asked for."""
        return [self[f"rows_{group}"] for group in GROUPS]

    def rows_of(self, group: str) -> "list[list[BoundField]]":
        """Return the fields of each row of a kind."""
        return [[self[f"{name}_{place}"] for name in GROUPS[group]] for place in range(self.counts[group])]

    @property
    def care_rows(self) -> "list[list[BoundField]]":
        """A row for each service under the cap."""
        return self.rows_of("care")

    @property
    def absence_rows(self) -> "list[list[BoundField]]":
        """A row for each absence."""
        return self.rows_of("absence")

    @property
    def product_rows(self) -> "list[list[BoundField]]":
        """A row for each product."""
        return self.rows_of("product")

    @property
    def correction_rows(self) -> "list[list[BoundField]]":
        """A row for each correction."""
        return self.rows_of("correction")

    def written(self) -> dict[str, Any]:
        """Return the month as `kvitt simulate_fee` takes it; rows with nothing in them are left out."""
        given = self.cleaned_data
        self._places: dict[str, str] = {}
        rent = None
        if given["rent_housing"]:
            rent = {"housing": given["rent_housing"], "monthly": _kronor(given["rent_monthly"] or 0)}
            rent |= {"moved_in": _day(given["rent_moved_in"]), "ends": _day(given["rent_ends"])}
        return {
            "month": given["month"],
            "household": given["household"].value,
            "accepts_cap": given["accepts_cap"],
            "net_income": None if given["net_income"] is None else _kronor(given["net_income"]),
            "housing_cost": _kronor(given["housing_cost"] or 0),
            "care": self._listed("care", "care", "service", self._care),
            "board_monthly": _kronor(given["board_monthly"] or 0),
            "board_day": None if given["board_day"] is None else _kronor(given["board_day"]),
            "rent": rent,
            "absences": self._listed("absence", "absences", "from", self._absence),
            "products": self._listed("product", "products", "product", self._product),
            "corrections": self._listed("correction", "corrections", "correction", self._correction),
        }

    def add_found(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong with the month at the fields: a problem tells the path of its key."""
        self.add_problems(replace(problem, field=self._field_of(problem.field)) for problem in problems)

    def _listed(
        self,
        group: str,
        key: str,
        needed: str,
        made: "Any",  # noqa: ANN401 - a row of any kind
    ) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for place in range(self.counts[group]):
            if self.cleaned_data[f"{needed}_{place}"] in (None, ""):
                continue
            self._places[f"{key}[{len(rows)}]"] = str(place)
            rows.append(made(place))
        return rows

    def _care(self, place: int) -> dict[str, Any]:
        service = self.offered.by_id[self.cleaned_data[f"service_{place}"]]
        monthly = self.cleaned_data[f"monthly_{place}"]
        return {"service": service.name, "monthly": _kronor(service.amount if monthly is None else monthly)}

    def _absence(self, place: int) -> dict[str, Any]:
        given = self.cleaned_data
        reported = given[f"reported_{place}"]
        row = {"from": _day(given[f"from_{place}"]), "to": _day(given[f"to_{place}"])}
        row["reason"] = given[f"reason_{place}"]
        return row | ({"reported": _day(reported)} if reported else {})

    def _product(self, place: int) -> dict[str, Any]:
        given = self.cleaned_data
        product = self.offered.by_id[given[f"product_{place}"]]
        price = given[f"price_{place}"]
        return {
            "product": product.name,
            "count": given[f"count_{place}"] or 0,
            "price": _kronor(product.amount if price is None else price),
        }

    def _correction(self, place: int) -> dict[str, Any]:
        text = self.cleaned_data[f"text_{place}"] or gettext("Correction")
        return {"text": text, "amount": _kronor(self.cleaned_data[f"correction_{place}"])}

    def _row_field(self, name: str) -> forms.Field:
        made: dict[str, forms.Field] = {
            "service": forms.ChoiceField(label=_("Service"), required=False),
            "monthly": AmountField(label=_("Amount a month"), required=False),
            "from": DateField(label=_("Away from"), required=False),
            "to": DateField(label=_("Away to"), required=False),
            "reason": forms.ChoiceField(label=_("Reason"), required=False),
            "reported": DateField(label=_("Reported on"), required=False),
            "product": forms.ChoiceField(label=_("Product"), required=False),
            "count": forms.IntegerField(
                label=_("Count"), required=False, min_value=0, max_value=_MOST_OF_ONE
            ),
            "price": AmountField(label=_("Price"), required=False),
            "text": forms.CharField(label=_("Invoice text"), required=False, max_length=100),
            "correction": KronorField(label=_("Amount"), required=False),
        }
        field = made[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = {
                "service": [("", gettext("None")), *self.offered.services],
                "product": [("", gettext("None")), *self.offered.products],
                "reason": [(reason.value, gettext(reason.label)) for reason in _REASONS],
            }[name]
        if name == "count":
            field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        return field

    def _field_of(self, path: str) -> str:
        """Return the field of a key's path: `care[0].monthly` is that of its row."""
        row, _dot, key = path.partition(".")
        if row in self._places:
            place = self._places[row]
            kinds = {"amount": "correction"} if row.startswith("corrections") else {}
            first = {"care": "service", "absences": "from", "products": "product"}
            name = kinds.get(key, key) or first.get(row.partition("[")[0], "correction")
            return f"{name}_{place}"
        return path.replace(".", "_")


def _kronor(amount: "Ore") -> str:
    return f"{Decimal(amount) / 100:.2f}"


def _day(day: Any) -> str | None:  # noqa: ANN401 - a date, or nothing
    return None if day is None else day.isoformat()


def shown_again(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed, to be shown again when a row is added; a box without a tick was not sent."""
    if not data:
        return {}
    sent = {name: data[name] for name in data if not name.startswith("rows_")}
    return {**sent, "accepts_cap": "accepts_cap" in data}
