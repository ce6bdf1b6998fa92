"""The documents of the demo: a drawn X-ray image, and models sent by post."""

import io
import math
import struct
import zlib
from datetime import date

from kvitt.modules.needs_allowance.commands import documents
from kvitt.registers.access.rules import Actor
from kvitt.registers.documents.commands import Upload
from kvitt.registers.documents.lifecycle import DocumentKind

_WIDTH, _HEIGHT = 720, 340
_TEETH = 16
_MARGIN = 2  # teeth that are not there, at each end of a row
_PITCH = _WIDTH / (_TEETH + 2 * _MARGIN)
# In pixels from the line where the rows meet: the gap, the pulp, the end of the crown and of the root.
_GAP, _PULP, _CROWN, _ROOT = 4, 16, 34, 92
_HALF_TOOTH, _HALF_PULP = 0.44, 0.09  # of a tooth's place


def make(actor: Actor, number: str, *, today: date) -> None:
    """Add an X-ray image and announce models in a case."""
    image = _xray()
    upload = Upload(f"opg-{today}.png", len(image), io.BytesIO(image))
    documents.add_document(actor, today=today, number=number, kind=DocumentKind.XRAY, upload=upload)
    documents.add_parcel(
        actor, today=today, number=number, description="Gipsmodell", quantity=2, file_type="Modell"
    )


def _xray() -> bytes:
    """Return a PNG with two rows of teeth, light on dark, as in a panoramic image; nobody's."""
    rows = b"".join(b"\0" + bytes(_light(x, y) for x in range(_WIDTH)) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _light(x: int, y: int) -> int:
    """Return how light a point is: jaws are dim, teeth bright with a dark middle."""
    sideways = (x - _WIDTH / 2) / (_WIDTH / 2)
    bite = _HEIGHT / 2 + 34 - 60 * sideways * sideways  # the line where the rows meet
    height = abs(y - bite)
    jaw = 70 * math.exp(-((height - 50) ** 2) / 3_200) * (1 - 0.5 * sideways * sideways)
    place, across = divmod(x / _PITCH, 1)
    if not _MARGIN <= place < _TEETH + _MARGIN:
        return round(24 + jaw)
    # A crown near the bite, and a root that narrows from it.
    narrowing = max(0.0, (height - _CROWN) / (_ROOT - _CROWN))
    half = _HALF_TOOTH * max(0.0, 1 - narrowing)
    inside = half - abs(across - 0.5)
    if height < _GAP or inside <= 0:
        return round(24 + jaw)
    pulp = 60 if abs(across - 0.5) < _HALF_PULP and height > _PULP else 0
    return round(min(235, 120 + 210 * inside + jaw - pulp))
