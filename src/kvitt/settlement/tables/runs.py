"""The columns of payment runs and of what they net, and a run in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import Form, problem_text
from kvitt.foundation.tables import Crumb, Table, plain_table
from kvitt.foundation.templatetags.kvitt import moment, status, whole
from kvitt.foundation.values.identity import format_organisation_number
from kvitt.foundation.values.money import Ore, format_count, format_kronor
from kvitt.settlement.lifecycle import OutboxStatus, PaymentStatus, RunStatus
from kvitt.settlement.rules import runs as rules

if TYPE_CHECKING:
    from kvitt.settlement.queries.proposal_page import ProposalPage
    from kvitt.settlement.queries.run_page import NettingRow, RunPage, RunRow, RunSums

# How far the payments of a run have come, in the order of their way.
_ON_THE_WAY = (
    PaymentStatus.PLANNED,
    PaymentStatus.ORDERED,
    PaymentStatus.ACCEPTED,
    PaymentStatus.PAID,
    PaymentStatus.REJECTED,
    PaymentStatus.CANCELLED,
)


def _payments(row: "RunRow") -> str:
    """Return how many of a run's payments are settled: `3 paid, 1 rejected by the bank`."""
    return _counted({PaymentStatus.PAID: row.settled, PaymentStatus.REJECTED: row.rejected})


def _counted(payments: "Mapping[PaymentStatus, int]") -> str:
    """Return payments by status, in the order of their way: `1 ordered, 2 paid`."""
    counts = [(each, payments.get(each, 0)) for each in _ON_THE_WAY]
    return ", ".join(_of_status(each, count) for each, count in counts if count)


def _of_status(status: PaymentStatus, count: int) -> str:
    texts = {
        PaymentStatus.PLANNED: ngettext("%(count)s planned", "%(count)s planned", count),
        PaymentStatus.ORDERED: ngettext("%(count)s ordered", "%(count)s ordered", count),
        PaymentStatus.ACCEPTED: ngettext(
            "%(count)s accepted by the bank", "%(count)s accepted by the bank", count
        ),
        PaymentStatus.PAID: ngettext("%(count)s paid", "%(count)s paid", count),
        PaymentStatus.REJECTED: ngettext(
            "%(count)s rejected by the bank", "%(count)s rejected by the bank", count
        ),
        PaymentStatus.CANCELLED: ngettext("%(count)s cancelled", "%(count)s cancelled", count),
    }
    return texts[status] % {"count": format_count(count)}


def _approver(row: "RunRow") -> str:
    return row.run.decided_by if row.run.status == RunStatus.APPROVED else ""


RUNS = (
    Column("number", _("Payment run"), lambda row: str(row.run.number), sort=("number",), lead=True),
    Column("day", _("Day of payment"), lambda row: row.run.pay_on, Kind.DATE, sort=("pay_on",)),
    Column("status", _("Status"), lambda row: RunStatus(row.run.status), Kind.STATUS),
    Column("providers", _("Care providers"), lambda row: row.providers, Kind.COUNT),
    Column("payments", _("Payments"), lambda row: row.payments, Kind.COUNT, note=_payments),
    Column("paid", _("Sum"), lambda row: row.paid, Kind.MONEY, css="sum"),
    Column("carried", _("Carried on"), lambda row: row.carried or None, Kind.MONEY),
    Column("proposed_by", _("Proposed by"), lambda row: row.run.proposed_by, sort=("proposed_by",)),
    Column("decided_by", _("Approved by"), _approver),
)


NETTINGS = (
    Column(
        "provider",
        _("Care provider"),
        lambda row: row.netting.provider_name,
        sort=("provider_name",),
        lead=True,
        note=lambda row: format_organisation_number(row.netting.provider_number),
    ),
    Column("invoices", _("Invoices"), lambda row: row.invoices, Kind.COUNT),
    Column("invoiced", _("Invoiced"), lambda row: row.invoiced, Kind.MONEY),
    Column("credited", _("Credits"), lambda row: row.credited or None, Kind.MONEY),
    Column(
        "carried_in",
        _("Carried here"),
        lambda row: row.netting.carried_in_amount or None,
        Kind.MONEY,
        sort=("carried_in_amount",),
    ),
    Column("retried", _("Paid again"), lambda row: row.netting.retried_amount or None, Kind.MONEY),
    Column(
        "carried_out",
        _("Carried on"),
        lambda row: row.netting.carried_out_amount or None,
        Kind.MONEY,
        sort=("carried_out_amount",),
    ),
    Column(
        "paid",
        _("To pay"),
        lambda row: row.netting.paid_amount,
        Kind.MONEY,
        sort=("paid_amount",),
        css="sum",
    ),
)


