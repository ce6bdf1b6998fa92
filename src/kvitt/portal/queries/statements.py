"""What the pages that belong to no module say, and whether the database answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.utils.translation import gettext

from kvitt.portal.queries import texts
from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class AccessibilityPage:
    """Everything the accessibility statement shows."""

    title: str
    lead: str
    contacts: Sequence[texts.AuthorityContact]


@dataclass(frozen=True)
class ShortcutsPage:
    """What the page of keyboard shortcuts is called."""

    title: str


def accessibility_page(actor: Actor | None) -> AccessibilityPage:
    """Return the statement, with how the reader's authority is reached. Source: dos-lagen."""
    return AccessibilityPage(
        title=gettext("Accessibility statement"),
        lead=gettext("How accessible Kvitt is, and what to do where it is not."),
        contacts=texts.authority_contacts(actor.authority_id if actor else None),
    )


def database_answers() -> bool:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
