"""Claims files for tests: claims written as XML, handed in and worked on."""

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape, quoteattr

from kvitt.modules.special_care import tasks
from kvitt.modules.special_care.commands import files
from kvitt.modules.special_care.models import ClaimsFile
from kvitt.registers.documents.commands import Upload

VISIT = "2024-11-18"


@dataclass(frozen=True)
class Written:
    """A claim as a file has it; `lines` are day, code, tooth or jaw and price, a fee is `patAvg`."""

    reference: str
    number: str = "194503129803"
    support: str = "N"
    care_model: str = "K"
    category: str = ""
    certificate: str = ""
    plan: str = ""
    card: tuple[str, str, str] | None = None
    comment: str = ""
    lines: Sequence[tuple[str, str, str, str]] = ((VISIT, "101", "", ""), (VISIT, "patAvg", "", "200.00"))
    clinic: str = "1111"
    invoice: str = "1234"
    county: str = ""

    def but(self, **changes: object) -> "Written":
        """Return it with changes."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Credit:
    """A credit as a file has it."""

    reference: str
    clinic: str = "1111"
    invoice: str = "1234"
    county: str = ""


def xml_of(entries: Iterable[Written | Credit]) -> bytes:
    """Return a claims file of these, each in an invoice element of its own."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<claimsFile version="1.0" xmlns="urn:kvitt:claims:1">',
    ]
    for entry in entries:
        county = f" county={quoteattr(entry.county)}" if entry.county else ""
        parts.append(
            f"<invoice clinic={quoteattr(entry.clinic)} reference={quoteattr(entry.invoice)}{county}>"
        )
        if isinstance(entry, Credit):
            parts.append(f"<credit>{_element('reference', entry.reference)}</credit>")
        else:
            parts.append(_claim(entry))
        parts.append("</invoice>")
    return "\n".join([*parts, "</claimsFile>"]).encode()


def hand_in(
    world,
    *entries: Written | Credit,
    content: bytes | None = None,
    by: str = "lisa",
    only_check: bool = False,
) -> ClaimsFile:
    """Hand in a file without having it worked on."""
    data = xml_of(entries) if content is None else content
    upload = Upload("räkningar.xml", len(data), io.BytesIO(data))
    file_id = files.receive_file(world.actor(by), upload=upload, is_check_only=only_check)
    return ClaimsFile.objects.get(pk=file_id)


def work(found: ClaimsFile | None = None) -> ClaimsFile | None:
    """Let the worker work, and return the file as it is then."""
    tasks.work_on_files()
    if found is not None:
        found.refresh_from_db()
    return found


def faults_of(found: ClaimsFile) -> list[tuple[str, str]]:
    """Return the faults of a file: reference and code."""
    return list(found.faults.order_by("place", "pk").values_list("reference", "code"))


def stops_of(found: ClaimsFile) -> list[tuple[str, str]]:
    """Return those that stop a claim."""
    stops = found.faults.filter(level="stops").order_by("place", "pk")
    return list(stops.values_list("reference", "code"))


def typed(world, claim):
    """Type a claim in the form and send it in."""
    person = {one.identity_number: one for one in (world.greta, world.holger, world.ingrid, world.elsa)}[
        claim.number
    ]
    number = world.begin_claim(person, support=claim.support.lower())
    for day, code, location, price in claim.lines:
        amount = round(float(price) * 100) if price else None
        world.add_line(number, code, location, price=amount, performed_on=dt.date.fromisoformat(day))
    card = claim.card or ("", "", "")
    head = {
        "care_model": claim.care_model,
        "plan_number": claim.plan,
        "invoice_reference": claim.invoice,
        "reference": claim.reference,
        "county": claim.county,
        "card_number": card[0],
        "card_first_on": dt.date.fromisoformat(card[1]) if card[1] else None,
        "card_last_on": dt.date.fromisoformat(card[2]) if card[2] else None,
        "has_card": claim.card is not None,
    }
    if claim.support == "S":
        head["category"] = claim.category
    return world.send_draft(number, **head)


def _claim(claim: Written) -> str:
    card = ""
    if claim.card is not None:
        parts = zip(("number", "first", "last"), claim.card, strict=True)
        card = f"<card>{''.join(_element(name, text) for name, text in parts)}</card>"
    visits: dict[str, list[str]] = {}
    for day, code, location, price in claim.lines:
        if code == "patAvg":
            line = f"<patientFee>{_element('amount', price)}</patientFee>"
        else:
            cells = (("code", code), ("location", location), ("price", price))
            line = f"<line>{''.join(_element(name, text) for name, text in cells)}</line>"
        visits.setdefault(day, []).append(line)
    return "".join(
        (
            "<claim>",
            _element("reference", claim.reference),
            _element("support", claim.support),
            _element("personalNumber", claim.number),
            _element("certificateNumber", claim.certificate),
            _element("preauthorization", claim.plan),
            _element("careModel", claim.care_model),
            _element("category", claim.category),
            card,
            _element("comment", claim.comment),
            *(f"<visit>{_element('date', day)}{''.join(lines)}</visit>" for day, lines in visits.items()),
            "</claim>",
        )
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""
