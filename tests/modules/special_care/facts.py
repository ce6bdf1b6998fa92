"""One valid claim as the rules see it: the seed's, of 28 680 kr. Tests break it in one place at a time."""

import datetime as dt
from dataclasses import replace

from kvitt.foundation.values.dates import Period
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.claim import (
    FEE_CODE,
    ApprovedProcedure,
    CategoryFacts,
    CertificateFacts,
    ClaimFacts,
    DayFacts,
    Known,
    LineFacts,
    PlanFacts,
    check_claim,
)
from kvitt.modules.special_care.rules.faults import problem_of
from kvitt.registers.price_lists.lifecycle import CombinationScope, Demand, Pricing
from kvitt.registers.price_lists.rules import Combination, Item

TODAY = dt.date(2024, 11, 20)
DAY = dt.date(2024, 11, 18)
LONG_AGO = dt.date(2020, 1, 1)
ITEMS = {
    item.code: item
    for item in (
        Item("101", "Basundersökning", price=98_000, max_per_period=2),
        Item("103", "Akut undersökning", price=42_500),
        Item("401", "Uttagning av tand", tooth=Demand.MUST, price=108_000),
        Item("501", "Rotbehandling", tooth=Demand.MUST, price=335_000),
        Item("520", "Rotbehandling av mjölktand", tooth=Demand.MUST, price=89_000, max_age=14),
        Item("705", "Fyllning", tooth=Demand.MUST, surface=Demand.MUST, price=133_000),
        Item("825", "Protes", jaw=Demand.MUST, price=1_270_500),
        Item("825S", "Protes", jaw=Demand.MUST, price=1_519_500),
        Item("890", "Tandteknik", pricing=Pricing.ACTUAL),
        Item("998", "Kod som kostar 0 kr", price=0),
        Item("999", "Kod utan pris"),
    )
}
COMBINATIONS = (
    Combination("101", "103", CombinationScope.DAY),
    Combination("401", "501", CombinationScope.TOOTH),
    Combination("501", "705", CombinationScope.PERIOD),
)
CATEGORIES = {
    "N1": CategoryFacts(SupportType.N, Period(LONG_AGO)),
    "S2": CategoryFacts(SupportType.S, Period(LONG_AGO)),
    "S4": CategoryFacts(SupportType.S, Period(LONG_AGO, DAY - dt.timedelta(days=1))),
}
CERTIFICATE = CertificateFacts("764153", SupportType.N, "N1", LONG_AGO, None)
PLAN = PlanFacts(
    number="F2024-000001",
    support=SupportType.S,
    category="S2",
    period=Period(dt.date(2024, 6, 1), dt.date(2025, 5, 31)),
    procedures=[
        ApprovedProcedure(1, "101", "Basundersökning", "", 1, 98_000),
        ApprovedProcedure(2, "825", "Protes", "UK", 1, 1_270_500),
        ApprovedProcedure(3, "890", "Tandteknik", "", 2, 500_000),
    ],
)


def line(code, location="", price=None, *, on=DAY, comment=""):
    return LineFacts(on, code, location, price, comment)


def fee(price=20_000, *, on=DAY, **changes):
    return replace(LineFacts(on, FEE_CODE, "", price), **changes)


SEED_LINES = (line("101"), line("825", "UK"), line("825S", "ÖK"), fee())
CLAIM = ClaimFacts(
    support=SupportType.N,
    category="N1",
    lines=SEED_LINES,
    invoice_reference="1234",
    reference="980890",
    certificate_number="764153",
    care_model="K",
)
# A claim of what is preauthorized, for S dental care.
PLANNED = ClaimFacts(
    support=SupportType.S,
    category="S2",
    lines=(line("101"), line("825", "UK"), line("890", price=250_000), fee()),
    invoice_reference="1234",
    reference="980891",
    plan_number=PLAN.number,
)


def known(*, days=None, **changes):
    """Return what is known of the patient and the price list; every day has the same codes and limits."""
    usual = {
        "today": TODAY,
        "born_on": dt.date(1945, 3, 12),
        "died_on": None,
        "certificates": [CERTIFICATE],
        "plans": [PLAN],
        "items": {},
        "days": EveryDay(days or DayFacts(COMBINATIONS, highest_fee=30_000, fee_free_from_age=85)),
        "categories": CATEGORIES,
        "counties": ("05", "14"),
        "own_county": "05",
        "year_used": {},
        "year_limits": {},
        "claim_limit_months": 6,
    }
    return PricedKnown(**{**usual, **changes})


class EveryDay(dict):
    """The same on every day."""

    def __init__(self, facts):
        super().__init__()
        self.facts = facts

    def get(self, _day, _default=None):
        return self.facts


class PricedKnown(Known):
    """What is known where a code has the same price on every day from 2020 on."""

    def item_of(self, line):
        return ITEMS.get(line.code) if line.performed_on >= LONG_AGO else None


def faults(claim, **changes):
    """Return the codes of what is wrong with a claim, and the line of each; all of it can be told."""
    found = check_claim(claim, known(**changes))
    assert all("%(" not in str(problem_of(fault)) for fault in found)
    return [(fault.code, fault.line) for fault in found]


def with_lines(*lines, claim=CLAIM):
    return replace(claim, lines=lines)
