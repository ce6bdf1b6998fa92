"""Add and remove documents and physical attachments of a plan, and note that a parcel has come."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.special_care.queries import documents as queries
from kvitt.modules.special_care.queries import plans
from kvitt.preauthorization.queries import documents as shared
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind

if TYPE_CHECKING:
    from kvitt.registers.documents.models import Document, Parcel


def add_document(actor: Actor, *, today: date, number: str, kind: DocumentKind, upload: Upload) -> int:
    """Add a file to a plan and return its id. Raises Refused with every fault.

    The file is written before the plan is locked: nobody waits for it. Source: spec SC-4, NA-11.
    """
    plans.plan_to_report(actor, number)
    refuse_if_any(documents.file_problems(actor.authority_id, upload, today))
    with documents.stored(upload) as file, transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(plan))
        new = documents.NewDocument(plan.authority_id, plans.MODULE, plan.number, kind)
        document = documents.add_document(actor, new, file)
        audit.record(
            "special_care.add_document",
            actor,
            subject=(plans.SUBJECT, plan.number),
            person_ids=[plan.person_id],
            after={**_described(document), "sha256": document.sha256},
        )
    return document.pk


def remove_document(actor: Actor, *, number: str, document_id: int) -> None:
    """Remove a document from a plan; nobody opens it any more. Raises Refused. Source: spec SC-4, NA-19."""
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        document, is_held = shared.document_to_remove(queries.key_of(plan), document_id)
        documents.remove_document(actor, document, is_held)
        audit.record(
            "special_care.remove_document",
            actor,
            subject=(plans.SUBJECT, plan.number),
            person_ids=[plan.person_id],
            before=_described(document),
        )


def add_parcel(
    actor: Actor, *, today: date, number: str, description: str, quantity: int, file_type: str
) -> int:
    """Announce a physical attachment (*fysisk bilaga*) and return its id. Raises Refused with every fault.

    Source: spec SC-4, NA-11.
    """
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(plan))
        new = documents.NewParcel(
            plan.authority_id, plans.MODULE, plan.number, description, quantity, file_type
        )
        parcel = documents.add_parcel(actor, new, today)
        audit.record(
            "special_care.add_parcel",
            actor,
            subject=(plans.SUBJECT, plan.number),
            person_ids=[plan.person_id],
            after=_announced(parcel),
        )
    return parcel.pk


def remove_parcel(actor: Actor, *, number: str, parcel_id: int) -> None:
    """Remove a physical attachment: it is not waited for any more. Raises Refused.

    Source: spec SC-4, NA-19.
    """
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        parcel, is_held = shared.parcel_to_remove(queries.key_of(plan), parcel_id)
        documents.remove_parcel(actor, parcel, is_held)
        audit.record(
            "special_care.remove_parcel",
            actor,
            subject=(plans.SUBJECT, plan.number),
            person_ids=[plan.person_id],
            before=_announced(parcel),
        )


def mark_parcel_arrived(actor: Actor, *, today: date, number: str, parcel_id: int) -> None:
    """Note that a physical attachment has come to the authority. Raises Refused when it has already.

    Source: spec SC-4, NA-11.
    """
    with transaction.atomic():
        plan = plans.plan(actor, number, lock=True)
        parcel = shared.parcel_to_receive(actor, queries.key_of(plan), parcel_id)
        documents.mark_parcel_arrived(actor, parcel, today)
        audit.record(
            "special_care.mark_parcel_arrived",
            actor,
            subject=(plans.SUBJECT, plan.number),
            person_ids=[plan.person_id],
            after={"parcel": parcel.description, "arrived_on": today.isoformat()},
        )


def _described(document: "Document") -> dict[str, object]:
    """Return what the event log tells of a document."""
    return {"document": document.kind, "file_name": document.file_name}


def _announced(parcel: "Parcel") -> dict[str, object]:
    """Return what the event log tells of a physical attachment."""
    return {"parcel": parcel.description, "quantity": parcel.quantity, "file_type": parcel.file_type}
