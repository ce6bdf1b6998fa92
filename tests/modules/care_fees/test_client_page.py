"""Who opens the page of a client."""

import pytest

pytestmark = pytest.mark.requirement("CO-4", "CF-1", "CF-28")


@pytest.mark.parametrize(
    ("who", "status"),
    [("karla", 200), ("bodil", 200), ("fia", 200), ("kurt", 404), ("ulf", 404), ("mona", 403)],
)
def test_client_opens_for_the_area_and_the_whole_municipality(care_world, sign_in, who, status):
    client = sign_in(care_world, who)
    assert client.get(f"/care-fees/clients/{care_world.astrid.number}/").status_code == status


def test_unit_that_serves_a_client_of_another_area_opens_a_part(care_world, sign_in):
    page = sign_in(care_world, "ulf").get(f"/care-fees/clients/{care_world.birger.number}/").context["page"]
    assert not page.is_whole
