"""The input of needs allowance as typed values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form
from kvitt.modules.needs_allowance.rules.request import NOT_OFFERED
from kvitt.preauthorization import rules
from kvitt.registers.price_lists.lifecycle import Demand

if TYPE_CHECKING:
    from django.http import QueryDict

    from kvitt.registers.organisations.models import CareProvider, Clinic, Practitioner

NARROW = {"class": "kv-w-s"}
NO_SUGGESTIONS = {"autocomplete": "off"}


class CaseForm(Form):
    """A new case: only its start date is asked (spec NA-7)."""

    first_on = DateField(
        label=_("Start date"),
        help_text=_("Today or earlier. The assessment period is twelve months from this date."),
        error_messages={"required": _("Give the day when the assessment period starts.")},
        widget=forms.TextInput(attrs=NARROW),
    )


class ProcedureForm(Form):
    """A procedure to report (spec NA-12), or to change (spec NA-15)."""

    performed_on = DateField(
        label=_("Treatment date"),
        required=False,
        help_text=_("Leave empty if the procedure is not performed."),
    )
    practitioner = forms.TypedChoiceField(
        label=_("Practitioner"),
        coerce=int,
        error_messages={"required": _("Choose who performs the procedure.")},
    )
    code = forms.CharField(
        label=_("Procedure code"),
        max_length=200,
        error_messages={"required": _("Give a code. Type the beginning of it, or part of its name.")},
        widget=forms.TextInput(attrs={"data-picker-with": "performed_on", **NO_SUGGESTIONS}),
    )
    location = forms.CharField(
        label=_("Tooth/jaw"), required=False, max_length=10, widget=forms.TextInput(attrs=NO_SUGGESTIONS)
    )
    surface = forms.CharField(
        label=_("Tooth surface"), required=False, max_length=10, widget=forms.TextInput(attrs=NO_SUGGESTIONS)
    )
    quantity = forms.IntegerField(
        label=_("Count"),
        initial=1,
        help_text=_("Always 1. One line per procedure."),
        error_messages={"required": _("The count is always 1. Report each procedure on a line of its own.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", **NO_SUGGESTIONS}),
    )
    # Why a tooth stays as it is takes more room than a tooth.
    location_css = "kv-c2"
    # What the user had before him when he opened the change.
    seen = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        practitioners: Sequence["Practitioner"],
        demands: Mapping[str, str],
        no_practitioner: str = "",
        is_change: bool = False,
        fixed_place: str = "",
        **kwargs: Any,
    ) -> None:
        """Offer the practitioners; show the fields that a known code takes, and why its place stays."""
        super().__init__(*args, **kwargs)
        self._offer(practitioners, no_practitioner)
        if is_change:
            del self.fields["code"], self.fields["quantity"]
            self._leave_out(demands)
            self._fix(fixed_place)
        else:
            del self.fields["seen"]
            names = {f"data-{name}": demand for name, demand in demands.items()}
            self.fields["code"].widget.attrs.update(names)

    def _offer(self, practitioners: Sequence["Practitioner"], no_practitioner: str) -> None:
        """Offer the practitioners; a single one is chosen already, and where there is none it is said."""
        field = self.fields["practitioner"]
        offered: list[tuple[object, object]] = [(one.pk, str(one)) for one in practitioners]
        self.offer("practitioner", offered, empty=None if len(offered) == 1 else _("Choose"))
        if not offered and no_practitioner:
            field.error_messages["required"] = no_practitioner

    def _leave_out(self, demands: Mapping[str, str]) -> None:
        """Leave out what the code does not take, unless something stands there that must be taken away."""
        takes = {"location": ("tooth", "jaw"), "surface": ("surface",)}
        for name, parts in takes.items():
            is_taken = not demands or any(demands[part] != Demand.NO for part in parts)
            if not is_taken and not self.initial.get(name):
                del self.fields[name]

    def _fix(self, fixed_place: str) -> None:
        """Show tooth or jaw without letting it be changed, and say why; where there is none, leave it out."""
        field = self.fields.get("location")
        if not fixed_place or field is None:
            return
        if self.initial.get("location"):
            field.disabled, field.help_text = True, fixed_place
            field.widget.attrs.update(NARROW)
            self.location_css = "kv-c6"
        else:
            del self.fields["location"]

    def report(self) -> dict[str, Any]:
        """Return what was typed, as the command's Report takes it."""
        data = self.cleaned_data
        return {
            "code": data.get("code", ""),
            "practitioner_id": data["practitioner"],
            "performed_on": data["performed_on"],
            "location": data.get("location", ""),
            "surface": data.get("surface", ""),
            "quantity": data.get("quantity", 1),
        }


