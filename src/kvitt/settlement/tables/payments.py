"""The columns of payments and of an advice's invoices, and the advice in words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.tables import Table, plain_table
from kvitt.foundation.templatetags.kvitt import status
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.settlement.exchange.advice import AdviceDocument
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.queries.payment_page import account_of

if TYPE_CHECKING:
    from kvitt.settlement.models import SettledInvoice
    from kvitt.settlement.queries.payment_page import Advice


def payment_columns(*, has_providers: bool, opens_runs: bool) -> list[Column]:
    """Return the columns of payments; the care provider where the reader sees several."""
    provider = Column("provider", _("Care provider"), lambda row: row.provider, sort=("provider_name",))
    return [
        Column(
            "day",
            _("Day of payment"),
            lambda row: row.pay_on,
            Kind.DATE,
            sort=("run__pay_on", "payment_id"),
            lead=True,
        ),
        *((provider,) if has_providers else ()),
        Column("account", _("Account"), lambda row: row.account, css="kv-nowrap"),
        Column(
            "run",
            _("Payment run"),
            lambda row: str(row.run_number),
            sort=("run__number", "payment_id"),
            link=lambda row: reverse("settlement:run", args=[row.run_number]) if opens_runs else "",
        ),
        Column("status", _("Status"), lambda row: row.status, Kind.STATUS),
        Column("paid_on", _("Paid on"), lambda row: row.paid_on, Kind.DATE, sort=("paid_on",)),
        Column("amount", _("Sum"), lambda row: row.amount, Kind.MONEY, sort=("payment_amount",), css="sum"),
    ]


def invoice_columns(opened: Collection[str] = ()) -> list[Column]:
    """Return the columns of settled invoices; `opened` are the modules whose invoices the reader opens."""

    def link(settled: "SettledInvoice") -> str:
        is_open = settled.invoice.module in opened
        return reverse("ledger:invoice", args=[settled.invoice_id]) if is_open else ""

    return [
        Column(
            "reference",
            _("External invoice reference"),
            lambda settled: settled.invoice.external_reference,
            sort=("invoice__reference_search_key",),
            lead=True,
            whole_words=True,
            link=link,
        ),
        Column(
            "clinic",
            _("Clinic"),
            lambda settled: f"{settled.invoice.clinic_number} - {settled.invoice.clinic_name}",
        ),
        Column("type", _("Type"), lambda settled: Scheme(settled.invoice.module)),
        Column("date", _("Invoice date"), lambda settled: settled.invoice.invoice_date, Kind.DATE),
        Column(
            "amount", _("Amount"), lambda settled: settled.amount, Kind.MONEY, sort=("amount",), css="sum"
        ),
    ]


PAYMENTS_OF_NETTING = (
    Column(
        "account",
        _("Account"),
        account_of,
        lead=True,
        css="kv-nowrap",
        link=lambda payment: reverse("settlement:payment", args=[payment.pk]),
    ),
    Column("payee", _("Payee"), lambda payment: payment.payee_name),
    Column("status", _("Status"), lambda payment: PaymentStatus(payment.status), Kind.STATUS),
    Column("paid_on", _("Paid on"), lambda payment: payment.paid_on, Kind.DATE),
    Column("reason", _("Reason"), lambda payment: payment.reason, css="full"),
    Column("amount", _("Amount"), lambda payment: payment.amount, Kind.MONEY, css="sum"),
)


# An advice ----------------------------------------------------------------------------------------


def advice_title(advice: "Advice") -> str:
    """Return what an advice is called."""
    values = {"day": advice.run.pay_on, "run": advice.run.number}
    if advice.payment is None and advice.is_carried:
        return gettext("Carried on, payment run %(run)s") % values
    if advice.payment is None:
        return gettext("Payment run %(run)s, care provider") % values
    return gettext("Remittance advice %(day)s") % values


def advice_facts(advice: "Advice") -> list[tuple[str, object]]:
    """Return what stands above an advice, as labels and ready values."""
    netting, payment = advice.netting, advice.payment
    run_number: object = str(advice.run.number)
    if advice.sees_run:
        url = reverse("settlement:run", args=[advice.run.number])
        run_number = format_html('<a href="{}">{}</a>', url, advice.run.number)
    facts = [
        (gettext("Payer"), advice.run.authority.name),
        (gettext("Care provider"), netting.provider_name),
        (gettext("Organisation number"), format_organisation_number(netting.provider_number)),
        (gettext("Account"), advice.account),
        (gettext("Payee"), payment.payee_name if payment else ""),
        (gettext("Day of payment"), advice.run.pay_on.isoformat()),
        (gettext("Status"), status(advice.status)),
        (gettext("Paid on"), advice.paid_on.isoformat() if advice.paid_on else ""),
        (gettext("Reason"), payment.reason if payment else ""),
        (gettext("Payment run"), run_number),
        (gettext("Payment reference"), payment.end_to_end_id if payment else ""),
    ]
    return [(label, value) for label, value in facts if value]


def advice_sums(advice: "Advice") -> list[tuple[str, Ore]]:
    """Return what an advice is made of, label and amount; the last one is what is paid."""
    parts = advice.parts
    label = gettext("To pay")
    if advice.run.decided_at is None:
        label = gettext("Would be paid")
    elif advice.status is PaymentStatus.PAID:
        label = gettext("Amount paid")
    lines = [
        (_counted(gettext("Invoices"), parts.invoices), parts.invoiced, parts.invoices),
        (_counted(gettext("Credits"), parts.credits), parts.credited, parts.credits),
        (
            _counted(gettext("Other clinics of the care provider"), parts.others),
            parts.of_others,
            parts.others,
        ),
        (_carried_from(parts.carried_from), parts.carried_in, parts.carried_in),
        (gettext("Rejected by the bank before, paid again"), parts.retried, parts.retried),
        (gettext("Left to draw in the next run"), -parts.carried_out, parts.carried_out),
    ]
    return [*((text, amount) for text, amount, is_there in lines if is_there), (label, parts.paid)]


def advice_sentences(advice: "Advice") -> list[str]:
    """Return what is to be explained: that nothing is paid, that a debt was netted, that it is paid anew."""
    parts, texts = advice.parts, []
    values = {"amount": format_kronor(parts.carried_out), "run": advice.carried_to}
    if advice.payment is None and advice.is_carried:
        text = gettext(
            "The credits are larger than the invoices. Nothing is paid: %(amount)s is carried on, and is "
            "netted with the care provider's next payment."
        )
        texts.append(text % values)
        if advice.carried_to is not None:
            texts.append(gettext("It was netted in payment run %(run)s.") % values)
    elif advice.payment is None and not parts.paid:
        texts.append(gettext("Invoices and credits come to 0 kr. Nothing is paid, and nothing is left."))
    if parts.carried_in:
        text = gettext("%(amount)s was left of payment run %(run)s and is drawn here.")
        texts.append(text % {"amount": format_kronor(parts.carried_in), "run": parts.carried_from})
    if advice.retried_in is not None:
        text = gettext("The bank rejected the payment. It is paid again in payment run %(run)s.")
        texts.append(text % {"run": advice.retried_in})
    elif advice.status is PaymentStatus.REJECTED:
        text = gettext(
            "The bank rejected the payment. It is paid again in the next payment run, to the account that "
            "the clinic has then. Check the account."
        )
        texts.append(text)
    return texts


@dataclass(frozen=True)
class AdviceAbout:
    """What stands above the invoices of an advice: what is to be explained, and what it comes to."""

    tone: str
    told: str
    sums: Sequence[tuple[str, Ore]]
    total: tuple[str, Ore]
    payments: Table


def advice_about(advice: "Advice") -> AdviceAbout:
    """Return an advice in the reader's words."""
    *sums, total = advice_sums(advice)
    is_bad = advice.status is PaymentStatus.REJECTED or advice.is_carried
    return AdviceAbout(
        tone="warn" if is_bad else "info",
        told=" ".join(advice_sentences(advice)),
        sums=sums,
        total=total,
        payments=plain_table(PAYMENTS_OF_NETTING, advice.payments),
    )


