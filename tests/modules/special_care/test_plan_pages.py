"""The pages of a plan and of its assessment: what they show, what they answer, and whom they record."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kvitt.audit.models import Event
from kvitt.modules.special_care.commands.plans import NewPlanned
from kvitt.modules.special_care.models import TreatmentPlan
from kvitt.preauthorization.models import Preauthorization
from tests import files
from tests.modules.special_care import planning

pytestmark = pytest.mark.django_db
PLANS = "/special-care/plans/"


def text_of(response):
    """Return what the page says, without tags and with single spaces."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(plain.replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture
def lisa(special_world, sign_in):
    return sign_in(special_world, "lisa")


@pytest.fixture
def frida(special_world, sign_in):
    return sign_in(special_world, "frida")


@pytest.mark.requirement("SC-4")
def test_plan_is_made_filled_and_sent_without_a_script(lisa, special_world):
    made = lisa.post(
        f"{PLANS}create/", {"identity": "19600609-9805", "support": "s", "category": "S2"}, follow=True
    )
    url = made.request["PATH_INFO"]
    lisa.post(f"{url}procedures/add/", {"code": "825", "location": "uk", "count": "2", "price": ""})
    lisa.post(f"{url}procedures/add/", {"code": "890", "location": "", "count": "1", "price": "1 500,50"})
    faulty = lisa.post(f"{url}procedures/add/", {"code": "825", "location": "13", "count": "0", "price": "1"})
    lisa.post(f"{url}send/", {"motivation": "Utkast"})
    saved = text_of(lisa.get(url))
    sent = lisa.post(f"{url}send/", {"motivation": "Kan inte tugga.", "send": "1"}, follow=True)

    assert url == f"{PLANS}F2024-000001/"
    assert faulty.status_code == 422
    assert "Utkast" in saved
    assert "Ej skickad" in saved
    assert "Inväntar granskning" in text_of(sent)
    assert "26 910,50 kr" in text_of(sent)
    assert not Event.objects.filter(data__icontains="196006099805").exists()


@pytest.mark.requirement("SC-4", "SC-2")
def test_patient_without_certificate_is_told_of_s_dental_care(lisa):
    answer = lisa.post(f"{PLANS}create/", {"identity": "19600609-9805", "support": "n", "category": ""})

    assert answer.status_code == 422
    assert "Patienten saknar giltigt intyg för N-tandvård i dag." in text_of(answer)


@pytest.mark.requirement("SC-4", "SC-5", "NA-22")
def test_decision_shows_what_is_left_until_it_is_read(lisa, special_world):
    plan = planning.approved_plan(special_world, None, NewPlanned("825", "UK", 2))
    plan.procedures.update(used_count=1, used_amount=1_270_500)

    page = text_of(lisa.get(f"{PLANS}{plan.number}/"))
    unread = text_of(lisa.get(f"{PLANS}?is_unread=on"))
    lisa.post(f"{PLANS}{plan.number}/read/")
    read = text_of(lisa.get(f"{PLANS}?is_unread=on"))

    assert "2024-11-20 - 2025-11-20" in page
    assert "25 410 kr 2 st 12 705 kr 1 st 12 705 kr 1 st" in page
    assert (plan.number in unread, plan.number in read) == (True, False)
    assert Event.objects.filter(action="special_care.plan", is_read=True).exists()


