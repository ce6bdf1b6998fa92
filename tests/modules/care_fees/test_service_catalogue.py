"""The billing office keeps the catalogue of services; a file of it is loaded whole or not at all."""

import datetime as dt
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules import care_fees
from kvitt.modules.care_fees.commands import services as commands
from kvitt.modules.care_fees.exchange import services as exchange
from kvitt.modules.care_fees.models import PerformedService, Service, ServicePrice
from kvitt.modules.care_fees.queries import services as queries
from kvitt.modules.care_fees.rules import catalogue as rules
from kvitt.registers.organisations.models import Authority

pytestmark = pytest.mark.requirement("CF-6")

SHIPPED = Path(care_fees.__path__[0]) / "demo" / "services.csv"
HEADING = "code,name,kind,care,measure,capped,restricted,first_on,last_on,price_from,price,day_amount,vat"
MUNICIPALITY = "212000-9994"
BILLED = dt.date(2024, 11, 1)


def day(text):
    return dt.date.fromisoformat(text)


def kvitt(*arguments):
    """Return the exit code, standard output and standard error of `kvitt load_services`."""
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("load_services", *map(str, arguments), stdout=out, stderr=err, no_color=True)
    except SystemExit as exit_:
        code = exit_.code
    except CommandError as fault:
        code = fault.returncode
        err.write(str(fault))
    return code, out.getvalue(), err.getvalue()


def faults_of(*lines):
    _, faults = exchange.read_services("\n".join((HEADING, *lines)).encode())
    return [(fault.line, fault.code, fault.field) for fault in faults]


# From a file --------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-16")
def test_shipped_services_are_loaded_once(care_world):
    other = Authority.objects.create(
        name="Annan kommun", kind="municipality", organisation_number="2120009986"
    )

    first, second = kvitt(SHIPPED, "2120009986"), kvitt(SHIPPED, "212000-9986")

    assert first == (0, "39 services and prices added or changed\n", "")
    assert second == (0, "0 services and prices added or changed\n", "")
    assert Event.objects.filter(action="care_fees.load_services").count() == 1
    services = queries.services_on(other.pk, on=BILLED)
    assert [each.code for each in services][:3] == ["OMV", "VBO", "LARM"]
    prices = queries.prices_on([each.pk for each in services], on=BILLED)
    in_kronor = {each.code: prices[each.pk].amount // 100 for each in services if each.pk in prices}
    assert (
        in_kronor.items()
        >= {
            "OMV": 1_823,
            "VBO": 2_574,
            "LARM": 310,
            "KOST": 3_060,
            "BOST": 278,
            "LUN": 78,
            "LARI": 365,
            "KNAP": 510,
        }.items()
    )
    assert [each.code for each in services if each.pk not in prices] == ["POPR", "POLE", "POSO", "POVA"]
    assert prices[next(each.pk for each in services if each.code == "KOST")].day_amount == 10_200
    assert [each.code for each in services if each.is_restricted] == ["BAR"]
    # Nobody else's catalogue is touched.
    assert Service.objects.filter(authority=care_world.municipality).count() == 8


@pytest.mark.requirement("CO-16")
def test_faults_of_a_file_are_named_by_line():
    assert faults_of(
        "OMV,Omvårdnad,granted,personal_care,month,yes,no,2023-01-01,,2023-01-01,1823,,0",
        "OMV,Annat namn,granted,personal_care,month,yes,no,2023-01-01,,2024-01-01,1823,,0",
        "OMV,Omvårdnad,granted,personal_care,month,yes,no,2023-01-01,,2023-01-01,1900,,0",
        "LUN,Lunch,product,other,month,no,no,2023-01-01,,2023-01-01,78,,0",
        "LUN,Lunch,product,other,count,perhaps,no,2023-01-01,,2023-01-01,78,,0",
        "LUN,Lunch,product,other,count,no,no,2023-01-01,,2023-01-01,78,5,13",
        "LUN,Lunch,product,other,count,no,no,2023-01-01,,,78,,",
        "LUN,Lunch,product,other,count,no,no,2023-01-01,,2023-01-01,78 kronor,,",
    ) == [
        (3, "other_facts", ""),
        (4, "same_row", ""),
        (5, "product_by_quantity", "measure"),
        (6, "not_a_choice", "capped"),
        (7, "bad_vat", "vat_percent"),
        (7, "only_board_by_day", "day_amount"),
        (8, "empty_cell", "price_from"),
        (9, "not_an_amount", "price"),
    ]


@pytest.mark.requirement("CO-16")
def test_faulty_row_is_named_and_nothing_is_loaded(care_world, tmp_path):
    file = tmp_path / "own.csv"
    first_on = care_world.services["OMV"].first_on
    old = f"OMV,Personlig omvårdnad,granted,personal_care,month,yes,no,{first_on},"
    file.write_text(
        f"{HEADING}\n"
        "NY,Ny insats,product,other,count,no,no,2024-01-01,,2024-01-01,10,,25\n"
        f"{old},{first_on},1900,,0\n"
        f"{old},2024-01-01,1900,,0\n"
        f"VBO,Omvårdnad vårdbostad,product,other,count,yes,no,{first_on},,,,,\n",
        "utf-8",
    )

    code, out, err = kvitt(file, MUNICIPALITY)

    assert (code, out) == (1, "")
    assert [line.removeprefix("services.csv, line ") for line in err.splitlines()] == [
        f"3, first_on: {rules.PRICE_HAS_BEGUN % {'first_on': first_on}}",
        f"4, first_on: {rules.PRICE_IN_THE_PAST % {'first_on': '2024-01-01'}}",
        f"5, kind: {rules.KIND_STAYS % {'code': 'VBO'}}",
    ]
    assert not Service.objects.filter(code="NY").exists()
    assert kvitt(tmp_path / "none.csv", MUNICIPALITY)[0] == 2
    assert kvitt(file, "5560000019")[::2] == (
        2,
        "There is no authority with the organisation number 5560000019.",
    )


# On the pages -------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-25", "CO-4")
def test_catalogue_is_listed_in_its_order_and_as_excel(care_world, sign_in):
    karla = sign_in(care_world, "karla")
    page = karla.get("/care-fees/services/")
    rows = [[str(cell.html) for cell in row.cells] for row in page.context["page"].rows]
    assert [row[1] for row in rows][:3] == ["Personlig omvårdnad", "Omvårdnad vårdbostad", "Trygghetslarm"]
    assert "1\u00a0823\u00a0kr" in rows[0]
    assert "Lägg till insats" not in page.content.decode()
    found = karla.get("/care-fees/services/?text=kost&kind=granted&on=2024-11-01").context["page"].rows
    assert len(found) == 1
    assert not karla.get("/care-fees/services/?on=1999-01-01").context["page"].rows
    book = karla.get("/care-fees/services/?format=xlsx")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(book.streaming_content))).active
    assert any(1823 in row for row in sheet.iter_rows(values_only=True))
    assert sign_in(care_world, "mona").get("/care-fees/services/").status_code == 403


