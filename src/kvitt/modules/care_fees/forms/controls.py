"""What controls and statistics are filtered by."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.queries.controls import WantedControl
from kvitt.modules.care_fees.rules.controls import Control
from kvitt.modules.care_fees.rules.statistics import Grouping

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.registers.organisations.models import BillingArea


class MonthFilter(Form):
    """A month and billing areas; none ticked means all of them."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    areas = forms.TypedMultipleChoiceField(
        label=_("Billing areas"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        typed: "QueryDict",
        *,
        month: date,
        months: Sequence[tuple[str, str]],
        areas: "Iterable[BillingArea]",
    ) -> None:
        """Fill in the month that is billed, and offer the actor's areas."""
        filled = typed.copy()
        if not filled.get("period", "").strip():
            filled["period"] = f"{month:%Y-%m}"
        super().__init__(filled)
        self._default = month
        self.offer("period", months)
        self.offer("areas", [(area.pk, area.name) for area in areas])
        self.full_clean()

    @property
    def month(self) -> date:
        """The month that is asked for; a faulty filter is left out, and the page says so."""
        return read_month(self.cleaned_data.get("period", "")) or self._default

    @property
    def area_ids(self) -> Sequence[int]:
        """The areas that are asked for; none means all."""
        return self.cleaned_data.get("areas") or ()


class ControlFilter(MonthFilter):
    """Which list, of which month and areas."""

    columns = {"list": "kv-w-l"}

    list = forms.ChoiceField(label=_("List"), choices=choices(Control), required=False)

    field_order = ("list", "period", "areas")

    def wanted(self) -> WantedControl:
        """Return what is asked for: the first list unless told."""
        control = Control(self.cleaned_data.get("list") or Control.NO_AREA)
        return WantedControl(control, self.month, self.area_ids)


class StatisticsFilter(MonthFilter):
    """The last month of twelve, by what the rows are added up, and billing areas."""

    by = forms.ChoiceField(label=_("Show by"), choices=choices(Grouping), required=False)

    field_order = ("period", "by", "areas")

    def grouping(self) -> Grouping:
        """Return what the rows are added up by: services unless told."""
        return Grouping(self.cleaned_data.get("by") or Grouping.SERVICE)
