"""The filters of *Era fakturor*, and of the same lists over the whole authority."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation import clock
from kvitt.foundation.forms import DateField, Form, IdentityField
from kvitt.foundation.values import identity

if TYPE_CHECKING:
    from uuid import UUID

    from kvitt.registers.organisations.models import Clinic

_NARROW = {"class": "kv-w-s"}
# Digits of a personal number without century and sign.
_SHORTEST = 10


class ClaimInvoiceSearchForm(Form):
    """The filters of the lists of invoices; the personal number is sent in the body (spec SC-17, QU-18)."""

    is_posted = True
    search_label = _("Search invoice")

    reference = forms.CharField(
        label=_("OCR/Invoice number"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={**_NARROW, "autocomplete": "off"}),
    )
    number = IdentityField(
        label=_("Personal number"), required=False, max_length=30, widget=forms.TextInput(attrs=_NARROW)
    )
    claim_reference = forms.CharField(
        label=_("Claim number"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={**_NARROW, "autocomplete": "off"}),
    )
    first_on = DateField(label=_("Received from"), required=False, widget=forms.TextInput(attrs=_NARROW))
    last_on = DateField(label=_("Received to"), required=False, widget=forms.TextInput(attrs=_NARROW))
    clinic = forms.TypedChoiceField(label=_("Clinic"), required=False, coerce=int, empty_value=None)
    deleted = forms.BooleanField(label=_("Show deleted"), required=False)

    def __init__(
        self,
        *args: Any,
        clinics: "Sequence[Clinic]",
        may_be_deleted: bool,
        reserve_patterns: Sequence[str],
        **kwargs: Any,
    ) -> None:
        """Offer the clinics to those who see several, and deleted ones where they stood."""
        super().__init__(*args, **kwargs)
        self.fields["number"].reserve_patterns = tuple(reserve_patterns)  # type: ignore[attr-defined]
        if clinics:
            choices = [("", _("All clinics")), *((clinic.pk, str(clinic)) for clinic in clinics)]
            self.offer("clinic", choices)
        else:
            del self.fields["clinic"]
        if not may_be_deleted:
            del self.fields["deleted"]

    def clean(self) -> dict[str, Any]:
        """Ask for a personal number in its own field: what is typed in the others stands in the address."""
        given = super().clean() or self.cleaned_data
        for name in ("reference", "claim_reference"):
            if self._is_personal(given.get(name, "")):
                self.add_error(name, _("This is a personal number. Type it in the field Personal number."))
        return given

    def _is_personal(self, text: str) -> bool:
        """Tell whether it is a whole personal number; ten digits alone may be an OCR number as well."""
        patterns: Sequence[str] = self.fields["number"].reserve_patterns  # type: ignore[attr-defined]
        is_whole = len("".join(text.split())) > _SHORTEST
        return is_whole and bool(identity.parse_identity_number(text, clock.today(), patterns))

    def search(self) -> dict[str, Any]:
        """Return the filters for the query, but for the person; a faulty one is left out."""
        self.is_valid()
        found = self.cleaned_data
        names = {"clinic": "clinic_id", "deleted": "shows_deleted"}
        wanted = ("reference", "claim_reference", "first_on", "last_on", "clinic", "deleted")
        return {names.get(name, name): found[name] for name in wanted if found.get(name)}

    def address(self, person: "UUID | None") -> str:
        """Return what was asked for as an address, the person by his code; a date emptied stays empty."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "number"}
        query = {name: value for name, value in found.items() if value}
        query |= {name: found[name] or "" for name in ("first_on", "last_on")}
        return urlencode(query | ({"person": person} if person else {}))
