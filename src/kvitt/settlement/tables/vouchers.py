"""The months of the books as their page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.forms import problem_text
from kvitt.foundation.tables import Table, plain_table
from kvitt.foundation.templatetags.kvitt import icon

if TYPE_CHECKING:
    from kvitt.settlement.queries.vouchers import VoucherMonth


@dataclass(frozen=True)
class VoucherPage:
    """Everything `voucher_files.html` shows."""

    table: Table | None
    faults: Sequence[str]


def voucher_page(months: "Sequence[VoucherMonth]") -> VoucherPage:
    """Return the page of months; what hinders any of them is told once."""
    faults = [problem_text(problem) for month in months for problem in month.problems]
    return VoucherPage(plain_table(_COLUMNS, months) if months else None, list(dict.fromkeys(faults)))


def _state(month: "VoucherMonth") -> str:
    if month.file is not None:
        return month.file.name
    if not month.has_ended:
        return gettext("The month has not ended")
    return gettext("Account string missing") if month.problems else gettext("Not made yet")


def _actions(month: "VoucherMonth") -> SafeString:
    name = f"{month.month:%Y-%m}"
    if month.file is not None:
        return format_html(
            '<a role="button" class="btn btn-row btn-quiet" href="{}">{}{}'
            '<span class="visually-hidden"> {}</span></a>',
            reverse("settlement:download_file", args=[month.file.pk]),
            icon("download"),
            gettext("Download"),
            name,
        )
    if not month.may_export:
        return SafeString("")
    return format_html(
        '<a role="button" class="btn btn-row btn-quiet" id="export-{}" href="{}" data-dialog>{}'
        '<span class="visually-hidden"> {}</span></a>',
        name,
        reverse("settlement:export_vouchers", args=[name]),
        gettext("Make voucher file"),
        name,
    )


_COLUMNS = (
    Column("month", _("Month"), lambda month: month.month, Kind.MONTH, lead=True),
    Column("vouchers", _("Vouchers"), lambda month: month.vouchers, Kind.COUNT),
    Column("total", _("Sum"), lambda month: month.total, Kind.MONEY),
    Column("state", _("Voucher file"), _state),
    Column("made", _("Made"), lambda month: month.file and month.file.made_at, Kind.MOMENT),
    Column("actions", "", _actions, css="acts"),
)
