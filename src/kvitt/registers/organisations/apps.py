"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import AuthorityKind, GiroKind, Scheme, UnitKind


class OrganisationsConfig(AppConfig):
    """Authorities, care providers, clinics with their rights, practitioners."""

    name = "kvitt.registers.organisations"
    label = "organisations"
    events: ClassVar[dict[str, str]] = {
        "change_authority": _("Changed the authority's settings"),
        "create_area": _("Created billing area"),
        "change_area": _("Changed billing area"),
        "create_provider": _("Created care provider"),
        "change_provider": _("Changed care provider"),
        "create_clinic": _("Created clinic"),
        "change_clinic": _("Changed clinic"),
        "change_contact": _("Changed contact details of clinic"),
        "close_clinic": _("Closed clinic"),
        "reopen_clinic": _("Opened clinic again"),
        "add_right": _("Added right to clinic"),
        "end_right": _("Changed last day of right"),
        "remove_right": _("Removed right from clinic"),
        "add_practitioner": _("Added practitioner"),
        "change_practitioner": _("Changed practitioner"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "authority": _("Authority"),
        "provider": _("Care provider"),
        "clinic": _("Clinic"),
        "area": _("Billing area"),
        "is_intake": _("New clients come here"),
        "unit_kind": _("Kind of care"),
        "area_id": _("Billing area"),
        "municipality_code": _("Municipality code"),
        "parish_code": _("Parish code"),
        "name": _("Name"),
        "organisation_number": _("Organisation number"),
        "contact_name": _("Contact"),
        "contact_phone": _("Telephone"),
        "contact_email": _("E-mail"),
        "bankgiro": _("Bankgiro"),
        "county": _("County"),
        "letter_text": _("Text in letters and on invoices"),
        "reserve_number_patterns": _("Patterns of reserve numbers"),
        "number": _("Clinic number"),
        "provider_id": _("Care provider"),
        "street": _("Street address"),
        "postcode": _("Postcode"),
        "town": _("Town"),
        "phone": _("Telephone"),
        "email": _("E-mail"),
        "giro_kind": _("Account"),
        "giro_number": _("Account number"),
        "is_specialist": _("Specialist clinic"),
        "closed_on": _("Last day of the clinic"),
        "rights_ended": _("Rights ended"),
        "rights_removed": _("Rights removed"),
        "posts_ended": _("Practitioners ended"),
        "scheme": _("Connected to"),
        "first_on": _("First day"),
        "last_on": _("Last day"),
        "title": _("Title"),
        "practitioner": _("Practitioner"),
        **{
            member.value: member.label
            for kind in (AuthorityKind, GiroKind, Scheme, UnitKind)
            for member in kind
        },
    }
