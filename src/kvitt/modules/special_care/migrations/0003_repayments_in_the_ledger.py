"""What clinics pay back themselves says so in the ledger, so that no payment run nets it."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import OuterRef, Subquery


def mark_repayments(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Reserve the invoices of repayments, and settle those that are attested and repaid."""
    repayments = apps.get_model("special_care", "ClaimInvoice").objects.filter(
        awaits_repayment=True, ledger_invoice__isnull=False
    )
    invoices = apps.get_model("ledger", "Invoice").objects.filter(
        pk__in=repayments.values("ledger_invoice_id"), status__in=["issued", "reviewed", "authorised"]
    )
    invoices.update(payout_reference="repayment")
    repaid = repayments.filter(repaid_on__isnull=False)
    day = repaid.filter(ledger_invoice=OuterRef("pk")).values("repaid_on")[:1]
    settled = invoices.filter(pk__in=repaid.values("ledger_invoice_id"), status="authorised")
    settled.update(status="paid_out", paid_on=Subquery(day))


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_postings_and_payouts"),
        ("special_care", "0002_claims_files"),
    ]

    operations = [migrations.RunPython(mark_repayments, migrations.RunPython.noop)]
