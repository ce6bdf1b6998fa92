"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.dental_records.lifecycle import ContactKind, ReportStatus


class DentalRecordsConfig(AppConfig):
    """Care reports and patient contacts, seen by the care provider that made them."""

    name = "kvitt.registers.dental_records"
    label = "dental_records"
    events: ClassVar[dict[str, str]] = {
        "create_report": _("Created a care report"),
        "change_report": _("Changed a care report"),
        "settle_report": _("Settled a care report"),
        "correct_report": _("Began to correct a care report"),
        "remove_report": _("Removed a care report"),
        "add_contact": _("Added a patient contact"),
        "change_contact": _("Changed a patient contact"),
        "remove_contact": _("Removed a patient contact"),
        "patient_reports": _("Opened a patient's care reports"),
        "report": _("Opened a care report"),
        "patient_contacts": _("Opened a patient's contacts"),
    }
    event_words: ClassVar[dict[str, str]] = {
        "dental_records.report": _("Care report"),
        "dental_records.contact": _("Patient contact"),
        "corrects": _("Corrects"),
        "examined_on": _("Examination date"),
        "practitioner": _("Practitioner"),
        "next_revision_on": _("Next revision"),
        "revision_ends_on": _("Revision end"),
        "not_shown": _("Also changed, without being shown here"),
        "findings": _("Caries registration"),
        "caries_risk": _("Risk of caries"),
        "periodontal_risk": _("Risk of periodontitis"),
        "contacted_on": _("Date"),
        "contact": _("Contact"),
        "note": _("Note"),
        "status": _("Status"),
        **{member.value: member.label for kind in (ReportStatus, ContactKind) for member in kind},
    }
