"""What is written in the log."""

import datetime as dt

import pytest
from django.db import transaction

from kvitt.audit import commands, queries, rules
from kvitt.audit.models import Event, Subject
from kvitt.registers.access.rules import Permission

pytestmark = pytest.mark.requirement("CO-30")


def test_change_says_who_where_what_and_what_was_before(world):
    anna = world.actor("anna")

    commands.record(
        "people.change_person",
        anna,
        subject=("person", world.elsa.code),
        person_ids=[world.elsa.pk],
        before={"phone": ""},
        after={"phone": "070-000 00 01"},
    )

    event = Event.objects.get()
    assert (event.user_id, event.user_name, event.authority_id) == (
        anna.user_id,
        "Anna Testander",
        world.region.pk,
    )
    assert event.unit == "1111 - Ekens Tandvård Ryd"
    assert event.role == anna.role_words
    assert not event.is_read
    assert event.data == {"before": {"phone": ""}, "after": {"phone": "070-000 00 01"}}
    assert [subject.person_id for subject in event.subjects.all()] == [world.elsa.pk]


def test_read_is_one_event_with_a_row_for_each_person(world):
    commands.record_read(
        "listings.listed_patients",
        world.actor("anna"),
        person_ids=[world.elsa.pk, world.rutger.pk, world.elsa.pk],
        reason="Ringde",
    )

    event = Event.objects.get()
    assert (event.is_read, event.data) == (True, {"reason": "Ringde"})
    assert Subject.objects.count() == 2


def test_nobody_shown_is_no_read(world):
    commands.record_read("listings.listed_patients", world.actor("anna"), person_ids=[])

    assert not Event.objects.exists()


def test_read_of_thousands_costs_a_few_statements(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        commands.record_read("listings.listed_patients", world.actor("anna"), person_ids=range(1, 5_001))

    assert Subject.objects.count() == 5_000


def test_moment_is_real_whatever_the_business_date_is(world):
    commands.record("access.sign_in", world.actor("anna"))

    assert Event.objects.get().at.date() > dt.date(2025, 1, 1) > world.today


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_logged(world):
    def change_and_fail():
        with transaction.atomic():
            commands.record("people.change_person", world.actor("anna"))
            raise LookupError

    with pytest.raises(LookupError):
        change_and_fail()

    assert not Event.objects.exists()


@pytest.mark.requirement("CO-31")
def test_log_of_a_subject_is_its_changes_newest_first(world):
    anna = world.actor("anna")
    for action in ("create_case", "add_procedure"):
        commands.record(f"needs_allowance.{action}", anna, subject=("case", "B2024-000009"))
    commands.record_read(
        "needs_allowance.case", anna, person_ids=[world.elsa.pk], subject=("case", "B2024-000009")
    )

    actions = [event.action for event in queries.events_of("case", "B2024-000009")]

    assert actions == ["needs_allowance.add_procedure", "needs_allowance.create_case"]


def test_difference_is_what_changed_as_json_knows_it():
    before = {"name": "Anna", "last_on": None, "title": "", "is_active": True}
    after = {"name": "Anna", "last_on": dt.date(2024, 12, 31), "title": None, "is_active": False}

    difference = rules.calculate_difference(before, after)

    assert difference.before == {"last_on": None, "is_active": True}
    assert difference.after == {"last_on": "2024-12-31", "is_active": False}


def test_no_difference_is_false():
    assert not rules.calculate_difference({"name": "Anna"}, {"name": "Anna"})
    assert not rules.calculate_difference({"key": "a"}, {"key": "b"}, leave_out=["key"])


def test_permission_is_named_as_access_names_it():
    assert Permission.READ_AUDIT == rules.READ_AUDIT
