"""The columns of the clinic's claims files, and of the faults of one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.values.text import format_size, gettext_noop
from kvitt.modules.special_care.lifecycle import FileStatus

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import ClaimsFile
    from kvitt.modules.special_care.queries.file_pages import FaultRow

# What a fault points at, as the claim's own form names it.
ELEMENTS = {
    "card_first_on": gettext_noop("Exemption card"),
    "card_last_on": gettext_noop("Exemption card"),
    "card_number": gettext_noop("Exemption card"),
    "care_model": gettext_noop("Care model"),
    "category": gettext_noop("Patient category"),
    "certificate_number": gettext_noop("Certificate"),
    "clinic": gettext_noop("Clinic"),
    "code": gettext_noop("Procedure code"),
    "comment": gettext_noop("Comment"),
    "county": gettext_noop("Home region"),
    "entry": gettext_noop("Claim"),
    "identity_number": gettext_noop("Personal number"),
    "invoice_reference": gettext_noop("OCR/Invoice number"),
    "lines": gettext_noop("Procedures"),
    "location": gettext_noop("Tooth/jaw"),
    "performed_on": gettext_noop("Procedure date"),
    "plan_number": gettext_noop("Preauthorization"),
    "price": gettext_noop("Price"),
    "reference": gettext_noop("Claim reference"),
}


def file_columns() -> list[Column]:
    """Return the columns of the files that a clinic has handed in. Source: spec SC-12a."""
    return [
        Column("name", _("File"), lambda file: file.name, sort=("name",), lead=True),
        Column("size", _("Size"), lambda file: format_size(file.size), sort=("size",), css="num kv-nowrap"),
        Column("at", _("Handed in"), lambda file: file.uploaded_at, Kind.MOMENT, sort=("uploaded_at",)),
        Column("by", _("By"), lambda file: file.uploaded_by, sort=("uploaded_by",)),
        Column("claims", _("Claims"), _count("checked_count"), Kind.COUNT, sort=("checked_count",)),
        Column("faulty", _("With faults"), _count("faulty_count"), Kind.COUNT, sort=("faulty_count",)),
        Column(
            "status",
            _("Status"),
            lambda file: FileStatus(file.status),
            Kind.STATUS,
            sort=("status",),
            note=_waiting_for,
        ),
    ]


def _count(name: str) -> Callable[["ClaimsFile"], object]:
    """Return what counts something, which there is nothing of until the file has been read."""
    unread = {FileStatus.WAITING, FileStatus.REFUSED}
    return lambda file: None if file.status in unread else getattr(file, name)


def _waiting_for(file: "ClaimsFile") -> str:
    if file.is_check_only:
        return gettext("Only check")
    if file.status != FileStatus.CHECKED:
        return ""
    if file.faulty_count == file.checked_count:
        return gettext("No claim is faultless")
    return gettext("Waits for you to choose")


def fault_columns(*, is_workbook: bool) -> list[Column]:
    """Return the columns of a fault list: the manual's four, then level, line in the file and field.

    On the page what a claim is called stands out at its first fault only. Source: spec SC-12a, SC-14.
    """

    def named(text: Callable[["FaultRow"], str]) -> Callable[["FaultRow"], object]:
        def value(row: "FaultRow") -> object:
            if is_workbook or row.is_first or not text(row):
                return text(row)
            return format_html('<span class="kv-again">{}</span>', text(row))

        return value

    columns = [
        Column(
            "clinic",
            pgettext_lazy("claims file", "Clinic number"),
            named(lambda row: row.fault.clinic_number),
        ),
        Column("reference", _("Claim number"), named(lambda row: row.fault.reference), lead=True),
        Column("identity", _("Personal number"), named(lambda row: row.identity), css="kv-nowrap"),
        Column(
            "fault",
            _("Fault message"),
            lambda row: row.text,
            css="full",
            whole_words=True,
            note=None if is_workbook else lambda row: row.fault.code,
        ),
        Column("level", _("Level"), lambda row: row.level, Kind.STATUS),
        Column("line", _("Line in the file"), lambda row: row.fault.line, Kind.COUNT, sort=("place",)),
        Column("element", _("Field"), lambda row: _element(row.fault.element)),
    ]
    if is_workbook:
        columns.append(Column("code", _("Fault code"), lambda row: row.fault.code))
    return columns


def _element(name: str) -> str:
    return gettext(ELEMENTS[name]) if name in ELEMENTS else name
