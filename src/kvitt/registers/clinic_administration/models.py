"""Requests for another account of a clinic: who asked, who decided."""

from django.db import models
from django.db.models import F, Q

from kvitt.registers.clinic_administration.lifecycle import DECIDED, AccountChangeStatus
from kvitt.registers.organisations.lifecycle import GiroKind
from kvitt.registers.organisations.models import Clinic


class AccountChange(models.Model):
    """That a clinic is to be paid to another account (*kontoändring*); the old one holds until then.

    Names are copied as they were. Source: spec SC-24.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="account_changes")
    giro_kind = models.CharField(max_length=10, choices=GiroKind.choices)
    giro_number = models.CharField(max_length=20)
    old_kind = models.CharField(max_length=10, choices=GiroKind.choices, blank=True)
    old_number = models.CharField(max_length=20, blank=True)
    status = models.CharField(
        max_length=10, choices=AccountChangeStatus.choices, default=AccountChangeStatus.WAITING
    )
    requested_by_id = models.BigIntegerField(null=True)
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """One waits at a time for each clinic; who asked for it does not decide."""

        constraints = (
            models.UniqueConstraint(
                fields=["clinic"], condition=Q(status="waiting"), name="account_change_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=list(AccountChangeStatus)), name="account_change_status"
            ),
            models.CheckConstraint(condition=Q(giro_kind__in=list(GiroKind)), name="account_change_kind"),
            models.CheckConstraint(
                condition=Q(status="waiting", decided_at__isnull=True)
                | (~Q(status="waiting") & Q(decided_at__isnull=False)),
                name="account_change_decided",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(DECIDED))
                | Q(requested_by_id__isnull=True)
                | Q(decided_by_id__isnull=True)
                | ~Q(decided_by_id=F("requested_by_id")),
                name="account_change_four_eyes",
            ),
        )

    def __str__(self) -> str:
        """`bankgiro 50501055 for 1111 - Ekens Tandvård Ryd`."""
        return f"{self.giro_kind} {self.giro_number} for {self.clinic}"
