"""What the views of dental records share: the note of a read."""

from collections.abc import Iterable

from kvitt.audit import commands as audit
from kvitt.foundation.htmx import Request


def note_read(
    request: Request, action: str, record_ids: Iterable[int], subject: tuple[str, object] = ("", "")
) -> None:
    """Record that the actor saw the patient."""
    audit.record_read(f"dental_records.{action}", request.actor, person_ids=record_ids, subject=subject)
