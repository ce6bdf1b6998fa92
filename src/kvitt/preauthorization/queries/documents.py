"""The documents and physical attachments of a case: what its page and its viewer show, and what stays.

A module says who may see the case, and has the addresses `add_document`, `remove_document`, `remove_parcel`,
`view_documents`, `document`, `document_image` and `mark_parcel_arrived` in its own namespace, each with the
number of the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values.problems import Problem
from kvitt.preauthorization.queries.requests import held_document_ids, held_parcel_ids
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.documents import queries as documents
from kvitt.registers.documents import rules
from kvitt.registers.documents.models import Document, Parcel
from kvitt.registers.people.models import Person

# Who at the authority opens the post.
_RECEIVERS = (Permission.ASSESS_REQUESTS, Permission.REVIEW_INVOICES)


@dataclass(frozen=True)
class CaseKey:
    """What the registers know a case by."""

    authority_id: int
    module: str
    number: str

    @property
    def parts(self) -> tuple[int, str, str]:
        """The authority, the module and the number."""
        return self.authority_id, self.module, self.number

    def url(self, name: str, *ids: int) -> str:
        """Return the address of that name in the module."""
        return reverse(f"{self.module}:{name}", args=[self.number, *ids])


@dataclass(frozen=True)
class DocumentRow:
    """A document on the case page; without `remove_url` it stays."""

    shown: documents.ShownDocument
    remove_url: str


@dataclass(frozen=True)
class ParcelRow:
    """A physical attachment on the case page; without `remove_url` it stays."""

    shown: documents.ShownParcel
    remove_url: str


@dataclass(frozen=True)
class DocumentSection:
    """*Uppladdade dokument* of the case page; `add_problem` says why nothing can be added now."""

    documents: Sequence[DocumentRow]
    parcels: Sequence[ParcelRow]
    may_add: bool
    add_url: str
    add_problem: str


def section(
    actor: Actor, key: CaseKey, *, may_report: bool, addition_problems: Sequence[Problem]
) -> DocumentSection:
    """Return the documents and parcels of a case that the actor sees.

    Source: behovspeng, figures 5-7; spec NA-10, NA-11, NA-19.
    """
    files, parcels = documents.documents_of(*key.parts), documents.parcels_of(*key.parts)
    held = held_document_ids(*key.parts) if may_report and files else set()
    held_parcels = held_parcel_ids(*key.parts) if may_report and parcels else set()
    return DocumentSection(
        documents=[
            DocumentRow(
                documents.shown_document(one, urls_of(key, one)),
                remove_url=key.url("remove_document", one.pk) if may_report and one.pk not in held else "",
            )
            for one in files
        ],
        parcels=[
            ParcelRow(
                _shown_parcel(actor, key, one),
                remove_url=key.url("remove_parcel", one.pk)
                if may_report and one.pk not in held_parcels
                else "",
            )
            for one in parcels
        ],
        may_add=may_report,
        add_url=key.url("add_document"),
        add_problem=" ".join(map(problem_text, addition_problems)),
    )


def document_to_remove(key: CaseKey, document_id: int) -> tuple[Document, bool]:
    """Return a document of the case, removed already or not, and whether a request holds it."""
    found = documents.document_to_remove(*key.parts, document_id)
    return found, found.pk in held_document_ids(*key.parts)


def parcel_to_remove(key: CaseKey, parcel_id: int) -> tuple[Parcel, bool]:
    """Return a parcel of the case, removed already or not, and whether a request holds it."""
    found = documents.parcel(*key.parts, parcel_id)
    return found, found.pk in held_parcel_ids(*key.parts)


def parcel_to_receive(actor: Actor, key: CaseKey, parcel_id: int) -> Parcel:
    """Return a parcel of the case to somebody at the authority. Raises NotAllowed for anybody else."""
    if not _may_receive(actor):
        raise NotAllowed(Permission.ASSESS_REQUESTS.value)
    return documents.parcel(*key.parts, parcel_id)


def documents_of(key: CaseKey) -> list[documents.ShownDocument]:
    """Return the documents of a case in the order they were added."""
    return [documents.shown_document(one, urls_of(key, one)) for one in documents.documents_of(*key.parts)]


def parcels_of(actor: Actor, key: CaseKey) -> list[documents.ShownParcel]:
    """Return the physical attachments of a case as the actor sees them."""
    return [_shown_parcel(actor, key, one) for one in documents.parcels_of(*key.parts)]


def viewer(key: CaseKey, *, chosen: str, page_url: str) -> documents.Viewer:
    """Return the viewer of a case for a page that shows the document named by `?document=`.

    Raises Http404 for a document that the case does not have.
    """
    found = documents.documents_of(*key.parts)
    return documents.viewer(found, chosen=chosen, urls_of=lambda one: urls_of(key, one, page_url=page_url))


def urls_of(key: CaseKey, found: Document, *, page_url: str = "") -> documents.DocumentUrls:
    """Return where a document is shown (on the case's own viewer unless told), fetched and downloaded."""
    page_url = page_url or key.url("view_documents")
    return documents.DocumentUrls(
        view=f"{page_url}?document={found.pk}",
        content=key.url("document_image", found.pk),
        download=key.url("document", found.pk),
    )


def _may_receive(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in _RECEIVERS)


def _shown_parcel(actor: Actor, key: CaseKey, found: Parcel) -> documents.ShownParcel:
    """Return a parcel as the actor sees it; who opens the post may note that it has come."""
    url = key.url("mark_parcel_arrived", found.pk)
    return documents.shown_parcel(found, arrived_url=url if _may_receive(actor) else "")


# One document -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseDocument:
    """A document, and whose case it is in: the patient, and the record that the case names."""

    document: Document
    patient: Person
    person_id: int


# Dialogs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseToReport:
    """A case that the actor may report in, as the dialogs of its documents name it."""

    key: CaseKey
    patient_name: str
    person_id: int


@dataclass(frozen=True)
class DocumentDialog:
    """What the dialogs of documents say: in which case, of what, and why it cannot be done."""

    case: CaseToReport
    problems: Sequence[Problem]
    label: str = ""
    name: str = ""


def document_removal(case: CaseToReport, document_id: int) -> DocumentDialog:
    """Return what the question before *Ta bort* of a document says. Raises Http404."""
    found, is_held = document_to_remove(case.key, document_id)
    is_removed = found.removed_at is not None
    problems = rules.check_document_removal(is_removed=is_removed, is_held=is_held)
    return DocumentDialog(case, problems, label=gettext(found.label), name=found.file_name)


def parcel_removal(case: CaseToReport, parcel_id: int) -> DocumentDialog:
    """Return what the question before *Ta bort* of a parcel says. Raises Http404."""
    found, is_held = parcel_to_remove(case.key, parcel_id)
    is_removed = found.removed_at is not None
    problems = rules.check_parcel_removal(is_removed=is_removed, is_held=is_held)
    return DocumentDialog(case, problems, name=found.description)
