"""Claims files are read entry by entry; whatever is wrong with one has one clear answer."""

import io
import tracemalloc
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kvitt.modules.special_care.exchange import ClaimsReader
from kvitt.modules.special_care.exchange.claims_xml import SCHEMA
from kvitt.modules.special_care.lifecycle import FileFormat, SupportType
from kvitt.modules.special_care.rules.facts import CardFacts, LineFacts
from kvitt.modules.special_care.rules.faults import FAULTS, problem_of
from kvitt.modules.special_care.rules.files import (
    FILE_REFUSALS,
    BadEntry,
    FileClaim,
    FileCredit,
    FileRefused,
    refusal_problem,
)
from tests.modules.special_care.broken_files import (
    CLAIM,
    FAULTY,
    GOOD,
    GOOD_TABLE,
    LONG_PARTS,
    REFUSED,
    RIGHT,
    xml,
)


def read(content):
    data = content.encode() if isinstance(content, str) else content
    return list(ClaimsReader(io.BytesIO(data)))


def refusal(content):
    with pytest.raises(FileRefused) as refused:
        read(content)
    told = str(refusal_problem(refused.value.code, refused.value.values))
    assert "%(" not in told
    return refused.value.code


# What is right ------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-12")
@pytest.mark.parametrize("content", [GOOD, GOOD_TABLE], ids=["xml", "csv"])
def test_claim_and_credit_are_read(content):
    claim, credit = read(content)

    assert isinstance(claim, FileClaim)
    assert (claim.place.number, claim.place.clinic_number) == (1, "1111")
    assert (claim.place.reference, claim.place.identity_number) == ("980890", "194503129803")
    facts = claim.facts
    assert (facts.support, facts.invoice_reference, facts.care_model) == (SupportType.N, "1234", "K")
    day = date(2024, 11, 18)
    assert list(facts.lines) == [
        LineFacts(day, "825", "UK", 123_550, "Övre"),
        LineFacts(day, "patAvg", "", 20_000),
    ]
    assert isinstance(credit, FileCredit)
    assert (credit.place.number, credit.place.reference) == (2, "980891")


@pytest.mark.requirement("SC-12", "SC-14")
def test_lines_of_the_file_are_told():
    claim, credit = read(GOOD)

    at = {number: line.strip() for number, line in enumerate(GOOD.decode().splitlines(), start=1)}
    assert (at[claim.place.line], at[credit.place.line]) == ("<claim>", "<credit>")
    assert [at[line] for line in claim.lines] == ["<line>", "<patientFee>"]
    [table, _] = read(GOOD_TABLE)
    assert (table.place.line, table.lines) == (2, [2, 3])


@pytest.mark.requirement("SC-13", "SC-14")
def test_lines_far_in_are_told():
    content = xml(*[CLAIM] * 4_000)

    last = read(content)[-1]

    at = content.splitlines()
    assert last.place.line > 70_000
    assert at[last.place.line - 1].strip() == "<claim>"
    assert [at[line - 1].strip() for line in last.lines] == ["<line>", "<patientFee>"]


@pytest.mark.requirement("SC-14")
def test_faults_far_in_are_told_at_their_line():
    wrong = CLAIM.replace("1235.50", "1235,50").replace("2024-11-18", "2024-02-30")
    content = xml(*[CLAIM] * 4_000, wrong)

    *_, last = read(content)

    at = content.splitlines()
    told = [(fault.values["text"], at[fault.values["line"] - 1].strip()) for fault in last.faults]
    assert told == [
        ("2024-02-30", "<date>2024-02-30</date>"),
        ("1235,50", "<price>1235,50</price>"),
    ]


@pytest.mark.requirement("SC-13")
def test_many_faults_of_a_claim_are_told_in_time():
    line = "<line><code>12345678901</code></line>\n"

    [claim] = read(xml(CLAIM.replace("<line>", line * 5_000 + "<line>", 1)))

    assert len(claim.faults) == 20


@pytest.mark.requirement("SC-12")
def test_exemption_card_is_read():
    [claim, _] = read(GOOD)

    assert claim.facts.card == CardFacts("F123", date(2024, 1, 1), date(2024, 6, 30))


