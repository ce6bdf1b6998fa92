"""Invoices that the calendar makes: what is owed, what stands on them, who gets none and why."""

import datetime as dt

import pytest

from kvitt.ledger import queries, tasks
from kvitt.ledger.models import Invoice

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-8")]


def test_first(scheme):
    scheme.approve(3)
    assert tasks.make_due_invoices(on=dt.date(2024, 11, 30)) == 0
    assert tasks.make_due_invoices(on=dt.date(2024, 12, 1)) == 1
    assert tasks.make_due_invoices(on=dt.date(2024, 12, 1)) == 0
    invoice = Invoice.objects.get()
    assert invoice.external_reference == "Befolkningsansvar 2024-11 1111"
    assert list(queries.breaches()) == []
