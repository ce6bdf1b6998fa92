"""The filters of the queue, and the decision about a request."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, KronorField, choices
from kvitt.preauthorization.lifecycle import SENT, RequestStatus, Verdict
from kvitt.preauthorization.rules import Grant, Validity, calculate_grant

if TYPE_CHECKING:
    from kvitt.preauthorization.queries import DeskProcedure
    from kvitt.registers.organisations.models import Clinic

NARROW = {"class": "kv-w-s"}
HIGHEST_COUNT = 999


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
        self.offer("clinic", offered, empty=_("All clinics"))

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


@dataclass(frozen=True)
class Question:
    """What is asked about one procedure; count and amount where the decision may change them."""

    verdict: BoundField
    count: BoundField | None = None
    amount: BoundField | None = None


class DecisionForm(Form):
    """A verdict for each procedure of a request, the reason, and what the clinic is to complete (spec NA-20).

    Nothing is compulsory here: the same form keeps a draft. What a decision must hold is a rule. Where the
    module lets the decision change count and amount, they and the validity are asked for too (spec SC-4).
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

    def __init__(
        self, *args: Any, procedures: Sequence["DeskProcedure"], may_change: bool = False, **kwargs: Any
    ) -> None:
        """Ask about each procedure: approved or not approved, and how much of it."""
        super().__init__(*args, **kwargs)
        self.may_change = may_change
        self._keys = [one.key for one in procedures]
        self._asked = {one.key: one.asked for one in procedures}
        for one in procedures:
            self.fields[f"verdict_{one.key}"] = forms.ChoiceField(
                label=one.name,
                help_text=one.facts,
                required=False,
                choices=choices(Verdict),
                widget=forms.RadioSelect,
            )
            if may_change:
                self._ask_how_much(one.key)
        if may_change:
            self.fields["reason"].help_text = _(
                "Compulsory when any procedure is not approved, or approved with another count or amount. "
                "The clinic reads it."
            )
            for name, label in (("first_on", _("Holds from")), ("last_on", _("Holds to"))):
                self.fields[name] = DateField(label=label, required=False)
        names = ("verdict", "count", "amount") if may_change else ("verdict",)
        self.order_fields(f"{name}_{key}" for key in self._keys for name in names)

    def _ask_how_much(self, key: int) -> None:
        """Ask how many and how much; an amount that is not touched follows the count."""
        number = gettext("Write the count as a number, for example 1.")
        self.fields[f"count_{key}"] = forms.IntegerField(
            label=_("Approved count"),
            required=False,
            min_value=0,
            max_value=HIGHEST_COUNT,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), number),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )
        self.fields[f"amount_{key}"] = KronorField(
            label=_("Approved (kr)"),
            required=False,
            max_length=20,
            help_text=_("Follows the count, unless you change it.") if self._asked[key].count > 1 else "",
        )

    @property
    def questions(self) -> list[Question]:
        """The questions about the procedures, in their order."""
        names = ("verdict", "count", "amount") if self.may_change else ("verdict",)
        return [Question(**{name: self[f"{name}_{key}"] for name in names}) for key in self._keys]

    def verdicts(self) -> dict[int, Verdict]:
        """Return the verdicts that are given, by the procedure's key."""
        given = {key: self.cleaned_data.get(f"verdict_{key}") for key in self._keys}
        return {key: Verdict(verdict) for key, verdict in given.items() if verdict}

    def grants(self) -> dict[int, Grant] | None:
        """Return what may be approved of each procedure, by its key; None where nothing can be changed."""
        if not self.may_change:
            return None
        return {
            key: calculate_grant(
                asked,
                count=self.cleaned_data.get(f"count_{key}"),
                amount=self.cleaned_data.get(f"amount_{key}"),
            )
            for key, asked in self._asked.items()
        }

    def validity(self) -> Validity | None:
        """Return from when to when the decision holds; None where the module wants none."""
        if not self.may_change:
            return None
        return Validity(self.cleaned_data["first_on"], self.cleaned_data["last_on"])
