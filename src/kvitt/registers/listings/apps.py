"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class ListingsConfig(AppConfig):
    """Who is listed where, from when to when."""

    name = "kvitt.registers.listings"
    label = "listings"
    events: ClassVar[dict[str, str]] = {
        "list_patient": _("Listed patient"),
        "listed_patients": _("Showed listed patients"),
        "merge_persons": _("Merged listings of two records"),
        "patient": _("Opened patient"),
    }
