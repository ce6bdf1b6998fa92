"""The columns of the lists of clinics to administer, and of requests for other accounts."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.clinic_administration.lifecycle import AccountChangeStatus
from kvitt.registers.clinic_administration.queries import account_text

if TYPE_CHECKING:
    from kvitt.registers.clinic_administration.models import AccountChange


def clinics() -> list[Column]:
    """Return the columns of the clinics that somebody administers."""
    return [
        Column("number", _("Number"), lambda clinic: clinic.number, sort=("number",)),
        Column("name", _("Name"), lambda clinic: clinic.name, sort=("sort_key",), lead=True),
        Column("town", _("Town"), lambda clinic: clinic.town),
        Column("phone", _("Telephone"), lambda clinic: clinic.phone, css="kv-opt"),
    ]


def changes() -> list[Column]:
    """Return the columns of the requests for other accounts."""
    return [
        Column(
            "clinic", _("Clinic"), lambda change: str(change.clinic), sort=("clinic__sort_key",), lead=True
        ),
        Column("from", _("From"), _old, css="kv-nowrap kv-opt"),
        Column("to", _("To"), _new, css="kv-nowrap"),
        Column("requested_by", _("Asked by"), lambda change: change.requested_by),
        Column(
            "requested_at",
            _("Requested"),
            lambda change: change.requested_at,
            Kind.MOMENT,
            sort=("requested_at",),
        ),
        Column("decided_by", _("Decision by"), lambda change: change.decided_by, css="kv-opt"),
        Column(
            "decided_at",
            _("Decided"),
            lambda change: change.decided_at,
            Kind.MOMENT,
            sort=("decided_at",),
            css="kv-opt",
        ),
        Column(
            "status",
            _("Status"),
            lambda change: AccountChangeStatus(change.status),
            Kind.STATUS,
            sort=("is_waiting",),
        ),
    ]


def _old(change: "AccountChange") -> str:
    return account_text(change.old_kind, change.old_number)


def _new(change: "AccountChange") -> str:
    return account_text(change.giro_kind, change.giro_number)
