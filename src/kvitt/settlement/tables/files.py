"""The columns of files that leave, of the bank's answers, and of the accounts that pay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Crumb
from kvitt.foundation.templatetags.kvitt import icon
from kvitt.foundation.values.money import format_count
from kvitt.settlement.lifecycle import BankFileKind, FileKind, OutboxStatus

if TYPE_CHECKING:
    from kvitt.settlement.models import OutgoingFile
    from kvitt.settlement.rules.bank_answers import ReadResult

_HASH_SHOWN = 12


def file_columns(*, may_resend: "Callable[[OutgoingFile], bool] | None") -> list[Column]:
    """Return the columns of files that leave; without `may_resend`, for a workbook, no buttons."""
    columns = [
        Column("made", _("Made"), lambda file: file.made_at, Kind.MOMENT, sort=("made_at",), css="kv-nowrap"),
        Column("name", _("File"), lambda file: file.name, sort=("name",), lead=True, css="kv-nowrap"),
        Column("kind", _("Kind"), lambda file: FileKind(file.kind), note=_of),
        Column("status", _("Status"), lambda file: OutboxStatus(file.status), Kind.STATUS),
        Column("sent", _("Sent"), lambda file: file.sent_at, Kind.MOMENT, sort=("sent_at",), note=_times),
        Column("sha256", "SHA-256", _checksum, css="kv-opt"),
    ]
    if may_resend is None:
        return [*columns[:-1], Column("sha256", _("Checksum (SHA-256)"), lambda file: file.sha256)]
    return [
        *columns,
        Column("actions", "", lambda file: _actions(file, may_resend=may_resend(file)), css="acts"),
    ]


def _of(file: "OutgoingFile") -> str:
    if file.run is not None:
        return gettext("Payment run %(run)s") % {"run": file.run.number}
    return f"{file.period:%Y-%m}" if file.period else ""


def _times(file: "OutgoingFile") -> str:
    return gettext("%(count)s times") % {"count": file.sent_count} if file.sent_count > 1 else ""


def _checksum(file: "OutgoingFile") -> SafeString:
    return format_html('<code title="{}">{}…</code>', file.sha256, file.sha256[:_HASH_SHOWN])


def _actions(file: "OutgoingFile", *, may_resend: bool) -> SafeString:
    download = format_html(
        '<a role="button" class="btn btn-row btn-quiet" href="{}">{}{}'
        '<span class="visually-hidden"> {}</span></a>',
        reverse("settlement:download_file", args=[file.pk]),
        icon("download"),
        gettext("Download"),
        file.name,
    )
    if not may_resend:
        return download
    again = format_html(
        '<a role="button" class="btn btn-row btn-quiet" id="resend-{}" href="{}" data-dialog>{}'
        '<span class="visually-hidden"> {}</span></a>',
        file.pk,
        reverse("settlement:resend_file", args=[file.pk]),
        gettext("Send again"),
        file.name,
    )
    return download + again


def resend_question(file: "OutgoingFile") -> str:
    """Say what it can lead to that a file is sent again."""
    if file.kind in {FileKind.INVOICES, FileKind.EINVOICES}:
        return gettext(
            "Send it again only if it did not arrive: invoices that are printed or delivered twice reach the "
            "clients twice. The log says that you did it."
        )
    if file.kind in {FileKind.VOUCHERS, FileKind.FEE_VOUCHERS}:
        return gettext(
            "Send it again only if it did not arrive: a voucher file that the economy system reads twice is "
            "booked twice. The log says that you did it."
        )
    return gettext(
        "Send it again only if it did not arrive: a payment file that the bank reads twice can be paid "
        "twice. The log says that you did it."
    )


BANK_FILES = (
    Column("read", _("Read at"), lambda file: file.read_at, Kind.MOMENT, sort=("read_at",)),
    Column("name", _("File"), lambda file: file.name, sort=("name",), lead=True, css="kv-long"),
    Column("kind", _("Kind"), lambda file: BankFileKind(file.kind)),
    Column("by", _("Read by"), lambda file: file.read_by),
    Column("payments", _("Payments"), lambda file: file.payment_count, Kind.COUNT),
)


def iban_text(iban: str) -> str:
    """Return an IBAN as it is written, in groups of four: `SE45 5000 0000 0583 9825 7466`."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


PAYING_ACCOUNTS = (
    Column("first", _("From"), lambda account: account.first_on, Kind.DATE, sort=("first_on",), lead=True),
    Column("iban", _("IBAN"), lambda account: iban_text(account.iban), css="kv-nowrap"),
    Column("bic", _("BIC"), lambda account: account.bic),
)


# What came of a file of the bank ------------------------------------------------------------------


@dataclass(frozen=True)
class BankFileAnswer:
    """Everything `bank_file_read.html` shows."""

    title: str
    lead: str
    crumbs: Sequence[Crumb]
    facts: Sequence[tuple[str, str]]
    remarks: Sequence[str]


def bank_file_answer(result: "ReadResult", name: str, *, way: Sequence[Crumb]) -> BankFileAnswer:
    """Return what came of a file in the reader's words."""
    facts = [
        (gettext("Kind"), gettext(result.kind.label)),
        (gettext("Payments made"), format_count(result.paid)),
        (gettext("Accepted by the bank"), format_count(result.accepted)),
        (gettext("Rejected by the bank"), format_count(result.rejected)),
        (gettext("Not taken on"), format_count(len(result.remarks))),
    ]
    return BankFileAnswer(
        title=gettext("The file is read"),
        lead=name,
        crumbs=way,
        facts=facts,
        remarks=[problem_text(remark) for remark in result.remarks],
    )