def advice_document(advice: "Advice", settled: "Sequence[SettledInvoice]") -> AdviceDocument:
    """Return an advice as the PDF shows it, in the reader's language."""
    facts = [
        (label, gettext(advice.status.label) if label == gettext("Status") else str(value))
        for label, value in advice_facts(advice)
        if label != gettext("Payment run")
    ]
    facts.append((gettext("Payment run"), str(advice.run.number)))
    return AdviceDocument(
        title=advice_title(advice),
        language=get_language() or "sv",
        facts=facts,
        sentences=advice_sentences(advice),
        sums=[(label, format_kronor(amount)) for label, amount in advice_sums(advice)],
        caption=gettext("Invoices"),
        headings=[str(column.label) for column in invoice_columns()],
        rows=[_cells(each) for each in settled],
    )


def _cells(settled: "SettledInvoice") -> tuple[str, ...]:
    invoice = settled.invoice
    return (
        invoice.external_reference,
        f"{invoice.clinic_number} - {invoice.clinic_name}",
        gettext(Scheme(invoice.module).label),
        invoice.invoice_date.isoformat(),
        format_kronor(settled.amount),
    )


def _counted(label: str, count: int) -> str:
    return f"{label} ({format_count(count)})"


def _carried_from(run_number: int | None) -> str:
    return gettext("Carried from payment run %(run)s") % {"run": run_number}
