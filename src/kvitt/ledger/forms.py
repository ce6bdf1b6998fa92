"""The filters of the invoice search, and the days of an invoicing period."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.registers.organisations.lifecycle import Scheme

if TYPE_CHECKING:
    from kvitt.registers.organisations.models import CareProvider, Clinic

NARROW = {"class": "kv-w-s"}


class InvoiceSearchForm(Form):
    """The filters of *Fakturor* (spec NA-27)."""

    first_on = DateField(label=_("Invoice date from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Invoice date to"), required=False, widget=forms.TextInput(attrs=NARROW))
    status = forms.ChoiceField(
        label=_("Invoice status"), required=False, choices=choices(InvoiceStatus, empty=_("All"))
    )
    reference = forms.CharField(
        label=_("External invoice reference"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs=NARROW),
    )
    module = forms.ChoiceField(label=_("Invoice type"), required=False)
    provider = forms.ChoiceField(label=_("Care provider"), required=False)
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    voucher_number = forms.IntegerField(
        label=_("Voucher number"),
        required=False,
        min_value=1,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={**NARROW, "inputmode": "numeric"}),
    )
    to_correct = forms.BooleanField(label=_("Show only returned invoices to correct"), required=False)

    def __init__(
        self,
        *args: Any,
        modules: Collection[str],
        providers: Iterable["CareProvider"],
        clinics: Iterable["Clinic"],
        finds_parts: bool,
        **kwargs: Any,
    ) -> None:
        """Offer the user's own modules, providers and clinics; a single one is already chosen.

        What is left to correct is asked for from the start page, and can only be unticked here.
        """
        super().__init__(*args, **kwargs)
        if "to_correct" not in self.data:
            del self.fields["to_correct"]
        if not finds_parts:
            self.fields["reference"].help_text = _("The reference or its beginning.")
        offered: dict[str, list[tuple[object, object]]] = {
            "module": [(value, label) for value, label in choices(Scheme) if value in modules],
            "provider": [(provider.organisation_number, str(provider)) for provider in providers],
            "clinic": [(clinic.pk, str(clinic)) for clinic in clinics],
        }
        for name, empty in (
            ("module", _("All")),
            ("provider", _("All care providers")),
            ("clinic", _("All clinics")),
        ):
            one = len(offered[name]) == 1
            self.offer(name, offered[name], empty=None if one else empty)

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty filter lets everything through and says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"provider": "provider_number", "clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}


class LineSearchForm(Form):
    """The filters of *Sök åtgärdskoder* (spec PH-11)."""

    columns = {"clinic": "kv-w-l"}
    first_on = DateField(label=_("Treatment date from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Treatment date to"), required=False, widget=forms.TextInput(attrs=NARROW))
    created_from = DateField(label=_("Created from"), required=False, widget=forms.TextInput(attrs=NARROW))
    created_to = DateField(label=_("Created to"), required=False, widget=forms.TextInput(attrs=NARROW))
    code = forms.CharField(
        label=_("Procedure code"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={**NARROW, "autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=choices(LineStatus, empty=_("All")),
        help_text=_("Approved: not yet invoiced."),
    )
    module = forms.ChoiceField(label=_("Module"), required=False)
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)

    def __init__(
        self, *args: Any, modules: Collection[str], clinics: Collection["Clinic"], **kwargs: Any
    ) -> None:
        """Offer the user's own modules and clinics, where he has several."""
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[object, object]]] = {
            "module": [(value, label) for value, label in choices(Scheme) if value in modules],
            "clinic": [(clinic.pk, str(clinic)) for clinic in clinics],
        }
        for name, empty in (("module", _("All")), ("clinic", _("All clinics"))):
            if len(offered[name]) > 1:
                self.offer(name, offered[name], empty=empty)
            else:
                del self.fields[name]

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        renamed = {"clinic": "clinic_id"}
        return {renamed.get(name, name): value for name, value in self.cleaned_data.items()}

    @property
    def order(self) -> str:
        """How the list is sorted until told otherwise: newest first, by the dates that are asked for."""
        found = self.search()
        is_by_treatment = found.get("first_on") or found.get("last_on")
        is_by_creation = found.get("created_from") or found.get("created_to")
        return "-date" if is_by_treatment and not is_by_creation else "-created"


class RejectForm(Form):
    """Why an invoice is returned (spec CO-20)."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        help_text=_("The clinic reads it. Say what is wrong and what it should do."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WindowForm(Form):
    """The first and last day of one month on which invoices can be created (spec NA-24)."""

    first_on = DateField(label=_("First day"), widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Last day"), widget=forms.TextInput(attrs=NARROW))
