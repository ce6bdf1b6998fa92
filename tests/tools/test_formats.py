"""The published format of the claims file is that of the code, and each code has an example that gets it."""

import datetime as dt
import io
import re

import pytest
from lxml import etree

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.identity import birth_date
from kvitt.modules.special_care.exchange import ClaimsReader
from kvitt.modules.special_care.exchange.claims_csv import COLUMNS
from kvitt.modules.special_care.exchange.claims_xml import SCHEMA
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.rules.claim import check_claim
from kvitt.modules.special_care.rules.facts import (
    ApprovedProcedure,
    CategoryFacts,
    CertificateFacts,
    DayFacts,
    Known,
    LineFacts,
    PlanFacts,
)
from kvitt.modules.special_care.rules.faults import FAULTS, FILED_FAULTS
from kvitt.modules.special_care.rules.files import FILE_REFUSALS, BadEntry, FileClaim, FileCredit, FileRefused
from kvitt.registers.price_lists.lifecycle import CombinationScope, Demand, Dentition, Pricing
from kvitt.registers.price_lists.rules import Combination, Item
from tools import formats
from tools.claims_examples import EXAMPLES, GOOD, GOOD_TABLE, GRETA, HOLGER, INGRID, REFUSED

pytestmark = pytest.mark.requirement("SC-12", "SC-14")

SINCE = Period(dt.date(2020, 1, 1))
ITEMS = [
    Item("101", "", max_per_period=2, price=98_000),
    Item("103", "", price=37_500),
    Item("121", "", tooth=Demand.MAY, price=11_000),
    Item("124", "", max_per_period=1, price=52_000),
    Item("201", "", price=47_000),
    Item("206", "", price=45_000),
    Item("341", "", price=54_000),
    Item("401", "", tooth=Demand.MUST, price=108_000),
    Item("402", "", tooth=Demand.MUST, price=50_000),
    Item("480", ""),
    Item("501", "", tooth=Demand.MUST, dentition=Dentition.PERMANENT, price=335_000),
    Item("520", "", tooth=Demand.MUST, dentition=Dentition.PRIMARY, max_age=14, price=89_000),
    Item("701", "", tooth=Demand.MUST, price=70_000),
    Item("800", "", tooth=Demand.MUST, min_age=18, price=500_000),
    Item("825", "", jaw=Demand.MUST, price=1_270_500),
    Item("890", "", pricing=Pricing.ACTUAL),
    Item("897", "", jaw=Demand.MAY, price=10_000),
    Item("898", "", tooth=Demand.MUST, jaw=Demand.MUST, price=10_000),
]
COMBINATIONS = (
    Combination("101", "103", CombinationScope.DAY),
    Combination("401", "402", CombinationScope.TOOTH),
    Combination("201", "206", CombinationScope.PERIOD),
)
CERTIFICATES = {
    GRETA: [CertificateFacts("764153", SupportType.N, "N1", SINCE.first, None)],
    HOLGER: [CertificateFacts("764154", SupportType.F, "F2", SINCE.first, None)],
}
PLAN = PlanFacts(
    "F2024-000901",
    SupportType.S,
    "S2",
    Period(dt.date(2024, 6, 1), dt.date(2025, 5, 31)),
    [ApprovedProcedure(1, "825", "", "UK", 1, 1_270_500), ApprovedProcedure(2, "890", "", "", 1, 300_000)],
)
# Told by the file and the register, not by the rules of a claim: proved where files are checked.
OF_THE_FILE = FILED_FAULTS.keys() | {"reference_used"}


def known(claim):
    """Return what the examples suppose to be known."""
    number, facts = claim.place.identity_number, claim.facts
    days = {line.performed_on for line in facts.lines}
    return Known(
        today=dt.date(2024, 11, 20),
        born_on=birth_date(number),
        died_on=dt.date(2024, 11, 10) if number == INGRID else None,
        certificates=CERTIFICATES.get(number, []),
        plans=[PLAN] if number == GRETA else [],
        items={(item.code, day): item for item in ITEMS for day in days},
        days=dict.fromkeys(days, DayFacts(COMBINATIONS, highest_fee=30_000, fee_free_from_age=85)),
        categories={"N1": CategoryFacts(SupportType.N, SINCE), "S2": CategoryFacts(SupportType.S, SINCE)},
        counties=("05", "14"),
        own_county="05",
        year_used={},
        year_limits={2024: 2_000_000},
        claim_limit_months=6,
        other_lines=[LineFacts(dt.date(2024, 11, 15), "101")],
        identity_number=number,
    )


def read(content):
    return list(ClaimsReader(io.BytesIO(content)))


def test_each_code_has_an_example():
    assert EXAMPLES.keys() == FAULTS.keys()
    # It would be as large as what is refused.
    assert {name.split(".")[0] for name in REFUSED} == FILE_REFUSALS.keys() - {"file_too_large_entry"}


@pytest.mark.parametrize("code", sorted(EXAMPLES.keys() - OF_THE_FILE))
def test_example_gets_its_code(code):
    [claim] = read(EXAMPLES[code].encode())

    assert isinstance(claim, FileClaim)
    assert code in {fault.code for fault in check_claim(claim.facts, known(claim))}


def test_examples_of_files_are_read():
    kinds = {
        "file_entry": [BadEntry],
        "reference_twice": [FileClaim, FileClaim],
        "credit_unknown": [FileCredit],
        "credit_twice": [FileCredit, FileCredit],
        "credit_not_possible": [FileCredit],
    }
    for code in OF_THE_FILE:
        entries = read(EXAMPLES[code].encode())
        assert [type(entry) for entry in entries] == kinds.get(code, [FileClaim])


@pytest.mark.parametrize(("name", "content"), REFUSED.items(), ids=REFUSED)
def test_example_is_refused_with_its_code(name, content):
    with pytest.raises(FileRefused) as refused:
        read(content)

    assert refused.value.code == name.split(".")[0]


def test_good_examples_are_the_same_and_faultless():
    claims, table = (
        [entry for entry in read(content.encode()) if isinstance(entry, FileClaim)]
        for content in (GOOD, GOOD_TABLE)
    )

    assert [claim.facts for claim in claims] == [claim.facts for claim in table]
    assert [fault for claim in claims for fault in check_claim(claim.facts, known(claim))] == []


def test_examples_keep_to_the_schema_unless_it_is_broken():
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    broken = {code for code, text in EXAMPLES.items() if not schema.validate(etree.fromstring(text.encode()))}

    assert broken == {
        "care_model_unknown",
        "card_number_long",
        "comment_long",
        "file_entry",
        "invoice_reference_long",
        "invoice_reference_missing",
        "reference_characters",
        "reference_long",
        "reference_missing",
    }
    assert schema.validate(etree.fromstring(GOOD.encode()))


def test_every_message_stands_in_both_languages():
    page = formats.page(formats.swedish())

    assert not re.search(r"\|  +\||\|\s*\. \|", page)
    assert all(f"| `{code}` |" in page for code in (*FAULTS, *FILE_REFUSALS))


def test_every_element_and_column_is_described():
    described = (formats.FOLDER / "claims-file.md").read_text(encoding="utf-8")
    xs = "{http://www.w3.org/2001/XMLSchema}"
    nodes = etree.parse(SCHEMA).iter(f"{xs}element", f"{xs}attribute")
    names = {node.get("name") for node in nodes if node.get("name")}

    assert {name for name in {*names, *COLUMNS} if f"`{name}`" not in described} == set()
