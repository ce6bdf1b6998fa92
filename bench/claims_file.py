"""A claims file of any size, and how fast lxml alone goes through it: the floor of QU-6."""

import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from kvitt.modules.special_care.exchange.claims_xml import NAMESPACE, SCHEMA, VERSION

# Two lines and the patient's fee; comments as long as people write them make the file as large as real ones.
COMMENT = (
    "Patienten bor på särskilt boende och har svårt att ta sig till mottagningen. Behandlingen är utförd i "
    "samråd med ansvarig sjuksköterska, och uppföljning är planerad till nästa besök om tre månader."
)
CLAIM = """    <claim>
      <reference>{reference}</reference>
      <support>N</support>
      <personalNumber>{patient}</personalNumber>
      <certificateNumber>{certificate}</certificateNumber>
      <careModel>K</careModel>
      <comment>{comment}</comment>
      <visit>
        <date>{day}</date>
        <line>
          <code>{first}</code>
          <comment>{comment}</comment>
        </line>
        <line>
          <code>{second}</code>
          <location>{location}</location>
          <comment>{comment}</comment>
        </line>
        <patientFee>
          <amount>200.00</amount>
        </patientFee>
      </visit>
    </claim>
"""


class Patient(NamedTuple):
    """Whose claim it is, and of which clinic."""

    clinic_number: str
    identity_number: str
    certificate: str


def write_claims(
    path: Path,
    patients: Iterable[Patient],
    *,
    on: date,
    codes: tuple[str, str] = ("101", "825"),
    location: str = "UK",
    prefix: str = "A",
) -> int:
    """Write a claim of two lines for each patient, and return how many; clinics in turn get an invoice each.

    References are the prefix and a running number.
    """
    count, clinic = 0, ""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write(f'<claimsFile xmlns="{NAMESPACE}" version="{VERSION}">\n')
        for count, patient in enumerate(patients, start=1):
            if patient.clinic_number != clinic:
                file.write("  </invoice>\n" if clinic else "")
                clinic = patient.clinic_number
                file.write(f'  <invoice clinic="{clinic}" reference="{prefix}{clinic}">\n')
            file.write(
                CLAIM.format(
                    reference=f"{prefix}{count:07}",
                    patient=patient.identity_number,
                    certificate=patient.certificate,
                    comment=COMMENT,
                    day=on,
                    first=codes[0],
                    second=codes[1],
                    location=location,
                )
            )
        file.write("  </invoice>\n" if clinic else "")
        file.write("</claimsFile>\n")
    return count


def floor(path: Path) -> float:
    """Return the seconds of the processor that lxml takes to read the file and validate each claim."""
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    start = time.process_time()
    with path.open("rb") as file:
        for _, claim in etree.iterparse(file, tag=f"{{{NAMESPACE}}}claim"):
            if not schema.validate(claim):
                raise ValueError(schema.error_log)
            claim.clear()
            while claim.getprevious() is not None:
                del claim.getparent()[0]
    return time.process_time() - start
