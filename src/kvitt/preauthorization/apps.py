"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.preauthorization.lifecycle import RequestStatus, Verdict


class PreauthorizationConfig(AppConfig):
    """Requests, the assessor's desk, decisions: shared by the two dental modules."""

    name = "kvitt.preauthorization"
    label = "preauthorization"
    events: ClassVar[dict[str, str]] = {}
    event_words: ClassVar[dict[str, str]] = {
        member.value: member.label for kind in (RequestStatus, Verdict) for member in kind
    }
