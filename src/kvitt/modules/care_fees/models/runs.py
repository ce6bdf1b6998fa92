"""Selection rules, billing runs with their chunks, and what the areas have approved of a month."""

from django.db import models
from django.db.models import F, Q

from kvitt.modules.care_fees.models.clients import IN_ORDER
from kvitt.registers.organisations.models import Authority, BillingArea


class BillingRule(models.Model):
    """Which areas somebody bills together (*regel*); `is_on_desktop` shows it as a folder there.

    Source: debitering-ao, pages 27-28; spec CF-23.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=100)
    areas = models.ManyToManyField(BillingArea, related_name="+", db_table="care_fees_billingrulearea")
    is_on_desktop = models.BooleanField(default=False)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A name stands once among the rules that hold."""

        constraints = (
            models.CheckConstraint(condition=IN_ORDER, name="billing_rule_in_order"),
            models.UniqueConstraint(
                fields=["authority", "name"], condition=Q(last_on__isnull=True), name="billing_rule_once"
            ),
        )

    def __str__(self) -> str:
        """The name."""
        return self.name


class BillingRun(models.Model):
    """That somebody calculates a month of a rule's areas (*debiteringskörning*).

    It is unfinished while a chunk of it is not done; any worker goes on with it. Source: spec CF-24, CF-30.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.ForeignKey(BillingRule, null=True, on_delete=models.PROTECT, related_name="runs")
    title = models.CharField(max_length=100)
    month = models.DateField()
    client_count = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    started_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """A run ends after it began; unfinished ones are what the workers look for."""

        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="billing_run_in_order",
            ),
        )
        indexes = (
            models.Index(fields=["authority", "-started_at"], name="billing_run_newest"),
            models.Index(fields=["id"], condition=Q(finished_at__isnull=True), name="billing_run_open"),
        )

    def __str__(self) -> str:
        """`Norr 2024-10`."""
        return f"{self.title} {self.month:%Y-%m}"


class RunChunk(models.Model):
    """Some clients of a run, calculated in one transaction by who takes them. Source: spec CF-24, QU-14."""

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="chunks", db_index=False)
    place = models.PositiveIntegerField()
    client_ids = models.JSONField()
    done_at = models.DateTimeField(null=True)
    calculated_count = models.PositiveIntegerField(default=0)
    faulty_count = models.PositiveIntegerField(default=0)

    class Meta:
        """A place stands once in a run; what is not done is looked for."""

        constraints = (models.UniqueConstraint(fields=["run", "place"], name="run_chunk_once"),)
        indexes = (
            models.Index(fields=["run", "place"], condition=Q(done_at__isnull=True), name="run_chunk_waits"),
        )

    def __str__(self) -> str:
        """`chunk 3`."""
        return f"chunk {self.place}"


class AreaMonth(models.Model):
    """How far a billing area has come with a month; `month` is its first day.

    The row is locked by whoever calculates, approves or re-opens: `run` is the one that calculates it now.
    `approve_by` is the day of the time plan. Source: spec CF-1, CF-27, CF-28, CF-30.
    """

    area = models.ForeignKey(BillingArea, on_delete=models.PROTECT, related_name="months", db_index=False)
    month = models.DateField()
    run = models.ForeignKey(BillingRun, null=True, on_delete=models.PROTECT, related_name="area_months")
    approve_by = models.DateField(null=True, blank=True)
    journal_opened_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=200, blank=True)
    reopen_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        """A month stands once for an area."""

        constraints = (models.UniqueConstraint(fields=["area", "month"], name="area_month_once"),)

    def __str__(self) -> str:
        """`area 3 2024-10`."""
        return f"area {self.area_id} {self.month:%Y-%m}"
