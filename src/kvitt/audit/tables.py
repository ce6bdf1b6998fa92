"""The columns of the audit log."""

from django.utils.translation import gettext as _

from kvitt.audit import queries
from kvitt.foundation.columns import Column, Kind


def events() -> list[Column]:
    """Return the columns of the log; only the time sorts it, for every index ends with that."""
    return [
        Column("at", _("Time"), lambda event: event.at, Kind.MOMENT, sort=("at",), lead=True),
        Column("user_name", _("User"), lambda event: event.user_name),
        Column("unit", _("Unit"), lambda event: event.unit),
        Column("action", _("Event"), lambda event: queries.action_text(event.action)),
        Column("subject", _("Concerns"), queries.subject_text),
        Column("kind", _("Kind"), queries.kind_text),
    ]
