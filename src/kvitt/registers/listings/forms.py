"""The filters of the list of patients."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form


class ListedFilter(Form):
    """The filters of *Listade patienter*."""

    name = forms.CharField(label=_("Name or part of it"), max_length=100, required=False)
    revision_first_on = DateField(label=_("Revision end from"), required=False)
    revision_last_on = DateField(label=_("Revision end to"), required=False)
    on = DateField(label=_("Listed on"), required=False)
    clinic_id = forms.TypedChoiceField(label=_("Clinic"), coerce=int, empty_value=None, required=False)

    def __init__(
        self,
        *args: Any,
        clinics: Sequence[tuple[str, str]],
        has_all: bool,
        **kwargs: Any,
    ) -> None:
        """Offer the actor's clinics, where there are several; not all of them at once to an authority."""
        super().__init__(*args, **kwargs)
        if clinics:
            none = _("All clinics") if has_all else _("Choose a clinic")
            self.offer("clinic_id", clinics, empty=none)
        else:
            del self.fields["clinic_id"]