def test_billing_office_adds_a_service_prices_it_moves_it_and_ends_it(care_world, sign_in):
    bodil = sign_in(care_world, "bodil")
    typed = {"code": "ts", "name": "Trygg hemgång", "kind": "product", "measure": "month", "care": "other"}

    wrong = bodil.post("/care-fees/services/add/", typed | {"first_on": "2024-11-01"})
    added = bodil.post(
        "/care-fees/services/add/", typed | {"measure": "minutes", "first_on": "2024-11-01"}, follow=True
    )
    again = bodil.post("/care-fees/services/add/", typed | {"measure": "minutes", "first_on": "2024-11-01"})

    assert (wrong.status_code, again.status_code) == (422, 422)
    assert "Det finns redan en insats TS." in again.content.decode()
    made = Service.objects.get(code="TS")
    url = f"/care-fees/services/{made.pk}/"
    assert added.redirect_chain == [(url, 303)]
    assert "bara för uppföljning" in added.content.decode()

    priced = bodil.post(f"{url}prices/add/", {"first_on": "2024-11-01", "amount": "278", "vat_percent": "0"})
    bad_vat = bodil.post(
        f"{url}prices/add/", {"first_on": "2024-11-01", "amount": "278", "vat_percent": "19"}
    )
    assert (priced.status_code, bad_vat.status_code) == (303, 422)
    bodil.post(f"{url}prices/add/", {"first_on": "2025-01-01", "amount": "3 000", "vat_percent": "0"})
    # A mistyped price that has not begun is changed; one that has begun is not.
    bodil.post(
        f"{url}prices/2025-01-01/change/", {"first_on": "2025-02-01", "amount": "300", "vat_percent": "0"}
    )
    begun = bodil.post(
        f"{url}prices/2024-11-01/change/", {"first_on": "2024-11-01", "amount": "1", "vat_percent": "0"}
    )
    past = bodil.post(f"{url}prices/add/", {"first_on": "2024-11-10", "amount": "1", "vat_percent": "0"})
    assert (begun.status_code, past.status_code) == (422, 422)
    assert bodil.get(f"{url}prices/2024-13-01/change/").status_code == 404
    assert bodil.get(f"{url}prices/2023-01-01/change/").status_code == 404
    prices = ServicePrice.objects.filter(service=made).order_by("first_on")
    assert [(price.first_on, price.amount) for price in prices] == [
        (day("2024-11-01"), 27_800),
        (day("2025-02-01"), 30_000),
    ]

    for _ in range(9):
        bodil.post(f"{url}move/", {"direction": "up"})
    bodil.post(f"{url}move/", {"direction": "down"})
    bodil.post(f"{url}move/", {"direction": "sideways"})
    codes = [each.code for each in queries.services_on(care_world.municipality.pk, on=BILLED)]
    assert codes[:3] == ["OMV", "TS", "VBO"]

    changed = bodil.post(
        f"{url}change/",
        typed | {"name": "Hemgångsteam", "measure": "minutes", "is_capped": "on"},
        follow=True,
    )
    assert "Hemgångsteam är sparad." in changed.content.decode()
    PerformedService.objects.create(
        client=care_world.astrid, service=made, unit=care_world.north_care, month=BILLED, quantity=30
    )
    kept = bodil.post(f"{url}change/", typed | {"measure": "count"})
    assert "Lägg till en ny insats i stället" in kept.content.decode()
    assert bodil.post(f"{url}end/", {"last_on": "2024-10-31"}).status_code == 422
    assert bodil.post(f"{url}end/", {"last_on": "2024-11-30"}).status_code == 303
    assert "TS" not in [each.code for each in queries.services_on(made.authority_id, on=day("2024-12-01"))]
    told = Event.objects.filter(subject_key="TS").values_list("action", flat=True)
    assert {name.removeprefix("care_fees.") for name in told} == {
        "save_service",
        "set_service_price",
        "move_service",
        "end_service",
    }


