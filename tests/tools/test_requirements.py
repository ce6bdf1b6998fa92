"""The page of requirements says nothing that no test proves."""

import pytest

from tools import requirements

pytestmark = pytest.mark.requirement("QU-26")


def chapter(status, note=""):
    return {
        "Needs allowance": {"NA-26": {"title": "Invoice date and due date", "status": status, "note": note}}
    }


def test_mark_is_found_on_function_class_and_file(tmp_path):
    (tmp_path / "test_one.py").write_text(
        'pytestmark = [pytest.mark.requirement("CO-1")]\n'
        '@pytest.mark.requirement("CO-2", "CO-3")\ndef test_two(): ...\n'
        '@pytest.mark.requirement("CO-4")\nclass TestFour: ...\n',
        encoding="utf-8",
    )

    proofs = requirements.find_proofs(tmp_path)

    assert proofs == {
        "CO-1": ["test_one.py"],
        "CO-2": ["test_one.py::test_two"],
        "CO-3": ["test_one.py::test_two"],
        "CO-4": ["test_one.py::TestFour"],
    }


def test_done_needs_a_test():
    faults = requirements.find_faults(chapter("done"), {})

    assert faults == ["NA-26 is called done, but no test names it"]


def test_partly_needs_a_note():
    faults = requirements.find_faults(chapter("partly"), {"NA-26": ["test_dates.py"]})

    assert faults == ["NA-26 is called partly: a note must say what is missing"]


def test_unknown_requirement_is_a_fault():
    faults = requirements.find_faults(chapter("not yet"), {"NA-99": ["test_dates.py::test_x"]})

    assert faults == ["test_dates.py::test_x names NA-99, which docs/requirements.toml does not know"]


def test_page_shows_status_note_and_tests():
    page = requirements.render(chapter("partly", "no due date"), {"NA-26": ["test_dates.py::test_x"]})

    assert "1 requirements: 0 done, 1 partly, 0 not yet." in page
    assert "| NA-26 | Invoice date and due date | partly: no due date | `test_dates.py::test_x` |" in page
