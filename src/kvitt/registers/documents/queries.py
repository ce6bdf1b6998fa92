"""Find documents and parcels of a case, their files, and what a viewer shows of them.

The module says who may see the case; it asks first.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values.text import format_size
from kvitt.registers.documents.lifecycle import FORMATS, IMAGES, PDF, ParcelStatus
from kvitt.registers.documents.models import Document, Parcel

logger = logging.getLogger(__name__)
_CHUNK = 1024 * 1024


def documents_of(authority_id: int, module: str, case_number: str) -> list[Document]:
    """Return the documents of a case in the order they were added; removed ones not."""
    documents = Document.objects.filter(authority_id=authority_id, module=module, case_number=case_number)
    return list(documents.filter(removed_at__isnull=True).order_by("id"))


def parcels_of(authority_id: int, module: str, case_number: str) -> list[Parcel]:
    """Return the physical attachments of a case in the order they were announced; removed ones not."""
    parcels = Parcel.objects.filter(authority_id=authority_id, module=module, case_number=case_number)
    return list(parcels.filter(removed_at__isnull=True).order_by("id"))


def document(authority_id: int, module: str, case_number: str, document_id: int) -> Document:
    """Return a document of the case. Raises Http404 for a removed one, and for any other case's."""
    found = document_to_remove(authority_id, module, case_number, document_id)
    if found.removed_at is not None:
        raise Http404
    return found


def document_to_remove(authority_id: int, module: str, case_number: str, document_id: int) -> Document:
    """Return a document of the case, removed already or not. Raises Http404 for any other case's."""
    documents = Document.objects.filter(authority_id=authority_id, module=module, case_number=case_number)
    found = documents.filter(pk=document_id).first()
    if found is None:
        raise Http404
    return found


def parcel(authority_id: int, module: str, case_number: str, parcel_id: int) -> Parcel:
    """Return a physical attachment of the case, removed already or not. Raises Http404 for any other."""
    parcels = Parcel.objects.filter(authority_id=authority_id, module=module, case_number=case_number)
    found = parcels.filter(pk=parcel_id).first()
    if found is None:
        raise Http404
    return found


# Files --------------------------------------------------------------------------------------------


def path_of(stored_name: UUID) -> Path:
    """Return where a file lies: in folders by the first letters of its random name."""
    name = stored_name.hex
    return Path(settings.KVITT_DOCUMENTS) / name[:2] / name[2:4] / name


def open_file(found: Document) -> BinaryIO:
    """Return the open file of a document. Raises Http404 where it is gone, which `kvitt verify` names."""
    try:
        return path_of(found.stored_name).open("rb")
    except OSError as fault:
        logger.exception("document %s: its file cannot be opened", found.pk)
        raise Http404 from fault


def is_document(stored_name: UUID) -> bool:
    """Tell whether a file is that of a document."""
    return Document.objects.filter(stored_name=stored_name).exists()


def breaches() -> Iterator[str]:
    """Say, one line each, which documents have lost their file, or have another one than was added.

    Source: spec CO-23, NA-11.
    """
    rows = Document.objects.order_by("id").values_list("pk", "stored_name", "size", "sha256")
    for document_id, stored_name, size, sha256 in rows.iterator():
        if fault := file_breach(stored_name, size, sha256):
            yield f"document {document_id}: {fault}"


def file_breach(stored_name: UUID, size: int, sha256: str) -> str:
    """Say what has become of a stored file, nothing where it is the one that was added."""
    try:
        with path_of(stored_name).open("rb") as file:
            found = _measure(file)
    except OSError:
        return f"its file {stored_name.hex} is missing"
    return "" if found == (size, sha256) else f"its file {stored_name.hex} is not the one that was added"


def _measure(file: BinaryIO) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


# The viewer ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentUrls:
    """Where a module shows a document in its viewer, fetches it to be shown, and downloads it."""

    view: str
    content: str
    download: str


@dataclass(frozen=True)
class ShownDocument:
    """A document as lists and the viewer show it."""

    id: int
    label: str
    file_name: str
    size: str
    format: str
    added_at: datetime
    added_by: str
    urls: DocumentUrls
    is_image: bool
    is_pdf: bool

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return "image" if self.is_image else "file-text"

    @property
    def object_name(self) -> str:
        """What a button acts on, for those who hear the page: `Röntgenbild opg.png`."""
        return f"{self.label} {self.file_name}"


@dataclass(frozen=True)
class ShownParcel:
    """A physical attachment as lists show it; with `arrived_url` the reader may note that it has come."""

    id: int
    description: str
    quantity: int
    file_type: str
    status: ParcelStatus
    added_on: date
    arrived_on: date | None
    arrived_by: str
    arrived_url: str

    @property
    def object_name(self) -> str:
        """What it is called in a list: `Gipsmodell (2)`."""
        return f"{self.description} ({self.quantity})"


@dataclass(frozen=True)
class Viewer:
    """What `documents/viewer.html` shows: one document, its neighbours, and all that can be chosen."""

    documents: Sequence[ShownDocument]
    current: ShownDocument | None
    number: int
    previous_url: str
    next_url: str

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.documents)


def shown_document(found: Document, urls: DocumentUrls) -> ShownDocument:
    """Return a document as it is shown, with the module's addresses."""
    return ShownDocument(
        id=found.pk,
        label=gettext(found.label),
        file_name=found.file_name,
        size=format_size(found.size),
        format=FORMATS[found.media_type].name,
        added_at=found.added_at,
        added_by=found.added_by,
        urls=urls,
        is_image=found.media_type in IMAGES,
        is_pdf=found.media_type == PDF.media_type,
    )


def shown_parcel(found: Parcel, *, arrived_url: str = "") -> ShownParcel:
    """Return a physical attachment as it is shown; the address stands only while it is waited for."""
    return ShownParcel(
        id=found.pk,
        description=found.description,
        quantity=found.quantity,
        file_type=found.file_type,
        status=found.status,
        added_on=found.added_on,
        arrived_on=found.arrived_on,
        arrived_by=found.arrived_by,
        arrived_url=arrived_url if found.status is ParcelStatus.EXPECTED else "",
    )


def viewer(
    documents: Sequence[Document], *, chosen: str, urls_of: Callable[[Document], DocumentUrls]
) -> Viewer:
    """Return the viewer with the document of the chosen id, the first without one. Raises Http404 for others.

    `urls_of` gives the module's addresses of a document. A page that shows a PDF must let its own frames be
    (`documents.views.shows_documents`). Source: spec NA-11, NA-20.
    """
    shown = [shown_document(one, urls_of(one)) for one in documents]
    ids = [str(one.id) for one in shown]
    if chosen and chosen not in ids:
        raise Http404
    at = ids.index(chosen) if chosen else 0
    return Viewer(
        documents=shown,
        current=shown[at] if shown else None,
        number=at + 1,
        previous_url=shown[at - 1].urls.view if at > 0 else "",
        next_url=shown[at + 1].urls.view if at + 1 < len(shown) else "",
    )