def run_facts(page: "RunPage") -> list[tuple[str, object]]:
    """Return what stands above the nettings of a run, as labels and ready values."""
    run, file = page.run, page.file
    facts = [
        (gettext("Status"), status(page.status)),
        (gettext("Day of payment"), run.pay_on.isoformat()),
        (gettext("Care providers"), format_count(page.sums.providers)),
        (gettext("Payments"), _counted(page.payments) or gettext("none")),
        (gettext("Payment file"), file.name if file else ""),
        (gettext("The file"), status(OutboxStatus(file.status)) if file else ""),
        (gettext("Checksum (SHA-256)"), format_html("<code>{}</code>", file.sha256) if file else ""),
    ]
    return [(label, value) for label, value in facts if value]


def run_story(page: "RunPage") -> list[tuple[RunStatus, str, str]]:
    """Return who did what with a run, and when."""
    return [(step, moment(at), name) for step, at, name in page.story]


def run_sums(sums: "RunSums", *, is_decided: bool) -> list[tuple[str, Ore]]:
    """Return what a run comes to, label and amount; the last one is what is paid."""
    lines = [
        (gettext("Invoices"), sums.invoiced, True),
        (gettext("Credits"), sums.credited, sums.credited),
        (gettext("Carried from earlier runs"), sums.carried_in, sums.carried_in),
        (gettext("Rejected by the bank before, paid again"), sums.retried, sums.retried),
        (gettext("Left to draw in the next run"), -sums.carried_out, sums.carried_out),
    ]
    label = gettext("To pay") if is_decided else gettext("Would be paid")
    return [*((text, amount) for text, amount, is_there in lines if is_there), (label, sums.paid)]


def unfold_text(row: "NettingRow") -> str:
    """Return what unfolds a netting: `3 invoices, 1 payment`."""
    invoices = ngettext("%(count)s invoice", "%(count)s invoices", row.invoices)
    parts = [invoices % {"count": format_count(row.invoices)}]
    if row.payments:
        payments = ngettext("%(count)s payment", "%(count)s payments", len(row.payments))
        parts.append(payments % {"count": format_count(len(row.payments))})
    return ", ".join(parts)


def carried_text(row: "NettingRow") -> str:
    """Return why a netting pays nothing, where it does not."""
    if not row.netting.carried_out_amount:
        return ""
    text = gettext(
        "The credits are larger than the invoices: nothing is paid, and %(amount)s is carried on to the next "
        "run."
    )
    return text % {"amount": format_kronor(row.netting.carried_out_amount)}


@dataclass(frozen=True)
class RunAbout:
    """What stands around the nettings of a run: a notice, faults, what it comes to, and its way so far."""

    notice: str
    faults: Sequence[str]
    sums: Sequence[tuple[str, Ore]]
    total: tuple[str, Ore]
    story: Sequence[tuple[RunStatus, str, str]]


def run_about(page: "RunPage") -> RunAbout:
    """Return a run in the reader's words."""
    *sums, total = run_sums(page.sums, is_decided=page.status is RunStatus.APPROVED)
    return RunAbout(
        notice=_run_notice(page),
        faults=[problem_text(problem) for problem in page.unbookable],
        sums=sums,
        total=total,
        story=run_story(page),
    )


def _run_notice(page: "RunPage") -> str:
    """Say what the reader waits for: another person, or an answer of the bank."""
    if page.is_late:
        return gettext(rules.PASSED_MEANWHILE) % {"day": page.run.pay_on}
    if page.is_own:
        return gettext("You have proposed this run. Another person with the right to attest approves it.")
    if page.status is RunStatus.PROPOSED and not page.may_approve and not page.unbookable:
        return gettext("The run waits for the approval of a person with the right to attest.")
    return ""


