"""What the views of a client share: the way here, and the note of a read."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request
from kvitt.foundation.tables import Crumb
from kvitt.modules.care_fees.queries import clients


def way_to(number: str) -> list[Crumb]:
    """Return the way to what is done with a client, for those who meet it as a page of its own."""
    return [Crumb(_("Clients")), Crumb(number, reverse("care_fees:case", args=[number]))]


def note_read(request: Request, action: str, person_ids: Iterable[int], *, number: str = "") -> None:
    """Record that the actor saw these persons, of one client where one is named."""
    subject = (clients.SUBJECT, number) if number else ("", "")
    audit.record_read(f"care_fees.{action}", request.actor, person_ids=person_ids, subject=subject)
