"""A claim as the rules know it, and what they must know about everything else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.registers.price_lists.rules import Combination, Item

# The patient fee stands among the procedures, first. Source: fakturaportalen, page 4; spec SC-9.
FEE_CODE = "patAvg"
FEE_TEXT = "Patientavgift"
REFERENCE_LENGTH = 40
# Letters may grow when their case is folded; so long the key may be.
REFERENCE_KEY_LENGTH = 60
CARD_LENGTH = 30
COMMENT_LENGTH = 500


@dataclass(frozen=True)
class LineFacts:
    """A line of a claim as it was typed; `price` (öre) only where it was typed, a fee's is positive."""

    performed_on: date
    code: str
    location: str = ""
    price: Ore | None = None
    comment: str = ""

    @property
    def is_fee(self) -> bool:
        """Whether it is what the patient paid."""
        return self.code == FEE_CODE


@dataclass(frozen=True)
class CardFacts:
    """An exemption card (*frikort*) as it was typed."""

    number: str
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True)
class ClaimFacts:
    """A claim to be checked; `plan_number` is the FHB number, `county` that of another region's patient.

    `replaces` is the number of the credited claim that it is made instead of.
    """

    support: SupportType
    category: str
    lines: Sequence[LineFacts]
    invoice_reference: str = ""
    reference: str = ""
    certificate_number: str = ""
    care_model: str = ""
    plan_number: str = ""
    card: CardFacts | None = None
    county: str = ""
    replaces: str = ""


@dataclass(frozen=True)
class CertificateFacts:
    """A certificate of the patient."""

    number: str
    support: SupportType
    category: str
    first_on: date
    last_on: date | None
    revoked_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on the day: from its first to its last, and before it is revoked."""
        is_over = self.last_on is not None and day > self.last_on
        is_revoked = self.revoked_on is not None and day >= self.revoked_on
        return self.first_on <= day and not is_over and not is_revoked


@dataclass(frozen=True)
class ApprovedProcedure:
    """A preauthorized procedure with what claims have left of it; the amount is of all, in öre."""

    id: int
    code: str
    text: str
    location: str
    count_left: int
    amount_left: Ore


@dataclass(frozen=True)
class PlanFacts:
    """A preauthorization of the patient that was decided, with its validity."""

    number: str
    support: SupportType
    category: str
    period: Period
    procedures: Sequence[ApprovedProcedure]


@dataclass(frozen=True)
class CategoryFacts:
    """A patient category: which support it belongs to, and from when to when there is one."""

    support: SupportType
    period: Period


@dataclass(frozen=True)
class DayFacts:
    """What holds on a day of treatment: forbidden combinations, and the parameters of patient fees."""

    combinations: Collection[Combination]
    highest_fee: Ore
    fee_free_from_age: int

    @cached_property
    def combinations_of(self) -> Mapping[str, Sequence[tuple[Combination, str]]]:
        """The combinations that each code is part of, with the other code, in their order."""
        found: dict[str, list[tuple[Combination, str]]] = {}
        for combination in self.combinations:
            one, other = combination.code, combination.other_code
            found.setdefault(one, []).append((combination, other))
            if one != other:
                found.setdefault(other, []).append((combination, one))
        return found


@dataclass(frozen=True)
class Known:
    """What the rules must know to check a claim; `items` and `days` hold what is valid on each of its dates.

    `year_used` is what the patient's other claims without preauthorization come to, gross in öre, by year of
    treatment, and `year_limits` what they may come to (0 is no limit). `other_lines` are those of the
    patient's other claims on the same dates. `own_county` is empty where the authority has none.
    `first_claimed` tells by code, day and tooth or jaw when the care was claimed that a credited claim held,
    one day for each line of it. `identity_number` is the patient's, twelve characters.
    """

    today: date
    born_on: date | None
    died_on: date | None
    certificates: Sequence[CertificateFacts]
    plans: Sequence[PlanFacts]
    items: Mapping[tuple[str, date], Item]
    days: Mapping[date, DayFacts]
    categories: Mapping[str, CategoryFacts]
    counties: Collection[str]
    own_county: str
    year_used: Mapping[int, Ore]
    year_limits: Mapping[int, Ore]
    claim_limit_months: int
    is_reference_used: bool = False
    other_lines: Sequence[LineFacts] = ()
    first_claimed: Mapping[tuple[str, date, str], Sequence[date]] = field(default_factory=dict)
    identity_number: str = ""

    def item_of(self, line: LineFacts) -> Item | None:
        """Return the code of a line as it stands on the treatment date."""
        return self.items.get((line.code, line.performed_on))

    def plan_of(self, claim: ClaimFacts) -> PlanFacts | None:
        """Return the preauthorization that the claim names, if it is the patient's."""
        return next((plan for plan in self.plans if plan.number == claim.plan_number), None)
