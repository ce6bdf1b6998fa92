"""The input of a document or a physical attachment as typed values."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.registers.documents import rules
from kvitt.registers.documents.lifecycle import FORMATS, DocumentKind

_ACCEPTED = ",".join(ending for one in FORMATS.values() for ending in one.endings)
_FILE, _PARCEL = ("kind", "file"), ("description", "quantity", "file_type")


class DocumentForm(Form):
    """*Lägg till dokument*: a file with its kind, or a physical attachment (behovspeng, figure 7).

    Both are on the form, so that it works without a script; what was not chosen is not demanded.
    """

    columns = {"description": "kv-c6", "quantity": "kv-c2", "file_type": "kv-c4"}
    is_physical = forms.BooleanField(
        label=_("Physical attachment"),
        required=False,
        help_text=_("Tick this if you send it by post. Then give description, count and file type."),
        widget=forms.CheckboxInput(attrs={"data-switch": "file parcel"}),
    )
    kind = forms.TypedChoiceField(
        label=_("Kind of document"),
        coerce=DocumentKind,
        choices=choices(DocumentKind, empty=_("Choose")),
        error_messages={"required": _("Choose what kind of document it is.")},
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the rule has better words
        help_text=_("PDF, PNG, JPEG, DICOM or DOCX."),
        error_messages={"required": _("Choose the file to add.")},
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=rules.LONGEST_DESCRIPTION,
        error_messages={"required": _(rules.NO_DESCRIPTION)},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    quantity = forms.IntegerField(
        label=_("Count"),
        min_value=1,
        max_value=rules.MOST_IN_PARCEL,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    file_type = forms.CharField(
        label=_("File type"),
        max_length=rules.LONGEST_FILE_TYPE,
        error_messages={"required": _(rules.NO_FILE_TYPE)},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Demand the file or the parcel, as the box says."""
        super().__init__(*args, **kwargs)
        number = gettext(rules.NO_QUANTITY) % {"most": rules.MOST_IN_PARCEL}
        for code in ("required", "invalid", "min_value", "max_value"):
            self.fields["quantity"].error_messages[code] = number
        for name in self._left_out if self.is_bound else ():
            self.fields[name].required = False

    @property
    def is_parcel(self) -> bool:
        """Whether the box *Fysisk bilaga* is ticked."""
        return bool(self["is_physical"].data) if self.is_bound else bool(self.initial.get("is_physical"))

    @property
    def _left_out(self) -> tuple[str, ...]:
        return _FILE if self.is_parcel else _PARCEL

    def clean(self) -> dict[str, Any]:
        """Let what was not chosen be: it may hold anything."""
        for name in self._left_out:
            self.errors.pop(name, None)
        return self.cleaned_data
