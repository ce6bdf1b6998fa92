"""The columns of the list of users."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kvitt.foundation.columns import Column, Kind
from kvitt.registers.access import queries

if TYPE_CHECKING:
    from kvitt.registers.access.models import User


def users() -> list[Column]:
    """Return the columns of the list of users."""
    return [
        Column("name", _("Name"), lambda user: user.name, sort=("sort_key",), lead=True),
        Column("username", _("User name"), lambda user: user.username, sort=("username",)),
        Column("roles", _("Roles"), _roles),
        Column("email", _("E-mail"), lambda user: user.email, css="kv-opt kv-nowrap"),
        Column(
            "last_login", _("Last sign-in"), lambda user: user.last_login, Kind.MOMENT, sort=("last_login",)
        ),
        Column("state", _("State"), lambda user: _("Active") if user.is_active else _("Inactive")),
    ]


def _roles(user: "User") -> str:
    return "; ".join(f"{unit.text}: {unit.role_text}" for unit in queries.units_in(user.grants.all()))
