"""The claims files that are measured are like those that clinics send in."""

import datetime as dt

import pytest

from bench import claims_file
from bench.claims_file import Patient
from kvitt.modules.special_care.exchange import ClaimsReader
from kvitt.modules.special_care.rules.files import FileClaim

PATIENTS = [Patient("1001", "194503129803", "764153"), Patient("1002", "195211049811", "764154")]


@pytest.mark.requirement("QU-6")
def test_generated_file_is_read_without_faults(tmp_path):
    path = tmp_path / "claims.xml"

    count = claims_file.write_claims(path, PATIENTS * 2, on=dt.date(2024, 11, 18))

    with path.open("rb") as file:
        entries = list(ClaimsReader(file))
    assert count == len(entries) == 4
    assert all(isinstance(entry, FileClaim) and len(entry.facts.lines) == 3 for entry in entries)
    assert [entry.place.clinic_number for entry in entries] == ["1001", "1002", "1001", "1002"]
    assert len({entry.place.reference for entry in entries}) == 4
    assert 1_100 < path.stat().st_size / count < 1_500
    assert claims_file.floor(path) < 1
