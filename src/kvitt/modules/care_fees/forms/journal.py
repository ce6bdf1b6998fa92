"""What is typed to take out a billing journal, and what the billing basis is filtered by."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.lifecycle import CareActivity
from kvitt.modules.care_fees.queries.journal import Wanted
from kvitt.modules.care_fees.rules.month import first_of

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import BillingArea

LONGEST_REASON = 300


class JournalForm(Form):
    """Activity, period, areas and why (*anledning till rapportuttag*)."""

    activity = forms.ChoiceField(label=_("Area of activity"), choices=choices(CareActivity))
    period = forms.ChoiceField(label=_("Period"))
    areas = forms.TypedMultipleChoiceField(
        label=_("Billing areas"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one billing area.")},
    )
    reason = forms.CharField(
        label=_("Reason for the report"),
        max_length=LONGEST_REASON,
        help_text=_("It stands in the log and in the report. Write no personal data."),
        error_messages={"required": _("Say why you take out the report.")},
    )

    def __init__(
        self,
        *args: Any,
        months: Sequence[tuple[str, str]],
        areas: "Iterable[BillingArea]",
        **kwargs: Any,
    ) -> None:
        """Offer the months, and the actor's areas."""
        super().__init__(*args, **kwargs)
        self.offer("period", months)
        self.offer("areas", [(area.pk, area.name) for area in areas])

    def wanted(self) -> Wanted:
        """Return which journal is asked for."""
        month = read_month(self.cleaned_data["period"])
        return Wanted(
            month=month or first_of(date.min),
            area_ids=tuple(self.cleaned_data["areas"]),
            reason=self.cleaned_data["reason"],
        )
