"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import AbsenceReason, CareKind, FeeType, HousingKind, Measure


class CareFeesConfig(AppConfig):
    """Debitering: clients with their services, housing and absence, and what they pay."""

    name = "kvitt.modules.care_fees"
    label = "care_fees"
    events: ClassVar[dict[str, str]] = {
        "case": _("Opened a client"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "care_fees.client": _("Client"),
        **{
            member.value: member.label
            for kind in (AbsenceReason, CareKind, FeeType, HousingKind, Measure)
            for member in kind
        },
    }

    def open_cases(self, authority_id: int, numbers: Collection[str]) -> set[str]:
        """Return which of the numbers have a page: every client has one.

        The ledger asks, which does not know the modules. Source: spec PH-11.
        """
        clients = self.get_model("Client")._default_manager.filter(  # noqa: SLF001 - Django documents it
            authority_id=authority_id, number__in=numbers
        )
        return set(clients.values_list("number", flat=True))
