"""Read invoices to clients: as they are printed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import InvoiceState, LineKind, Measure, RecipientKind
from kvitt.modules.care_fees.models import FeeInvoice, FeeLine
from kvitt.modules.care_fees.rules import invoices as rules
from kvitt.modules.care_fees.rules.invoices import InvoiceLine, PostalAddress, Unit, VatRow
from kvitt.registers.organisations.models import Authority

_ABSENCE = frozenset({LineKind.ABSENCE_CARE, LineKind.ABSENCE_BOARD})


@dataclass(frozen=True)
class Sender:
    """Who an invoice is from."""

    name: str
    organisation_number: str
    bankgiro: str
    contact_name: str
    contact_phone: str
    contact_email: str


@dataclass(frozen=True)
class PrintedInvoice:
    """Everything that an invoice prints, in Swedish: amounts in öre, VAT included.

    `client_name` is whom it is about, and `month` the first day of what it is for. One whose `total` is below
    zero is a credit invoice. `contact_name` is whom one asks about it, the authority's where no unit has one.
    Source: spec CF-29.
    """

    id: int
    number: int
    reference: str
    state: InvoiceState
    invoice_date: date
    due_date: date
    month: date
    month_text: str
    sender: Sender
    client_id: int
    client_number: str
    client_name: str
    person_id: int
    is_protected: bool
    recipient_kind: RecipientKind
    recipient_name: str
    address: PostalAddress
    organisation_number: str
    contact_name: str
    contact_phone: str
    note: str
    lines: Sequence[InvoiceLine]
    vat_rows: Sequence[VatRow]
    total: Ore
    vat_amount: Ore

    @property
    def is_credit(self) -> bool:
        """Whether it gives back."""
        return self.total < 0


def printed(invoice: FeeInvoice) -> PrintedInvoice:
    """Return everything that one invoice prints."""
    return printed_many([invoice.pk])[0]


def printed_many(invoice_ids: Collection[int]) -> list[PrintedInvoice]:
    """Return everything that many invoices print, by their numbers, in a constant number of statements."""
    invoices = list(
        FeeInvoice.objects.filter(pk__among=invoice_ids)
        .select_related("client_month__client__person__merged_into")
        .order_by("authority_id", "number")
    )
    lines = _lines([invoice.client_month_id for invoice in invoices])
    senders = {
        row.pk: _sender(row)
        for row in Authority.objects.filter(pk__in={invoice.authority_id for invoice in invoices})
    }
    return [
        _printed(invoice, senders[invoice.authority_id], lines.get(invoice.client_month_id, []))
        for invoice in invoices
    ]


def month_text(month: date) -> str:
    """Return a month as an invoice says it, in Swedish: `oktober 2024`."""
    with translation.override("sv"):
        return date_format(month, "F Y")


def adjustment_text(month: date) -> str:
    """Return what an invoice calls the difference of an earlier month. Source: spec CF-17."""
    with translation.override("sv"):
        return gettext("Adjustment for %(month)s") % {"month": date_format(month, "F Y")}


def printed_lines(client_month_ids: Collection[int]) -> dict[int, list[InvoiceLine]]:
    """Return the lines of many months as an invoice prints them, in one statement. Source: spec CF-27."""
    found = _lines(client_month_ids)
    return {month_id: _with_texts(rules.group_lines(lines)) for month_id, lines in found.items()}


def _lines(client_month_ids: Collection[int]) -> dict[int, list[InvoiceLine]]:
    """Return the lines of many months as they are printed."""
    rows = FeeLine.objects.filter(client_month_id__among=client_month_ids).order_by(
        "client_month_id", "place", "pk"
    )
    found: dict[int, list[InvoiceLine]] = {}
    for month_id, kind, measure, text, quantity, price, amount, percent, about_month in rows.values_list(
        *("client_month_id", "kind", "service__measure", "text", "quantity", "price", "amount"),
        *("vat_percent", "about_month"),
    ):
        found.setdefault(month_id, []).append(
            InvoiceLine(
                text=text,
                amount=amount,
                quantity=quantity,
                unit=_unit(LineKind(kind), measure),
                price=price,
                vat_percent=percent,
                kind=LineKind(kind),
                about_month=about_month,
            )
        )
    return found


def _unit(kind: LineKind, measure: str | None) -> Unit:
    # What is granted costs by the month: where a line of it has a quantity, it is the days of a part of one.
    if kind in _ABSENCE or measure == Measure.MONTH:
        return Unit.DAYS
    return Unit.MINUTES if measure == Measure.MINUTES else Unit.COUNT


def _printed(invoice: FeeInvoice, sender: Sender, lines: Sequence[InvoiceLine]) -> PrintedInvoice:
    client_month = invoice.client_month
    client = client_month.client
    person = client.person.merged_into or client.person
    return PrintedInvoice(
        id=invoice.pk,
        number=invoice.number,
        reference=invoice.reference,
        state=InvoiceState(invoice.state),
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        month=client_month.month,
        month_text=month_text(client_month.month),
        sender=sender,
        client_id=client.pk,
        client_number=client.number,
        client_name=person.name,
        person_id=person.pk,
        is_protected=invoice.is_protected,
        recipient_kind=RecipientKind(invoice.recipient_kind),
        recipient_name=invoice.recipient_name,
        address=PostalAddress(
            invoice.street, invoice.postcode, invoice.town, invoice.care_of, invoice.country
        ),
        organisation_number=invoice.organisation_number,
        contact_name=invoice.contact_name or sender.contact_name,
        contact_phone=invoice.contact_phone or sender.contact_phone,
        note=invoice.note,
        lines=_with_texts(rules.group_lines(lines)),
        vat_rows=rules.sum_vat((line.vat_percent, line.amount) for line in lines),
        total=invoice.total,
        vat_amount=invoice.vat_amount,
    )


def _with_texts(lines: Sequence[InvoiceLine]) -> list[InvoiceLine]:
    return [
        replace(line, text=adjustment_text(line.about_month))
        if line.kind is LineKind.DIFFERENCE and line.about_month is not None
        else line
        for line in lines
    ]


def _sender(authority: Authority) -> Sender:
    return Sender(
        name=authority.name,
        organisation_number=authority.organisation_number,
        bankgiro=authority.bankgiro,
        contact_name=authority.contact_name or authority.name,
        contact_phone=authority.contact_phone,
        contact_email=authority.contact_email,
    )
