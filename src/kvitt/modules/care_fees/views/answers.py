"""What the views of a client share: the way here, and the note of a read."""

from collections.abc import Iterable

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request
from kvitt.foundation.tables import Crumb
from kvitt.modules.care_fees.queries import clients

_LONGEST_ID = 18


def way_to(number: str) -> list[Crumb]:
    """Return the way to what is done with a client, for those who meet it as a page of its own."""
    return [
        Crumb(_("Clients"), reverse("care_fees:search_clients")),
        Crumb(number, reverse("care_fees:case", args=[number])),
    ]


def way_to_list(title: str) -> list[Crumb]:
    """Return the way to a list of the desktop."""
    return [Crumb(_("Desktop"), reverse("care_fees:desktop")), Crumb(title)]


def id_in(text: str) -> int | None:
    """Return an id that came in an address, None where there is none. Raises Http404 for what is no id."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise Http404
    return int(text)


def note_read(request: Request, action: str, person_ids: Iterable[int], *, number: str = "") -> None:
    """Record that the actor saw these persons, of one client where one is named."""
    subject = (clients.SUBJECT, number) if number else ("", "")
    audit.record_read(f"care_fees.{action}", request.actor, person_ids=person_ids, subject=subject)
