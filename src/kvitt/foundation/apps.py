"""Django's name for this app."""

from importlib import import_module

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """What has no business nouns."""

    name = "kvitt.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Let every field know the lookups of our own."""
        import_module("kvitt.foundation.lookups")
