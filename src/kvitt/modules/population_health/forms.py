"""The input of population responsibility as typed values."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.modules.population_health.rules import statistics

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.modules.population_health.queries.statistics import Offer


class StatisticsForm(Form):
    """The filters of *Statistik* (spec PH-12); the period is filled in where none is given."""

    columns = {"code": "kv-w-l", "clinic": "kv-w-l"}
    first_on = DateField(label=_("Date from"))
    last_on = DateField(label=_("Date to"))
    code = forms.ChoiceField(label=_("Type"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(label=_("One row for each"), required=False, choices=choices(statistics.Grouping))

    def __init__(self, typed: "QueryDict", *, offer: "Offer", today: date) -> None:
        """Offer what there is; who has a single clinic is not asked for it."""
        self._default = statistics.calculate_default_period(today)
        filled = typed.copy()
        for name, day in (("first_on", self._default.first), ("last_on", today)):
            if not filled.get(name, "").strip():
                filled[name] = day.isoformat()
        filled.setdefault("by", statistics.Grouping.ALL.value)
        super().__init__(filled)
        for name, offered, empty in (
            ("code", offer.types, _("All types")),
            ("municipality", offer.municipalities, _("All municipalities")),
            ("clinic", offer.clinics, _("All clinics")),
        ):
            self.fields[name].choices = [("", empty), *offered]  # type: ignore[attr-defined]
        if len(offer.clinics) == 1:
            del self.fields["clinic"]

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        self.full_clean()
        found = dict(self.cleaned_data)
        first, last = found.get("first_on"), found.get("last_on")
        problems = statistics.check_period(first, last) if first and last else []
        self.add_problems(problems)
        if problems or not (first and last):
            found |= {"first_on": self._default.first, "last_on": self._default.last}
        found["clinic_id"] = found.pop("clinic", None)
        found["by"] = statistics.Grouping(found.get("by") or statistics.Grouping.ALL)
        return found
