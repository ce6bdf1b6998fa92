"""How a document leaves the program: as an inert file, to be downloaded or shown in our own viewer.

A module's view asks who may see the case, records the read, and then answers with one of these.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from csp.decorators import csp_update
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from kvitt.registers.documents import queries
from kvitt.registers.documents.lifecycle import IMAGES, PDF

if TYPE_CHECKING:
    from kvitt.registers.documents.models import Document

# The file does nothing, loads nothing and is embedded nowhere, whatever it turns out to be.
_INERT = "default-src 'none'; frame-ancestors 'none'; sandbox"
# A browser's own viewer of PDF does not start in a sandbox; nothing else may embed it than our own page.
_IN_OUR_FRAME = "default-src 'none'; frame-ancestors 'self'"

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


def shows_documents(view: _View) -> _View:
    """Mark a view whose page has `documents/viewer.html` in it: a frame of its own may show a PDF."""
    return cast("_View", csp_update({"frame-src": ["'self'"]})(view))


def download(found: "Document") -> FileResponse:
    """The file as it was added, to be saved under its name."""
    return _answer(found, policy=_INERT)


def content(found: "Document") -> FileResponse:
    """The file for the viewer: an image for its `<img>`, a PDF for its frame. Raises Http404 for others.

    An image is an attachment here too: an `<img>` shows it all the same, and opened by itself it is saved.
    """
    if found.media_type in IMAGES:
        return _answer(found, policy=_INERT)
    if found.media_type != PDF.media_type:
        raise Http404
    response = _answer(found, policy=_IN_OUR_FRAME, is_attachment=False)
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _answer(found: "Document", *, policy: str, is_attachment: bool = True) -> FileResponse:
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(
        queries.open_file(found),
        as_attachment=is_attachment,
        filename=found.file_name,
        content_type=found.media_type,
        headers=headers,
    )
