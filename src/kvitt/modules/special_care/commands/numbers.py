"""Give out the numbers of claims, plans and invoices: an authority's row is locked, and locked last."""

from django.db.models import F

from kvitt.modules.special_care.models import NumberSeries


def next_number(authority_id: int, series: str, *, count: int = 1) -> int:
    """Return the first of so many new numbers of `claim`, `plan` or `invoice`; needs a transaction."""
    NumberSeries.objects.get_or_create(authority_id=authority_id)
    rows = NumberSeries.objects.filter(authority_id=authority_id)
    rows.update(**{f"last_{series}": F(f"last_{series}") + count})
    last: int = rows.values_list(f"last_{series}", flat=True).get()
    return last - count + 1