class RequestForm(Form):
    """A request for preauthorization: why the treatment is needed, and which procedures (spec NA-18)."""

    motivation = forms.CharField(
        label=_("Reason for the treatment"),
        max_length=rules.TEXT_LENGTH,
        error_messages={"required": _(rules.NO_MOTIVATION)},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    procedures = forms.TypedMultipleChoiceField(
        label=_("Procedures to be assessed"),
        coerce=int,
        error_messages={"required": _(rules.NO_PROCEDURE), "invalid_choice": _(NOT_OFFERED)},
        widget=forms.CheckboxSelectMultiple,
    )
    # What the user had before him when he opened the request.
    seen = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the procedures that the request can be about."""
        super().__init__(*args, **kwargs)
        self.offer("procedures", offered)

    def show_saved(self, saved: Mapping[str, Any]) -> None:
        """Keep what was typed, beside what somebody else has saved; sent again it takes the place of that."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = saved["seen"]
        self.data = data
        names = dict(self.fields["procedures"].choices)  # type: ignore[attr-defined]
        chosen = ", ".join(names[key] for key in saved["procedures"] if key in names)
        typed = self.draft()
        for name, before, text in (
            ("motivation", typed["motivation"], saved["motivation"]),
            ("procedures", sorted(typed["procedure_ids"]), chosen),
        ):
            if before != saved[name]:
                self.add_error(name, gettext("Saved now: %(text)s") % {"text": text})

    def draft(self) -> dict[str, Any]:
        """Return what was typed, as the command's Draft takes it."""
        return {
            "motivation": self.cleaned_data["motivation"],
            "procedure_ids": self.cleaned_data["procedures"],
        }


class AnswerForm(Form):
    """What the clinic answers the assessor who asked for more (spec NA-20)."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=rules.TEXT_LENGTH,
        error_messages={"required": _(rules.NO_ANSWER)},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CreditForm(Form):
    """What is credited: the codes that are wrong, and the plan that the user saw (spec NA-30)."""

    wrong = forms.TypedMultipleChoiceField(
        label=_("Codes that are wrong"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one code that is wrong.")},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, choices: Sequence[tuple[int, str]], asks_which: bool, **kwargs: Any
    ) -> None:
        """Offer what can be credited, where it is asked; the question about one code carries it unseen."""
        super().__init__(*args, **kwargs)
        if not asks_which:
            self.fields["wrong"].widget = forms.MultipleHiddenInput()
        self.offer("wrong", choices)

    def show(self, seen: str, *, ticked: Sequence[str]) -> None:
        """Send along the plan that is shown now, not the one that came; what is ticked stays so."""
        self.data = {"seen": seen, "wrong": ticked}


class CaseSearchForm(Form):
    """The filters of *Sök behovspengsärende* (spec NA-33)."""

    columns = {"provider": "kv-w-l", "clinic": "kv-w-l"}
    first_on = DateField(label=_("Created from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Created to"), required=False, widget=forms.TextInput(attrs=NARROW))
    number = forms.CharField(
        label=_("Case number"), required=False, max_length=20, widget=forms.TextInput(attrs=NARROW)
    )
    provider = forms.TypedChoiceField(label=_("Care provider"), required=False, coerce=int, empty_value=None)
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    unread = forms.BooleanField(
        label=_("Show only needs-allowance cases with an unread preauthorization decision"), required=False
    )

    def __init__(
        self, *args: Any, providers: Iterable["CareProvider"], clinics: Iterable["Clinic"], **kwargs: Any
    ) -> None:
        """Offer the user's own providers and clinics; a single one is already chosen."""
        super().__init__(*args, **kwargs)
        for name, offered, empty in (
            ("provider", providers, _("All care providers")),
            ("clinic", clinics, _("All clinics")),
        ):
            choices: list[tuple[object, object]] = [(one.pk, str(one)) for one in offered]
            self.offer(name, choices, empty=None if len(choices) == 1 else empty)

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"provider": "provider_id", "clinic": "clinic_id", "unread": "is_unread"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


class InvoiceForm(Form):
    """The first step of an invoice: its type and the clinic's own reference (spec NA-25)."""

    module = forms.ChoiceField(label=_("Invoice type"), choices=[("needs_allowance", _("Needs allowance"))])
    reference = forms.CharField(
        label=_("Your invoice reference"),
        max_length=200,
        help_text=_("At most 30 characters. The clinic's number is added. It is the message of the payment."),
        error_messages={"required": _("Give a reference of your own for the invoice.")},
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )
