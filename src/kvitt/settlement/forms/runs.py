"""The input of payment runs: the day, what the bank has paid, why it has not."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.settlement.lifecycle import NettingOutcome, PaymentStatus
from kvitt.settlement.queries.payment_page import account_of
from kvitt.settlement.rules.runs import REASON_LENGTH

if TYPE_CHECKING:
    from kvitt.settlement.models import Payment

NARROW = {"class": "kv-w-s"}
ALL, CHOSEN = "all", "chosen"
LONGEST_AHEAD = 365


class ProposeRunForm(Form):
    """The day of payment of a new run."""

    pay_on = DateField(
        label=_("Day of payment"),
        help_text=_("A bank day, today or later."),
        widget=forms.TextInput(attrs=NARROW),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Know the day, from which a year is looked ahead."""
        super().__init__(*args, **kwargs)
        self.last = today + timedelta(days=LONGEST_AHEAD)

    def clean_pay_on(self) -> date:
        """Refuse a day that can only be a slip of the pen."""
        day: date = self.cleaned_data["pay_on"]
        if day > self.last:
            raise forms.ValidationError(gettext("The day is more than a year away. Choose an earlier one."))
        return day


class ConfirmPaymentsForm(Form):
    """Which payments the bank has made, and on what day."""

    paid_on = DateField(
        label=_("Paid on"),
        help_text=_("The day on which the money left the account, as the bank says."),
        widget=forms.TextInput(attrs=NARROW),
    )
    which = forms.ChoiceField(label=_("Payments"), widget=forms.RadioSelect, initial=ALL)
    payments = forms.TypedMultipleChoiceField(
        label=_("Choose payments"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, payments: "Sequence[Payment]", **kwargs: Any) -> None:
        """Offer the payments that the bank has yet to answer for."""
        super().__init__(*args, **kwargs)
        self.offered = [payment.pk for payment in payments]
        if len(payments) == 1:
            del self.fields["which"], self.fields["payments"]
            return
        every = gettext("All %(count)s, %(sum)s")
        total = sum(payment.amount for payment in payments)
        words = {"count": format_count(len(payments)), "sum": format_kronor(total)}
        self.offer("which", [(ALL, every % words), (CHOSEN, gettext("Only those I tick"))])
        self.offer("payments", [(payment.pk, _described(payment)) for payment in payments])

    def chosen(self) -> list[int]:
        """Return the payments that the bank has made."""
        is_all = self.cleaned_data.get("which", ALL) == ALL
        return self.offered if is_all else self.cleaned_data["payments"]

    def day(self) -> date:
        """Return the day of payment."""
        found: date = self.cleaned_data["paid_on"]
        return found


def _described(payment: "Payment") -> str:
    """Return whom a payment goes to, where and how much."""
    return f"{payment.netting.provider_name}, {account_of(payment)}, {format_kronor(payment.amount)}"


class RejectPaymentForm(Form):
    """Why the bank rejected a payment."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("What the bank says, for example that the account is closed. The clinic reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaymentSearchForm(Form):
    """The filters of *Utbetalningar*."""

    first_on = DateField(label=_("Day of payment from"), required=False, widget=forms.TextInput(attrs=NARROW))
    last_on = DateField(label=_("Day of payment to"), required=False, widget=forms.TextInput(attrs=NARROW))
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every status of a payment, and what is carried on instead of paid."""
        super().__init__(*args, **kwargs)
        carried = (NettingOutcome.CARRIED.value, gettext(NettingOutcome.CARRIED.label))
        self.offer("status", [*choices(PaymentStatus, empty=_("All")), carried])

    def search(self) -> dict[str, Any]:
        """Return the filters for the query; a faulty one is left out, and the page says so."""
        if not self.is_bound:
            return {}
        self.full_clean()
        return dict(self.cleaned_data)
