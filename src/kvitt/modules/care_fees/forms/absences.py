"""Input about absences and reminders, to facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, FormPage, choices
from kvitt.foundation.values.dates import add_months, last_day_of_month
from kvitt.modules.care_fees.lifecycle import AbsenceReason, ReminderPace
from kvitt.modules.care_fees.queries.absence_preview import Preview
from kvitt.modules.care_fees.queries.absences import WantedAbsences
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.absence_check import NewReminder, offers_reminder

if TYPE_CHECKING:
    from django.forms.boundfield import BoundField
    from django.http import QueryDict

    from kvitt.registers.organisations.models import BillingArea

_OFFERED = "1"


@dataclass(frozen=True)
class AbsencePage(FormPage):
    """Everything `save_absence.html` shows: the form, and what the absence would take off."""

    preview: Preview | None = None


class AbsenceForm(Form):
    """From when to when a client is away, why, and when it was reported."""

    columns = {"first_on": "kv-c3", "last_on": "kv-c3", "reason": "kv-c3", "reported_on": "kv-c3"}

    first_on = DateField(
        label=_("Away from"), error_messages={"required": _("Give the first day of the absence.")}
    )
    last_on = DateField(
        label=_("Away to"),
        required=False,
        help_text=_("The last day away. Leave it empty as long as it is not known."),
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=choices(AbsenceReason, empty=_("Choose the reason")),
        error_messages={"required": _("Choose the reason for the absence.")},
    )
    reported_on = DateField(
        label=_("Reported on"),
        error_messages={"required": _("Give the day on which the absence was reported.")},
    )

    def __init__(self, *args: Any, notice_days: int = 7, **kwargs: Any) -> None:
        """Tell how long ahead planned absence is reported."""
        super().__init__(*args, **kwargs)
        text = gettext("Planned absence counts from %(number)s days later at the earliest.")
        self.fields["reported_on"].help_text = text % {"number": notice_days}

    def shown_again(self) -> Self:
        """Return the form as it is shown while one types: what is typed, without its faults."""
        self.initial = {name: self.data.get(self.add_prefix(name), "") for name in self.fields}
        self.is_bound, self._errors = False, None
        return self

    def facts(self) -> AbsenceFacts:
        """Return the absence as it is typed."""
        found = self.cleaned_data
        reason = AbsenceReason(found["reason"])
        return AbsenceFacts(reason, found["first_on"], found["last_on"], found["reported_on"])

    @property
    def absence_fields(self) -> "list[BoundField]":
        """The fields that say what is taken off."""
        return [self[name] for name in self.columns if name in self.fields]

    @property
    def reminder_fields(self) -> "list[BoundField]":
        """The fields of the reminder, where one is offered beside."""
        return []


class NewAbsenceForm(AbsenceForm):
    """A new absence; a reminder is offered by itself for an unplanned one and where there is no last day.

    `offered` tells whether it was when the form was shown: what was ticked then counts only as long as
    that has not changed.
    """

    columns = {**AbsenceForm.columns, "pace": "kv-c3", "remind_from": "kv-c3"}

    remind = forms.BooleanField(label=_("Remind me of this absence"), required=False)
    pace = forms.ChoiceField(label=_("How often"), choices=choices(ReminderPace))
    remind_from = DateField(
        label=_("Reminder from"), error_messages={"required": _("Give the day of the first reminder.")}
    )
    offered = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Preset the report and the reminder to today; at first there is no last day, so one is offered."""
        preset = {"reported_on": today, "remind_from": today, "pace": ReminderPace.WEEKLY.value}
        super().__init__(*args, initial={**preset, "remind": True, "offered": _OFFERED}, **kwargs)

    def reminder(self) -> NewReminder | None:
        """Return the reminder that is wanted, None without one."""
        if not self._is_wanted():
            return None
        return NewReminder(ReminderPace(self.cleaned_data["pace"]), self.cleaned_data["remind_from"])

    def shown_again(self) -> Self:
        """Return the form with the reminder ticked or not by what is typed so far."""
        self.full_clean()
        reminder = {"remind": self._is_wanted(), "offered": _OFFERED if self._is_offered() else ""}
        shown = super().shown_again()
        shown.initial = {**shown.initial, **reminder}
        return shown

    @property
    def absence_fields(self) -> "list[BoundField]":
        """The fields that say what is taken off."""
        return [self[name] for name in AbsenceForm.columns]

    @property
    def reminder_fields(self) -> "list[BoundField]":
        """The fields of the reminder."""
        return [self[name] for name in ("remind", "pace", "remind_from", "offered")]

    def _is_offered(self) -> bool:
        reason = self.cleaned_data.get("reason")
        return offers_reminder(AbsenceReason(reason) if reason else None, self.cleaned_data.get("last_on"))

    def _is_wanted(self) -> bool:
        was_offered = self.cleaned_data.get("offered") == _OFFERED
        is_offered = self._is_offered()
        return bool(self.cleaned_data.get("remind")) if is_offered == was_offered else is_offered


