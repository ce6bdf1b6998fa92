"""Add and remove documents and physical attachments of a plan, and note that a parcel has come."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.special_care.queries import documents as queries
from kvitt.modules.special_care.queries import plans
from kvitt.preauthorization.commands import documents as shared
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind


def add_document(actor: Actor, *, today: date, number: str, kind: DocumentKind, upload: Upload) -> int:
    """Add a file to a plan and return its id. Raises Refused with every fault.

    The file is written before the plan is locked: nobody waits for it. Source: spec SC-4, NA-11.
    """
    plans.plan_to_report(actor, number)
    refuse_if_any(documents.file_problems(actor.authority_id, upload, today))
    with documents.stored(upload) as file, transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(plan))
        new = documents.NewDocument(*queries.key_of(plan).parts, kind)
        document_id, told = shared.add_document(actor, new, file)
        audit.record("special_care.add_document", actor, **plans.about(plan), after=told)
    return document_id


def remove_document(actor: Actor, *, number: str, document_id: int) -> None:
    """Remove a document from a plan; nobody opens it any more. Raises Refused. Source: spec SC-4, NA-19."""
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        told = shared.remove_document(actor, queries.key_of(plan), document_id)
        audit.record("special_care.remove_document", actor, **plans.about(plan), before=told)


def add_parcel(
    actor: Actor, *, today: date, number: str, description: str, quantity: int, file_type: str
) -> int:
    """Announce a physical attachment (*fysisk bilaga*) and return its id. Raises Refused with every fault.

    Source: spec SC-4, NA-11.
    """
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(plan))
        new = documents.NewParcel(*queries.key_of(plan).parts, description, quantity, file_type)
        parcel_id, told = shared.add_parcel(actor, new, today=today)
        audit.record("special_care.add_parcel", actor, **plans.about(plan), after=told)
    return parcel_id


def remove_parcel(actor: Actor, *, number: str, parcel_id: int) -> None:
    """Remove a physical attachment: it is not waited for any more. Raises Refused.

    Source: spec SC-4, NA-19.
    """
    with transaction.atomic():
        plan = plans.plan_to_report(actor, number, lock=True)
        told = shared.remove_parcel(actor, queries.key_of(plan), parcel_id)
        audit.record("special_care.remove_parcel", actor, **plans.about(plan), before=told)


def mark_parcel_arrived(actor: Actor, *, today: date, number: str, parcel_id: int) -> None:
    """Note that a physical attachment has come to the authority. Raises Refused when it has already.

    Source: spec SC-4, NA-11.
    """
    with transaction.atomic():
        plan = plans.plan(actor, number, lock=True)
        told = shared.mark_parcel_arrived(actor, queries.key_of(plan), parcel_id, today=today)
        audit.record("special_care.mark_parcel_arrived", actor, **plans.about(plan), after=told)
