"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict


class PreauthorizationConfig(AppConfig):
    """Requests, the assessor's desk, decisions: shared by the two dental modules."""

    name = "kvitt.preauthorization"
    label = "preauthorization"
    events: ClassVar[dict[str, str]] = {"queue": _("Opened the queue of requests for preauthorization")}
    event_words: ClassVar[dict[str, str]] = {
        "preauthorization.request": _("Request for preauthorization"),
        **{member.value: member.label for kind in (RequestStatus, Verdict) for member in kind},
    }