class EndAbsenceForm(AbsenceForm):
    """The last day of an open absence."""

    def __init__(self, *args: Any, absence: AbsenceFacts, **kwargs: Any) -> None:
        """Ask for the last day alone."""
        super().__init__(*args, **kwargs)
        self._absence = absence
        for name in ("first_on", "reason", "reported_on"):
            del self.fields[name]
        self.fields["last_on"].required = True
        self.fields["last_on"].help_text = _("The last day away.")
        self.fields["last_on"].error_messages["required"] = _("Give the last day of the absence.")

    def facts(self) -> AbsenceFacts:
        """Return the absence with its last day."""
        return replace(self._absence, last_on=self.cleaned_data["last_on"])


class ReminderForm(Form):
    """How often, and from when, somebody is reminded of an absence."""

    columns = {"pace": "kv-c3", "remind_from": "kv-c3"}

    pace = forms.ChoiceField(label=_("How often"), choices=choices(ReminderPace))
    remind_from = DateField(
        label=_("Reminder from"), error_messages={"required": _("Give the day of the first reminder.")}
    )

    def reminder(self) -> NewReminder:
        """Return the reminder."""
        return NewReminder(ReminderPace(self.cleaned_data["pace"]), self.cleaned_data["remind_from"])


class AbsenceFilter(Form):
    """What the control list shows; from the month that is billed to the end of this one, unless told."""

    first_on = DateField(label=_("Away from"), required=False)
    last_on = DateField(label=_("Away to"), required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=choices(AbsenceReason, empty=_("All reasons"))
    )
    open_only = forms.BooleanField(label=_("Without a last day only"), required=False)
    areas = forms.TypedMultipleChoiceField(
        label=_("Billing areas"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, typed: "QueryDict", *, areas: "Iterable[BillingArea]", today: date) -> None:
        """Fill in the period, and offer the actor's areas: none ticked means all of them."""
        self._default = (add_months(today.replace(day=1), -1), last_day_of_month(today))
        filled = typed.copy()
        for name, day in zip(("first_on", "last_on"), self._default, strict=True):
            if not filled.get(name, "").strip():
                filled[name] = day.isoformat()
        # Dialogs open over the list, with fields of the same names.
        super().__init__(filled, auto_id="filter_%s")
        self.offer("areas", [(area.pk, area.name) for area in areas])

    def wanted(self) -> WantedAbsences:
        """Return what is asked for; a faulty filter is left out, and the page says so."""
        self.full_clean()
        found = self.cleaned_data
        areas: Sequence[int] = found.get("areas") or ()
        return WantedAbsences(
            first_on=found.get("first_on") or self._default[0],
            last_on=found.get("last_on") or self._default[1],
            area_ids=areas,
            reason=found.get("reason", ""),
            open_only=bool(found.get("open_only")),
        )