@pytest.mark.requirement("SC-4", "NA-20")
def test_assessor_decides_in_the_same_desk_with_count_amount_and_validity(frida, special_world):
    number = planning.create(special_world, None, NewPlanned("825", "UK", 2))
    request = planning.send(special_world, number)
    [key] = planning.keys_of(number)
    desk = f"{PLANS}{number}/requests/{request.pk}/"
    opened = frida.get(f"{desk}assess/").content.decode()
    typed = {f"verdict_{key}": "approved", f"count_{key}": "1", f"amount_{key}": "12 000"}
    days = {"first_on": "2024-12-01", "last_on": "2025-05-31"}

    followed = frida.post(f"{desk}draft/", {**typed, f"amount_{key}": "25 410"}, follow=True).content.decode()
    kept = frida.post(f"{desk}draft/", {**typed, **days, "reason": ""}, follow=True).content.decode()
    refused = frida.post(f"{desk}decide/", {**typed, **days, "reason": ""})
    beyond = frida.post(f"{desk}decide/", {**typed, **days, f"count_{key}": "3", "reason": "Nja"})
    decided = frida.post(f"{desk}decide/", {**typed, **days, "reason": "Ett räcker."}, follow=True)

    assert 'value="2024-11-20"' in opened
    assert 'value="2025-11-19"' in opened
    assert 'value="12 705"' in followed.replace("\N{NO-BREAK SPACE}", " ")
    assert 'value="12 000"' in kept.replace("\N{NO-BREAK SPACE}", " ")
    assert 'value="2025-05-31"' in kept
    assert (refused.status_code, beyond.status_code) == (422, 422)
    assert "begärs 2. Godkänn från 1 till 2." in text_of(beyond)
    assert "1 st för 12 000 kr" in text_of(decided)
    assert "2024-12-01 - 2025-05-31" in text_of(decided)
    plan = TreatmentPlan.objects.get(number=number)
    assert list(plan.procedures.values_list("approved_count", "approved_amount")) == [(1, 1_200_000)]


@pytest.mark.requirement("SC-4", "NA-20")
def test_queue_leads_to_the_desk_of_a_plan(frida, special_world):
    request = planning.send(special_world, planning.create(special_world))

    queue = frida.get("/preauthorization/").content.decode()

    assert f"{PLANS}{request.case_number}/requests/{request.pk}/assess/" in queue


@pytest.mark.requirement("SC-4", "NA-19")
def test_request_that_was_taken_back_leads_to_the_queue(frida, lisa, special_world):
    request = planning.send(special_world, planning.create(special_world))
    lisa.post(f"{PLANS}{request.case_number}/withdraw/")

    answer = frida.get(f"{PLANS}{request.case_number}/requests/{request.pk}/assess/", follow=True)

    assert answer.request["PATH_INFO"] == "/preauthorization/"
    assert "Mottagningen har återtagit begäran." in text_of(answer)


@pytest.mark.requirement("SC-4", "NA-11")
def test_documents_go_with_the_plan_and_stay_when_they_are_sent(lisa, frida, special_world):
    number = planning.create(special_world)
    url = f"{PLANS}{number}/"
    typed = {"kind": "xray", "file": SimpleUploadedFile("opg.png", files.png())}
    added = lisa.post(f"{url}documents/add/", typed, follow=True)
    parcel = {"is_physical": "on", "description": "Gipsmodell", "quantity": "1", "file_type": "Modell"}
    lisa.post(f"{url}parcels/add/", parcel)
    request = planning.send(special_world, number)
    desk = frida.get(f"{url}requests/{request.pk}/assess/").content.decode()
    page = lisa.get(url).content.decode()

    assert "opg.png" in text_of(added)
    assert "opg.png" in desk
    assert "Gipsmodell" in desk
    assert f"{url}documents/" in page
    assert "remove-document-" not in page
    assert "remove-parcel-" not in page
    [sent] = request.submissions.all()
    assert [one["label"] for one in (*sent.documents, *sent.parcels)] == ["opg.png", "Gipsmodell (1)"]


@pytest.mark.requirement("SC-4")
def test_list_is_exported_with_every_status(frida, special_world):
    planning.approved_plan(special_world)
    planning.send(special_world, planning.create(special_world, special_world.greta))

    answer = frida.get(f"{PLANS}?format=xlsx")

    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert Preauthorization.objects.count() == 2
    assert Event.objects.filter(action="special_care.search_plans", is_read=True).exists()
