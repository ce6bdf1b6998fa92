"""Add and remove documents and physical attachments of a case, and note that a parcel has come."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.queries import documents as queries
from kvitt.preauthorization.commands import documents as shared
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind


def add_document(actor: Actor, *, today: date, number: str, kind: DocumentKind, upload: Upload) -> int:
    """Add a file to a case and return its id. Raises Refused with every fault.

    The file is written before the case is locked: nobody waits for it.
    Source: behovspeng, chapter 5.1; spec NA-11.
    """
    cases.case_to_report(actor, number)
    refuse_if_any(documents.file_problems(actor.authority_id, upload, today))
    with documents.stored(upload) as file, transaction.atomic():
        case = cases.case_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(case, today=today))
        new = documents.NewDocument(*queries.key_of(case).parts, kind)
        document_id, told = shared.add_document(actor, new, file)
        audit.record("needs_allowance.add_document", actor, **cases.about(case), after=told)
    return document_id


def remove_document(actor: Actor, *, number: str, document_id: int) -> None:
    """Remove a document from a case; nobody opens it any more. Raises Refused.

    Source: behovspeng, chapter 5.1; spec NA-11, NA-19.
    """
    with transaction.atomic():
        case = cases.case_to_report(actor, number, lock=True)
        told = shared.remove_document(actor, queries.key_of(case), document_id)
        audit.record("needs_allowance.remove_document", actor, **cases.about(case), before=told)


def add_parcel(
    actor: Actor, *, today: date, number: str, description: str, quantity: int, file_type: str
) -> int:
    """Announce a physical attachment (*fysisk bilaga*) and return its id. Raises Refused with every fault.

    Source: behovspeng, figure 7; spec NA-11.
    """
    with transaction.atomic():
        case = cases.case_to_report(actor, number, lock=True)
        refuse_if_any(queries.addition_problems(case, today=today))
        new = documents.NewParcel(*queries.key_of(case).parts, description, quantity, file_type)
        parcel_id, told = shared.add_parcel(actor, new, today=today)
        audit.record("needs_allowance.add_parcel", actor, **cases.about(case), after=told)
    return parcel_id


def remove_parcel(actor: Actor, *, number: str, parcel_id: int) -> None:
    """Remove a physical attachment: it is not waited for any more. Raises Refused.

    Source: spec NA-11, NA-19.
    """
    with transaction.atomic():
        case = cases.case_to_report(actor, number, lock=True)
        told = shared.remove_parcel(actor, queries.key_of(case), parcel_id)
        audit.record("needs_allowance.remove_parcel", actor, **cases.about(case), before=told)


def mark_parcel_arrived(actor: Actor, *, today: date, number: str, parcel_id: int) -> None:
    """Note that a physical attachment has come to the authority. Raises Refused when it has already.

    Source: spec NA-11.
    """
    with transaction.atomic():
        case = cases.case(actor, number, lock=True)
        told = shared.mark_parcel_arrived(actor, queries.key_of(case), parcel_id, today=today)
        audit.record("needs_allowance.mark_parcel_arrived", actor, **cases.about(case), after=told)
