"""Patient contacts: added, changed and removed by the provider that made them, seen by nobody else."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.dental_records.commands import contacts
from kvitt.registers.dental_records.models import PatientContact

from .conftest import TOMORROW, YESTERDAY

TAB, ADD = "dental_records:patient_contacts", "dental_records:add_contact"
CHANGE, REMOVE = "dental_records:change_contact", "dental_records:remove_contact"
TYPED = {"contacted_on": "2024-11-19", "kind": "absent", "note": "Ringde inte."}


def change(world, contact_id, *, by="anna", seen=1, on=YESTERDAY, kind="absent", note=""):
    entry = contacts.Entry(on, kind, note)
    contacts.change_contact(world.actor(by), today=world.today, contact_id=contact_id, entry=entry, seen=seen)


# Commands -----------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-5")
def test_contact_is_kept_with_who_noted_it(world):
    contact = PatientContact.objects.get(pk=world.contact(kind="summoned", note="Brev."))

    assert (contact.person, contact.clinic, contact.provider) == (world.tova, world.ryd, world.eken)
    assert (contact.contacted_on, contact.kind, contact.note) == (world.today, "summoned", "Brev.")
    assert contact.created_by == "Anna Testander"


@pytest.mark.requirement("NA-5", "CO-30")
def test_log_tells_of_a_contact_but_not_its_note(world):
    contact_id = world.contact(note="Hemligt.")
    change(world, contact_id, note="Hemligare.")

    added, changed = world.event("add_contact"), world.event("change_contact")
    assert added.data == {"after": {"contacted_on": "2024-11-20", "contact": "came"}}
    assert changed.data["after"] == {
        "contacted_on": "2024-11-19",
        "contact": "absent",
        "not_shown": ["note"],
    }
    assert [subject.person_id for subject in added.subjects.all()] == [world.tova.pk]


@pytest.mark.requirement("NA-5")
def test_contact_in_the_future_is_refused(world, nothing_saved):
    contact_id = world.contact()
    before = nothing_saved()

    with pytest.raises(Refused, match="2024-11-21 is in the future"):
        world.contact(on=TOMORROW)
    with pytest.raises(Refused, match="2024-11-21 is in the future"):
        change(world, contact_id, on=TOMORROW)

    assert nothing_saved() == before


@pytest.mark.requirement("NA-5")
def test_patient_not_listed_here_can_be_summoned(world):
    assert world.contact(world.elis, kind="summoned")


@pytest.mark.requirement("NA-5")
def test_removed_contact_stays_in_the_database(world):
    contact_id = world.contact()

    contacts.remove_contact(world.actor("anna"), contact_id=contact_id)

    assert PatientContact.objects.get(pk=contact_id).removed_at is not None
    assert world.event("remove_contact").data["before"]["contact"] == "came"
    with pytest.raises(Http404):
        contacts.remove_contact(world.actor("anna"), contact_id=contact_id)


@pytest.mark.requirement("CO-24")
def test_change_over_what_another_changed_is_refused(world, nothing_saved):
    contact_id = world.contact()
    change(world, contact_id, by="bo")
    before = nothing_saved()

    with pytest.raises(contacts.ChangedMeanwhile, match="Bo Provén changed the patient contact"):
        change(world, contact_id, kind="cancelled")

    assert nothing_saved() == before


@pytest.mark.requirement("NA-5", "CO-5")
@pytest.mark.parametrize(
    ("name", "refusal"),
    [("david", Http404), ("eva", NotAllowed), ("frida", NotAllowed), ("gustav", NotAllowed)],
)
def test_only_the_providers_reporters_change_and_remove(name, refusal, world, nothing_saved):
    contact_id = world.contact()
    before = nothing_saved()

    with pytest.raises(refusal):
        change(world, contact_id, by=name)
    with pytest.raises(refusal):
        contacts.remove_contact(world.actor(name), contact_id=contact_id)

    assert nothing_saved() == before


@pytest.mark.requirement("CO-5")
@pytest.mark.parametrize("name", ["eva", "frida", "gustav", "hanna", "ivar"])
def test_provider_and_region_add_no_contacts(name, world):
    with pytest.raises(NotAllowed):
        world.contact(by=name)


@pytest.mark.requirement("NA-5", "QU-13")
def test_database_knows_the_kinds(world):
    contact_id = world.contact()

    with pytest.raises(IntegrityError), transaction.atomic():
        PatientContact.objects.filter(pk=contact_id).update(kind="rang")


# Pages --------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-2", "NA-5")
def test_contacts_stand_newest_first(world, visit):
    world.contact(on=YESTERDAY, kind="summoned", note="Brev till vårdnadshavare.")
    world.contact(kind="came")

    page = visit("anna").get(TAB, world.tova.code)

    assert page.headings_of_table()[:4] == ["Date", "Contact", "Note", "Written by"]
    assert [row[:3] for row in page.rows()] == [
        ["2024-11-20", "Came", ""],
        ["2024-11-19", "Summoned", "Brev till vårdnadshavare."],
    ]
    assert page.rows()[0][4] == "Remove Came 2024-11-20 Change Came 2024-11-20"


@pytest.mark.requirement("NA-2")
def test_patient_without_contacts_gets_a_sentence_and_what_to_do(world, visit):
    anna, eva = (visit(name).get(TAB, world.tova.code) for name in ("anna", "eva"))

    assert "There are no patient contacts. Add the first one with + Add patient contact." in anna.text
    assert "Add the first one" not in eva.text


@pytest.mark.requirement("NA-5")
def test_contact_is_added_changed_and_removed_in_dialogs(world, visit):
    anna = visit("anna")

    asked = anna.get(ADD, world.tova.code)
    added = anna.post(ADD, world.tova.code, **TYPED, follow=True)
    [contact] = PatientContact.objects.all()
    opened = anna.get(CHANGE, contact.pk)
    changed = anna.post(CHANGE, contact.pk, **{**TYPED, "kind": "cancelled", "seen": "1"}, follow=True)
    question = anna.get(REMOVE, contact.pk)
    removed = anna.post(REMOVE, contact.pk, follow=True)

    assert asked.fields["contacted_on"].value == "2024-11-20"
    assert added.notices == ["The patient contact is added."]
    assert opened.hidden["seen"] == "1"
    assert changed.rows()[0][1] == "Cancelled the visit"
    assert "Cancelled the visit 2024-11-19 disappears from the page." in question.text
    assert (removed.notices, removed.rows()) == (["The patient contact is removed."], [])


@pytest.mark.requirement("NA-5", "CO-33")
def test_faults_stand_at_their_fields(world, visit, nothing_saved):
    before = nothing_saved()

    page = visit("anna").post(ADD, world.tova.code, contacted_on="2024-11-21", kind="came")
    empty = visit("anna").post(ADD, world.tova.code)

    assert (page.status, list(page.faults)) == (422, ["contacted_on"])
    assert "Give the day of the contact." in empty.text
    assert "Choose what came of it." in empty.text
    assert nothing_saved() == before


@pytest.mark.requirement("CO-24")
def test_dialog_shows_what_another_changed(world, visit):
    contact_id = world.contact()
    change(world, contact_id, by="bo")

    page = visit("anna").post(CHANGE, contact_id, **TYPED, seen="1")

    assert page.status == 422
    assert page.summary.startswith("Bo Provén changed the patient contact after you opened it.")
    assert page.hidden["seen"] == "2"


@pytest.mark.requirement("NA-5")
def test_another_provider_sees_none_of_the_contacts(world, visit):
    contact_id = world.contact()
    david = visit("david", world.tova)

    assert david.get(TAB, world.tova.code).rows() == []
    for page in (CHANGE, REMOVE):
        assert david.get(page, contact_id).status == 404
        assert david.post(page, contact_id).status == 404


@pytest.mark.requirement("NA-5", "CO-5")
@pytest.mark.parametrize(
    ("name", "seeing", "writing"),
    [
        ("anna", 200, 200),
        ("bo", 404, 404),
        ("eva", 200, 403),
        ("frida", 403, 403),
        ("gustav", 403, 403),
        ("ivar", 403, 403),
    ],
)
def test_provider_reads_and_only_its_clinics_write(name, seeing, writing, world, visit):
    contact_id = world.contact()
    somebody = visit(name)

    assert somebody.get(TAB, world.tova.code).status == seeing
    assert somebody.get(ADD, world.tova.code).status == writing
    assert somebody.get(CHANGE, contact_id).status == writing
    assert somebody.get(REMOVE, contact_id).status == writing


@pytest.mark.requirement("CO-30")
def test_pages_are_recorded_reads(world, visit, reads):
    contact_id = world.contact()

    for page, key in (
        (TAB, world.tova.code),
        (ADD, world.tova.code),
        (CHANGE, contact_id),
        (REMOVE, contact_id),
    ):
        visit("anna").get(page, key)

    assert reads() == [("dental_records.patient_contacts", [world.tova.pk])] * 4
