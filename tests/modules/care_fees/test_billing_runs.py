"""The billing run: lamps, faults, approval that locks, and who may do it to which areas."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees import tasks
from kvitt.modules.care_fees.commands import absences, approval, billing_rules, calculation, runs, steps
from kvitt.modules.care_fees.lifecycle import AbsenceReason, Lamp
from kvitt.modules.care_fees.models import (
    AreaMonth,
    BillingRule,
    BillingRun,
    Client,
    ClientMonth,
    ConcernedArea,
    FeeInvoice,
    FeeLine,
)
from kvitt.modules.care_fees.queries import area_months, month_proof
from kvitt.modules.care_fees.queries import billing_rules as rule_queries
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.rules.absence import AbsenceFacts
from kvitt.modules.care_fees.rules.runs import Tally
from kvitt.registers.access.rules import NotAllowed
from tests.modules.care_fees.invoicing import approve_area, make
from tests.world import TODAY

MONTH = dt.date(2024, 10, 1)
NEXT = dt.date(2024, 11, 1)


def make_rule(world, *areas, by="bodil", name="Norr", is_on_desktop=False):
    return billing_rules.save_rule(
        world.actor(by),
        today=TODAY,
        name=name,
        area_ids=[area.pk for area in areas or (world.north,)],
        is_on_desktop=is_on_desktop,
    )


def calculate(world, rule, *, by="bodil", month=MONTH):
    return runs.calculate_selection(world.actor(by), rule_id=rule.pk, month=month, today=TODAY)


def start(world, rule, *, by="bodil", month=MONTH):
    return runs.start_run(world.actor(by), rule_id=rule.pk, month=month, today=TODAY)


def approve(world, rule, *, by="bodil", month=MONTH, confirmed=True):
    return approval.approve_areas(
        world.actor(by), rule_id=rule.pk, month=month, today=TODAY, confirmed=confirmed
    ).clients


def reopen(world, area, *, by="bodil", month=MONTH, reason="Fel hyra"):
    return approval.reopen_area(world.actor(by), area_id=area.pk, month=month, reason=reason, today=TODAY)


def look(world, rule, *, by="bodil", month=MONTH):
    return queries.selection(world.actor(by), rule.pk, month, today=TODAY)


def codes(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return [problem.code for problem in refused.value.problems]


def without_income(client):
    client.settings.update(accepts_cap=False)


def mended(client):
    client.settings.update(accepts_cap=True)
    steps.touch(client)


@pytest.mark.requirement("CF-24", "CF-25", "CF-26", "CF-28")
def test_month_goes_from_red_by_faults_to_yellow_and_green(care_world):
    world, rule = care_world, make_rule(care_world)
    without_income(world.birger)
    before = look(world, rule)
    assert before.count.tally == Tally(red=4)
    assert before.may_calculate
    assert not before.may_approve
    run = calculate(world, rule, by="karla")
    assert (run.client_count, run.finished_at is not None, run.started_by) == (4, True, "Karla Samordnarsson")
    after = look(world, rule)
    assert after.count.tally == Tally(red=1, yellow=3, faulty=1)
    assert not after.may_calculate, "the faults come first"
    (fault,) = queries.faults(world.actor("karla"), rule.pk, MONTH)
    assert (fault.about, fault.kind, fault.area, fault.is_changed) == (
        world.birger,
        "income_missing",
        "Norr",
        False,
    )
    assert codes(approve, world, rule) == ["not_all_calculated"]
    assert ClientMonth.objects.filter(status="approved").count() == 0
    mended(world.birger)
    assert queries.faults(world.actor("karla"), rule.pk, MONTH)[0].is_changed
    assert calculate(world, rule).client_count == 1
    assert look(world, rule).count.tally == Tally(yellow=4)
    assert approve(world, rule, by="karla") == 4
    locked = look(world, rule)
    assert locked.count.tally == Tally(green=4)
    assert (locked.areas[0].state.approved_by, locked.may_approve) == ("Karla Samordnarsson", False)
    # A locked month stays green whatever changes, and a run does nothing to it.
    steps.touch(world.astrid)
    assert calculate(world, rule).client_count == 0
    assert look(world, rule).count.tally == Tally(green=4)
    assert codes(approve, world, rule) == ["approved_already"]
    event = Event.objects.get(action="care_fees.approve_areas")
    assert event.subject_key == "Norr 2024-10"
    assert event.subjects.count() == 4


@pytest.mark.requirement("CF-24")
def test_couple_has_two_lamps_and_clients_are_listed_by_lamp(care_world, django_assert_max_num_queries):
    world, rule, karla = care_world, make_rule(care_world), care_world.actor("karla")
    without_income(world.astrid)
    calculate(world, rule)
    Client.objects.filter(pk=world.erik.pk).update(version=9)
    red = queries.selected_clients(karla, rule.pk, MONTH, lamp=Lamp.RED)
    assert set(red) == {world.astrid, world.erik}
    listed = queries.selected_clients(karla, rule.pk, MONTH).order_by("person__sort_key")
    with django_assert_max_num_queries(25):
        shown = queries.with_spouses(list(listed), karla, MONTH)
    lamps = {client.pk: client.lamps for client in shown}
    assert lamps[world.dagny.pk] == [Lamp.YELLOW, Lamp.RED]
    assert lamps[world.erik.pk] == [Lamp.RED, Lamp.YELLOW]
    assert lamps[world.birger.pk] == [Lamp.YELLOW]
    assert {(client.area_name, client.last_total) for client in shown} == {("Norr", None)}
    assert look(world, rule).count.changed == 1
    with django_assert_max_num_queries(30):
        look(world, rule)


@pytest.mark.requirement("CF-30", "CF-24")
def test_second_officer_is_told_who_was_first_and_nobody_approves_meanwhile(care_world, monkeypatch):
    world = care_world
    monkeypatch.setattr(runs, "CLIENTS_PER_CHUNK", 2)
    both, north = make_rule(world, world.north, world.south, name="Alla"), make_rule(world)
    run = start(world, both)
    assert [len(chunk.client_ids) for chunk in run.chunks.order_by("place")] == [2, 2, 1]
    for act in (start, calculate, approve):
        with pytest.raises(Refused) as refused:
            act(world, north, by="karla")
        assert refused.value.problems[0].values["who"] == "Bodil Debitering"
    shown = look(world, north, by="karla")
    assert (shown.progress.percent, shown.progress.total, shown.may_calculate) == (0, 5, False)
    assert "Bodil Debitering" in shown.why_not_calculate
    assert not shown.progress.may_stop, "the run is of areas that are not all hers"
    assert tasks.work_on_runs(goes_on=iter([True, False]).__next__) == 1
    progress = queries.progress(world.actor("bodil"), both.pk, MONTH)
    assert (progress.percent, progress.done, progress.may_stop) == (40, 2, True)
    assert not runs.finish_run(run_id=run.pk)
    assert tasks.work_on_runs() == 2
    assert tasks.work_on_runs() == 0
    run.refresh_from_db()
    assert run.finished_at is not None
    assert not AreaMonth.objects.filter(run__isnull=False).exists()
    assert look(world, both).count.tally == Tally(yellow=5)
    assert ClientMonth.objects.count() == 5


@pytest.mark.requirement("CF-30")
def test_run_that_hangs_is_given_up_and_run_again(care_world, monkeypatch, sign_in):
    world, rule = care_world, make_rule(care_world)
    monkeypatch.setattr(runs, "CLIENTS_PER_CHUNK", 1)
    run = start(world, rule)
    runs.calculate_chunk(run_id=run.pk)
    with pytest.raises(Http404):
        runs.stop_run(world.actor("kurt"), run_id=run.pk)
    shown, stop = (
        f"{reverse('care_fees:billing_run')}?period=2024-10&rule={rule.pk}",
        reverse("care_fees:stop_run", args=[run.pk]),
    )
    karla = sign_in(world, "karla")
    assert stop in karla.get(shown).content.decode()
    assert sign_in(world, "kurt").post(stop).status_code == 404
    assert sign_in(world, "ulf").post(stop).status_code == 403
    assert karla.post(stop).status_code == 303
    assert stop not in karla.get(shown).content.decode()
    assert codes(runs.stop_run, world.actor("karla"), run_id=run.pk) == ["nothing_runs"]
    assert look(world, rule).count.tally == Tally(red=3, yellow=1)
    assert start(world, rule).client_count == 3


@pytest.mark.requirement("CF-24", "QU-14")
def test_client_who_cannot_be_calculated_stops_nobody_else(care_world, monkeypatch, caplog):
    world, rule = care_world, make_rule(care_world)
    done = calculation.calculate_clients

    def fail_for_birger(authority_id, client_ids, *args, **kwargs):
        if world.birger.pk in client_ids:
            raise ZeroDivisionError
        return done(authority_id, client_ids, *args, **kwargs)

    monkeypatch.setattr(calculation, "calculate_clients", fail_for_birger)
    calculate(world, rule)
    assert look(world, rule).count.tally == Tally(red=1, yellow=3)
    assert f"client {world.birger.pk} stays red" in caplog.text
    assert "Testlund" not in caplog.text
    assert not AreaMonth.objects.filter(run__isnull=False).exists()


@pytest.mark.requirement("CF-26", "CF-27", "CF-28")
def test_what_is_saved_after_the_calculation_hinders_the_approval_and_an_unopened_journal_asks(care_world):
    world, rule = care_world, make_rule(care_world, care_world.north, care_world.south)
    calculate(world, rule)
    assert look(world, rule).unopened == ["Norr", "Söder"]
    assert codes(approve, world, rule, confirmed=False) == ["journal_not_opened"]
    AreaMonth.objects.update(journal_opened_at=ClientMonth.objects.latest("calculated_at").calculated_at)
    steps.touch(world.greta)
    assert codes(approve, world, rule, confirmed=False) == ["not_all_calculated"]
    assert not AreaMonth.objects.filter(approved_at__isnull=False).exists(), "all areas or none"
    calculate(world, rule)
    assert look(world, rule).unopened == ["Söder"], "calculated again since"
    AreaMonth.objects.update(journal_opened_at=ClientMonth.objects.latest("calculated_at").calculated_at)
    assert approve(world, rule, confirmed=False) == 5
    # Prices are facts of the month too.
    calculate(world, rule, month=NEXT)
    world.services["OMV"].prices.update(amount=1)
    assert look(world, rule, month=NEXT).count.changed == 5
    assert codes(approve, world, rule, month=NEXT) == ["not_all_calculated"]


@pytest.mark.requirement("CF-24", "CF-28", "CF-30")
def test_months_to_come_empty_areas_and_shared_clients(care_world):
    world = care_world
    rule, south = make_rule(world), make_rule(world, world.south, name="Söder")
    for act in (start, calculate, approve):
        assert codes(act, world, rule, month=dt.date(2024, 12, 1)) == ["month_to_come"]
        assert codes(act, world, rule, month=dt.date(1999, 12, 1)) == ["no_terms"]
    with pytest.raises(Http404):
        look(world, rule, month=dt.date(1999, 12, 1))
    calculate(world, rule)
    of_birger = ClientMonth.objects.get(client=world.birger)
    of_birger.concerned_areas.all().delete()
    ConcernedArea.objects.create(client_month=of_birger, area=world.south)
    shown = look(world, rule)
    assert (shown.shared, [(each.area, each.clients) for each in shown.missing]) == (1, [("Söder", 1)])
    Client.objects.get(pk=world.greta.pk).placements.update(area=world.north)
    assert look(world, south).count.tally == Tally()
    assert calculate(world, south).client_count == 0
    assert approve(world, south) == 0
    assert look(world, rule).missing == []
    assert codes(approve, world, south) == ["approved_already"]


@pytest.mark.requirement("CF-28")
def test_only_the_billing_office_reopens_with_a_reason_until_the_next_month_is_approved(care_world):
    world, rule = care_world, make_rule(care_world)
    calculate(world, rule)
    assert codes(reopen, world, world.north) == ["not_approved"]
    approve(world, rule)
    with pytest.raises(NotAllowed):
        reopen(world, world.north, by="karla")
    assert codes(reopen, world, world.north, reason=" ") == ["no_reason"]
    calculate(world, rule, month=NEXT)
    of_astrid = ClientMonth.objects.get(client=world.astrid, month=NEXT)
    FeeLine.objects.create(
        client_month=of_astrid, place=90, kind="difference", text="Justering", amount=5, about_month=MONTH
    )
    Client.objects.filter(pk=world.astrid.pk).update(changed_from=MONTH)
    approve(world, rule, month=NEXT)
    assert Client.objects.get(pk=world.astrid.pk).changed_from is None, "the difference is charged now"
    assert codes(reopen, world, world.north) == ["later_approved"]
    assert reopen(world, world.north, month=NEXT) == 4
    assert look(world, rule, month=NEXT).count.tally == Tally(yellow=4)
    assert Client.objects.get(pk=world.astrid.pk).changed_from == MONTH, "and waits again"
    state = look(world, rule, month=NEXT).areas[0].state
    assert (state.approved_at, state.reopened_by, state.reopen_reason) == (
        None,
        "Bodil Debitering",
        "Fel hyra",
    )
    assert reopen(world, world.north) == 4
    assert Event.objects.filter(action="care_fees.reopen_area").count() == 2


@pytest.mark.requirement("CF-17", "CF-26", "CF-29")
def test_what_a_later_month_has_brought_is_not_brought_again_by_an_earlier_one(care_world):
    world, rule, first = care_world, make_rule(care_world), dt.date(2024, 9, 1)
    astrid = world.astrid
    astrid.granted.update(amount=4_000)
    calculate(world, rule, month=first)
    approve(world, rule, month=first)
    register_absence = AbsenceFacts(AbsenceReason.UNPLANNED, dt.date(2024, 9, 2), dt.date(2024, 9, 4), TODAY)
    absences.add_absence(world.actor("karla"), today=TODAY, number=astrid.number, new=register_absence)
    calculate(world, rule)
    calculate(world, rule, month=NEXT)
    assert approve(world, rule, month=NEXT) == 4

    assert look(world, rule).count.tally.red == 1, "what it would bring is brought"
    calculate(world, rule)
    approve(world, rule)
    brought = FeeLine.objects.filter(client_month__client=astrid, about_month=first)
    assert list(brought.values_list("client_month__month", "kind", "amount").order_by("kind")) == [
        (NEXT, "carried", 4_000),
        (NEXT, "difference", -400),
    ]
    assert not list(month_proof.breaches())
    # The later month is reckoned to its own end, whichever month brings its difference.
    late = AbsenceFacts(AbsenceReason.UNPLANNED, dt.date(2024, 11, 4), dt.date(2024, 11, 6), TODAY)
    reopen_alone(astrid, MONTH)
    absences.add_absence(world.actor("karla"), today=TODAY, number=astrid.number, new=late)
    calculate(world, rule)
    in_advance = FeeLine.objects.get(client_month__client=astrid, about_month=NEXT)
    assert (in_advance.client_month.month, in_advance.amount) == (MONTH, -400)


def reopen_alone(client, month):
    ClientMonth.objects.filter(client=client, month=month).update(status="calculated")


@pytest.mark.requirement("CF-28", "CF-29")
def test_invoices_of_a_reopened_month_are_voided_and_made_again_until_one_is_sent(care_world):
    world, rule = care_world, make_rule(care_world)
    calculate(world, rule)
    approve(world, rule)
    approve_area(world.south)
    first = make(world)
    assert reopen(world, world.north) == 4
    assert {invoice.state for invoice in FeeInvoice.objects.all()} == {"voided"}
    shown = look(world, rule).count
    assert (shown.tally.red, shown.tally.yellow) == (len(first), 4 - len(first))
    assert calculate(world, rule).client_count == len(first)
    approve(world, rule)
    second = make(world)
    assert [invoice.number for invoice in second] == [invoice.number + len(first) for invoice in first]
    FeeInvoice.objects.filter(pk=second[0].pk).update(state="sent")
    assert codes(reopen, world, world.north) == ["sent_already"]


@pytest.mark.requirement("CF-23", "CO-4")
def test_coordinator_has_rules_of_her_own_areas_only(care_world):
    world, karla = care_world, care_world.actor("karla")
    own = make_rule(world, by="karla", is_on_desktop=True)
    others, both = (
        make_rule(world, world.south, name="Söder"),
        make_rule(world, world.north, world.south, name="Alla"),
    )
    assert list(rule_queries.rules_of(karla)) == [own]
    assert list(rule_queries.rules_of(world.actor("bodil"))) == [both, own, others]
    assert codes(make_rule, world, name=" Norr ") == ["name_exists"]
    assert codes(
        billing_rules.save_rule,
        karla,
        today=TODAY,
        name=" ",
        area_ids=[],
        is_on_desktop=False,
    ) == ["no_name", "no_areas"]
    with pytest.raises(Http404):
        make_rule(world, world.south, by="karla", name="Mina")
    for act in (look, start, calculate, approve):
        for rule_id in (others.pk, both.pk, 999_999):
            with pytest.raises(Http404):
                act(world, BillingRule(pk=rule_id), by="karla")
        for nobody in ("ulf", "fia", "mona"):
            with pytest.raises(NotAllowed):
                act(world, own, by=nobody)
    for month in (dt.date(2024, 8, 1), dt.date(2024, 9, 1), MONTH, NEXT):
        calculate(world, own, month=month)
    (folder,) = rule_queries.folders(karla)
    assert (folder.name, folder.areas, [run.month for run in folder.runs]) == (
        "Norr",
        ["Norr"],
        [NEXT, MONTH, dt.date(2024, 9, 1)],
    )
    assert rule_queries.folders(world.actor("ulf")) == []
    billing_rules.end_rule(karla, today=TODAY, rule_id=own.pk)
    assert rule_queries.folders(karla) == []
    assert make_rule(world, by="karla").pk != own.pk, "the name is free again"


@pytest.mark.requirement("CF-1", "CO-4")
def test_time_plan_says_what_is_to_be_approved_by_when(care_world):
    world, rule = care_world, make_rule(care_world)
    yesterday, later = dt.date(2024, 11, 19), dt.date(2024, 12, 3)
    days = {world.north.pk: yesterday, world.south.pk: later}

    def plan(by="bodil", chosen=days):
        return approval.set_time_plan(world.actor(by), month=MONTH, days=chosen)

    with pytest.raises(NotAllowed):
        plan(by="karla")
    with pytest.raises(Http404):
        plan(chosen={999_999: later})
    assert (plan(), plan(), plan(chosen=days | {world.intake.pk: None})) == (2, 0, 0)
    assert AreaMonth.objects.count() == len(days)
    assert [row.area for row in area_months.due_approvals(world.actor("bodil"), today=TODAY)] == [
        "Norr",
        "Söder",
    ]
    (due,) = area_months.due_approvals(world.actor("karla"), today=TODAY)
    assert (due.month, due.approve_by, due.is_overdue) == (MONTH, yesterday, True)
    assert look(world, rule).areas[0].is_overdue
    calculate(world, rule)
    approve(world, rule)
    assert area_months.due_approvals(world.actor("karla"), today=TODAY) == []
    assert dict(area_months.time_plan(world.actor("bodil"), MONTH)) == {
        world.north: yesterday,
        world.south: later,
    }


@pytest.mark.requirement("CF-24", "CF-28")
def test_run_fees_names_clients_by_number_and_approves_when_nothing_is_wrong(care_world, monkeypatch):
    world = care_world
    monkeypatch.setattr(runs, "CLIENTS_PER_CHUNK", 2)
    without_income(world.birger)

    def run(*arguments):
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("run_fees", "--period", "2024-10", *arguments, stdout=out, stderr=err)
        except SystemExit as ended:
            return ended.code, out.getvalue(), err.getvalue()
        return 0, out.getvalue(), err.getvalue()

    code, out, err = run("--area", "Norr", "--approve")
    assert code == 1
    assert world.birger.number in err
    assert "Testlund" not in out + err
    assert world.birger.person.identity_number not in out + err
    assert not ClientMonth.objects.filter(status="approved").exists()
    mended(world.birger)
    # Somebody's run that waits for a worker is shared.
    start(world, make_rule(world))
    assert run("--area", str(world.north.pk), "--area", "Norr", "--approve")[0] == 0
    assert ClientMonth.objects.filter(status="approved").count() == 4
    assert run()[0] == 0
    assert ClientMonth.objects.count() == 5
    assert BillingRun.objects.filter(finished_at__isnull=True).count() == 0
    with pytest.raises(Exception, match="Väster") as fault:
        run("--area", "Väster")
    assert fault.value.returncode == 2
