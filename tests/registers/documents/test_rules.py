"""Which files are taken: by ending, size and content; what a parcel must say; when either is removed."""

import zipfile
from unittest.mock import Mock

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kvitt.foundation.values.text import format_size
from kvitt.registers.documents import rules
from kvitt.registers.documents.commands import _facts_of
from kvitt.registers.documents.lifecycle import FORMATS
from tests import files
from tests.registers.documents.conftest import upload

pytestmark = pytest.mark.requirement("NA-11")

ENDINGS = [ending for one in FORMATS.values() for ending in one.endings]
GOOD = {
    "opg.png": files.png(),
    "OPG.PNG": files.png(),
    "foto.jpg": files.JPEG,
    "foto.jpeg": files.JPEG,
    "remiss.pdf": files.pdf(),
    "cbct.dcm": files.DICOM,
    "plan.docx": files.docx(),
}
MACRO_TYPES = files.TYPES.replace("wordprocessingml.document.main", "macroEnabled.main")


def faults(name, content, most=25):
    facts = _facts_of(upload(name, content))
    return [problem.code for problem in rules.check_file(facts, most_megabytes=most)]


# Taken --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_file_of_each_kind_is_taken(name):
    assert faults(name, GOOD[name]) == []


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.requirement("QU-16", "QU-18")
def test_page_named_as_pdf_is_refused_in_words():
    facts = _facts_of(upload("evil.pdf", files.HTML))

    [problem] = rules.check_file(facts, most_megabytes=25)

    assert str(problem) == "evil.pdf is not a PDF file inside. Save it as PDF and choose it again."
    assert problem.field == "file"


@pytest.mark.parametrize("name", ["evil.exe", "evil.html", "evil.svg", "evil", ".", "pdf", "evil.pdf.html"])
def test_other_endings_are_refused(name):
    assert faults(name, files.pdf()) in (["unknown_ending"], ["no_file_name"])


@pytest.mark.requirement("QU-16")
@pytest.mark.parametrize("name", GOOD)
def test_empty_file_is_refused(name):
    assert faults(name, b"") == ["empty_file"]


@pytest.mark.requirement("QU-16")
def test_large_file_is_refused_with_both_sizes():
    facts = rules.FileFacts("opg.png", 200_000_000)

    [problem] = rules.check_file(facts, most_megabytes=25)

    assert str(problem) == (
        "opg.png is 200\u00a0MB, and a file may be 25\u00a0MB at most. Make it smaller, or send it by post "
        "as a physical attachment."
    )


def test_file_of_exactly_the_largest_size_is_taken():
    content = files.pdf()
    facts = rules.FileFacts("a.pdf", 25_000_000, head=content, tail=content)

    assert rules.check_file(facts, most_megabytes=25) == []


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("other", GOOD)
def test_file_of_one_kind_is_not_taken_for_another(name, other):
    is_same = rules.calculate_format(name) == rules.calculate_format(other)

    assert faults(name, GOOD[other]) == ([] if is_same else ["other_content"])


@pytest.mark.parametrize(
    "content",
    [
        files.docx(types=MACRO_TYPES),
        files.docx(types=MACRO_TYPES.encode("utf-16")),
        files.docx(types=files.TYPES.replace("wordprocessingml", "&#119;ordprocessingml")),
        files.docx(word__vbaProject_dot_bin="x"),
        files.docx(word__VBAPROJECT_dot_BIN="x"),
        files.docx(word__activeX__activeX1_dot_xml="x"),
    ],
    ids=["type", "type in UTF-16", "type in disguise", "part", "part in capitals", "control"],
)
def test_letter_with_macros_is_refused(content):
    assert faults("plan.docx", content) == ["has_macros"]


@pytest.mark.parametrize("start", [0, 4, 30, 200])
def test_letter_cut_off_or_spoilt_is_refused(start):
    whole = files.docx()

    assert faults("plan.docx", whole[: len(whole) - start - 1]) == ["other_content"]


def test_types_longer_than_are_read_are_refused():
    hidden = files.TYPES.replace("<Override", " " * 1_000_000 + "<Override").replace(
        "wordprocessingml.document.main", "macroEnabled.main"
    )

    assert faults("plan.docx", files.docx(types=hidden)) == ["other_content"]


