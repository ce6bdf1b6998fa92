"""A wrong document is removed, unless a request that was sent holds it."""

import datetime as dt

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.modules.needs_allowance.commands import documents
from kvitt.preauthorization.models import Preauthorization
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.documents.models import Document

pytestmark = pytest.mark.requirement("NA-11")
HELD = "The document was sent with a request for preauthorization and cannot be removed."


@pytest.fixture
def number(world):
    """A case of Elsa's, begun today."""
    return world.create_case(world.elsa)


@pytest.fixture
def document_id(world, number):
    """An X-ray image that Anna has added."""
    return world.add_document(number)


@pytest.fixture
def hold(world, number):
    """Return a function that sends a request with these documents and parcels, and lets it stand so."""

    def hold(status, document_ids=(), parcel_ids=()):
        request = Preauthorization.objects.create(
            authority=world.region,
            module="needs_allowance",
            case_number=number,
            clinic=world.ryd,
            person=world.elsa,
            status=status,
            motivation="Behövs",
            created_on=world.today,
            sent_on=world.today,
            decided_on=world.today if status in {"decided", "approved_with_reservation"} else None,
        )
        request.submissions.create(
            number=1,
            sent_at=dt.datetime(2024, 11, 20, tzinfo=dt.UTC),
            sent_by="Anna Testander",
            motivation="Behövs",
            procedures=[],
            documents=[{"id": one, "label": "opg.png"} for one in document_ids],
            parcels=[{"id": one, "label": "Gipsmodell"} for one in parcel_ids],
        )

    return hold


def remove(world, number, document_id, *, by="anna"):
    documents.remove_document(world.actor(by), number=number, document_id=document_id)


def test_removed_document_leaves_the_case(number, document_id, visit):
    page = visit("anna").post("needs_allowance:remove_document", number, document_id, follow=True)

    assert page.notices == ["opg.png is removed."]
    assert "There are no documents." in page.text


@pytest.mark.requirement("CO-30", "CO-31")
def test_removal_is_one_event_with_what_was_removed(world, number, document_id):
    remove(world, number, document_id)

    document, event = Document.objects.get(), world.event("remove_document")
    assert (document.removed_by, document.removed_at is not None) == ("Anna Testander", True)
    assert event.subject_key == number
    assert event.data == {"before": {"document": "xray", "file_name": "opg.png"}}
    assert world.case_page(number).events[0].details == ["Document: X-ray image", "File: opg.png"]


@pytest.mark.requirement("NA-19")
@pytest.mark.parametrize(
    "status", ["awaiting_review", "completion_requested", "decided", "approved_with_reservation"]
)
def test_document_of_a_sent_request_stays(status, world, number, document_id, hold):
    hold(status, [document_id])

    with pytest.raises(Refused) as refused:
        remove(world, number, document_id)

    assert str(refused.value) == HELD
    assert Document.objects.get().removed_at is None


@pytest.mark.requirement("NA-19")
@pytest.mark.parametrize("status", ["not_sent", "removed"])
def test_document_of_a_withdrawn_request_is_removed(status, world, number, document_id, hold):
    hold(status, [document_id])

    remove(world, number, document_id)

    assert Document.objects.get().removed_at is not None


@pytest.mark.requirement("NA-19")
def test_parcel_of_a_sent_request_stays(world, number, hold):
    parcel_id = world.add_parcel(number)
    hold("awaiting_review", parcel_ids=[parcel_id])

    with pytest.raises(Refused, match="was announced with a request"):
        documents.remove_parcel(world.actor("anna"), number=number, parcel_id=parcel_id)


@pytest.mark.requirement("NA-19")
def test_page_offers_no_removal_of_what_a_request_holds(world, number, document_id, hold, visit):
    other_id = world.add_document(number, "annan.png")
    hold("awaiting_review", [document_id])

    page = visit("anna").get("needs_allowance:case", number)

    assert "Remove X-ray image opg.png" not in page.links
    assert page.links["Remove X-ray image annan.png"].endswith(f"/documents/{other_id}/remove/")


@pytest.mark.requirement("NA-19", "CO-24")
def test_who_asks_anyway_is_told_why(number, document_id, hold, visit):
    hold("awaiting_review", [document_id])

    page = visit("anna").post("needs_allowance:remove_document", number, document_id, follow=True)

    assert page.notices == [HELD]


@pytest.mark.requirement("CO-24")
def test_second_user_is_told_that_it_is_removed_already(world, number, document_id, visit):
    remove(world, number, document_id)

    page = visit("anna").post("needs_allowance:remove_document", number, document_id, follow=True)

    assert page.notices == ["The document has already been removed."]


def test_question_says_what_happens(number, document_id, visit):
    page = visit("anna").get("needs_allowance:remove_document", number, document_id)

    assert page.heading == "Remove X-ray image"
    assert "opg.png leaves the case, and nobody can open it any more." in page.text


@pytest.mark.requirement("CO-4", "CO-5")
@pytest.mark.parametrize(
    ("name", "refused"),
    [("bo", Http404), ("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("ivar", NotAllowed)],
)
def test_only_the_clinic_itself_removes_its_documents(name, refused, world, number, document_id):
    with pytest.raises(refused):
        remove(world, number, document_id, by=name)

    assert Document.objects.get().removed_at is None


@pytest.mark.requirement("QU-17")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", ["document", "parcel"])
def test_forged_id_of_another_case_is_not_found(kind, method, world, number, document_id, visit):
    other = world.create_case(world.rutger)
    row_id = document_id if kind == "document" else world.add_parcel(number)

    page = getattr(visit("anna"), method)(f"needs_allowance:remove_{kind}", other, row_id)

    assert page.status == 404


@pytest.mark.requirement("CO-30")
@pytest.mark.parametrize("kind", ["document", "parcel"])
def test_question_names_the_patient_and_is_a_recorded_read(kind, world, number, document_id, visit, reads):
    row_id = document_id if kind == "document" else world.add_parcel(number)

    visit("anna").get(f"needs_allowance:remove_{kind}", number, row_id)

    assert reads() == [("needs_allowance.case", [world.elsa.pk])]
