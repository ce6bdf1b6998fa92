"""The form that a claims file is handed in with, and the filters of its fault list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form, choices
from kvitt.foundation.values.text import format_size
from kvitt.modules.special_care.rules.faults import Level


class ClaimsFileForm(Form):
    """*Ladda upp fakturafil*: a file, and whether it is only to be checked (spec SC-12a)."""

    file = forms.FileField(
        label=_("Choose a file on the computer"),
        allow_empty_file=True,  # how large it is is told with what to do
        help_text=_("An XML or CSV file from the journal system."),
        error_messages={"required": _("Choose the file to upload.")},
        widget=forms.FileInput(attrs={"accept": ".xml,.csv"}),
    )
    is_check_only = forms.BooleanField(
        label=_("Only check"),
        required=False,
        help_text=_("You get the list of faults, and nothing in the file is sent in."),
    )

    def __init__(self, *args: Any, largest: int, **kwargs: Any) -> None:
        """Take files of at most so many bytes."""
        super().__init__(*args, **kwargs)
        self.largest = largest

    def clean_file(self) -> "UploadedFile[Any]":
        """Return the file, unless it is too large: of such a one nothing was kept."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        size = file.size or 0
        if not size:
            raise forms.ValidationError(
                gettext("The file is empty. Export it again from the journal system."), code="empty"
            )
        if size > self.largest:
            message = gettext(
                "The file is %(size)s, and at most %(largest)s is taken. Export the claims to several files."
            )
            sizes = {"size": format_size(size), "largest": format_size(self.largest)}
            raise forms.ValidationError(message % sizes, code="too_large")
        return file


class FaultListForm(Form):
    """The filters of a fault list; the kinds of fault are those of the file (spec SC-14)."""

    columns = {"code": "kv-w-l"}
    level = forms.ChoiceField(label=_("Level"), required=False, choices=choices(Level, empty=_("All")))
    code = forms.ChoiceField(label=_("Fault"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the kinds of fault of this file, as code and words."""
        super().__init__(*args, **kwargs)
        self.offer("code", kinds, empty=_("All"))

    def search(self) -> dict[str, str]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
