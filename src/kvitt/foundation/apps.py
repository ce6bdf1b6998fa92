"""Django's name for this app."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """What has no business nouns."""

    name = "kvitt.foundation"
    label = "foundation"
