"""What kinds of documents there are, which files they may be, and where a parcel stands."""

from dataclasses import dataclass

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class DocumentKind(Labelled):
    """What a document is; the one who adds it says so. Source: behovspeng, figure 6; spec NA-11."""

    XRAY = "xray", _("X-ray image")
    PHOTOGRAPH = "photograph", _("Photograph")
    REFERRAL = "referral", _("Referral")
    RECORD_EXTRACT = "record_extract", _("Extract from the records")
    TREATMENT_PLAN = "treatment_plan", _("Treatment plan")
    OTHER_DOCUMENT = "other_document", _("Other document")


class ParcelStatus(Labelled):
    """Whether a physical attachment has come. Source: behovspeng, chapter 5.1; spec NA-11."""

    EXPECTED = "expected", _("Expected")
    ARRIVED = "arrived", _("Arrived")


@dataclass(frozen=True)
class FileFormat:
    """A format that a document may have: its name, what it is served as, and how its files are named."""

    name: str
    media_type: str
    endings: tuple[str, ...]


PDF = FileFormat("PDF", "application/pdf", (".pdf",))
PNG = FileFormat("PNG", "image/png", (".png",))
JPEG = FileFormat("JPEG", "image/jpeg", (".jpg", ".jpeg"))
DICOM = FileFormat("DICOM", "application/dicom", (".dcm", ".dicom"))
DOCX = FileFormat(
    "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)
)
# Source: spec NA-11.
FORMATS = {one.media_type: one for one in (PDF, PNG, JPEG, DICOM, DOCX)}
# What a browser shows by itself; everything else is only downloaded.
IMAGES = frozenset({PNG.media_type, JPEG.media_type})
