"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class PopulationHealthConfig(AppConfig):
    """Befolkningsansvar: activities and who took part."""

    name = "kvitt.modules.population_health"
    label = "population_health"
    events: ClassVar[dict[str, str]] = {
        "create_activity": _("Created an activity"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "population_health.activity": _("Activity"),
    }
