"""The input of a plan to be preauthorized."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, IdentityField, KronorField, choices
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.plan import MOST_OF_ONE
from kvitt.preauthorization import rules
from kvitt.preauthorization.lifecycle import RequestStatus

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Clinic

NARROW = {"class": "kv-w-s"}
NO_SUGGESTIONS = {"autocomplete": "off"}


class PlanSearchForm(Form):
    """The filters of *Förhandsbedömningar* (spec SC-4)."""

    columns = {"clinic": "kv-w-l"}
    first_on = DateField(label=_("Created from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Created to"), required=False, widget=forms.TextInput(attrs=NARROW))
    number = forms.CharField(
        label=_("FHB number"), required=False, max_length=20, widget=forms.TextInput(attrs=NARROW)
    )
    support = forms.ChoiceField(
        label=_("Support type"), required=False, choices=choices(SupportType, empty=_("All"))
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            one for one in choices(RequestStatus, empty=_("All")) if one[0] != RequestStatus.REMOVED.value
        ],
    )
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    is_unread = forms.BooleanField(label=_("Unread decisions"), required=False)

    def __init__(self, *args: Any, clinics: Iterable["Clinic"], **kwargs: Any) -> None:
        """Offer the clinics of the actor; where there is only one there is nothing to choose."""
        super().__init__(*args, **kwargs)
        offered: list[tuple[object, object]] = [(clinic.pk, str(clinic)) for clinic in clinics]
        self.offer("clinic", offered, empty=_("All clinics"))
        if len(offered) == 1:
            del self.fields["clinic"]

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


class NewPlanForm(Form):
    """For whom a plan is made, under which support (spec SC-4)."""

    # The list that the dialog opens above has a field `number` of its own.
    identity = IdentityField(
        label=_("Personal number"),
        max_length=20,
        error_messages={"required": _("Give the patient's personal number.")},
    )
    support = forms.TypedChoiceField(
        label=_("Support type"),
        coerce=SupportType,
        choices=choices(SupportType),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose N, F or S dental care.")},
    )
    category = forms.ChoiceField(
        label=_("Patient category"),
        required=False,
        help_text=_("Only for S dental care. The category of N and F is that of the certificate."),
    )

    def __init__(
        self,
        *args: Any,
        categories: Sequence[tuple[str, str]],
        patterns: tuple[str, ...],
        **kwargs: Any,
    ) -> None:
        """Offer the categories of S dental care, and know the reserve numbers of the authority."""
        super().__init__(*args, **kwargs)
        self.offer("category", categories, empty=_("Choose"))
        self.fields["identity"].reserve_patterns = patterns  # type: ignore[attr-defined]

    def new_plan(self) -> dict[str, Any]:
        """Return what was typed, as the command takes it."""
        data = self.cleaned_data
        return {"number": data["identity"], "support": data["support"], "category": data["category"]}


class PlannedForm(Form):
    """A procedure to be planned (spec SC-4)."""

    code = forms.CharField(
        label=_("Procedure code"),
        max_length=200,
        error_messages={"required": _("Give a code. Type the beginning of it, or part of its name.")},
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )
    location = forms.CharField(
        label=_("Tooth/jaw"), required=False, max_length=10, widget=forms.TextInput(attrs=NO_SUGGESTIONS)
    )
    count = forms.IntegerField(
        label=_("Count"),
        initial=1,
        min_value=1,
        max_value=MOST_OF_ONE,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Give a count from 1 to 99.")
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", **NO_SUGGESTIONS}),
    )
    price = KronorField(
        label=_("Cost of one (kr)"),
        required=False,
        max_length=20,
        help_text=_("Only where the price list says actual cost."),
    )

    def __init__(self, *args: Any, demands: Mapping[str, str], **kwargs: Any) -> None:
        """Show the fields that a known code takes."""
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update({f"data-{name}": one for name, one in demands.items()})

    def planned(self) -> dict[str, Any]:
        """Return what was typed, as the command's NewPlanned takes it."""
        return dict(self.cleaned_data)


class MotivationForm(Form):
    """Why the treatment is needed (spec SC-4)."""

    motivation = forms.CharField(
        label=_("Reason for the treatment"),
        max_length=rules.TEXT_LENGTH,
        error_messages={"required": _(rules.NO_MOTIVATION)},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    # What the user had before him when he opened the form.
    seen = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)


class PlanAnswerForm(Form):
    """What the clinic answers the assessor who asked for more (spec NA-20)."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=rules.TEXT_LENGTH,
        error_messages={"required": _(rules.NO_ANSWER)},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
