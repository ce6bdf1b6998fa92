"""Write documents and parcels of a case: steps that a module's commands take in their own transaction.

A module locks its case, takes one of these steps, and records the event with what the step says of it. None
of them opens a transaction.
"""

from datetime import date

from kvitt.preauthorization.queries import documents as queries
from kvitt.preauthorization.queries.documents import CaseKey
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents import commands as documents
from kvitt.registers.documents.commands import NewDocument, NewParcel, StoredFile
from kvitt.registers.documents.models import Document, Parcel

# What the event log tells of a document or a parcel.
Told = dict[str, object]


def add_document(actor: Actor, new: NewDocument, file: StoredFile) -> tuple[int, Told]:
    """Add a file that is written; return its id too. Source: behovspeng, chapter 5.1; spec NA-11, SC-4."""
    document = documents.add_document(actor, new, file)
    return document.pk, {**_described(document), "sha256": document.sha256}


def remove_document(actor: Actor, key: CaseKey, document_id: int) -> Told:
    """Remove a document. Raises Refused. Source: behovspeng, chapter 5.1; spec NA-11, NA-19, SC-4."""
    document, is_held = queries.document_to_remove(key, document_id)
    documents.remove_document(actor, document, is_held)
    return _described(document)


def add_parcel(actor: Actor, new: NewParcel, *, today: date) -> tuple[int, Told]:
    """Announce a parcel; return its id too. Raises Refused.

    Source: behovspeng, figure 7; spec NA-11, SC-4.
    """
    parcel = documents.add_parcel(actor, new, today)
    return parcel.pk, _announced(parcel)


def remove_parcel(actor: Actor, key: CaseKey, parcel_id: int) -> Told:
    """Remove a parcel: it is not waited for any more. Raises Refused. Source: spec NA-11, NA-19, SC-4."""
    parcel, is_held = queries.parcel_to_remove(key, parcel_id)
    documents.remove_parcel(actor, parcel, is_held)
    return _announced(parcel)


def mark_parcel_arrived(actor: Actor, key: CaseKey, parcel_id: int, *, today: date) -> Told:
    """Note that a parcel has come to the authority. Raises Refused when it has. Source: spec NA-11, SC-4."""
    parcel = queries.parcel_to_receive(actor, key, parcel_id)
    documents.mark_parcel_arrived(actor, parcel, today)
    return {"parcel": parcel.description, "arrived_on": today.isoformat()}


def _described(document: Document) -> Told:
    return {"document": document.kind, "file_name": document.file_name}


def _announced(parcel: Parcel) -> Told:
    return {"parcel": parcel.description, "quantity": parcel.quantity, "file_type": parcel.file_type}
