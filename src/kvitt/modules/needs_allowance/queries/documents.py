"""The documents and physical attachments of a case: what its page, its dialogs and its viewer show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import cases
from kvitt.modules.needs_allowance.rules import case as case_rules
from kvitt.preauthorization import queries as preauthorization
from kvitt.registers.access.rules import Actor, NotAllowed, Permission
from kvitt.registers.documents import queries as documents
from kvitt.registers.documents import rules as document_rules
from kvitt.registers.documents.models import Document, Parcel
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people

# Who at the authority opens the post.
_RECEIVERS = (Permission.ASSESS_REQUESTS, Permission.REVIEW_INVOICES)


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


def section(actor: Actor, case: Case, *, today: date) -> DocumentSection:
    """Return the documents and parcels of a case that the actor sees.

    Source: behovspeng, figures 5-7; spec NA-10, NA-11, NA-19.
    """
    may_report = cases.may_report(actor, case)
    key = _key(case)
    files, parcels = documents.documents_of(*key), documents.parcels_of(*key)
    held = preauthorization.held_document_ids(*key) if may_report and files else set()
    held_parcels = preauthorization.held_parcel_ids(*key) if may_report and parcels else set()
    problems = addition_problems(case, today=today) if may_report else []
    return DocumentSection(
        documents=[
            DocumentRow(
                documents.shown_document(one, urls_of(one)),
                remove_url=_url("remove_document", case, one.pk) if may_report and one.pk not in held else "",
            )
            for one in files
        ],
        parcels=[
            ParcelRow(
                _shown_parcel(actor, one),
                remove_url=_url("remove_parcel", case, one.pk)
                if may_report and one.pk not in held_parcels
                else "",
            )
            for one in parcels
        ],
        may_add=may_report,
        add_url=_url("add_document", case),
        add_problem=" ".join(map(problem_text, problems)),
    )


def addition_problems(case: Case, *, today: date) -> list[Problem]:
    """Tell why nothing can be added to the case now, or nothing; a waiting request lets more come."""
    has_ended = bool(case_rules.check_open(case.period, today=today))
    requests = preauthorization.requests_of(*_key(case)) if has_ended else []
    is_waiting = any(request.is_sent for request in requests)
    return case_rules.check_documents_open(case.period, today=today, is_waiting=is_waiting)


def document(case: Case, document_id: int) -> Document:
    """Return a document of the case. Raises Http404 for a removed one and another case's."""
    return documents.document(*_key(case), document_id)


def document_to_remove(case: Case, document_id: int) -> tuple[Document, bool]:
    """Return a document of the case, removed already or not, and whether a request holds it."""
    found = documents.document_to_remove(*_key(case), document_id)
    return found, found.pk in preauthorization.held_document_ids(*_key(case))


def parcel_to_remove(case: Case, parcel_id: int) -> tuple[Parcel, bool]:
    """Return a parcel of the case, removed already or not, and whether a request holds it."""
    found = documents.parcel(*_key(case), parcel_id)
    return found, found.pk in preauthorization.held_parcel_ids(*_key(case))


def parcel_to_receive(actor: Actor, case: Case, parcel_id: int) -> Parcel:
    """Return a parcel of the case to somebody at the authority. Raises NotAllowed for anybody else."""
    if not _may_receive(actor):
        raise NotAllowed(Permission.ASSESS_REQUESTS.value)
    return documents.parcel(*_key(case), parcel_id)


def documents_of(case: Case) -> list[documents.ShownDocument]:
    """Return the documents of a case in the order they were added."""
    return [documents.shown_document(one, urls_of(one)) for one in documents.documents_of(*_key(case))]


def parcels_of(actor: Actor, case: Case) -> list[documents.ShownParcel]:
    """Return the physical attachments of a case as the actor sees them."""
    return [_shown_parcel(actor, one) for one in documents.parcels_of(*_key(case))]


def viewer(case: Case, *, chosen: str, page_url: str) -> documents.Viewer:
    """Return the viewer of a case for a page that shows the document named by `?document=`.

    Raises Http404 for a document that the case does not have.
    """
    found = documents.documents_of(*_key(case))
    return documents.viewer(found, chosen=chosen, urls_of=lambda one: urls_of(one, page_url=page_url))


