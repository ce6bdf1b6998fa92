"""Input of the billing run: period and rule, a selection rule, the time plan, a reason."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form

_AREA = "area-{}"


class SelectionForm(Form):
    """Which period and which rule the selection is made of (*Period*, *Regel*)."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    rule = forms.ChoiceField(label=_("Rule"), required=False)

    def __init__(
        self,
        *args: Any,
        periods: Sequence[tuple[str, str]],
        rules: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer these periods and rules."""
        super().__init__(*args, **kwargs)
        self.offer("period", periods)
        self.offer("rule", rules, empty=gettext("Choose"))


class RuleForm(Form):
    """A selection rule (*Skapa regler*)."""

    name = forms.CharField(label=_("Name of the rule"), max_length=100)
    areas = forms.TypedMultipleChoiceField(
        label=_("Billing areas"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one billing area.")},
    )
    is_on_desktop = forms.BooleanField(
        label=_("Show this rule on the desktop"),
        required=False,
        help_text=_("A folder there, with the three latest runs."),
    )

    def __init__(self, *args: Any, areas: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer these areas."""
        super().__init__(*args, **kwargs)
        self.offer("areas", areas)


class ApproveForm(Form):
    """The answer to a question, with what was asked about."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class ReopenForm(Form):
    """Why an approved period is opened again."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PlanPeriodForm(Form):
    """Whose time plan is shown."""

    period = forms.ChoiceField(label=_("Period"), required=False)

    def __init__(self, *args: Any, periods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer these periods."""
        super().__init__(*args, **kwargs)
        self.offer("period", periods)


class TimePlanForm(Form):
    """The last day to approve, one for each area (*Tidsplan*)."""

    def __init__(self, *args: Any, areas: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Ask for a day of each area."""
        super().__init__(*args, **kwargs)
        for area_id, name in areas:
            self.fields[_AREA.format(area_id)] = DateField(
                label=name,
                required=False,
                widget=forms.TextInput(attrs={"class": "kv-w-s", "autocomplete": "off"}),
            )

    @staticmethod
    def initial_of(days: Mapping[int, date | None]) -> dict[str, date | None]:
        """Return what the fields hold, from the days by area."""
        return {_AREA.format(area_id): day for area_id, day in days.items()}

    def days(self) -> dict[int, date | None]:
        """Return the days by area."""
        start = _AREA.index("{")
        return {int(name[start:]): day for name, day in self.cleaned_data.items()}