@pytest.mark.requirement("SC-12")
@pytest.mark.parametrize(("content", "count"), RIGHT.values(), ids=RIGHT)
def test_odd_files_are_read(content, count):
    entries = read(content)

    assert len(entries) == count
    assert not any(isinstance(entry, BadEntry) for entry in entries)
    assert [entry.place.number for entry in entries] == list(range(1, count + 1))


@pytest.mark.requirement("SC-12")
def test_schema_takes_the_whole_file_and_documents_each_element():
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    xs = "{http://www.w3.org/2001/XMLSchema}"

    schema.assertValid(etree.fromstring(GOOD))
    named = [
        node
        for node in etree.parse(SCHEMA).iter(f"{xs}element", f"{xs}attribute")
        if node.get("name") is not None
    ]
    assert [
        node.get("name") for node in named if not node.findtext(f"{xs}annotation/{xs}documentation")
    ] == []


# What is wrong ------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-13", "QU-16")
@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_file_is_refused_with_one_answer(content, code):
    assert refusal(content) == code


@pytest.mark.requirement("SC-13")
def test_every_refusal_has_a_file():
    assert {code for _, code in REFUSED.values()} == set(FILE_REFUSALS)


@pytest.mark.requirement("SC-14", "QU-16")
@pytest.mark.parametrize(("content", "expected"), FAULTY.values(), ids=FAULTY)
def test_faulty_claim_is_told_of_and_the_others_go_on(content, expected):
    entries = read(content)

    told = [
        tuple(fault.values.get("reason", fault.code) for fault in entry.faults)
        if isinstance(entry, BadEntry)
        else None
        for entry in entries
    ]
    assert told == [(one,) if isinstance(one, str) else one for one in expected]
    for entry in entries:
        for fault in entry.faults if isinstance(entry, BadEntry) else ():
            assert fault.values["line"] >= 1
            assert "%(" not in str(problem_of(fault))
            assert fault.code in FAULTS


@pytest.mark.requirement("SC-13", "QU-16")
@pytest.mark.parametrize("make", LONG_PARTS.values(), ids=LONG_PARTS)
def test_ten_megabytes_in_one_place_are_refused_early(make):
    content = io.BytesIO(make().encode())
    tracemalloc.start()
    try:
        reader = ClaimsReader(content)
        with pytest.raises(FileRefused) as refused:
            list(reader)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.code == "file_too_large_entry"
    assert reader.bytes_read < 512 * 1024
    assert peak < 16 * 1024 * 1024


@pytest.mark.requirement("SC-13")
@pytest.mark.parametrize("kind", FileFormat)
def test_memory_does_not_grow_with_the_file(kind):
    repeated = CLAIM if kind is FileFormat.XML else GOOD_TABLE.decode().partition("\r\n")[2]
    peaks = []
    for count in (100, 1_000):
        whole = xml(*[repeated] * count) if kind is FileFormat.XML else GOOD_TABLE.decode() + repeated * count
        content = io.BytesIO(whole.encode())
        tracemalloc.start()
        for entry in ClaimsReader(content):
            assert not isinstance(entry, BadEntry)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 256 * 1024


# Whatever comes -----------------------------------------------------------------------------------


def answer(content):
    """Read it: entries, or one refusal, and nothing else."""
    try:
        entries = read(content)
    except FileRefused as refused:
        told, entries = [refusal_problem(refused.code, refused.values)], [None]
    else:
        bad = [entry for entry in entries if isinstance(entry, BadEntry)]
        told = [problem_of(fault) for entry in bad for fault in entry.faults]
    assert entries
    assert not any("%(" in str(problem) for problem in told)


@pytest.mark.requirement("QU-16")
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", GOOD[:100], GOOD_TABLE[:200], b"<"]))
def test_any_bytes_have_an_answer(content, start):
    answer(start + content)


@pytest.mark.requirement("QU-16")
@settings(max_examples=200, deadline=None)
@given(data=st.data(), good=st.sampled_from([GOOD, GOOD_TABLE]))
def test_any_change_of_a_good_file_has_an_answer(data, good):
    content = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(content)))
        last = min(len(content), first + data.draw(st.integers(0, 40)))
        piece = st.one_of(
            st.binary(max_size=6),
            st.sampled_from(
                [b"<", b">", b"</visit>", b"<claim>", b"&", b'"', b";", b"\n", b"-", b"", b"\x85"]
            ),
            st.just(bytes(content[first:last]) * 2),
        )
        content[first:last] = data.draw(piece)
    answer(bytes(content))
