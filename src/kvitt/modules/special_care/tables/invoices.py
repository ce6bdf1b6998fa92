"""The columns of invoices of claims, and of the claims that they unfold."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.templatetags.kvitt import icon, status
from kvitt.foundation.values import municipalities
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.foundation.values.text import gettext_noop
from kvitt.modules.special_care.rules.invoice import ClaimState, InvoiceState, ShownState

if TYPE_CHECKING:
    from kvitt.modules.special_care.queries.invoices import ClaimRow, InvoiceRow
    from kvitt.modules.special_care.queries.undoing import ClaimQuestion

EN_DASH = "\N{EN DASH}"
# A reference with more characters than this may be broken where its column ends.
MOST_WHOLE = 24
LONG = SafeString(' class="kv-long"')
NO_BANKGIRO = gettext_noop("(ask the region for it)")


def state_text(shown: ShownState) -> str:
    """Return a state as the manual writes it: `Utbetalningsdatum 2021-10-01`."""
    return " ".join(part for part in (gettext(shown.state.label), str(shown.on or "")) if part)


def state_pill(shown: ShownState) -> SafeString:
    """Return the same with its colour and icon."""
    pill = status(shown.state)
    return pill if shown.on is None else format_html('{} <span class="kv-nowrap">{}</span>', pill, shown.on)


def counts_text(counts: dict[ClaimState, int]) -> str:
    """Return how many claims stand otherwise than the rest: `2 räkningar krediterade`."""
    return ", ".join(_count(state, count) for state, count in counts.items())


def _count(state: ClaimState, count: int) -> str:
    texts = {
        ClaimState.CREDITED: ngettext("%(count)s claim credited", "%(count)s claims credited", count),
        ClaimState.UNDER_REVIEW: ngettext(
            "%(count)s claim under review", "%(count)s claims under review", count
        ),
        ClaimState.VOIDED: ngettext("%(count)s claim voided", "%(count)s claims voided", count),
        ClaimState.DELETED: ngettext("%(count)s claim deleted", "%(count)s claims deleted", count),
    }
    return texts[state] % {"count": format_count(count)}


def count_text(shown: str, count: str, number: int) -> str:
    """Return how many invoices are shown: `Visar 3 av 3 fakturor`."""
    text = ngettext(
        "Showing %(shown)s of %(count)s invoice", "Showing %(shown)s of %(count)s invoices", number
    )
    return text % {"shown": shown, "count": count}


def claim_count_text(shown: str, count: str, number: int) -> str:
    """Return how many claims are shown."""
    text = ngettext("Showing %(shown)s of %(count)s claim", "Showing %(shown)s of %(count)s claims", number)
    return text % {"shown": shown, "count": count}


# Invoices -----------------------------------------------------------------------------------------


def invoice_columns(
    *,
    has_clinics: bool,
    has_actions: bool,
    unfolding: "Callable[[InvoiceRow], tuple[str, bool]] | None",
) -> Sequence[Column]:
    """Return the columns of *Era fakturor*; `unfolding` is where a row unfolds or folds, None in a workbook.

    Source: fakturaportalen, page 7; spec SC-17, SC-20.
    """
    clinic = Column("clinic", _("Clinic"), lambda row: str(row.invoice.clinic), sort=("clinic__sort_key",))

    def reference(row: "InvoiceRow") -> object:
        return _unfolder(row, *unfolding(row)) if unfolding else row.invoice.reference

    return (
        Column(
            "reference",
            _("OCR/Invoice number"),
            reference,
            sort=("reference_key",),
            lead=True,
            whole_words=True,
        ),
        *((clinic,) if has_clinics else ()),
        Column(
            "received", _("Received"), lambda row: row.invoice.received_on, Kind.DATE, sort=("received_on",)
        ),
        Column("amount", _("Amount"), lambda row: row.amount, Kind.MONEY, css="sum"),
        Column(
            "status",
            _("Status"),
            lambda row: state_pill(row.shown) if unfolding else state_text(row.shown),
            Kind.STATUS,
        ),
        Column(
            "our_reference",
            _("Our reference"),
            lambda row: str(row.invoice.our_reference),
            sort=("our_reference",),
            link=lambda row: reverse("special_care:claim_invoice", args=[row.invoice.our_reference]),
            css="kv-nowrap",
        ),
        Column("claims", _("Claim status"), lambda row: counts_text(row.counts), css="full"),
        *((Column("actions", "", _invoice_actions, css="acts"),) if has_actions else ()),
    )


def _unfolder(row: "InvoiceRow", url: str, is_open: bool) -> SafeString:  # noqa: FBT001 - what `unfolding` answers
    return format_html(
        '<a class="kv-unfold" id="unfold-{number}" href="{url}" role="button" aria-expanded="{is_open}"'
        ' hx-get="{url}" hx-target="main" hx-select="main" hx-swap="outerHTML" hx-push-url="true">'
        "{icon}<span{long}>{reference}</span></a>",
        number=row.invoice.our_reference,
        url=url,
        is_open="true" if is_open else "false",
        long=LONG if len(row.invoice.reference) > MOST_WHOLE else "",
        icon=icon("chevron-down" if is_open else "chevron-right"),
        reference=row.invoice.reference,
    )


def _invoice_actions(row: "InvoiceRow") -> str:
    if not row.may_delete:
        return ""
    number = row.invoice.our_reference
    url = reverse("special_care:delete_claim_invoice", args=[number])
    return _button(f"delete-invoice-{number}", url, gettext("Delete"), row.invoice.reference, "btn-remove")


def _button(identity: str, url: str, label: str, of: str, css: str = "btn-quiet") -> SafeString:
    return format_html(
        '<a class="btn btn-row {}" role="button" id="{}" href="{}" data-dialog>{}'
        '<span class="visually-hidden"> {}</span></a>',
        css,
        identity,
        url,
        label,
        of,
    )


# Claims -------------------------------------------------------------------------------------------


def claim_columns(*, has_actions: bool) -> Sequence[Column]:
    """Return the columns of an invoice's claims. Source: fakturaportalen, page 8; spec SC-18."""
    return (
        Column(
            "reference",
            _("Claim reference"),
            lambda row: row.claim.reference,
            lead=True,
            sort=("reference_key",),
            link=lambda row: reverse("special_care:case", args=[row.claim.number]),
            whole_words=True,
        ),
        Column(
            "identity",
            _("Personal number"),
            lambda row: row.person.identity_number,
            Kind.IDENTITY,
            sort=("person__identity_number",),
            note=lambda row: gettext("Protected identity") if row.person.is_protected else "",
        ),
        Column(
            "plan", _("FHB number"), lambda row: row.claim.plan and row.claim.plan.number, css="kv-nowrap"
        ),
        Column("fee", _("Patient fee"), lambda row: row.fee, Kind.MONEY),
        Column("total", _("Total sum"), lambda row: row.total, Kind.MONEY, sort=("total",), css="sum"),
        Column("sent_by", _("Registered by"), lambda row: row.claim.sent_by),
        Column("status", _("Status"), lambda row: row.state, Kind.STATUS),
        *((Column("actions", "", _claim_actions, css="acts"),) if has_actions else ()),
    )