def test_service_that_clients_have_is_not_ended_over_them(care_world):
    with pytest.raises(Refused) as refused:
        commands.end_service(
            care_world.actor("bodil"), service_id=care_world.services["OMV"].pk, last_on=care_world.today
        )
    [problem] = refused.value.problems
    assert (problem.code, problem.values["count"]) == ("still_granted", 3)


@pytest.mark.requirement("CO-4")
def test_catalogue_is_read_by_all_and_changed_by_the_billing_office(care_world, sign_in):
    mine, other = (
        care_world.services["KOST"],
        Authority.objects.create(name="Annan kommun", kind="municipality", organisation_number="2120009986"),
    )
    theirs = Service.objects.create(
        authority=other, code="X", name="X", kind="product", measure="count", first_on=BILLED
    )
    changes = ("change", "end", "prices/add")
    for who, read, change in (
        ("karla", 200, 403),
        ("fia", 200, 403),
        ("bodil", 200, 200),
        ("mona", 403, 403),
    ):
        viewer = sign_in(care_world, who)
        assert viewer.get(f"/care-fees/services/{mine.pk}/").status_code == read, who
        for path in changes:
            assert viewer.get(f"/care-fees/services/{mine.pk}/{path}/").status_code == change, (who, path)
    bodil = sign_in(care_world, "bodil")
    for path in ("", *(f"{path}/" for path in changes)):
        assert bodil.get(f"/care-fees/services/{theirs.pk}/{path}").status_code == 404
    assert bodil.post(f"/care-fees/services/{theirs.pk}/move/", {"direction": "up"}).status_code == 404
    assert (
        sign_in(care_world, "karla")
        .post(f"/care-fees/services/{mine.pk}/move/", {"direction": "up"})
        .status_code
        == 403
    )


def test_a_price_that_is_the_same_leaves_no_event(care_world):
    omv = care_world.services["OMV"]
    price = omv.prices.get()
    commands.set_service_price(
        care_world.actor("bodil"),
        today=care_world.today,
        service_id=omv.pk,
        price=rules.PriceFacts(price.first_on, price.amount),
    )
    assert not Event.objects.filter(action="care_fees.set_service_price").exists()
