"""The input about invoices to clients: batches, what is searched among them, contacts and notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, FormPage, choices
from kvitt.modules.care_fees.lifecycle import InvoiceState, RecipientKind

if TYPE_CHECKING:
    from kvitt.modules.care_fees.queries.invoice_pages import BatchChoice


@dataclass(frozen=True, kw_only=True)
class MakeInvoicesPage(FormPage):
    """Everything `make_invoices.html` shows: the form, and what the batch would be."""

    choice: "BatchChoice"


def month_in(text: str) -> date:
    """Return the month of a choice by its first day. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time


class MakeInvoicesForm(Form):
    """*Skapa fakturor*: of which months, and the date of the invoices (spec CF-29)."""

    columns = {"month": "kv-c3", "invoice_date": "kv-c3"}

    month = forms.TypedChoiceField(
        label=_("Period"), coerce=month_in, help_text=_("What is approved until then and not invoiced.")
    )
    invoice_date = DateField(
        label=_("Invoice date"), error_messages={"required": _("Give the date of the invoices.")}
    )

    def __init__(self, *args: Any, months: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the months."""
        super().__init__(*args, **kwargs)
        self.offer("month", months)


class InvoiceFilter(Form):
    """The filters of a batch's invoices (spec CO-25)."""

    text = forms.CharField(label=_("Number or name"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=choices(InvoiceState, empty=_("All")))
    kind = forms.ChoiceField(
        label=_("Recipient"), required=False, choices=choices(RecipientKind, empty=_("All"))
    )

    def wanted(self) -> dict[str, str]:
        """Return what is searched for; a faulty filter is left out, and the page says so."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class WaitingFilter(Form):
    """Until which month what waits is listed (spec CF-29)."""

    month = forms.TypedChoiceField(label=_("Period"), coerce=month_in, empty_value=None, required=False)

    def __init__(self, *args: Any, months: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the months."""
        super().__init__(*args, **kwargs)
        self.offer("month", months)

    def wanted(self) -> date | None:
        """Return the month, None for the usual one."""
        self.full_clean()
        found: date | None = self.cleaned_data.get("month")
        return found


class ContactForm(Form):
    """*Referensperson på brukarfakturor*: whom one asks about a unit's invoices (spec CF-29)."""

    columns = {"name": "kv-c6", "phone": "kv-c3", "email": "kv-c3", "first_on": "kv-c3"}

    name = forms.CharField(label=_("Name"), max_length=200, error_messages={"required": _("Give the name.")})
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, error_messages={"required": _("Give the telephone number.")}
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    first_on = DateField(
        label=_("From and including"), error_messages={"required": _("Give the first day of the contact.")}
    )


class EndContactForm(Form):
    """The last day of a contact (spec CF-29)."""

    last_on = DateField(
        label=_("To and including"), error_messages={"required": _("Give the last day of the contact.")}
    )


class NoteForm(Form):
    """What is printed on a client's invoices (spec CF-29)."""

    note = forms.CharField(
        label=_("Note on the invoices"),
        max_length=200,
        required=False,
        help_text=_("Printed on every invoice of the client from now on. Leave it empty for none."),
    )
