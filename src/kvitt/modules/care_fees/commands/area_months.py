"""What the commands on months of areas share: the months, held, and what the log calls them."""

from collections.abc import Collection
from datetime import date

from kvitt.modules.care_fees.models import AreaMonth

SUBJECT = "care_fees.area_month"


def hold_area_months(area_ids: Collection[int], month: date) -> list[AreaMonth]:
    """Return a month of the areas, locked until the transaction ends; made where nobody asked for it yet.

    Whoever calculates, approves or re-opens takes them in the order of the areas, and before any client.
    """
    in_order = sorted(area_ids)
    AreaMonth.objects.bulk_create(
        [AreaMonth(area_id=area_id, month=month) for area_id in in_order], ignore_conflicts=True
    )
    held = AreaMonth.objects.select_for_update(no_key=True, of=("self",)).select_related("area", "run")
    return list(held.filter(area_id__in=in_order, month=month).order_by("area_id"))


def key_of(row: AreaMonth) -> str:
    """Return what the log calls a month of an area: `Norr 2024-10`."""
    return f"{row.area.name} {row.month:%Y-%m}"