def _claim_actions(row: "ClaimRow") -> SafeString:
    number, of = row.claim.number, row.claim.reference
    offered = (
        (row.may_delete, "delete_claim", gettext("Delete"), "btn-remove"),
        (row.may_credit, "credit_claim", pgettext("verb", "Credit"), "btn-quiet"),
        (row.may_withdraw_credit, "withdraw_claim_credit", gettext("Undo crediting"), "btn-quiet"),
    )
    buttons = [
        _button(f"{name}-{number}", reverse(f"special_care:{name}", args=[number]), label, of, css)
        for is_offered, name, label, css in offered
        if is_offered
    ]
    return format_html_join("", "{}", ((button,) for button in buttons))


def claim_details(row: "ClaimRow") -> list[tuple[str, str]]:
    """Return what *Expandera* tells of a claim, as label and text.

    Source: fakturaportalen, page 8; spec SC-18.
    """
    claim = row.claim
    details = [
        (gettext("Exemption card"), _card(row)),
        (gettext("Certificate"), _certificate(row)),
        (gettext("Care model"), gettext(row.care_model.label) if row.care_model else EN_DASH),
        (gettext("Patient category"), row.category or EN_DASH),
        (gettext("Comment"), claim.comment or EN_DASH),
    ]
    if claim.void_reason:
        details.append((gettext("Why it was voided"), claim.void_reason))
    if claim.credit_invoice is not None and not row.is_credit:
        details.append((gettext("Credited by our reference"), str(claim.credit_invoice.our_reference)))
    return details


