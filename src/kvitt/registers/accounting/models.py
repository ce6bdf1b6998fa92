"""Account strings, dated."""

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.values.dates import Period
from kvitt.registers.accounting import rules
from kvitt.registers.accounting.lifecycle import AccountUse
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Authority


class AccountString(models.Model):
    """Where something is booked (*kontosträng*), from when to when.

    A cost is booked by scheme and procedure code: an empty `code` stands for every code of the scheme, an
    empty `scheme` for every scheme. Revenue is booked by the code of the service, VAT by its percent; an
    empty `code` stands for all of them. The nearest one counts.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    use = models.CharField(max_length=10, choices=AccountUse.choices)
    scheme = models.CharField(max_length=30, choices=Scheme.choices, blank=True)
    code = models.CharField(max_length=rules.LONGEST_CODE, blank=True)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    account = models.CharField(max_length=10)
    cost_centre = models.CharField(max_length=20, blank=True)
    activity = models.CharField(max_length=20, blank=True)

    class Meta:
        """One begins on a day for each thing; codes are of a scheme's procedures, a service or VAT."""

        constraints = (
            models.UniqueConstraint(
                fields=["authority", "use", "scheme", "code", "first_on"], name="account_string_once"
            ),
            models.CheckConstraint(condition=Q(use__in=list(AccountUse)), name="account_string_use"),
            models.CheckConstraint(
                condition=Q(code="")
                | (Q(use="cost") & ~Q(scheme=""))
                | Q(use__in=["revenue", "vat"], scheme=""),
                name="account_string_code",
            ),
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="account_string_in_order",
            ),
        )

    def __str__(self) -> str:
        """`5621 1200 45`."""
        return str(self.facts)

    @property
    def facts(self) -> rules.AccountStringFacts:
        """What it consists of."""
        return rules.AccountStringFacts(self.account, self.cost_centre, self.activity)

    def dated(self) -> rules.DatedString:
        """Return it as the rules have it."""
        wanted = AccountUse(self.use), self.scheme, self.code
        return rules.DatedString(wanted, Period(self.first_on, self.last_on), self.facts)