@pytest.mark.requirement("QU-16", "QU-18")
@pytest.mark.parametrize("how", ["offset", "comment", "two"])
def test_letter_whose_end_can_be_read_in_two_ways_is_refused(how, monkeypatch):
    """How long the contents are is asked of the record that is opened, and of no other."""
    opened = Mock(side_effect=zipfile.BadZipFile)
    whole = files.docx()
    record = bytearray(whole[-22:])
    if how == "offset":  # another record seems to begin in where the contents are
        record[12:16] = (50_000_000).to_bytes(4, "little")
        record[16:20] = b"PK\5\6"
        content = whole[:-22] + bytes(record)
    elif how == "comment":
        record[20:22] = (10).to_bytes(2, "little")
        content = whole[:-22] + bytes(record) + b"x" * 10
    else:
        record[12:16] = (50_000_000).to_bytes(4, "little")
        content = whole[:-22] + bytes(record[:20]) + b"\x16\0" + whole[-22:-2] + b"\1\0"
    monkeypatch.setattr(zipfile, "ZipFile", opened)

    assert faults("plan.docx", content) == ["other_content"]
    opened.assert_not_called()


def test_pdf_cut_off_is_refused():
    assert faults("remiss.pdf", files.pdf()[:-8]) == ["other_content"]


@pytest.mark.requirement("QU-16")
@given(st.binary(min_size=1, max_size=4_000), st.sampled_from(ENDINGS))
def test_random_bytes_are_never_taken(content, ending):
    assert faults(f"a{ending}", content) == ["other_content"]


@pytest.mark.requirement("QU-16")
@given(st.binary(max_size=3_000), st.sampled_from(sorted(GOOD)), st.sampled_from(ENDINGS))
def test_bytes_before_the_content_never_hide_what_it_is(junk, good, ending):
    """A file is what it begins with: nothing of ours is found behind something else."""
    assume(junk and not any(content.startswith(junk) for content in GOOD.values()))

    assert faults(f"a{ending}", junk[:127] + b"\0" + GOOD[good]) in (["other_content"], ["has_macros"])


@pytest.mark.requirement("QU-16")
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=20))
def test_spoilt_letter_is_taken_or_refused_and_breaks_nothing(at, junk):
    content = bytearray(files.docx())
    at %= len(content)
    content[at : at + len(junk)] = junk

    assert faults("a.docx", bytes(content)) in ([], ["other_content"], ["has_macros"])


# Names --------------------------------------------------------------------------------------------


@pytest.mark.requirement("QU-18")
@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\opg.png", "opg.png"),
        ("/etc/opg.png", "opg.png"),
        ("opg.png\r\nSet-Cookie: a=b", "opg.png Set-Cookie: a=b"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("a\0.png", "a .png"),
        ("...", ""),
        ("Åsa röntgen.png", "Åsa röntgen.png"),
        ("x" * 300 + ".png", "x" * 146 + ".png"),
    ],
)
def test_name_is_kept_without_folders_and_what_is_not_seen(given_name, name):
    assert rules.calculate_file_name(given_name) == name


@pytest.mark.requirement("QU-18")
@given(st.text(max_size=400))
def test_no_name_holds_folders_or_line_breaks_or_is_too_long(given_name):
    name = rules.calculate_file_name(given_name)

    assert not set("/\\\r\n\0") & set(name)
    assert len(name) <= 150
    assert name not in {".", ".."}
    assert rules.calculate_file_name(name) == name


# Parcels and removal ------------------------------------------------------------------------------


def test_parcel_says_what_how_many_and_of_what_type():
    assert rules.check_parcel(description="Gipsmodell", quantity=1, file_type="Modell") == []


def test_everything_about_a_parcel_is_compulsory():
    problems = rules.check_parcel(description=" ", quantity=0, file_type="")

    assert [problem.field for problem in problems] == ["description", "file_type", "quantity"]


@pytest.mark.parametrize("quantity", [-1, 0, 1_000])
def test_parcel_holds_1_to_999(quantity):
    [problem] = rules.check_parcel(description="Gipsmodell", quantity=quantity, file_type="Modell")

    assert str(problem) == "Give how many you send, a whole number from 1 to 999."


@pytest.mark.requirement("NA-19")
def test_what_a_request_holds_is_not_removed():
    assert [one.code for one in rules.check_document_removal(is_removed=False, is_held=True)] == [
        "document_held"
    ]
    assert [one.code for one in rules.check_parcel_removal(is_removed=False, is_held=True)] == ["parcel_held"]


def test_parcel_arrives_once_and_not_after_it_was_removed():
    assert rules.check_arrival(is_removed=False, has_arrived=False) == []
    assert rules.check_arrival(is_removed=False, has_arrived=True)[0].code == "parcel_has_arrived"
    assert rules.check_arrival(is_removed=True, has_arrived=False)[0].code == "parcel_removed"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 kB"), (812_400, "812 kB"), (999_999, "1000 kB"), (1_200_000, "1,2 MB"), (25_000_000, "25 MB")],
)
def test_size_is_said_as_people_read_it(count, text):
    assert format_size(count) == text.replace(" ", "\u00a0")
