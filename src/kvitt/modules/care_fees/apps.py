"""Django's name for this app, and its words in the log."""

from collections.abc import Collection
from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.lifecycle import (
    AbsenceReason,
    CareKind,
    FeeType,
    HousingKind,
    Measure,
    ServiceKind,
)


class CareFeesConfig(AppConfig):
    """Debitering: clients with their services, housing and absence, and what they pay."""

    name = "kvitt.modules.care_fees"
    label = "care_fees"
    events: ClassVar[dict[str, str]] = {
        "case": _("Opened a client"),
        "desktop": _("Opened the desktop of care fees"),
        "search_clients": _("Searched for clients"),
        "new_client": _("Looked up a person who becomes a client"),
        "create_client": _("Registered client"),
        "change_settings": _("Changed settings of client"),
        "request_move": _("Asked for another billing area"),
        "move_client": _("Moved client to another billing area"),
        "refuse_move": _("Refused a request for another billing area"),
        "area_requests": _("Listed requests for another billing area"),
        "estates": _("Listed deceased clients without an estate recipient"),
        "left_alone": _("Listed clients who are left alone"),
        "respites": _("Listed respites of estates"),
        "add_correction": _("Corrected a fee"),
        "remove_correction": _("Removed the correction of a fee"),
        "load_services": _("Loaded services and prices"),
        "save_service": _("Saved a service"),
        "set_service_price": _("Gave a service a price"),
        "move_service": _("Moved a service in the catalogue"),
        "end_service": _("Ended a service"),
        "grant_service": _("Granted a service"),
        "change_granted": _("Changed the amount of a granted service"),
        "end_granted": _("Ended a granted service"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "care_fees.client": _("Client"),
        "number": _("Number"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "fee_type": _("Type of fee calculation"),
        "accepts_cap": _("Accepts the fee cap"),
        "parish_code": _("Parish code"),
        "settings": _("Settings"),
        "area": _("Billing area"),
        "areas": _("Billing areas"),
        "wanted_area": _("Wanted billing area"),
        "reason": _("Reason"),
        "answer": _("Answer"),
        "month": _("Period"),
        "service": _("Service"),
        "invoice_text": _("Invoice text"),
        "care_fees.service": _("Service"),
        "kind": _("Kind"),
        "care": _("Kind of care"),
        "measure": _("Measure"),
        "is_capped": _("Under the fee cap"),
        "is_restricted": _("Only where people stay"),
        "day_amount": _("Day amount"),
        "vat_percent": _("VAT, percent"),
        **{
            member.value: member.label
            for kind in (AbsenceReason, CareKind, FeeType, HousingKind, Measure, ServiceKind)
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
