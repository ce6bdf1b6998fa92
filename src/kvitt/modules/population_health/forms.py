"""The input of population responsibility as typed values."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values.text import gettext_noop
from kvitt.ledger.lifecycle import LineStatus
from kvitt.modules.population_health.rules import activity as rules
from kvitt.modules.population_health.rules import statistics
from kvitt.registers.price_lists.lifecycle import Participants

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.modules.population_health.queries.activities import OfferedFilters
    from kvitt.modules.population_health.queries.reporting import CreationDialog
    from kvitt.registers.organisations.models import Clinic, Practitioner

MOST_WRITTEN = 20_000
NARROW = {"class": "kv-w-s"}
NO_SUGGESTIONS = {"autocomplete": "off"}
NO_PRACTITIONERS = gettext_noop("No practitioner worked at the clinic on %(day)s. Change the date.")
NO_TYPES = gettext_noop("There is no type of activity on %(day)s. Change the date.")


class ActivityForm(Form):
    """A new activity (spec PH-2); the rules say whether a choice is possible, and why it is not."""

    performed_on = DateField(
        label=_("Date"), error_messages={"required": _("Give the date of the activity.")}
    )
    practitioner = forms.IntegerField(
        label=_("Practitioner"),
        error_messages={"required": _(rules.NO_PRACTITIONER), "invalid": _(rules.UNKNOWN_PRACTITIONER)},
        widget=forms.Select,
    )
    code = forms.CharField(
        label=_("Type of activity"),
        max_length=10,
        error_messages={"required": _(rules.NO_CODE)},
        widget=forms.Select,
    )
    place = forms.CharField(label=_("Place"), error_messages={"required": _(rules.NO_PLACE)})
    municipality = forms.CharField(
        label=_("Municipality"),
        max_length=10,
        error_messages={"required": _(rules.NO_MUNICIPALITY)},
        widget=forms.Select,
    )
    count = forms.IntegerField(
        label=_("Number of participants"),
        error_messages={"required": _(rules.NO_COUNT), "invalid": _(rules.NOT_A_COUNT)},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "kv-w-s", **NO_SUGGESTIONS}),
    )
    numbers = forms.CharField(
        label=_("Personal numbers of the participants"),
        max_length=MOST_WRITTEN,
        help_text=_("One on each line, or with commas between them."),
        error_messages={"required": _(rules.NO_NUMBERS)},
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", **NO_SUGGESTIONS}),
    )
    # Which of the last two fields a type takes.
    fields_of_types = {Participants.COUNTED: "count", Participants.NAMED: "numbers"}

    def __init__(
        self,
        *args: Any,
        choice: "CreationDialog",
        **kwargs: Any,
    ) -> None:
        """Offer what can be chosen, and ask for the participants as the chosen type has them.

        What was chosen stays, also where the typed date does not offer it.
        """
        # The dialog opens above the filters of the search, whose fields have the same names.
        super().__init__(*args, auto_id="new_%s", **kwargs)
        practitioners = [*choice.practitioners, *filter(None, [choice.kept_practitioner])]
        types = [*choice.types, *filter(None, [choice.kept_type])]
        self._offer("practitioner", [(one.pk, str(one)) for one in practitioners])
        self._offer("code", [(item.code, f"{item.code} - {item.name}") for item in types])
        self._offer("municipality", [(one.code, one.name) for one in choice.municipalities])
        day = {"day": choice.on}
        if not choice.practitioners:
            self._explain("practitioner", gettext(NO_PRACTITIONERS) % day)
        if not choice.types:
            self._explain("code", gettext(NO_TYPES) % day)
        code = str(self["code"].value() or "").strip()
        taken = next((item.participants for item in types if item.code == code), Participants.NONE)
        self.taken = self.fields_of_types.get(taken, "")
        for kind, name in self.fields_of_types.items():
            field = self.fields[name]
            field.required = kind is taken
            if not field.required:
                names = "; ".join(item.name for item in types if item.participants is kind)
                field.help_text = gettext("Only for %(types)s.") % {"types": names}

    def _offer(self, name: str, offered: Sequence[tuple[object, str]]) -> None:
        """Offer these; a single one is chosen already."""
        empty = [] if len(offered) == 1 else [("", gettext("Choose"))]
        self.fields[name].widget.choices = [*empty, *offered]

    def _explain(self, name: str, why: str) -> None:
        """Say why nothing can be chosen: instead of asking for a choice, or below what was chosen."""
        if self.is_bound and not self[name].value():
            self.fields[name].error_messages["required"] = why
        else:
            self.fields[name].help_text = why

    @property
    def participants(self) -> list[BoundField]:
        """The field that the type takes, and one that must be emptied because the type does not take it.

        Personal numbers stay while another type or date is tried: they are long to type again.
        """
        return [self[name] for name in self.fields_of_types.values() if self._is_shown(name)]

    @property
    def other_participants(self) -> list[BoundField]:
        """The fields that another type would take, for those who cannot exchange them without a page load."""
        return [self[name] for name in self.fields_of_types.values() if not self._is_shown(name)]

    def _is_shown(self, name: str) -> bool:
        is_kept = self.is_bound or name == "numbers"
        return name == self.taken or (is_kept and bool(self[name].value()))

    def new_activity(self) -> dict[str, Any]:
        """Return what was typed, as the command's NewActivity takes it."""
        data = self.cleaned_data
        return {
            "performed_on": data["performed_on"],
            "practitioner_id": data["practitioner"],
            "code": data["code"],
            "place": data["place"],
            "municipality": data["municipality"],
            "count": data["count"],
            "numbers": rules.calculate_numbers(data["numbers"]),
        }


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
            self.offer(name, offered[name], empty=empty)
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

    columns = {"code": "kv-w-l", "clinic": "kv-w-l", "by": "kv-w-l"}
    first_on = DateField(label=_("Date from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Date to"), required=False, widget=forms.TextInput(attrs=NARROW))
    code = forms.ChoiceField(label=_("Type"), required=False)
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    by = forms.ChoiceField(label=_("One row for each"), required=False, choices=choices(statistics.Grouping))

    def __init__(self, typed: "QueryDict", *, offer: "OfferedFilters", today: date) -> None:
        """Offer what there is; who has a single clinic is not asked for it."""
        self._default = statistics.calculate_default_period(today)
        filled = typed.copy()
        for name, day in (("first_on", self._default.first), ("last_on", today)):
            if not filled.get(name, "").strip():
                filled[name] = day.isoformat()
        filled.setdefault("by", statistics.Grouping.ALL.value)
        super().__init__(filled)
        for name, offered, empty in (
            ("code", offer.codes, _("All types")),
            ("municipality", offer.municipalities, _("All municipalities")),
            ("clinic", [(one.pk, str(one)) for one in offer.clinics], _("All clinics")),
        ):
            self.offer(name, offered, empty=empty)
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
