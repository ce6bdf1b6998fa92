"""The billing of the demo's municipality: one month invoiced, and the next one waiting to be calculated."""

from collections.abc import Mapping
from datetime import date

from kvitt.foundation.values import dates
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.commands import (
    approval,
    billing_rules,
    incomes,
    invoice_contacts,
    invoices,
    runs,
)
from kvitt.modules.care_fees.lifecycle import IncomeKind, IncomePace
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.rules.income import HousingFacts, IncomeRow
from kvitt.modules.care_fees.rules.statements import NewStatement, StatedRow
from kvitt.portal.management import demo_data
from kvitt.registers.organisations.models import BillingArea, Clinic

# Pension and the tax on it a month, housing allowance, rent: Greta, who has just moved in, has stated none.
INCOMES = (
    ("hjordis", 1_780_000, 356_000, 0, 620_000),
    ("olof", 1_420_000, 241_000, 210_000, 620_000),
    ("birger", 2_310_000, 531_000, 0, 745_000),
    ("dagny", 1_650_000, 313_000, 0, 890_000),
    ("erik", 1_890_000, 397_000, 0, 890_000),
    ("tyra", 1_180_000, 165_000, 365_000, 710_000),
)


def make(
    *,
    today: date,
    areas: Mapping[str, BillingArea],
    units: Mapping[str, Clinic],
    clients: Mapping[str, Client],
) -> None:
    """Make incomes, contacts, rules and the time plan, and bill the month before the one that waits."""
    billed = dates.add_months(today.replace(day=1), -1)
    before = dates.add_months(billed, -1)
    _incomes(before, clients)
    bodil = demo_data.actor_of("bodil", today=today)
    for number, unit in units.items():
        invoice_contacts.save_contact(
            bodil,
            today=before,
            unit_id=unit.pk,
            name="Rut Referensson",
            phone=f"010-105 {number[:2]} {number[2:]}",
            email=f"faktura{number}@example.org",
            first_on=before,
        )
    area_ids = {area.pk for area in areas.values() if not area.is_intake}
    everywhere = billing_rules.save_rule(
        bodil, today=before, name="Hela kommunen", area_ids=area_ids, is_on_desktop=True
    )
    karla = demo_data.actor_of("karla", today=today)
    billing_rules.save_rule(
        karla, today=before, name="Norr", area_ids=karla.area_ids or (), is_on_desktop=True
    )
    for month, day in ((before, 12), (billed, 28)):
        due_on = dates.add_months(month, 1).replace(day=day)
        approval.set_time_plan(bodil, month=month, days=dict.fromkeys(area_ids, due_on))
    _bill(before, rule_id=everywhere.pk)


def _incomes(since: date, clients: Mapping[str, Client]) -> None:
    fia = demo_data.actor_of("fia", today=since)
    for key, pension, tax, allowance, rent in INCOMES:
        rows = [StatedRow(IncomeKind.PENSION, IncomeRow(IncomePace.MONTHLY, Ore(pension), Ore(tax)))]
        if allowance:
            rows.append(
                StatedRow(IncomeKind.HOUSING_ALLOWANCE, IncomeRow(IncomePace.MONTHLY, Ore(allowance)))
            )
        new = NewStatement(since, since, rows, HousingFacts(rent=Ore(rent)))
        incomes.save_income(fia, today=since, number=clients[key].number, new=new)


def _bill(month: date, *, rule_id: int) -> None:
    """Calculate, approve and invoice a month in the middle of the next one."""
    today = dates.add_months(month, 1).replace(day=15)
    bodil = demo_data.actor_of("bodil", today=today)
    runs.calculate_selection(bodil, rule_id=rule_id, month=month, today=today)
    approval.approve_areas(bodil, rule_id=rule_id, month=month, today=today, confirmed=True)
    batch = invoices.open_batch(bodil, month=month, invoice_date=today, today=today)
    invoices.make_batch(batch.pk)