def _card(row: "ClaimRow") -> str:
    claim = row.claim
    if not claim.card_number:
        return EN_DASH
    return f"{claim.card_number}, {claim.card_first_on} {EN_DASH} {claim.card_last_on}"


def _certificate(row: "ClaimRow") -> str:
    kind = gettext(row.support.label)
    certificate = row.claim.certificate
    if certificate is None:
        return kind
    until = str(certificate.last_on) if certificate.last_on else gettext("until further notice")
    words = gettext("%(kind)s, certificate number %(number)s, %(first)s - %(last)s")
    return words % {"kind": kind, "number": certificate.number, "first": certificate.first_on, "last": until}


# One invoice, and what comes of a credit ----------------------------------------------------------


def invoice_facts(row: "InvoiceRow") -> list[tuple[str, object]]:
    """Return what stands above the claims of an invoice, as labels and ready values."""
    invoice = row.invoice
    facts = [
        (gettext("OCR/Invoice number"), invoice.reference),
        (gettext("Our reference"), str(invoice.our_reference)),
        (gettext("Status"), state_pill(row.shown)),
        (gettext("Received"), invoice.received_on.isoformat()),
        (gettext("Amount"), format_kronor(row.amount)),
        (gettext("Claim status"), counts_text(row.counts)),
        (gettext("Clinic"), str(invoice.clinic)),
        (
            gettext("Patients of"),
            municipalities.counties().get(invoice.county, invoice.county) if invoice.county else "",
        ),
    ]
    return [(label, value) for label, value in facts if value]


def repayment_text(row: "InvoiceRow", bankgiro: str) -> str:
    """Return how the money of a credit invoice is paid back by hand, where it is still to be."""
    if row.shown.state is not InvoiceState.AWAITS_REPAYMENT:
        return ""
    return _pay_back(bankgiro, -row.amount, str(row.invoice.our_reference))


def _pay_back(bankgiro: str, amount: int, reference: str) -> str:
    text = gettext(
        "Nothing can be drawn from a plusgiro. Pay %(amount)s to the region's bankgiro %(bankgiro)s and "
        "state our reference %(reference)s."
    )
    return text % {
        "amount": format_kronor(amount),
        "bankgiro": bankgiro or gettext(NO_BANKGIRO),
        "reference": reference,
    }


def paid_back_text(question: "ClaimQuestion") -> str:
    """Return what a credit does to the money, before it is made.

    Source: fakturaportalen, page 9; spec SC-21.
    """
    if question.is_paid_back_by_hand:
        text = gettext(
            "Nothing can be drawn from a plusgiro. Pay %(amount)s to the region's bankgiro %(bankgiro)s. The "
            "reference to state is that of the credit invoice, and is shown when it is made."
        )
        return text % {
            "amount": format_kronor(question.claim.total),
            "bankgiro": question.bankgiro or gettext(NO_BANKGIRO),
        }
    return gettext("The amount is drawn from the clinic's next payment by itself. You need to do nothing.")


def credited_text(question: "ClaimQuestion", *, says_payment: bool) -> str:
    """Return what has come of a credit, and how it is paid back where the next page does not say it."""
    credit = question.claim.credit_invoice
    if credit is None:
        return ""
    text = gettext("Claim %(claim)s is credited by invoice %(invoice)s, our reference %(reference)s.")
    made = text % {
        "claim": question.claim.reference,
        "invoice": credit.reference,
        "reference": credit.our_reference,
    }
    if not (says_payment and question.is_paid_back_by_hand):
        return made
    return f"{made} {_pay_back(question.bankgiro, question.claim.total, str(credit.our_reference))}"
