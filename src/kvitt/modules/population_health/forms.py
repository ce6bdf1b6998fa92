"""The input of population responsibility as typed values."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.rules import statistics

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.modules.population_health.queries.statistics import Offer
    from kvitt.registers.organisations.models import Clinic, Practitioner

NARROW = {"class": "kv-w-s"}


class ActivitySearchForm(Form):
    """The filters of *Sök och hantera aktiviteter* (spec PH-4)."""

    columns = {"code": "kv-w-l", "clinic": "kv-w-l"}
    first_on = DateField(label=_("Date from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Date to"), required=False, widget=forms.TextInput(attrs=NARROW))
    code = forms.ChoiceField(label=_("Procedure code"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    practitioner = forms.TypedChoiceField(
        label=_("Practitioner"), required=False, coerce=int, empty_value=None
    )
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=choices(LineStatus, empty=_("All statuses"))
    )

    def __init__(
        self,
        *args: Any,
        codes: Iterable[tuple[str, str]],
        municipalities: Iterable[tuple[str, str]],
        practitioners: Iterable["Practitioner"] | None,
        clinics: Sequence["Clinic"],
        finds_parts: bool,
        **kwargs: Any,
    ) -> None:
        """Offer what there is to choose; who has a single clinic is not asked for it.

        `practitioners` is None where there are too many to choose among: a clinic is chosen first.
        """
        super().__init__(*args, **kwargs)
        offered: dict[str, Iterable[tuple[object, object]]] = {
            "code": codes,
            "municipality": municipalities,
            "practitioner": [(one.pk, str(one)) for one in practitioners or ()],
            "clinic": [(one.pk, str(one)) for one in clinics],
        }
        for name, empty in (
            ("code", _("All codes")),
            ("municipality", _("All municipalities")),
            ("practitioner", _("All practitioners")),
            ("clinic", _("All clinics")),
        ):
            self.fields[name].choices = [("", empty), *offered[name]]  # type: ignore[attr-defined]
        if practitioners is None:
            self.fields["practitioner"].help_text = _("Choose a clinic first, and search.")
        if not finds_parts:
            self.fields["place"].help_text = _("The place or its beginning.")
        if len(clinics) == 1:
            del self.fields["clinic"]

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"practitioner": "practitioner_id", "clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


class ChosenForm(Form):
    """A question about chosen procedures: which ones, with commas between, and that it has been answered."""

    chosen = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.CharField(widget=forms.HiddenInput, initial="1")


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
