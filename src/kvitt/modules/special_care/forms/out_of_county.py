"""The filters of out-of-county care."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form
from kvitt.foundation.values import municipalities
from kvitt.modules.special_care.queries.out_of_county import Wanted

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.registers.organisations.models import Clinic

_NARROW = {"class": "kv-w-s"}


class OutOfCountyForm(Form):
    """The period, this year so far where none is given, and one home region or clinic (spec SC-25)."""

    first_on = DateField(label=_("Date from"), required=False, widget=forms.TextInput(attrs=_NARROW))
    last_on = DateField(label=_("Date to"), required=False, widget=forms.TextInput(attrs=_NARROW))
    county = forms.ChoiceField(
        label=_("Home region"),
        required=False,
        choices=[("", _("All regions")), *municipalities.counties().items()],
    )
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, typed: "QueryDict", *, clinics: "Iterable[Clinic]", today: date, has_county: bool = True
    ) -> None:
        """Fill in the period, and offer the clinics; the page of one home region does not ask for it."""
        self._default = (today.replace(month=1, day=1), today)
        filled = typed.copy()
        for name, day in zip(("first_on", "last_on"), self._default, strict=True):
            if not filled.get(name, "").strip():
                filled[name] = day.isoformat()
        super().__init__(filled)
        field = self.fields["clinic"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All clinics")), *((clinic.pk, str(clinic)) for clinic in clinics)]
        if not has_county:
            del self.fields["county"]

    def wanted(self, *, county: str = "") -> Wanted:
        """Return what is asked for; a faulty day is left out, and the page says so."""
        self.full_clean()
        found = self.cleaned_data
        return Wanted(
            first_on=found.get("first_on") or self._default[0],
            last_on=found.get("last_on") or self._default[1],
            county=county or found.get("county", ""),
            clinic_id=found.get("clinic"),
        )
