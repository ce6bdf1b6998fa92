"""What the billing basis is filtered by."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.queries.billing_basis import BasisPart, WantedBasis

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.registers.organisations.models import BillingArea, Clinic


class BasisFilter(Form):
    """Period, unit, area and client; the part is kept."""

    part = forms.ChoiceField(
        label=_("What"), choices=choices(BasisPart), required=False, widget=forms.HiddenInput
    )
    period = forms.ChoiceField(label=_("Period"), required=False)
    area = forms.TypedChoiceField(label=_("Billing area"), required=False, coerce=int, empty_value=None)
    unit = forms.TypedChoiceField(label=_("Care unit"), required=False, coerce=int, empty_value=None)
    client = forms.CharField(label=_("Client number or name"), required=False, max_length=100)

    def __init__(
        self,
        typed: "QueryDict",
        *,
        month: date,
        months: Sequence[tuple[str, str]],
        areas: "Iterable[BillingArea]",
        units: "Iterable[Clinic]",
    ) -> None:
        """Fill in the month that is billed, and offer the actor's areas and units."""
        filled = typed.copy()
        if not filled.get("period", "").strip():
            filled["period"] = f"{month:%Y-%m}"
        super().__init__(filled)
        self._default = month
        self.offer("period", months)
        self.offer("area", [(area.pk, area.name) for area in areas], empty=_("All billing areas"))
        self.offer("unit", [(unit.pk, str(unit)) for unit in units], empty=_("All units"))

    def wanted(self) -> WantedBasis:
        """Return what is asked for; a faulty filter is left out, and the page says so."""
        self.full_clean()
        found = self.cleaned_data
        return WantedBasis(
            part=BasisPart(found.get("part") or BasisPart.REGISTRATIONS),
            month=read_month(found.get("period", "")) or self._default,
            unit_id=found.get("unit"),
            area_id=found.get("area"),
            text=found.get("client", ""),
        )
