"""The filters of the queue, and the decision about a request."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.preauthorization.lifecycle import SENT, RequestStatus, Verdict

if TYPE_CHECKING:
    from kvitt.preauthorization.queries import DeskProcedure
    from kvitt.registers.organisations.models import Clinic

NARROW = {"class": "kv-w-s"}


class QueueForm(Form):
    """The filters of *Att bedöma* (spec NA-20)."""

    columns = {"clinic": "kv-w-l"}
    first_on = DateField(label=_("Sent from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Sent to"), required=False, widget=forms.TextInput(attrs=NARROW))
    number = forms.CharField(
        label=_("Case number"), required=False, max_length=20, widget=forms.TextInput(attrs=NARROW)
    )
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[one for one in choices(RequestStatus, empty=_("All")) if one[0] in {"", *SENT}],
    )

    def __init__(self, *args: Any, clinics: Iterable["Clinic"], **kwargs: Any) -> None:
        """Offer the clinics of the authority."""
        super().__init__(*args, **kwargs)
        offered: list[tuple[object, object]] = [(clinic.pk, str(clinic)) for clinic in clinics]
        self.fields["clinic"].choices = [("", _("All clinics")), *offered]  # type: ignore[attr-defined]

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


class DecisionForm(Form):
    """A verdict for each procedure of a request, the reason, and what the clinic is to complete (spec NA-20).

    Nothing is compulsory here: the same form keeps a draft. What a decision must hold is a rule.
    """

    reason = forms.CharField(
        label=_("Reason for the decision"),
        required=False,
        help_text=_("Compulsory when any procedure is not approved. The clinic reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    question = forms.CharField(
        label=_("What the clinic is to complete"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, procedures: Sequence["DeskProcedure"], **kwargs: Any) -> None:
        """Ask about each procedure: approved or not approved."""
        super().__init__(*args, **kwargs)
        self._keys = [one.key for one in procedures]
        for one in procedures:
            self.fields[f"verdict_{one.key}"] = forms.ChoiceField(
                label=one.name,
                help_text=one.facts,
                required=False,
                choices=choices(Verdict),
                widget=forms.RadioSelect,
            )
        self.order_fields(f"verdict_{key}" for key in self._keys)

    @property
    def verdict_fields(self) -> list[BoundField]:
        """The questions about the procedures, in their order."""
        return [self[f"verdict_{key}"] for key in self._keys]

    def verdicts(self) -> dict[int, Verdict]:
        """Return the verdicts that are given, by the procedure's key."""
        given = {key: self.cleaned_data.get(f"verdict_{key}") for key in self._keys}
        return {key: Verdict(verdict) for key, verdict in given.items() if verdict}
