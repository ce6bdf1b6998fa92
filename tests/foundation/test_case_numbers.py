"""A case number is typed in any form."""

import pytest

from kvitt.foundation.values.case_numbers import complete_number


@pytest.mark.requirement("NA-8", "NA-20", "NA-33")
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("B2024-000012", "B2024-000012"),
        ("b2024-12", "B2024-000012"),
        ("r2024000005", "R2024-000005"),
        (" B2024 ", "B2024"),
        ("B2024-", "B2024-"),
    ],
)
def test_case_number_is_completed_when_it_is_whole(typed, stored):
    assert complete_number(typed) == stored
