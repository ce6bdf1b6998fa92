"""The columns of the lists of certificates and of patient categories."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries import certificates
from kvitt.modules.special_care.queries.categories import validity_text
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.modules.special_care.models import Certificate


def _person_number(certificate: "Certificate") -> str:
    number: str = certificates.patient_of(certificate).identity_number
    return number


def _person_name(certificate: "Certificate") -> str:
    return people.listed_name(certificates.patient_of(certificate))


def certificate_columns(*, today: date) -> Sequence[Column]:
    """Return the columns; a protected person's name is hidden here and in Excel (spec QU-19)."""
    return (
        Column(
            "number",
            _("Certificate number"),
            lambda row: row.number,
            sort=("number",),
            lead=True,
            css="kv-nowrap",
        ),
        Column("person", _("Personal identity number"), _person_number, Kind.IDENTITY),
        Column("name", _("Name"), _person_name),
        Column("category", _("Patient category"), lambda row: row.category),
        Column(
            "validity",
            _("Validity today"),
            partial(certificates.certificate_words, today=today),
            whole_words=True,
        ),
        Column("first_on", _("First day"), lambda row: row.first_on, Kind.DATE, sort=("first_on",)),
        Column("last_on", _("Last day"), lambda row: row.last_on, Kind.DATE, sort=("last_on",)),
        Column("issued_by", _("Issued by"), lambda row: row.issued_by, css="kv-opt"),
        Column(
            "created_on",
            _("Registered on"),
            lambda row: row.created_on,
            Kind.DATE,
            sort=("created_on",),
            css="kv-opt",
        ),
    )


def category_columns() -> Sequence[Column]:
    """Return the columns of categories: N before F before S, F2 before F10."""
    in_order = ("place", "length", "code")
    return (
        Column("code", _("Code"), lambda row: row.code, sort=in_order, lead=True),
        Column("name", _("Name"), lambda row: row.name, css="full"),
        Column("support", _("Support type"), lambda row: SupportType(row.support)),
        Column("validity", _("Certificates hold"), validity_text),
        Column("first_on", _("Valid from"), lambda row: row.first_on, Kind.DATE),
        Column("last_on", _("Valid to"), lambda row: row.last_on, Kind.DATE),
    )
