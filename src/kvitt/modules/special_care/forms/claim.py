"""The input of a claim: the patient's number, what it is for, its head, its lines, an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, KronorField, choices
from kvitt.modules.special_care.lifecycle import CareModel, SupportType
from kvitt.registers.people.forms import NumberForm

if TYPE_CHECKING:
    from kvitt.modules.special_care.queries.draft_page import Offer
    from kvitt.modules.special_care.queries.register import SupportChoice

LONGEST_COMMENT = 2_000
NO_SUGGESTIONS = {"autocomplete": "off"}
NARROW = {"class": "kv-w-s", **NO_SUGGESTIONS}


class PatientNumberForm(NumberForm):
    """Whose claim it is: a number in any form (spec SC-6, CO-8)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for the number in the manual's word."""
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Personal number")


@dataclass(frozen=True)
class SupportOption:
    """A radio button of `SupportForm`."""

    value: str
    label: str
    detail: str
    meaning: str
    is_chosen: bool


class SupportForm(Form):
    """Which part of the support the claim is for (spec SC-6)."""

    support = forms.TypedChoiceField(
        coerce=SupportType,
        error_messages={
            "required": _("Choose what the claim is for."),
            "invalid_choice": _("The patient has no certificate for that. Choose what the claim is for."),
        },
    )

    def __init__(self, *args: Any, offered: "Sequence[SupportChoice]", **kwargs: Any) -> None:
        """Offer what the patient's certificates allow."""
        super().__init__(*args, **kwargs)
        self._offered = offered
        self.offer("support", [(one.value, one.label) for one in offered])

    @property
    def options(self) -> list[SupportOption]:
        """The choices with what is said of each; the first is chosen from the start."""
        chosen = str(self["support"].value() or self._offered[0].value)
        return [
            SupportOption(one.value, one.label, one.detail, one.meaning, is_chosen=one.value == chosen)
            for one in self._offered
        ]


class HeadForm(Form):
    """What a claim has beside its lines (spec SC-7, SC-8), as far as its support takes it."""

    has_card = forms.BooleanField(
        label=_("The patient has an exemption card"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-switch": "no-card card"}),
    )
    card_number = forms.CharField(
        label=_("Card number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )
    card_first_on = DateField(label=_("Card valid from"), required=False)
    card_last_on = DateField(label=_("Card valid to"), required=False)
    care_model = forms.ChoiceField(
        label=_("Care model"), required=False, choices=choices(CareModel, empty=_("Choose care model"))
    )
    category = forms.ChoiceField(label=_("Patient category"), required=False)
    plan_number = forms.ChoiceField(label=_("Preauthorization"), required=False, widget=forms.RadioSelect)
    county = forms.ChoiceField(label=_("Home region"), required=False)
    invoice_reference = forms.CharField(
        label=_("OCR or invoice number"),
        required=False,
        max_length=40,
        help_text=_("Claims of one number gather in one invoice."),
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )
    reference = forms.CharField(
        label=_("Claim reference"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )
    comment = forms.CharField(
        label=_("Claim comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        help_text=_("Your own note."),
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )

    def __init__(self, *args: Any, offer: "Offer", **kwargs: Any) -> None:
        """Offer categories, preauthorizations and home regions; leave out what the support does not take."""
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = _("Yours alone, never used before. Empty: %(number)s.") % {
            "number": offer.proposed_reference
        }
        offered: dict[str, Sequence[tuple[str, object]]] = {
            "category": [("", _("Choose patient category")), *offer.categories],
            "plan_number": [("", _("None")), *offer.plans],
            "county": [("", offer.own_region), *offer.counties],
        }
        for name, options in offered.items():
            self.offer(name, options)
        if offer.support is not SupportType.N:
            del self.fields["care_model"]
        if offer.support is not SupportType.S:
            del self.fields["category"]
        if not offer.plans:
            del self.fields["plan_number"]

    def focus_card(self) -> None:
        """Begin at the exemption card: the claim is made anew because of it (SC-21)."""
        self.fields["has_card"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Without its tick there is no card; what was typed of one is asked about, not thrown away."""
        data = super().clean() or self.cleaned_data
        card = ("card_number", "card_first_on", "card_last_on")
        if not data.get("has_card") and any(data.get(name) for name in card):
            self.add_error("has_card", _("Tick that the patient has a card, or empty its fields."))
        return data

    def head(self, *, category: str) -> dict[str, Any]:
        """Return what was typed, as the command's ClaimHead takes it; `category` is the certificate's."""
        data = self.cleaned_data
        has_card = data.get("has_card", False)
        return {
            "category": data.get("category", category) if "category" in self.fields else category,
            "care_model": data.get("care_model", ""),
            "plan_number": data.get("plan_number", ""),
            "has_card": has_card,
            "card_number": data.get("card_number", "") if has_card else "",
            "card_first_on": data.get("card_first_on") if has_card else None,
            "card_last_on": data.get("card_last_on") if has_card else None,
            "invoice_reference": data.get("invoice_reference", ""),
            "reference": data.get("reference", ""),
            "comment": data.get("comment", ""),
            "county": data.get("county", ""),
        }


class LineForm(Form):
    """A procedure or a patient fee to add (spec SC-9)."""

    prefix = "line"
    performed_on = DateField(
        label=_("Procedure date"), error_messages={"required": _("Give the date of the visit.")}
    )
    code = forms.CharField(
        label=_("Procedure"),
        max_length=200,
        error_messages={
            "required": _("Choose a procedure. Type the beginning of its code, or part of its name.")
        },
        widget=forms.TextInput(attrs={"data-picker-with": "line-performed_on", **NO_SUGGESTIONS}),
    )
    location = forms.CharField(
        label=_("Tooth/jaw"), required=False, max_length=10, widget=forms.TextInput(attrs=NO_SUGGESTIONS)
    )
    price = KronorField(label=_("Price"), required=False)
    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=500,
        help_text=_("Read by the region."),
        widget=forms.TextInput(attrs=NO_SUGGESTIONS),
    )

    def __init__(
        self, *args: Any, demands: Mapping[str, str], has_focus: bool = False, **kwargs: Any
    ) -> None:
        """Show the fields that the code takes; `has_focus` begins the page at the next procedure."""
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        attrs = self.fields["code"].widget.attrs
        attrs.update({f"data-{name}": demand for name, demand in demands.items()})
        if has_focus:
            attrs["autofocus"] = True

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is typed but the date, which stands there already."""
        names = ("code", "location", "price", "comment")
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def line(self) -> dict[str, Any]:
        """Return what was typed, as the command's NewClaimLine takes it."""
        data = self.cleaned_data
        return {
            "performed_on": data["performed_on"],
            "code": data["code"],
            "location": data.get("location", ""),
            "price": data.get("price"),
            "comment": data.get("comment", ""),
        }