def urls_of(found: Document, *, page_url: str = "") -> documents.DocumentUrls:
    """Return where a document is shown (on the case's own viewer unless told), fetched and downloaded."""
    number = found.case_number
    page_url = page_url or reverse("needs_allowance:view_documents", args=[number])
    return documents.DocumentUrls(
        view=f"{page_url}?document={found.pk}",
        content=reverse("needs_allowance:document_image", args=[number, found.pk]),
        download=reverse("needs_allowance:document", args=[number, found.pk]),
    )


def _key(case: Case) -> tuple[int, str, str]:
    """Return what the registers know the case by."""
    return case.authority_id, cases.MODULE, case.number


def _url(name: str, case: Case, *ids: int) -> str:
    return reverse(f"needs_allowance:{name}", args=[case.number, *ids])


def _may_receive(actor: Actor) -> bool:
    return any(actor.may(permission) for permission in _RECEIVERS)


def _shown_parcel(actor: Actor, found: Parcel) -> documents.ShownParcel:
    """Return a parcel as the actor sees it; who opens the post may note that it has come."""
    url = reverse("needs_allowance:mark_parcel_arrived", args=[found.case_number, found.pk])
    return documents.shown_parcel(found, arrived_url=url if _may_receive(actor) else "")


# Dialogs and viewer -------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentDialog:
    """What the dialogs of documents say: whose case it is, of what, and why it cannot be done."""

    patient_name: str
    person_id: int
    problems: Sequence[Problem]
    label: str = ""
    name: str = ""


def addition(actor: Actor, number: str, *, today: date, session: SessionBase) -> DocumentDialog:
    """Return what *Lägg till dokument* says.

    Raises Http404 for a case out of sight, NotAllowed where the actor cannot report.
    """
    case = cases.case_to_report(actor, number)
    return DocumentDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        problems=addition_problems(case, today=today),
    )


def document_removal(
    actor: Actor, number: str, document_id: int, *, today: date, session: SessionBase
) -> DocumentDialog:
    """Return what the question before *Ta bort* of a document says. Raises as `addition`."""
    case = cases.case_to_report(actor, number)
    found, is_held = document_to_remove(case, document_id)
    is_removed = found.removed_at is not None
    return DocumentDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        problems=document_rules.check_document_removal(is_removed=is_removed, is_held=is_held),
        label=gettext(found.label),
        name=found.file_name,
    )


def parcel_removal(
    actor: Actor, number: str, parcel_id: int, *, today: date, session: SessionBase
) -> DocumentDialog:
    """Return what the question before *Ta bort* of a parcel says. Raises as `addition`."""
    case = cases.case_to_report(actor, number)
    found, is_held = parcel_to_remove(case, parcel_id)
    is_removed = found.removed_at is not None
    return DocumentDialog(
        patient_name=people.shown_person(session, case.person, day=today).name,
        person_id=case.person_id,
        problems=document_rules.check_parcel_removal(is_removed=is_removed, is_held=is_held),
        name=found.description,
    )


@dataclass(frozen=True)
class ViewerPage:
    """A case's documents one by one, beside what the case is about."""

    title: str
    crumbs: Sequence[Crumb]
    number: str
    case_url: str
    patient: people.ShownPerson
    person_id: int
    clinic: Clinic
    period: Period
    viewer: documents.Viewer
    parcels: Sequence[documents.ShownParcel]


def viewer_page(actor: Actor, number: str, *, chosen: str, today: date, session: SessionBase) -> ViewerPage:
    """Return the viewer with the chosen document. Raises Http404 for a case or document out of sight.

    Source: spec NA-11, NA-20.
    """
    case = cases.case(actor, number)
    case_url = reverse("needs_allowance:case", args=[number])
    page_url = reverse("needs_allowance:view_documents", args=[number])
    return ViewerPage(
        title=gettext("Documents"),
        crumbs=[
            Crumb(gettext("Needs-allowance cases"), reverse("needs_allowance:search_cases")),
            Crumb(number, case_url),
            Crumb(gettext("Documents")),
        ],
        number=number,
        case_url=case_url,
        patient=people.shown_person(session, case.person, day=today),
        person_id=case.person_id,
        clinic=case.clinic,
        period=case.period,
        viewer=viewer(case, chosen=chosen, page_url=page_url),
        parcels=parcels_of(actor, case),
    )
