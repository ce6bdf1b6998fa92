"""The addresses of a selection: its period and rule stand in them, so that it can be opened again."""

from datetime import date
from urllib.parse import urlencode

from django.urls import reverse


def run_query(month: date, rule_id: int | None, **more: object) -> str:
    """Return what of an address says which selection it is about."""
    return urlencode({"period": f"{month:%Y-%m}", "rule": rule_id or "", **more})


def run_url(month: date, rule_id: int | None, **more: object) -> str:
    """Return the page of a selection."""
    return f"{reverse('care_fees:billing_run')}?{run_query(month, rule_id, **more)}"
