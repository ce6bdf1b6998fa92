"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.ledger.lifecycle import LineStatus


class PopulationHealthConfig(AppConfig):
    """Befolkningsansvar: activities and who took part."""

    name = "kvitt.modules.population_health"
    label = "population_health"
    events: ClassVar[dict[str, str]] = {
        "create_activity": _("Created an activity"),
        "remove_procedures": _("Removed procedures"),
        "remove_activity": _("Removed the activity"),
        "credit_procedures": _("Credited procedures"),
        "withdraw_credits": _("Undid a crediting"),
        "case": _("Opened an activity"),
        "check_participants": _("Tried to report participants, and was refused"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "population_health.case": _("Activity"),
        "code": _("Procedure code"),
        "performed_on": _("Date"),
        "place": _("Place"),
        "municipality": _("Municipality"),
        "practitioner": _("Practitioner"),
        "count": _("Number of procedures"),
        "amount": _("Amount"),
        "status": _("Status"),
        "invoice": _("Invoice"),
        **{status.value: status.label for status in LineStatus},
    }

    def open_cases(self, authority_id: int, numbers: Collection[str]) -> set[str]:
        """Return which of the numbers have a page: an emptied activity has one until it is removed.

        The ledger asks, which does not know the modules. Source: spec PH-7, PH-11.
        """
        activities = self.get_model("Activity")._default_manager.filter(  # noqa: SLF001 - Django documents it
            authority_id=authority_id, number__in=numbers, deleted_at__isnull=True
        )
        return set(activities.values_list("number", flat=True))
