"""A claims file of the demo: handed in by Lisa's clinic, checked, and waiting for her with faults."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.commands import files
from kvitt.portal.management import demo_special_care as care
from kvitt.portal.management.demo_data import actor_of
from kvitt.registers.documents.commands import Upload

_INVOICE = "1234680"


@dataclass(frozen=True)
class _Claim:
    """A claim of the file: one visit, so many days ago, for N dental care at the clinic."""

    reference: str
    name: str
    codes: tuple[str, ...]
    days_ago: int
    fee: str = "200.00"
    plan: str = ""


# Two without a fault, one that warns, and the faults of the manual: plan and certificate, and a code.
_CLAIMS = (
    _Claim("985001", "Greta", ("103",), 6),
    _Claim("985002", "Märta", ("206",), 6),
    _Claim("985003", "Ulla-Britt", ("103",), 5, fee=""),
    _Claim("985004", "Greta", ("342",), 5, plan="T2019-000031"),
    _Claim("985005", "Sven", ("103",), 4),
    _Claim("985006", "Ingrid", ("103", "121"), 4),
    _Claim("985007", "Karl-Erik", ("121",), 4),
    _Claim("980902", "Arne", ("9999",), 3, fee=""),
)


def make(*, today: date) -> None:
    """Hand the file in and check it."""
    content = _xml(today).encode()
    lisa = actor_of("lisa", "1111", today=today)
    upload = Upload(f"fakturafil-{today}.xml", len(content), io.BytesIO(content))
    tasks.finish_file(files.receive_file(lisa, upload=upload, is_check_only=False))


def _xml(today: date) -> str:
    """Return the file, as a journal system writes it."""
    claims = "\n".join(_claim(claim, today) for claim in _CLAIMS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<claimsFile xmlns="urn:kvitt:claims:1" version="1.0">\n'
        f'<invoice clinic="1111" reference="{_INVOICE}">\n{claims}\n</invoice>\n</claimsFile>\n'
    )


def _claim(claim: _Claim, today: date) -> str:
    day = today - timedelta(days=claim.days_ago)
    lines = [f"      <line><code>{code}</code></line>" for code in claim.codes]
    fee = [f"      <patientFee><amount>{claim.fee}</amount></patientFee>"] if claim.fee else []
    rows = [
        "  <claim>",
        f"    <reference>{claim.reference}</reference>",
        "    <support>N</support>",
        f"    <personalNumber>{escape(care.person_of(claim.name).identity_number)}</personalNumber>",
        *([f"    <preauthorization>{claim.plan}</preauthorization>"] if claim.plan else []),
        "    <careModel>K</careModel>",
        "    <visit>",
        f"      <date>{day}</date>",
        *lines,
        *fee,
        "    </visit>",
        "  </claim>",
    ]
    return "\n".join(rows)
