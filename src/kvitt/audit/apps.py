"""Django's name for this app, its words in the log, and the hook that keeps the log append-only."""

from typing import Any, ClassVar

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from kvitt.foundation.values.text import gettext_noop as _


class AuditConfig(AppConfig):
    """Who did or saw what, and when."""

    name = "kvitt.audit"
    label = "audit"
    # Every app says here what its commands and reads are called in the log, and what their values are.
    events: ClassVar[dict[str, str]] = {"event": _("Read an event of the log")}
    event_words: ClassVar[dict[str, str]] = {"event": _("Event")}

    def ready(self) -> None:
        """Install the triggers after every migrate: the one signal in the program (decision 0007)."""
        post_migrate.connect(_install_triggers, sender=self)


def _install_triggers(**_kwargs: Any) -> None:
    from kvitt.audit import commands  # noqa: PLC0415 - models exist first after the apps are ready

    if settings.KVITT_AUDIT_TRIGGERS:
        commands.install_triggers()
