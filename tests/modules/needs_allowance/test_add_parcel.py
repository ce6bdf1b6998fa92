"""A physical attachment is announced, waited for, and marked as arrived by the authority."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import documents
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.documents import queries
from kvitt.registers.documents.models import Parcel

pytestmark = pytest.mark.requirement("NA-11")
TYPED = {"is_physical": "on", "description": "Gipsmodell", "quantity": "2", "file_type": "Modell"}


@pytest.fixture
def number(world):
    """A case of Elsa's, begun today."""
    return world.create_case(world.elsa)


@pytest.fixture
def parcel_id(world, number):
    """Two models that Anna has announced."""
    return world.add_parcel(number)


def arrive(world, number, parcel_id, *, by="frida"):
    documents.mark_parcel_arrived(world.actor(by), today=world.today, number=number, parcel_id=parcel_id)


# Announced ----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_announcement_is_kept_and_logged(world, number, parcel_id):
    parcel = Parcel.objects.get()

    assert (parcel.description, parcel.quantity, parcel.file_type) == ("Gipsmodell", 2, "Modell")
    assert (parcel.added_on, parcel.added_by, parcel.status) == (world.today, "Anna Testander", "expected")
    assert world.event("add_parcel").data["after"] == {
        "parcel": "Gipsmodell",
        "quantity": 2,
        "file_type": "Modell",
    }


def test_parcel_is_added_by_ticking_the_box(number, visit):
    page = visit("anna").post("needs_allowance:add_document", number, follow=True, **TYPED)

    assert page.notices == ["The physical attachment is added. The authority waits for it."]
    assert "Physical attachment Gipsmodell, 2 pcs, Modell Expected" in page.text


def test_address_of_its_own_opens_with_the_box_ticked(number, visit):
    page = visit("anna").get("needs_allowance:add_parcel", number)

    assert "checked" in page.fields["is_physical"].attributes


@pytest.mark.requirement("CO-33")
def test_description_count_and_type_are_compulsory(number, visit):
    page = visit("anna").post("needs_allowance:add_parcel", number, is_physical="on")

    assert page.status == 422
    assert page.faults == {
        "description": "Describe what you send, for example plaster model.",
        "quantity": "Give how many you send, a whole number from 1 to 999.",
        "file_type": "Give what type it is, for example model, letter or film.",
    }


@pytest.mark.parametrize("quantity", ["0", "-1", "1000", "1,5", "två"])
def test_count_is_a_whole_number_of_at_least_one(quantity, number, visit):
    page = visit("anna").post("needs_allowance:add_parcel", number, **{**TYPED, "quantity": quantity})

    assert page.faults == {"quantity": "Give how many you send, a whole number from 1 to 999."}
    assert page.fields["quantity"].value == quantity


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_announces(name, refused, world, number):
    with pytest.raises(refused):
        world.add_parcel(number, by=name)

    assert not Parcel.objects.exists()


@pytest.mark.requirement("NA-17")
def test_after_the_period_nothing_is_announced(world, number, settings):
    world.pass_time_to(dt.date(2025, 11, 20), settings)

    with pytest.raises(Refused, match="only while a request waits"):
        world.add_parcel(number)


# Arrived ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30", "NA-20")
@pytest.mark.parametrize(
    ("name", "full_name"), [("frida", "Frida Bedömarsson"), ("gustav", "Gustav Granskare")]
)
def test_assessor_and_reviewer_note_that_it_has_come(name, full_name, world, number, parcel_id):
    arrive(world, number, parcel_id, by=name)

    parcel = Parcel.objects.get()
    assert (parcel.status, parcel.arrived_on, parcel.arrived_by) == ("arrived", world.today, full_name)
    event = world.event("mark_parcel_arrived")
    assert (event.user_name, event.subject_key) == (full_name, number)
    assert event.data["after"] == {"parcel": "Gipsmodell", "arrived_on": "2024-11-20"}


@pytest.mark.requirement("CO-24")
def test_it_arrives_once(world, number, parcel_id):
    arrive(world, number, parcel_id)

    with pytest.raises(Refused, match="already arrived"):
        arrive(world, number, parcel_id, by="gustav")


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("anna", NotAllowed), ("eva", NotAllowed), ("hanna", NotAllowed), ("ivar", NotAllowed), ("bo", Http404)],
)
def test_nobody_else_notes_an_arrival(name, refused, world, number, parcel_id):
    with pytest.raises(refused):
        arrive(world, number, parcel_id, by=name)

    assert Parcel.objects.get().arrived_on is None


def test_case_offers_it_to_the_assessor_until_it_has_come(number, parcel_id, visit):
    frida = visit("frida")
    before = frida.get("needs_allowance:case", number)

    after = frida.post("needs_allowance:mark_parcel_arrived", number, parcel_id, follow=True)

    assert "Mark as arrived Gipsmodell" in before.buttons
    assert after.notices == ["The physical attachment is marked as arrived."]
    assert "Mark as arrived Gipsmodell" not in after.buttons
    assert "Arrived 2024-11-20, noted by Frida Bedömarsson" in after.text


@pytest.mark.requirement("NA-20")
@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/needs-allowance/cases/B2024-000001/documents/", "/needs-allowance/cases/B2024-000001/documents/"),
        ("https://example.org/", "/needs-allowance/cases/B2024-000001/"),
        ("//example.org/", "/needs-allowance/cases/B2024-000001/"),
        ("", "/needs-allowance/cases/B2024-000001/"),
    ],
)
def test_assessor_returns_to_where_he_was_and_nowhere_else(wanted, leads_to, number, parcel_id, visit):
    page = visit("frida").post("needs_allowance:mark_parcel_arrived", number, parcel_id, next=wanted)

    assert page.response["Location"] == leads_to


def test_arrival_is_only_sent_and_never_opened(number, parcel_id, visit):
    assert visit("frida").get("needs_allowance:mark_parcel_arrived", number, parcel_id).status == 405


@pytest.mark.requirement("CO-4", "QU-17")
def test_forged_parcel_of_another_case_is_not_found(world, parcel_id, visit):
    other = world.create_case(world.rutger)

    assert visit("frida").post("needs_allowance:mark_parcel_arrived", other, parcel_id).status == 404


# Removed ------------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-30")
def test_removed_parcel_is_not_waited_for_and_logged(world, number, parcel_id, visit):
    page = visit("anna").post("needs_allowance:remove_parcel", number, parcel_id, follow=True)

    assert page.notices == ["Gipsmodell is removed."]
    assert queries.parcels_of(world.region.pk, "needs_allowance", number) == []
    assert world.event("remove_parcel").data["before"]["parcel"] == "Gipsmodell"


@pytest.mark.requirement("CO-24")
def test_removed_parcel_neither_arrives_nor_is_removed_again(world, number, parcel_id):
    documents.remove_parcel(world.actor("anna"), number=number, parcel_id=parcel_id)

    with pytest.raises(Refused, match="already been removed"):
        arrive(world, number, parcel_id)
    with pytest.raises(Refused, match="already been removed"):
        documents.remove_parcel(world.actor("anna"), number=number, parcel_id=parcel_id)
