"""Dwellings are found by their words, and a free month knows where from and is shared by two tenants."""

import django.db.models.deletion
from django.db import migrations, models

from kvitt.modules.care_fees.lifecycle import FormerHousing


class Migration(migrations.Migration):
    """A search key of dwellings; the former housing and the partner's correction of free months."""

    dependencies = [("care_fees", "0002_granted_one_open")]

    operations = [
        migrations.AddField(
            model_name="dwelling",
            name="search_key",
            field=models.CharField(default="", max_length=230),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="freemonth",
            name="former_housing",
            field=models.CharField(
                choices=FormerHousing.choices,
                default="rented",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="freemonth",
            name="partner_correction",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="free_month_of_partner",
                to="care_fees.feecorrection",
            ),
        ),
        migrations.AddConstraint(
            model_name="freemonth",
            constraint=models.CheckConstraint(
                condition=models.Q(("former_housing__in", ["house", "rented", "cooperative", "other"])),
                name="free_month_former_housing",
            ),
        ),
    ]
