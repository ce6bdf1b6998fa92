"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class PeopleConfig(AppConfig):
    """Persons with their numbers, dated addresses and relations."""

    name = "kvitt.registers.people"
    label = "people"
    events: ClassVar[dict[str, str]] = {
        "add_address": _("Added address"),
        "add_contact": _("Added contact person"),
        "add_relation": _("Added relation"),
        "audit_extract": _("Made audit extract"),
        "change_address": _("Corrected address"),
        "change_contact": _("Corrected contact person"),
        "change_identity_number": _("Changed identity number"),
        "change_person": _("Changed person"),
        "create_person": _("Registered person"),
        "end_address": _("Ended address"),
        "end_contact": _("Ended contact person"),
        "end_relation": _("Ended relation"),
        "look_up_population": _("Looked up in the population register"),
        "merge_persons": _("Merged two records"),
        "open_protected": _("Opened protected person"),
        "person": _("Opened person"),
        "register_from_population": _("Fetched from the population register"),
        "search_persons": _("Searched persons"),
    }
