"""Give out the numbers of care fees: an authority's row is locked, and locked last."""

from django.db.models import F

from kvitt.foundation.values.case_numbers import write_number
from kvitt.modules.care_fees.models import ClientNumberSeries

_LETTERS = {"client": "D", "tenancy": "H"}


def next_number(authority_id: int, series: str, *, year: int) -> str:
    """Return a new number of a `client` or a `tenancy`: `D2026-000001`; needs a transaction."""
    return write_number(_LETTERS[series], year, take(authority_id, series))


def take(authority_id: int, series: str, *, count: int = 1) -> int:
    """Take so many numbers of a series, and return the first; needs a transaction.

    Others wait until it ends: what is rolled back gives its numbers back, so the series has no gap.
    """
    ClientNumberSeries.objects.get_or_create(authority_id=authority_id)
    rows = ClientNumberSeries.objects.filter(authority_id=authority_id)
    rows.update(**{f"last_{series}": F(f"last_{series}") + count})
    last: int = rows.values_list(f"last_{series}", flat=True).get()
    return last - count + 1
