"""The filters of the review's work list, and what the reviewer and the clinic write."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.modules.special_care.lifecycle import HoldReason, QuestionState

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Clinic

LONGEST_TEXT = 2_000


class ReviewListForm(Form):
    """The filters of *Granska räkningar* (spec SC-22)."""

    columns = {"clinic": "kv-w-l"}
    reason = forms.ChoiceField(
        label=_("Reason for review"), required=False, choices=choices(HoldReason, empty=_("All"))
    )
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    question = forms.ChoiceField(
        label=_("Question to the clinic"), required=False, choices=choices(QuestionState, empty=_("All"))
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


class QuestionForm(Form):
    """What the region asks the clinic about a claim (spec SC-22)."""

    question = forms.CharField(
        label=_("Question"),
        max_length=LONGEST_TEXT,
        help_text=_("The clinic reads it in Kvitt. The e-mail only tells that there is a question."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(Form):
    """What the clinic answers (spec SC-22)."""

    answer = forms.CharField(
        label=_("Answer"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )


class VoidForm(Form):
    """Why a claim is voided (spec SC-22)."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_TEXT,
        help_text=_("The clinic reads it. Say what is wrong and what it should do."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RepaymentForm(Form):
    """The day the money of a credited invoice came back (spec SC-21)."""

    repaid_on = DateField(label=_("Date of repayment"), widget=forms.TextInput(attrs={"class": "kv-w-s"}))
