"""The input of care reports and patient contacts as typed values."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.registers.dental_records.lifecycle import ContactKind, Risk

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import Practitioner

_LONGEST_NOTE = 2_000
_LONGEST_REGISTRATION = 4_000


class SeenForm(Form):
    """A question about something that may have changed since the user opened it."""

    # The version that the user had before him.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReportForm(Form):
    """A care report (spec NA-4); everything may be left for later, until it is settled."""

    examined_on = DateField(label=_("Examination date"), required=False)
    practitioner = forms.TypedChoiceField(
        label=_("Practitioner"), coerce=int, empty_value=None, required=False
    )
    findings = forms.CharField(
        label=_("Caries, fillings and missing teeth"),
        max_length=_LONGEST_REGISTRATION,
        required=False,
        help_text=_(
            "Tooth, surfaces and finding, one line each: 16 MO D3. A missing tooth: 55 M. "
            "Leave empty when there is nothing to register."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "characters"}),
    )
    caries_risk = forms.ChoiceField(
        label=_("Risk of caries"), choices=choices(Risk), required=False, widget=forms.RadioSelect
    )
    periodontal_risk = forms.ChoiceField(
        label=_("Risk of periodontitis"), choices=choices(Risk), required=False, widget=forms.RadioSelect
    )
    next_revision_on = DateField(
        label=_("Next revision"),
        required=False,
        help_text=_("Becomes the revision end of the listing when the report is settled."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, practitioners: Sequence["Practitioner"], **kwargs: Any) -> None:
        """Offer the practitioners of the clinic."""
        super().__init__(*args, **kwargs)
        offered: list[tuple[object, object]] = [(one.pk, str(one)) for one in practitioners]
        self.offer("practitioner", offered, empty=_("Choose"))

    def entry(self) -> dict[str, Any]:
        """Return what was typed, as the commands' Entry takes it."""
        data = self.cleaned_data
        return {
            "examined_on": data["examined_on"],
            "practitioner_id": data["practitioner"],
            "findings": data["findings"],
            "caries_risk": data["caries_risk"],
            "periodontal_risk": data["periodontal_risk"],
            "next_revision_on": data["next_revision_on"],
        }


class ContactForm(Form):
    """A patient contact (spec NA-5)."""

    contacted_on = DateField(label=_("Date"), error_messages={"required": _("Give the day of the contact.")})
    kind = forms.ChoiceField(
        label=_("Contact"),
        choices=choices(ContactKind),
        error_messages={"required": _("Choose what came of it.")},
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=_LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def entry(self) -> dict[str, Any]:
        """Return what was typed, as the commands' Entry takes it."""
        return {name: self.cleaned_data[name] for name in ("contacted_on", "kind", "note")}
