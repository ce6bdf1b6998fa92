"""*Kör igen*: the clinics that got a fault are tried again; the administrator is asked first."""

import pytest
from django.http import Http404
from django.urls import reverse

from kvitt.audit.models import Event
from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands
from kvitt.ledger.models import InvoiceRun, InvoiceRunClinic
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Authority

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-8", "QU-23")]


def url(run):
    return reverse("ledger:repeat_run", args=[run.pk])


@pytest.fixture
def ivar(world, sign_in):
    """The administrator, in English."""
    client = sign_in(world, "ivar")
    client.cookies["kvitt_language"] = "en"
    return client


def test_clinics_with_faults_wait_and_the_run_is_unfinished(world, runs):
    run = runs.with_fault()
    began = run.started_at

    commands.repeat_run(world.actor("ivar"), run_id=run.pk)

    run.refresh_from_db()
    assert run.finished_at is None
    assert run.started_at > began
    assert sorted(run.clinics.values_list("clinic__number", "fault")) == [("1111", "waiting"), ("2222", "")]


@pytest.mark.requirement("CO-30")
def test_event_says_which_clinics_had_what_fault(world, runs):
    run = runs.with_fault()

    commands.repeat_run(world.actor("ivar"), run_id=run.pk)

    event = Event.objects.get(action="ledger.repeat_run")
    assert (event.subject_kind, event.subject_key) == ("invoice_run", str(run.pk))
    assert event.data == {
        "before": {"faults": ["1111: no_account"]},
        "after": {"module": "population_health", "due_on": "2024-11-01"},
    }


@pytest.mark.parametrize("is_finished", [True, False], ids=["no faults", "under way"])
def test_run_without_faults_or_under_way_is_refused(world, runs, is_finished):
    run = runs.begin()
    if is_finished:
        runs.finish(run)
    else:
        runs.fault(run, world.ryd)

    with pytest.raises(Refused) as refused:
        commands.repeat_run(world.actor("ivar"), run_id=run.pk)

    [problem] = refused.value.problems
    assert problem.code == ("run_without_faults" if is_finished else "run_under_way")
    assert InvoiceRunClinic.objects.count() == (0 if is_finished else 1)
    assert not Event.objects.filter(action="ledger.repeat_run").exists()


@pytest.mark.requirement("CO-4")
@pytest.mark.parametrize("name", ["anna", "eva", "frida", "gustav", "hanna", "jenny", "klara"])
def test_forged_post_is_refused(world, runs, sign_in, name):
    run = runs.with_fault()

    with pytest.raises(NotAllowed):
        commands.repeat_run(world.actor(name), run_id=run.pk)
    assert sign_in(world, name).post(url(run)).status_code == 403
    assert InvoiceRun.objects.get().finished_at is not None


@pytest.mark.requirement("CO-1")
def test_run_of_another_authority_is_not_there(world, runs, ivar):
    other = Authority.objects.create(name="Region Grann", kind="region", organisation_number="2321000057")
    run = runs.begin(authority=other)
    runs.fault(run, world.ryd)
    runs.finish(run)

    with pytest.raises(Http404):
        commands.repeat_run(world.actor("ivar"), run_id=run.pk)
    assert ivar.post(url(run)).status_code == 404
    assert InvoiceRun.objects.get().finished_at is not None


def test_dialog_asks_first_and_changes_nothing(ivar, runs):
    run = runs.with_fault()

    content = ivar.get(url(run)).content.decode()

    assert "The clinics that got a fault are tried again." in content
    assert "Cancel" in content
    assert InvoiceRun.objects.get().finished_at is not None


def test_running_again_confirms_and_shows_the_run(ivar, runs):
    run = runs.with_fault()

    answer = ivar.post(url(run), follow=True)

    assert answer.redirect_chain == [(reverse("ledger:run", args=[run.pk]), 303)]
    assert "The worker takes it up within a few seconds." in str(next(iter(answer.context["messages"])))
    page = answer.context["page"]
    assert page.about.is_running
    assert (page.about.row.faults, page.about.faults) == (0, [])
    assert (page.about.progress.done, page.about.progress.total) == (1, 2)
    assert "Is tried again." in answer.content.decode()


def test_question_is_not_asked_where_there_is_nothing_to_run_again(ivar, runs):
    run = runs.finish(runs.begin())

    answer = ivar.get(url(run), follow=True)

    assert answer.redirect_chain == [(reverse("ledger:run", args=[run.pk]), 303)]
    assert "The run has no faults. There is nothing to run again." in answer.content.decode()


@pytest.mark.requirement("CO-33")
def test_second_press_is_refused_in_words(ivar, runs):
    run = runs.with_fault()
    ivar.post(url(run))

    answer = ivar.post(url(run))

    assert answer.status_code == 422
    assert "The run is already under way." in answer.content.decode()
