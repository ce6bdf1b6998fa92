"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.documents.lifecycle import DocumentKind


class DocumentsConfig(AppConfig):
    """Uploaded files and physical attachments."""

    name = "kvitt.registers.documents"
    label = "documents"
    events: ClassVar[dict[str, str]] = {}
    event_words: ClassVar[dict[str, str]] = {
        "documents.document": _("Document"),
        **{kind.value: kind.label for kind in DocumentKind},
    }
