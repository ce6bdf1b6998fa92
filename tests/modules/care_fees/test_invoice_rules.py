"""What an invoice to a client says: reference, VAT, due date, lines, and who gets it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvitt.foundation.values.identity import is_valid_luhn
from kvitt.modules.care_fees.lifecycle import LineKind, RecipientKind
from kvitt.modules.care_fees.rules import invoices as rules
from kvitt.modules.care_fees.rules.invoices import (
    Contact,
    InvoiceLine,
    Payer,
    PostalAddress,
    Recipient,
    VatRow,
    Wait,
)

pytestmark = pytest.mark.requirement("CF-29")

HOME, STAY, BOX = PostalAddress("Hemgatan 1"), PostalAddress("Systergatan 2"), PostalAddress("Box 3")
SEPTEMBER, OCTOBER = dt.date(2024, 9, 1), dt.date(2024, 10, 1)
amounts = st.integers(-10_000_000, 10_000_000)


def test_reference_is_the_number_with_length_and_check_digit():
    assert rules.make_reference(1) == "133"
    assert rules.make_reference(100234) == "10023489"
    assert len(rules.make_reference(10**22)) == 25
    for number in (0, -1, 10**23):
        with pytest.raises(ValueError, match="no reference"):
            rules.make_reference(number)


@given(st.integers(1, 10**22))
def test_reference_is_valid_and_tells_its_length(number):
    reference = rules.make_reference(number)
    assert is_valid_luhn(reference)
    assert reference.startswith(str(number))
    assert int(reference[-2]) == len(reference) % 10


def test_due_date_is_so_many_days_after():
    assert rules.calculate_due_date(dt.date(2024, 11, 20), days=30) == dt.date(2024, 12, 20)


def test_vat_is_the_part_of_an_amount_that_includes_it():
    assert rules.calculate_vat(12_500, 25) == 2_500
    assert rules.calculate_vat(15_600, 12) == 1_671  # 1 671.43
    assert rules.calculate_vat(7, 6) == 0  # 0.396
    assert rules.calculate_vat(9, 6) == 1  # 0.509
    # Half an öre goes away from zero: 300 % of 2 is one and a half.
    assert (rules.calculate_vat(2, 300), rules.calculate_vat(-2, 300)) == (2, -2)
    assert rules.calculate_vat(10_000, 0) == 0


@given(amounts, st.integers(0, 25))
def test_vat_gives_back_what_it_took_and_is_within_half_an_ore(amount, percent):
    part = rules.calculate_vat(amount, percent)
    assert rules.calculate_vat(-amount, percent) == -part
    assert abs(part * (100 + percent) - amount * percent) * 2 <= 100 + percent


@given(st.lists(st.tuples(st.sampled_from([0, 6, 12, 25]), amounts), max_size=20))
def test_rates_add_up_to_the_lines(lines):
    rows = rules.sum_vat(lines)
    assert sum(row.total for row in rows) == sum(amount for _percent, amount in lines)
    assert [row.percent for row in rows] == sorted({percent for percent, _amount in lines})
    assert all(row.net + row.vat == row.total for row in rows)
    for row in rows:
        whole = sum(amount for percent, amount in lines if percent == row.percent)
        assert row == VatRow(row.percent, whole, rules.calculate_vat(whole, row.percent))


def difference(amount, month=SEPTEMBER, percent=0):
    return InvoiceLine("", amount, vat_percent=percent, kind=LineKind.DIFFERENCE, about_month=month)


def test_differences_of_a_month_are_one_line_and_counts_of_zero_none():
    care, lunch = InvoiceLine("Omvårdnad", 0), InvoiceLine("Lunch", 7_800, 1, kind=LineKind.PRODUCT)
    none = InvoiceLine("Matkorg", 0, 0, kind=LineKind.PRODUCT)
    lines = [care, difference(-100), none, lunch, difference(-200), difference(50, OCTOBER)]
    assert rules.group_lines(lines) == [care, difference(-300), lunch, difference(50, OCTOBER)]
    # What comes to nothing is not printed; a rate of its own is a line of its own.
    assert rules.group_lines([difference(-100), difference(100)]) == []
    assert len(rules.group_lines([difference(-100), difference(-100, percent=12)])) == 2


@given(
    st.lists(st.builds(difference, amounts, st.sampled_from([SEPTEMBER, OCTOBER]), st.sampled_from([0, 12])))
)
def test_grouped_lines_keep_the_sum(lines):
    assert sum(line.amount for line in rules.group_lines(lines)) == sum(line.amount for line in lines)


@pytest.mark.requirement("CF-2", "CF-3", "CF-4", "QU-19")
def test_recipient_is_who_is_registered_else_the_client():
    payer = Payer("Astrid", staying=None, registered=HOME)
    assert rules.choose_recipient(payer, None) == Recipient(RecipientKind.CLIENT, "Astrid", HOME)
    staying = Payer("Astrid", staying=STAY, registered=HOME)
    assert rules.choose_recipient(staying, None) == Recipient(RecipientKind.CLIENT, "Astrid", STAY)
    contact = Contact("Gunnar", BOX)
    assert rules.choose_recipient(payer, contact) == Recipient(RecipientKind.PERSON, "Gunnar", BOX)
    trust = Contact("Stiftelsen", BOX, organisation_number="5560000019")
    assert rules.choose_recipient(payer, trust) == Recipient(
        RecipientKind.ORGANISATION, "Stiftelsen", BOX, "5560000019"
    )
    for nowhere in (
        Payer("Astrid"),
        Payer("", registered=HOME),
        Payer("Astrid", registered=PostalAddress("")),
    ):
        assert rules.choose_recipient(nowhere, None) is Wait.RECIPIENT
    assert rules.choose_recipient(payer, Contact("Gunnar", PostalAddress(""))) is Wait.RECIPIENT
    # The dead gets none himself.
    dead, estate = Payer("Astrid", is_dead=True, registered=HOME), Contact("Dödsboet", BOX, is_estate=True)
    assert rules.choose_recipient(dead, None) is Wait.ESTATE
    assert rules.choose_recipient(dead, contact) is Wait.ESTATE
    assert rules.choose_recipient(dead, estate) == Recipient(RecipientKind.ESTATE, "Dödsboet", BOX)
    # Where a protected one lives is never printed.
    hidden = Payer("Vera", is_protected=True, registered=HOME)
    assert rules.choose_recipient(hidden, None) is Wait.UNSAFE
    assert rules.choose_recipient(hidden, contact) == Recipient(RecipientKind.PERSON, "Gunnar", BOX)
    safe = Payer("Vera", is_protected=True, staying=BOX, registered=HOME)
    assert rules.choose_recipient(safe, None) == Recipient(RecipientKind.CLIENT, "Vera", BOX)


_places = st.none() | st.sampled_from([HOME, STAY, PostalAddress("")])
_payers = st.builds(
    Payer, st.sampled_from(["Astrid", ""]), st.booleans(), st.just(True), _places, st.just(HOME)
)


@pytest.mark.requirement("QU-19")
@given(
    _payers, st.none() | st.builds(Contact, st.just("Gunnar"), st.sampled_from([STAY, BOX]), st.booleans())
)
def test_nothing_leads_to_where_a_protected_client_lives(payer, contact):
    chosen = rules.choose_recipient(payer, contact)
    assert isinstance(chosen, Wait) or chosen.address != HOME or payer.staying == HOME


def test_unit_that_is_asked_has_the_largest_line_of_care():
    care, rent = LineKind.CARE, LineKind.RENT
    assert rules.choose_unit([(care, 1, 100), (care, 2, 300), (rent, 3, 900)]) == 2
    assert rules.choose_unit([(rent, 3, 900), (LineKind.BOARD, 4, 1_000)]) == 4
    assert rules.choose_unit([(care, None, 900), (rent, 3, 1)]) == 3
    assert rules.choose_unit([]) is None
