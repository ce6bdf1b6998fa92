"""What the views of a claim share: the way here, and the note of a read."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation import tables
from kvitt.foundation.htmx import Request
from kvitt.modules.special_care.queries import claims


def way_to(number: str) -> list[tables.Crumb]:
    """Return the way to what is done with a draft, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Register claim"), reverse("special_care:register_claim")),
        tables.Crumb(number, reverse("special_care:draft", args=[number])),
    ]


def note_read(request: Request, action: str, person_ids: Iterable[int], *, number: str = "") -> None:
    """Record that the actor saw these persons, in a claim where one is named."""
    subject = (claims.SUBJECT, number) if number else ("", "")
    audit.record_read(f"special_care.{action}", request.actor, person_ids=person_ids, subject=subject)