def approval_done(page: "RunPage") -> str:
    """Tell that a run is approved, and what happens next where it pays anything."""
    if not sum(page.payments.values()):
        return gettext("Payment run %(number)s is approved.")
    return gettext("Payment run %(number)s is approved. The payment file is sent within a few seconds.")


def approval_question(page: "RunPage") -> SafeString:
    """Say what an approval does."""
    payments = sum(page.payments.values())
    if not payments:
        return whole(
            gettext(
                "Nothing is paid: invoices and credits are netted, and what is left is carried on. This "
                "cannot be undone."
            )
        )
    text = ngettext(
        "%(count)s payment of %(sum)s is ordered for %(day)s. The payment file is made, once, and sent to "
        "the bank. This cannot be undone.",
        "%(count)s payments of %(sum)s in all are ordered for %(day)s. The payment file is made, once, and "
        "sent to the bank. This cannot be undone.",
        payments,
    )
    words = {
        "count": format_count(payments),
        "sum": format_kronor(page.sums.paid),
        "day": page.run.pay_on,
    }
    return whole(text % words)


# What a new run would pay -------------------------------------------------------------------------

_PLANNED = (
    Column(
        "provider",
        _("Care provider"),
        lambda row: row.provider,
        lead=True,
        note=lambda row: format_organisation_number(row.provider_number),
    ),
    Column("invoices", _("Invoices"), lambda row: row.invoices, Kind.COUNT),
    Column("invoiced", _("Invoiced"), lambda row: row.invoiced, Kind.MONEY),
    Column("credited", _("Credits"), lambda row: row.credited or None, Kind.MONEY),
    Column("carried_in", _("Carried here"), lambda row: row.carried_in or None, Kind.MONEY),
    Column("retried", _("Paid again"), lambda row: row.retried or None, Kind.MONEY),
    Column("carried_out", _("Carried on"), lambda row: row.carried_out or None, Kind.MONEY),
    Column("paid", _("To pay"), lambda row: row.paid, Kind.MONEY, css="sum"),
)
_LEFT_OUT = (
    Column("clinic", _("Clinic"), lambda row: f"{row.clinic_number} - {row.clinic_name}", lead=True),
    Column("provider", _("Care provider"), lambda row: row.provider_name),
    Column("invoices", _("Invoices"), lambda row: row.count, Kind.COUNT),
    Column("sum", _("Sum"), lambda row: row.total, Kind.MONEY, css="sum"),
)


@dataclass(frozen=True)
class ProposalFormPage:
    """Everything `propose_run.html` shows."""

    title: str
    lead: str
    crumbs: Sequence[Crumb]
    form: Form
    planned: Table
    left_out: Table
    paid: Ore
    ready: str
    waiting_url: str
    waiting: str
    may_propose: bool


def proposal_form_page(about: "ProposalPage", form: Form, *, way: Sequence[Crumb]) -> ProposalFormPage:
    """Return what a new run would pay in the reader's words."""
    number = about.waiting_run
    text = gettext("Payment run %(number)s is proposed already. Approve or cancel it first.")
    return ProposalFormPage(
        title=gettext("Propose payment run"),
        lead=gettext("This is what would be paid now. Nothing leaves before another person approves."),
        crumbs=way,
        form=form,
        planned=plain_table(_PLANNED, about.rows),
        left_out=plain_table(_LEFT_OUT, about.left_out),
        paid=about.paid,
        ready=_ready_text(about),
        waiting_url=reverse("settlement:run", args=[number]) if number else "",
        waiting=text % {"number": number} if number else "",
        may_propose=bool(about.rows) and not number,
    )


def _ready_text(about: "ProposalPage") -> str:
    if not about.ready_count:
        return ""
    text = ngettext(
        "The sum includes %(count)s invoice of claims, %(sum)s, which is proposed for payment at the same "
        "time.",
        "The sum includes %(count)s invoices of claims, %(sum)s, which are proposed for payment at the same "
        "time.",
        about.ready_count,
    )
    return text % {"count": format_count(about.ready_count), "sum": format_kronor(about.ready_amount)}
