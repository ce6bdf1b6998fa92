"""A plan from its first line to the decision that the clinic reads: what each step writes and refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.special_care.commands import assessment, plans
from kvitt.modules.special_care.commands.plans import NewPlanned
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.queries import plan_page
from kvitt.modules.special_care.queries import plans as queries
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.rules import Grant, Validity
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from kvitt.registers.people.models import Address, Person
from kvitt.registers.price_lists.models import Price
from tests.modules.special_care import planning

pytestmark = pytest.mark.django_db

APPROVED, REFUSED = Verdict.APPROVED, Verdict.REFUSED


def faults(refused):
    return [problem.code for problem in refused.value.problems]


# The clinic -------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-4")
def test_plan_holds_codes_with_the_price_of_the_day(special_world):
    number = planning.create(special_world)

    plan = TreatmentPlan.objects.get(number=number)
    assert (number, plan.clinic, plan.support, plan.category) == (
        "F2024-000001",
        special_world.ryd,
        "s",
        "S2",
    )
    assert [(one.code, one.location, one.count, one.price) for one in queries.procedures_of(plan)] == [
        ("825", "UK", 2, 1_270_500),
        ("825S", "ÖK", 1, 1_519_500),
    ]


@pytest.mark.requirement("SC-4", "SC-2")
def test_patient_nobody_knew_is_registered_with_an_s_plan_and_not_with_another(special_world):
    lisa, number = special_world.actor("lisa"), special_world.ingrid.identity_number
    Address.objects.filter(person=special_world.ingrid).delete()
    special_world.ingrid.delete()

    with pytest.raises(Refused) as refused:
        plans.create_plan(lisa, today=special_world.today, number=number, support=SupportType.N, category="")
    was_known = Person.objects.filter(identity_number=number).exists()
    plans.create_plan(lisa, today=special_world.today, number=number, support=SupportType.S, category="S2")

    assert (faults(refused), was_known) == (["no_certificate"], False)
    assert Person.objects.filter(identity_number=number).exists()


@pytest.mark.requirement("SC-4")
def test_category_of_n_dental_care_is_that_of_the_certificate(special_world):
    number = planning.create(special_world, special_world.greta, support=SupportType.N, category="")

    assert TreatmentPlan.objects.get(number=number).category == "N1"


@pytest.mark.requirement("SC-4")
def test_refusal_that_tells_of_a_patient_is_logged(special_world):
    with pytest.raises(Refused):
        planning.create(special_world, special_world.greta, support=SupportType.F, category="")

    event = Event.objects.get(action="special_care.check_plan")
    assert (event.is_read, list(event.subjects.values_list("person_id", flat=True))) == (
        True,
        [special_world.greta.pk],
    )


@pytest.mark.requirement("SC-4")
def test_certificate_that_has_ended_when_the_plan_is_sent_stops_it(special_world):
    number = planning.create(special_world, special_world.holger, support=SupportType.F, category="")
    special_world.holger_certificate.revoked_on = special_world.today
    special_world.holger_certificate.revoked_reason = "Felaktiga grunder."
    special_world.holger_certificate.save()

    with pytest.raises(Refused) as refused:
        planning.send(special_world, number)

    assert faults(refused) == ["no_certificate"]


@pytest.mark.requirement("SC-4")
def test_plan_is_sent_at_the_prices_of_the_day(special_world):
    number = planning.create(special_world)
    Price.objects.filter(item__module="special_care", item__code="825").update(amount=1_300_000)

    with pytest.raises(Refused) as refused:
        planning.send(special_world, number)

    assert faults(refused) == ["other_price"]


@pytest.mark.requirement("SC-4")
def test_what_is_sent_says_how_many_of_each(special_world):
    request = planning.send(special_world, planning.create(special_world))

    [sent] = preauthorization.submissions_of(request)
    assert [(one["code"], one["amount"], one.get("count", 1)) for one in sent.procedures] == [
        ("825", 2_541_000, 2),
        ("825S", 1_519_500, 1),
    ]
    assert preauthorization.desk(request, {}, today=special_world.today).latest.procedures[0].startswith("2 ")


@pytest.mark.requirement("SC-4")
def test_empty_plan_is_not_sent(special_world):
    number = plans.create_plan(
        special_world.actor("lisa"),
        today=special_world.today,
        number=special_world.ingrid.identity_number,
        support=SupportType.S,
        category="S2",
    )

    with pytest.raises(Refused) as refused:
        planning.send(special_world, number)

    assert faults(refused) == ["no_procedure"]


@pytest.mark.requirement("SC-4", "NA-19")
def test_what_is_sent_is_locked_until_it_is_taken_back(special_world):
    lisa, number = special_world.actor("lisa"), planning.create(special_world)
    planning.send(special_world, number)
    first, second = planning.keys_of(number)

    with pytest.raises(Refused) as refused:
        plans.remove_planned(lisa, number=number, planned_id=first)
    plans.withdraw_plan(lisa, number=number)
    plans.remove_planned(lisa, number=number, planned_id=first)
    request = planning.send(special_world, number)

    assert faults(refused) == ["is_sent"]
    assert [one.key for one in preauthorization.procedures_of(request)] == [second]
    assert Preauthorization.objects.count() == 1


@pytest.mark.requirement("SC-4", "CO-24")
def test_plan_changed_meanwhile_is_shown_before_it_is_sent(special_world):
    number = planning.create(special_world)
    plan = TreatmentPlan.objects.get(number=number)
    seen = plan_page.mark_of(plan, queries.procedures_of(plan))
    plans.remove_planned(special_world.actor("lisa"), number=number, planned_id=planning.keys_of(number)[0])

    with pytest.raises(Refused) as refused:
        plans.send_plan(
            special_world.actor("lisa"), today=special_world.today, number=number, motivation="Nu", seen=seen
        )

    assert faults(refused) == ["changed_meanwhile"]


@pytest.mark.requirement("SC-4")
def test_removed_plan_is_gone_and_its_number_stays_used(special_world):
    number = planning.create(special_world)
    plans.remove_plan(special_world.actor("lisa"), number=number)

    with pytest.raises(Http404):
        queries.plan(special_world.actor("lisa"), number)
    assert planning.create(special_world) == "F2024-000002"


@pytest.mark.requirement("SC-4", "NA-20")
def test_assessor_asks_and_the_clinic_answers(special_world):
    request = planning.send(special_world, planning.create(special_world))
    assessment.ask_for_completion(
        special_world.actor("frida"),
        number=request.case_number,
        request_id=request.pk,
        question="Var är bilden?",
        assessment=planning.written(special_world, {}, reason=""),
    )
    plans.answer_plan(special_world.actor("lisa"), number=request.case_number, text="Här är den.")

    request.refresh_from_db()
    assert (request.status, request.submissions.first().answer) == ("awaiting_review", "Här är den.")


# The assessor -----------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-4", "SC-5")
def test_decision_changes_count_and_amount_and_gives_a_validity(special_world):
    number = planning.create(special_world)
    request = planning.send(special_world, number)
    lower, upper = planning.keys_of(number)

    planning.decide(
        special_world,
        request,
        {lower: APPROVED, upper: REFUSED},
        grants={lower: Grant(1, 1_270_500)},
        validity=Validity(dt.date(2024, 12, 1), dt.date(2025, 5, 31)),
    )

    request.refresh_from_db()
    [facts] = queries.plan_facts(queries.approved_plans(special_world.ingrid))
    assert request.status == "approved_with_reservation"
    assert (facts.number, str(facts.period)) == (number, "2024-12-01 - 2025-05-31")
    assert [(one.id, one.count_left, one.amount_left) for one in facts.procedures] == [(lower, 1, 1_270_500)]


@pytest.mark.requirement("SC-4")
def test_everything_as_asked_is_decided_without_reservation(special_world):
    plan = planning.approved_plan(special_world)

    assert Preauthorization.objects.get().status == "decided"
    assert [(one.approved_count, one.approved_amount) for one in queries.procedures_of(plan)] == [
        (2, 2_541_000),
        (1, 1_519_500),
    ]


@pytest.mark.requirement("SC-4")
@pytest.mark.parametrize(
    ("grant", "validity", "reason", "fault"),
    [
        (Grant(3, 1_270_500), None, "Skäl", "bad_count"),
        (Grant(0, 1_270_500), None, "Skäl", "bad_count"),
        (Grant(1, 2_541_001), None, "Skäl", "bad_amount"),
        (Grant(1, 0), None, "Skäl", "bad_amount"),
        (Grant(1, 1_270_500), None, " ", "no_reason"),
        (Grant(2, 2_541_000), Validity(dt.date(2024, 11, 20), None), "", "no_validity"),
        (Grant(2, 2_541_000), Validity(dt.date(2025, 1, 2), dt.date(2025, 1, 1)), "", "validity_in_order"),
        (Grant(2, 2_541_000), Validity(dt.date(2024, 1, 2), dt.date(2024, 11, 19)), "", "validity_over"),
    ],
    ids=str,
)
def test_decision_beyond_what_was_asked_changes_nothing(grant, validity, reason, fault, special_world):
    number = planning.create(special_world, None, NewPlanned("825", "UK", 2))
    request = planning.send(special_world, number)
    [key] = planning.keys_of(number)

    with pytest.raises(Refused) as refused:
        planning.decide(
            special_world, request, {key: APPROVED}, grants={key: grant}, reason=reason, validity=validity
        )

    assert faults(refused) == [fault]
    assert queries.approved_plans(special_world.ingrid) == []


@pytest.mark.requirement("SC-4", "NA-20")
def test_draft_keeps_count_amount_and_validity_until_the_decision(special_world):
    number = planning.create(special_world)
    request = planning.send(special_world, number)
    lower, upper = planning.keys_of(number)
    validity = Validity(dt.date(2025, 1, 1), None)
    assessment.save_draft_decision(
        special_world.actor("frida"),
        number=number,
        request_id=request.pk,
        assessment=planning.written(
            special_world, {lower: APPROVED}, {lower: Grant(1, 999_900)}, "Nja", validity
        ),
    )

    request.refresh_from_db()
    draft = preauthorization.desk(request, {}, today=special_world.today, may_change=True).draft

    assert draft == {
        f"verdict_{lower}": "approved",
        f"verdict_{upper}": "",
        f"count_{lower}": 1,
        f"amount_{lower}": 999_900,
        f"count_{upper}": 1,
        f"amount_{upper}": 1_519_500,
        "first_on": dt.date(2025, 1, 1),
        "reason": "Nja",
    }
    planning.decide(special_world, request)
    assert set(request.procedures.values_list("draft_count", "draft_amount")) == {(None, None)}


@pytest.mark.requirement("SC-4", "CO-29")
def test_clinic_that_wants_it_is_told_by_mail(special_world):
    MailChoice.objects.create(clinic=special_world.ryd, event="decision_made", chosen_on=special_world.today)
    MailAddress.objects.create(clinic=special_world.ryd, address="ryd@example.se")

    planning.approved_plan(special_world)

    assert OutgoingMail.objects.get().event == "decision_made"


# What claims may take ---------------------------------------------------------------------------------


@pytest.mark.requirement("SC-5")
def test_preauthorization_is_valid_on_its_days_for_its_provider_until_it_is_used_up(special_world):
    world, plan = special_world, planning.approved_plan(special_world, None, NewPlanned("825", "UK"))
    last = world.today.replace(year=2025)

    def numbers(on, provider):
        return [one.number for one in queries.valid_plans(world.ingrid, on=on, provider_id=provider.pk)]

    assert numbers(world.today, world.eken) == numbers(last, world.eken) == [plan.number]
    assert numbers(world.today - dt.timedelta(days=1), world.eken) == []
    assert numbers(last + dt.timedelta(days=1), world.eken) == []
    assert numbers(world.today, world.bjorken) == []
    plan.procedures.update(used_count=1, used_amount=1_270_500)
    assert numbers(world.today, world.eken) == []
    assert len(queries.approved_plans(world.ingrid)) == 1


@pytest.mark.requirement("SC-5")
@pytest.mark.parametrize(
    "change", [{"used_count": 3}, {"used_amount": 2_541_001}, {"used_amount": -1}], ids=str
)
def test_database_lets_no_more_be_used_than_was_approved(change, special_world):
    plan = planning.approved_plan(special_world, None, NewPlanned("825", "UK", 2))

    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedProcedure.objects.filter(plan=plan).update(**change)


# Who may ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("SC-4")
@pytest.mark.parametrize(
    ("name", "answer"), [("mats", Http404), ("nora", Http404), ("anna", NotAllowed), ("ivar", NotAllowed)]
)
def test_plan_of_another_clinic_is_out_of_reach(name, answer, special_world):
    number = planning.create(special_world)
    planning.send(special_world, number)

    with pytest.raises(answer):
        plans.withdraw_plan(special_world.actor(name), number=number)


@pytest.mark.requirement("SC-4", "NA-18")
def test_region_sees_a_plan_from_when_it_is_sent_and_changes_nothing_in_it(special_world):
    frida, number = special_world.actor("frida"), planning.create(special_world)

    with pytest.raises(Http404):
        queries.plan(frida, number)
    planning.send(special_world, number)

    assert queries.plan(frida, number).number == number
    with pytest.raises(NotAllowed):
        plans.withdraw_plan(frida, number=number)


@pytest.mark.requirement("SC-4")
def test_forged_ids_lead_nowhere(special_world):
    own, other = planning.create(special_world), planning.create(special_world, special_world.greta)
    request = planning.send(special_world, other)

    with pytest.raises(Http404):
        plans.remove_planned(special_world.actor("lisa"), number=own, planned_id=planning.keys_of(other)[0])
    with pytest.raises(Http404):
        queries.request_to_assess(special_world.actor("frida"), own, request.pk)
    with pytest.raises(NotAllowed):
        queries.request_to_assess(special_world.actor("gustav"), other, request.pk)
    with pytest.raises(NotAllowed):
        queries.request_to_assess(special_world.actor("lisa"), other, request.pk)


@pytest.mark.requirement("SC-4", "NA-22")
def test_unread_decision_is_counted_until_somebody_reads_it(special_world):
    plan, lisa = planning.approved_plan(special_world), special_world.actor("lisa")

    unread = queries.unread_count(lisa)
    plans.mark_decision_read(lisa, number=plan.number)

    assert (unread, queries.unread_count(lisa)) == (1, 0)
    assert queries.unread_count(special_world.actor("mats")) == 0
