"""Add and remove documents and physical attachments of a case, and note that a parcel has come."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.needs_allowance.queries import cases as queries
from kvitt.modules.needs_allowance.queries import documents as document_queries
from kvitt.preauthorization.queries import documents as shared
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind
from kvitt.registers.documents.models import Document, Parcel


def add_document(actor: Actor, *, today: date, number: str, kind: DocumentKind, upload: Upload) -> int:
    """Add a file to a case and return its id. Raises Refused with every fault.

    The file is written before the case is locked: nobody waits for it.
    Source: behovspeng, chapter 5.1; spec NA-11.
    """
    queries.case_to_report(actor, number)
    refuse_if_any(documents.file_problems(actor.authority_id, upload, today))
    with documents.stored(upload) as file, transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        refuse_if_any(document_queries.addition_problems(case, today=today))
        new = documents.NewDocument(case.authority_id, queries.MODULE, case.number, kind)
        document = documents.add_document(actor, new, file)
        audit.record(
            "needs_allowance.add_document",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[case.person_id],
            after={**_described(document), "sha256": document.sha256},
        )
    return document.pk


def remove_document(actor: Actor, *, number: str, document_id: int) -> None:
    """Remove a document from a case; nobody opens it any more. Raises Refused.

    Source: behovspeng, chapter 5.1; spec NA-11, NA-19.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        document, is_held = shared.document_to_remove(document_queries.key_of(case), document_id)
        documents.remove_document(actor, document, is_held)
        audit.record(
            "needs_allowance.remove_document",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[case.person_id],
            before=_described(document),
        )


def add_parcel(
    actor: Actor, *, today: date, number: str, description: str, quantity: int, file_type: str
) -> int:
    """Announce a physical attachment (*fysisk bilaga*) and return its id. Raises Refused with every fault.

    Source: behovspeng, figure 7; spec NA-11.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        refuse_if_any(document_queries.addition_problems(case, today=today))
        new = documents.NewParcel(
            case.authority_id, queries.MODULE, case.number, description, quantity, file_type
        )
        parcel = documents.add_parcel(actor, new, today)
        audit.record(
            "needs_allowance.add_parcel",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[case.person_id],
            after=_announced(parcel),
        )
    return parcel.pk


def remove_parcel(actor: Actor, *, number: str, parcel_id: int) -> None:
    """Remove a physical attachment: it is not waited for any more. Raises Refused.

    Source: spec NA-11, NA-19.
    """
    with transaction.atomic():
        case = queries.case_to_report(actor, number, lock=True)
        parcel, is_held = shared.parcel_to_remove(document_queries.key_of(case), parcel_id)
        documents.remove_parcel(actor, parcel, is_held)
        audit.record(
            "needs_allowance.remove_parcel",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[case.person_id],
            before=_announced(parcel),
        )


def mark_parcel_arrived(actor: Actor, *, today: date, number: str, parcel_id: int) -> None:
    """Note that a physical attachment has come to the authority. Raises Refused when it has already.

    Source: spec NA-11.
    """
    with transaction.atomic():
        case = queries.case(actor, number, lock=True)
        parcel = shared.parcel_to_receive(actor, document_queries.key_of(case), parcel_id)
        documents.mark_parcel_arrived(actor, parcel, today)
        audit.record(
            "needs_allowance.mark_parcel_arrived",
            actor,
            subject=(queries.SUBJECT, case.number),
            person_ids=[case.person_id],
            after={"parcel": parcel.description, "arrived_on": today.isoformat()},
        )


def _described(document: Document) -> dict[str, object]:
    """Return what the event log tells of a document."""
    return {"document": document.kind, "file_name": document.file_name}


def _announced(parcel: Parcel) -> dict[str, object]:
    """Return what the event log tells of a physical attachment."""
    return {"parcel": parcel.description, "quantity": parcel.quantity, "file_type": parcel.file_type}
