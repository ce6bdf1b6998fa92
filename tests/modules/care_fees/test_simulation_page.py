"""The page of a made-up month answers as `kvitt simulate_fee` does, and stores nothing."""

import pytest
from django.urls import reverse

from kvitt.modules.care_fees.models import ClientSettings
from tests.modules.care_fees.test_incomes import OCTOBER, save, stated

pytestmark = pytest.mark.requirement("CF-22")


def test_page_gives_the_example_of_the_contract_to_the_ore(care_world, sign_in):
    client, url = sign_in(care_world, "karla"), reverse("care_fees:simulation")
    ids = {code: service.pk for code, service in care_world.services.items()}
    typed = {
        "month": "2025-03",
        "household": "single",
        "net_income": "15000",
        "housing_cost": "7000",
        "rows_care": "2",
        "service_0": ids["OMV"],
        "monthly_0": "",
        "service_1": ids["LARM"],
        "monthly_1": "310",
        "board_monthly": "3060",
        "board_day": "102",
        "rent_housing": "care_home",
        "rent_moved_in": "2025-03-10",
        "rent_monthly": "6200",
        "rows_absence": "1",
        "from_0": "2025-03-12",
        "to_0": "2025-03-25",
        "reason_0": "planned",
        "reported_0": "2025-03-03",
        "rows_product": "1",
        "product_0": ids["LUN"],
        "count_0": "12",
        "price_0": "",
        "rows_correction": "1",
        "text_0": "Förlorad larmknapp",
        "correction_0": "510",
    }
    page = client.post(url, typed)
    result = page.context["page"].result
    assert sorted(line.amount for line in result.lines) == sorted(
        [75_300, -37_650, 306_000, -142_800, 310_000, 93_600, 51_000]
    )
    assert result.total == 655_450
    assert result.steps
    assert "6\u00a0554,50" in page.content.decode()
    wrong = client.post(url, typed | {"reported_0": "", "to_0": "2025-03-01", "net_income": ""})
    assert wrong.status_code == 422
    assert {"to_0"} <= set(wrong.context["page"].form.errors)
    missing = client.post(url, typed | {"net_income": ""})
    assert set(missing.context["page"].form.errors) == {"net_income"}
    more = client.post(url, typed | {"add": "absence"})
    assert more.status_code == 200
    assert len(more.context["page"].form.absence_rows) == 2
    assert more.context["page"].form["net_income"].value() == "15000"


def test_page_begins_with_the_facts_of_a_client_and_hides_the_income(care_world, sign_in):
    astrid = care_world.astrid
    ClientSettings.objects.filter(client=astrid).update(accepts_cap=False)
    save(care_world, astrid, stated(OCTOBER, 1_500_000))
    url = f"{reverse('care_fees:simulation')}?client={astrid.number}&month=2025-01"
    form = sign_in(care_world, "fia").get(url).context["page"].form
    assert form["net_income"].value() == "15\u00a0000"
    assert form["service_0"].value() == str(care_world.services["OMV"].pk)
    assert form["monthly_0"].value() == "1\u00a0823"
    others = sign_in(care_world, "karla").get(url)
    assert others.context["page"].form["net_income"].value() is None
    assert sign_in(care_world, "kurt").get(url).status_code == 404
    assert sign_in(care_world, "mona").get(url).status_code == 403
