"""The cast of special care dentistry, beside that of `tests/world.py`.

Lisa sends in claims in Ryd, Mats in Linghem (the same care provider) and Nora at Björken (another one); Petra
administers the clinic in Ryd. Greta has an N certificate until further notice, Holger an F certificate that
ends in 2025, and Ingrid none. The codes and prices of the seed's example are in the demo's catalogue.
"""

import datetime as dt
from dataclasses import dataclass

from kvitt.modules.special_care.models import Certificate, PatientCategory
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Clinic, ClinicRight
from kvitt.registers.people.models import Person
from tests.world import SINCE, World

MODULE = "special_care"
CATEGORIES = (
    ("n", "N1", "Särskilt boende"),
    ("n", "N2", "Omfattande sjukvård i hemmet"),
    ("f", "F2", "Parkinsons sjukdom"),
    ("s", "S2", "Defekt av sjukdom i käke eller ansikte"),
)


@dataclass
class SpecialWorld(World):
    """Everybody there is, with what special care dentistry needs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for clinic in (self.ryd, self.linghem, self.bjork):
            ClinicRight.objects.create(clinic=clinic, scheme=MODULE, first_on=SINCE)
        for name, full_name, clinic, role in (
            ("lisa", "Lisa Demostrand", self.ryd, Role.SPECIAL_CARE_CLAIMS),
            ("mats", "Mats Provberg", self.linghem, Role.SPECIAL_CARE_CLAIMS),
            ("nora", "Nora Testnäs", self.bjork, Role.SPECIAL_CARE_CLAIMS),
            ("petra", "Petra Fiktivander", self.ryd, Role.CLINIC_ADMINISTRATOR),
        ):
            self._user(name, full_name, clinic, (role,))
        for support, code, name in CATEGORIES:
            PatientCategory.objects.create(
                authority=self.region, support=support, code=code, name=name, first_on=SINCE
            )
        self.greta = self._person("194503129803", "Greta", "Provander", None)
        self.holger = self._person("195211049811", "Holger", "Testbrink", None)
        self.ingrid = self._person("196006099805", "Ingrid", "Demolind", None)
        self.greta_certificate = self.certify(self.greta, "764153", "n", "N1")
        self.holger_certificate = self.certify(self.holger, "764154", "f", "F2", last_on=dt.date(2025, 3, 31))

    def certify(
        self,
        person: Person,
        number: str,
        support: str,
        category: str,
        *,
        first_on: dt.date = SINCE,
        last_on: dt.date | None = None,
    ) -> Certificate:
        """Give somebody a certificate, until further notice unless told."""
        return Certificate.objects.create(
            authority=self.region,
            number=number,
            person=person,
            support=support,
            category=category,
            first_on=first_on,
            last_on=last_on,
            issued_by="Biståndshandläggare",
            created_on=first_on,
        )

    def clinic_of(self, name: str) -> Clinic:
        """Return where somebody sends in claims."""
        return {"lisa": self.ryd, "mats": self.linghem, "nora": self.bjork}[name]
