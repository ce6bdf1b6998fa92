"""The day an invoice was paid; those paid before get that of their step."""

from zoneinfo import ZoneInfo

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def take_from_steps(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give paid invoices the day, in Sweden, on which they were marked as paid."""
    invoices = apps.get_model("ledger", "Invoice").objects
    paid = apps.get_model("ledger", "InvoiceStep").objects.filter(status="paid_out")
    for invoice_id, at in paid.values_list("invoice_id", "at").iterator():
        invoices.filter(pk=invoice_id).update(paid_on=at.astimezone(STOCKHOLM).date())


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_repeated_runs"),
        ("organisations", "0003_specialist_clinics"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="paid_on",
            field=models.DateField(null=True),
        ),
        migrations.RunPython(take_from_steps, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_on__isnull", True), ("status", "paid_out"), _connector="OR"),
                name="invoice_paid_on",
            ),
        ),
    ]
