"""The columns of the billing run: its rules, and the clients of a selection."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.columns import Column, Kind
from kvitt.foundation.templatetags.kvitt import lamp_word

if TYPE_CHECKING:
    from kvitt.modules.care_fees.models import BillingRule
    from kvitt.modules.care_fees.queries.run_clients import ClientRow


def _button(identity: str, url: str, label: str, of: str, *, is_dialog: bool = True) -> SafeString:
    return format_html(
        '<a class="btn btn-row btn-quiet" role="button" id="{}" href="{}"{}>{}'
        '<span class="visually-hidden"> {}</span></a>',
        identity,
        url,
        SafeString(" data-dialog") if is_dialog else "",
        label,
        of,
    )


def _areas(rule: "BillingRule") -> str:
    return ", ".join(area.name for area in sorted(rule.areas.all(), key=lambda area: area.sort_key))


def _rule_actions(rule: "BillingRule") -> SafeString:
    change = reverse("care_fees:save_rule", args=[rule.pk])
    end = reverse("care_fees:end_rule", args=[rule.pk])
    return format_html(
        "{}{}",
        _button(f"change-rule-{rule.pk}", change, gettext("Change"), rule.name),
        _button(f"end-rule-{rule.pk}", end, gettext("End"), rule.name),
    )


def rule_columns(*, has_actions: bool) -> Sequence[Column]:
    """Return the columns of the rules; a file has no buttons. Source: debitering-ao, page 27; spec CF-23."""
    actions = (Column("actions", "", _rule_actions, css="acts"),) if has_actions else ()
    return (
        Column("name", _("Rule"), lambda rule: rule.name, sort=("name",), lead=True),
        Column("areas", _("Billing areas"), _areas),
        Column(
            "is_on_desktop",
            _("On the desktop"),
            lambda rule: gettext("Yes") if rule.is_on_desktop else gettext("No"),
        ),
        *actions,
    )


# The clients of a selection -----------------------------------------------------------------------


def _lamps(row: "ClientRow") -> SafeString:
    return lamp_word(row.lamps, gettext("spouses") if len(row.lamps) > 1 else "")


def _client_actions(row: "ClientRow") -> SafeString:
    if row.calculate_url:
        label = gettext("Calculate/compile")
        return _button(f"calculate-{row.number}", row.calculate_url, label, row.number)
    return _button(f"show-{row.number}", row.url, gettext("Show calculation"), row.number, is_dialog=False)


def client_columns(*, has_actions: bool) -> Sequence[Column]:
    """Return the columns of a selection's clients; a file has words for lamps, and no buttons.

    Source: debitering-ao, pages 29-37; spec CF-24.
    """
    actions = (Column("actions", "", _client_actions, css="acts"),) if has_actions else ()
    lamp = _lamps if has_actions else lambda row: row.lamp
    return (
        Column("lamp", _("Lamp"), lamp, Kind.STATUS, sort=("lamp_place", "person__sort_key")),
        Column(
            "name",
            _("Client"),
            lambda row: row.name,
            sort=("person__sort_key",),
            lead=True,
            link=lambda row: row.url,
            note=lambda row: row.number,
        ),
        Column("area", _("Area"), lambda row: row.area, sort=("area_key",), css="off-phone"),
        Column("remark", _("Remark"), lambda row: row.remark, css="full"),
        Column("fee", _("Fee"), lambda row: row.fee, Kind.MONEY, sort=("total",), css="sum"),
        *actions,
    )
