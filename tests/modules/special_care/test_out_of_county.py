"""Care for patients of other regions: what each home region is billed for, and who sees it."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from kvitt.audit.models import Event
from kvitt.foundation import clock
from kvitt.ledger.models import Invoice
from kvitt.modules.special_care.models import Claim, ClaimInvoice, ClaimLine
from kvitt.modules.special_care.queries import out_of_county
from kvitt.modules.special_care.queries.out_of_county import Wanted
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.people.models import Person

pytestmark = pytest.mark.requirement("SC-25")
YEAR = Wanted(dt.date(2024, 1, 1), dt.date(2024, 12, 31))
NOVEMBER = Wanted(dt.date(2024, 11, 1), dt.date(2024, 11, 30))


@pytest.fixture
def make_claim(special_world):
    """Return a function that makes a claim of Lisa's, paid out on the day it was sent in unless told."""
    world = special_world
    numbers = iter(range(1, 100))

    def in_ledger(number, on, status):
        return Invoice.objects.create(
            authority=world.region,
            module="special_care",
            clinic=world.ryd,
            external_reference=str(number),
            invoice_date=on,
            due_date=on,
            total=0,
            status=status,
            issued_at=clock.now(),
            paid_on=on if status == "paid_out" else None,
        )

    def invoice(number, county, on, status, *, is_credit=False):
        return ClaimInvoice.objects.create(
            authority=world.region,
            clinic=world.ryd,
            reference=str(number),
            reference_key=str(number),
            our_reference=518_000 + number,
            county=county,
            received_on=on,
            is_credit=is_credit,
            is_open=False,
            ledger_invoice=in_ledger(number, on, status),
        )

    def made(
        county,
        *prices,
        sent_on=dt.date(2024, 11, 5),
        paid_on=None,
        status="released",
        payment="paid_out",
        credited_on=None,
        credit="paid_out",
    ):
        number = next(numbers)
        crediting = (
            invoice(number + 100, county, credited_on, credit, is_credit=True) if credited_on else None
        )
        claim = Claim.objects.create(
            authority=world.region,
            number=f"T2024-{number:06}",
            clinic=world.ryd,
            provider=world.eken,
            person=world.greta,
            invoice=invoice(number, county, paid_on or sent_on, payment),
            reference=str(number),
            reference_key=str(number),
            support="n",
            county=county,
            total=sum(prices),
            status=status,
            created_on=sent_on,
            sent_on=sent_on,
            credit_invoice=crediting,
            changed_at=clock.now(),
            changed_by="Lisa Demostrand",
        )
        for price in prices:
            ClaimLine.objects.create(
                claim=claim, performed_on=sent_on, code="101", text="Basundersökning", price=price
            )
        return claim

    return made


def bills(world, wanted):
    found = out_of_county.overview(world.actor("gustav"), wanted, query="")
    return {region.name: region.to_bill for region in found.regions}


def test_each_home_region_is_billed_what_is_paid_out(special_world, make_claim):
    make_claim("01", 98_000, -20_000)
    make_claim("01", 50_000)
    make_claim("12", 75_000)
    make_claim("12", 1_000, status="held", payment="returned")
    make_claim("12", 2_000, status="voided", payment="returned")
    make_claim("12", 4_000, payment="authorised")
    make_claim("", 99_000)

    found = out_of_county.overview(special_world.actor("gustav"), YEAR, query="")

    assert [(region.name, region.to_bill, region.waiting) for region in found.regions] == [
        ("Stockholm", 128_000, 0),
        ("Skåne", 75_000, 5_000),
    ]


def test_billed_month_never_changes(special_world, make_claim):
    october, november = dt.date(2024, 10, 7), dt.date(2024, 11, 8)
    make_claim("01", 98_000, sent_on=october, paid_on=november)
    make_claim("12", 75_000, sent_on=october, credited_on=november, credit="returned")

    assert bills(special_world, Wanted(october, october)) == {"Skåne": 75_000}
    assert bills(special_world, NOVEMBER) == {"Stockholm": 98_000}


def test_credit_is_taken_back_in_the_period_it_was_settled(special_world, make_claim):
    october, november = dt.date(2024, 10, 7), dt.date(2024, 11, 8)
    make_claim("01", 98_000, sent_on=october, credited_on=november)
    make_claim("12", 75_000, sent_on=november, credited_on=november)
    make_claim("14", 40_000, sent_on=october)

    assert bills(special_world, Wanted(october, october)) == {"Stockholm": 98_000, "Västra Götaland": 40_000}
    assert bills(special_world, NOVEMBER) == {"Stockholm": -98_000, "Skåne": 0}
    assert bills(special_world, YEAR) == {"Stockholm": 0, "Skåne": 0, "Västra Götaland": 40_000}


def test_lines_in_excel_sum_to_the_bill(special_world, make_claim, sign_in):
    make_claim("01", 98_000, -20_000)
    make_claim("01", 50_000, sent_on=dt.date(2024, 10, 7), credited_on=dt.date(2024, 11, 8))
    make_claim("12", 75_000)

    url = reverse("special_care:out_of_county_lines", args=["01"])
    response = sign_in(special_world, "gustav").get(f"{url}?first_on=2024-11-01&format=xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    [heading] = [row for row in rows if "Att debitera" in row]
    at = heading.index("Att debitera")
    amounts = [row[at] for row in rows[rows.index(heading) + 1 :] if isinstance(row[at], int | float)]
    assert sorted(amounts) == [-500, -200, 980]


@pytest.mark.requirement("QU-19")
def test_protected_persons_name_is_not_in_the_workbook(special_world, make_claim, sign_in):
    make_claim("01", 98_000)
    Person.objects.filter(pk=special_world.greta.pk).update(is_protected=True)

    url = reverse("special_care:out_of_county_lines", args=["01"])
    response = sign_in(special_world, "gustav").get(f"{url}?first_on=2024-11-01&format=xlsx")

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    told = str(list(sheet.iter_rows(values_only=True)))
    assert "19450312-9803" in told
    assert "Greta" not in told
    assert "Provander" not in told


def test_pages_show_the_sum_and_record_whom_they_show(special_world, make_claim, sign_in):
    make_claim("01", 98_000, -20_000)
    client = sign_in(special_world, "gustav")

    page = client.get(reverse("special_care:out_of_county")).content.decode()
    lines = client.get(reverse("special_care:out_of_county_lines", args=["01"])).content.decode()

    assert "Stockholm" in page
    assert "780\N{NO-BREAK SPACE}kr" in page
    assert "19450312-9803" in lines
    assert Event.objects.filter(action="special_care.out_of_county").count() == 2
    assert client.get(reverse("special_care:out_of_county_lines", args=["99"])).status_code == 404


def test_filters_choose_region_clinic_and_period(special_world, make_claim, sign_in):
    make_claim("01", 98_000)
    make_claim("12", 75_000, sent_on=dt.date(2024, 10, 7))
    client, url = sign_in(special_world, "hanna"), reverse("special_care:out_of_county")

    def shown(**filters):
        return [row.cells[1].html for row in client.get(url, filters).context["page"].rows]

    assert shown() == ["T2024-000001", "T2024-000002"]
    assert shown(county="12") == ["T2024-000002"]
    assert shown(first_on="2024-11-01") == ["T2024-000001"]
    assert shown(clinic=special_world.bjork.pk) == []


@pytest.mark.requirement("CO-4")
def test_only_the_region_bills_onward(special_world, make_claim):
    for name in ("lisa", "petra", "ivar"):
        with pytest.raises(NotAllowed):
            out_of_county.out_of_county_claims(special_world.actor(name), YEAR)
