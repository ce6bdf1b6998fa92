"""Input about corrections of fees."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, KronorField
from kvitt.modules.care_fees.queries.corrections import RENT
from kvitt.modules.care_fees.rules.corrections import NewCorrection


class CorrectionForm(Form):
    """*Korrigera avgift*: what is corrected, by how much, and what the invoice says of it."""

    columns = {"amount": "kv-c3"}

    service = forms.ChoiceField(label=_("Type of service or product"))
    amount = KronorField(
        label=_("Amount in kronor"),
        help_text=_("A deduction has a minus sign: -120."),
        widget=forms.TextInput(attrs={"class": "kv-w-s"}),
    )
    text = forms.CharField(
        label=_("Invoice text"),
        max_length=100,
        help_text=_("What the correction is about. It is printed on the invoice."),
    )
    unit = forms.ChoiceField(label=_("Organisation"))

    def __init__(
        self,
        *args: Any,
        services: list[tuple[str, list[tuple[str, str]]]],
        units: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer the services of the month, and the units of whoever corrects."""
        super().__init__(*args, **kwargs)
        self.offer("service", services, empty=_("Choose what is corrected"))
        self.offer("unit", units, empty=_("Choose the unit") if len(units) > 1 else None)

    def new(self) -> NewCorrection:
        """Return what is to be corrected."""
        service = self.cleaned_data["service"]
        return NewCorrection(
            service_id=None if service == RENT else int(service),
            unit_id=int(self.cleaned_data["unit"]),
            amount=self.cleaned_data["amount"],
            text=self.cleaned_data["text"],
        )
