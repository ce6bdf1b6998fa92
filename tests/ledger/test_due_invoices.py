"""Invoices that the calendar makes: what is owed, what stands on them, who gets none and why."""

import datetime as dt
import logging

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvitt.audit.models import Event, Subject
from kvitt.ledger import commands, queries, rules, tasks
from kvitt.ledger.commands import due_invoices
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow, InvoiceRun, InvoiceRunClinic, InvoiceStep, Line
from kvitt.ledger.queries import due_invoices as pending_clinics
from kvitt.registers.access.rules import NotAllowed
from kvitt.registers.organisations.models import Clinic

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PH-8")]
DECEMBER, JANUARY, FEBRUARY = dt.date(2024, 12, 1), dt.date(2025, 1, 1), dt.date(2025, 2, 1)


def invoices():
    return Invoice.objects.order_by("pk")


def referenced():
    return sorted(invoices().values_list("external_reference", flat=True))


def statuses(line_ids):
    return list(Line.objects.filter(pk__in=line_ids).order_by("pk").values_list("status", flat=True))


def assert_adds_up():
    assert list(queries.breaches()) == []


# One month ----------------------------------------------------------------------------------------


def test_invoice_is_dated_and_called_after_the_month_that_ended(scheme):
    scheme.approve(3)

    tasks.make_due_invoices(on=DECEMBER)

    invoice = Invoice.objects.get()
    assert invoice.external_reference == "Befolkningsansvar 2024-11 1111"
    assert (invoice.invoice_date, invoice.due_date) == (dt.date(2024, 11, 30), dt.date(2024, 12, 30))
    assert (invoice.total, invoice.status, invoice.rows.count()) == (300_00, "issued", 3)
    assert (invoice.clinic_name, invoice.provider_number) == ("Ekens Tandvård Ryd", "5560000019")
    assert (invoice.payer_name, invoice.issued_by_id) == ("Region Exempel", None)
    assert_adds_up()


def test_reference_is_swedish_whoever_runs_the_program(scheme):
    scheme.approve()

    with translation.override("en"):
        tasks.make_due_invoices(on=DECEMBER)

    assert referenced() == ["Befolkningsansvar 2024-11 1111"]


def test_each_clinic_gets_one_invoice_and_a_clinic_without_rows_none(scheme):
    scheme.approve(2)
    scheme.approve(1, clinic=scheme.world.linghem, number="A2024-000002")

    made = tasks.make_due_invoices(on=DECEMBER)

    assert made == 2
    assert referenced() == ["Befolkningsansvar 2024-11 1111", "Befolkningsansvar 2024-11 1112"]
    assert InvoiceRunClinic.objects.count() == 2
    assert_adds_up()


def test_nothing_is_due_before_the_first(scheme):
    scheme.approve()

    assert tasks.make_due_invoices(on=dt.date(2024, 11, 30)) == 0
    assert not InvoiceRun.objects.exists()


def test_what_is_performed_from_the_due_day_on_waits(scheme):
    [before] = scheme.approve(performed_on=dt.date(2024, 11, 30))
    [after] = scheme.approve(performed_on=DECEMBER)

    tasks.make_due_invoices(on=DECEMBER)

    assert statuses([before, after]) == ["invoiced", "approved"]


def test_removed_lines_and_those_of_other_schemes_are_left_out(scheme, book):
    [removed] = scheme.approve()
    commands.withdraw(removed)
    of_a_case = book.approve()
    scheme.approve()

    tasks.make_due_invoices(on=DECEMBER)

    assert InvoiceRow.objects.count() == 1
    assert statuses([removed, of_a_case]) == ["withdrawn", "approved"]


def test_running_twice_changes_nothing(scheme):
    scheme.approve(3)
    tasks.make_due_invoices(on=DECEMBER)

    assert tasks.make_due_invoices(on=DECEMBER) == 0
    assert tasks.make_due_invoices(on=dt.date(2024, 12, 31)) == 0
    assert (Invoice.objects.count(), InvoiceRun.objects.count()) == (1, 1)


def test_what_is_reported_late_stands_on_the_next_invoice(scheme):
    scheme.approve()
    tasks.make_due_invoices(on=DECEMBER)
    [late] = scheme.approve(created_on=dt.date(2024, 12, 5))

    tasks.make_due_invoices(on=dt.date(2024, 12, 31))
    assert statuses([late]) == ["approved"]
    tasks.make_due_invoices(on=JANUARY)

    row = InvoiceRow.objects.get(line_id=late)
    assert row.invoice.external_reference == "Befolkningsansvar 2024-12 1111"
    assert_adds_up()


def test_closed_clinic_is_still_invoiced(scheme):
    scheme.approve()
    Clinic.objects.update(closed_on=dt.date(2024, 11, 25))

    assert tasks.make_due_invoices(on=DECEMBER) == 1


@pytest.mark.requirement("QU-14")
def test_months_of_an_outage_are_caught_up_in_order(scheme):
    for day in (dt.date(2024, 9, 3), dt.date(2024, 10, 31), dt.date(2024, 11, 1), dt.date(2024, 12, 2)):
        scheme.approve(2, performed_on=day, number=f"A2024-0000{day.month:02d}")

    tasks.make_due_invoices(on=dt.date(2024, 12, 3))

    made = invoices().values_list("external_reference", "invoice_date", "total")
    assert [(reference[18:25], day, total) for reference, day, total in made] == [
        ("2024-09", dt.date(2024, 9, 30), 200_00),
        ("2024-10", dt.date(2024, 10, 31), 200_00),
        ("2024-11", dt.date(2024, 11, 30), 200_00),
    ]
    assert Line.objects.filter(status=LineStatus.APPROVED).count() == 2
    assert_adds_up()


def test_month_without_anything_is_a_run_without_invoices(scheme, settings):
    settings.KVITT_TODAY = FEBRUARY
    scheme.approve()

    tasks.make_due_invoices(on=FEBRUARY)

    runs = InvoiceRun.objects.order_by("due_on")
    assert [run.due_on for run in runs] == [DECEMBER, JANUARY, FEBRUARY]
    assert [run.clinics.count() for run in runs] == [1, 0, 0]


def test_day_ahead_of_time_begins_no_month_that_has_nothing(scheme):
    """A slip of the pen by a year settles only what there is: later lines wait for the next 1st."""
    scheme.approve()

    tasks.make_due_invoices(on=dt.date(2025, 11, 20))

    assert [run.due_on for run in InvoiceRun.objects.all()] == [DECEMBER]
    [later] = scheme.approve(performed_on=dt.date(2024, 12, 5))
    tasks.make_due_invoices(on=JANUARY)
    assert statuses([later]) == ["invoiced"]


def test_authorities_have_runs_of_their_own(scheme, neighbour):
    other = neighbour.authority
    scheme.approve()
    scheme.approve(2, performed_on=dt.date(2024, 12, 20), clinic=neighbour)

    assert [owed.authority_id for owed in queries.owed_runs(on=JANUARY)] == [scheme.world.region.pk] * 2 + [
        other.pk
    ]
    assert [owed.due_on for owed in queries.owed_runs(on=JANUARY, authority_id=other.pk)] == [JANUARY]
    assert tasks.make_due_invoices(on=JANUARY) == 2
    assert_adds_up()


def test_worker_told_to_stop_leaves_the_rest_and_opens_no_later_month(scheme):
    scheme.approve()
    scheme.approve(clinic=scheme.world.linghem)
    scheme.approve(performed_on=dt.date(2024, 12, 5))
    answers = iter([True, False])

    made = tasks.make_due_invoices(on=JANUARY, goes_on=lambda: next(answers, True), clinics=1)

    assert InvoiceRun.objects.count() == 1
    assert made == Invoice.objects.count()
    assert [owed.due_on for owed in queries.owed_runs(on=JANUARY)] == [DECEMBER, JANUARY]
    tasks.make_due_invoices(on=JANUARY)
    assert Invoice.objects.count() == 3
    assert_adds_up()


# Clinics that get none ----------------------------------------------------------------------------


def test_clinic_without_account_is_listed_and_the_others_are_served(scheme):
    Clinic.objects.filter(number="1111").update(giro_kind="", giro_number="")
    [left] = scheme.approve()
    scheme.approve(clinic=scheme.world.linghem)

    tasks.make_due_invoices(on=DECEMBER)

    outcome = queries.run_outcome(InvoiceRun.objects.get().pk)
    assert (outcome.invoices, outcome.total) == (1, 100_00)
    assert outcome.faults == [("1111 - Ekens Tandvård Ryd", "no_account")]
    assert statuses([left]) == ["approved"]
    assert queries.owed_runs(on=DECEMBER) == []
    assert_adds_up()


def set_account(clinic, number):
    Clinic.objects.filter(pk=clinic.pk).update(giro_kind="bankgiro" if number else "", giro_number=number)


def repeat(scheme, due_on=DECEMBER):
    """Run it again, as the administrator does, and let the worker take it up."""
    run = InvoiceRun.objects.get(due_on=due_on)
    commands.repeat_run(scheme.world.actor("ivar"), run_id=run.pk)
    tasks.make_due_invoices(on=due_on)
    return list(run.clinics.order_by("clinic").values_list("clinic__number", "invoice__total", "fault"))


def test_run_made_again_is_for_those_alone_who_had_a_fault(scheme, book):
    """Others report late, or want credit of what a later month charged: that goes with the next 1st."""
    ryd, linghem, bjork = scheme.world.ryd, scheme.world.linghem, scheme.world.bjork
    set_account(ryd, "")
    scheme.approve()
    tasks.make_due_invoices(on=DECEMBER)
    charged = scheme.approve(clinic=linghem, created_on=dt.date(2024, 12, 10))
    tasks.make_due_invoices(on=JANUARY)
    book.take(Invoice.objects.get(clinic=linghem).pk, InvoiceStatus.AUTHORISED)
    commands.request_credit(charged)
    late = scheme.approve(clinic=bjork, created_on=dt.date(2025, 1, 15))
    set_account(ryd, "9912346")

    assert repeat(scheme) == [("1111", 100_00, "")]

    assert invoices().last().invoice_date == dt.date(2024, 11, 30)
    assert statuses([*charged, *late]) == ["awaiting_credit", "approved"]
    assert queries.owed_runs(on=JANUARY) == []
    tasks.make_due_invoices(on=FEBRUARY)
    assert statuses([*charged, *late]) == ["credited", "invoiced"]
    assert_adds_up()


def test_run_made_again_credits_nothing_that_a_later_month_charged(scheme, book):
    """The clinic's lines went with the next month; one of them is wrong, and one more has been reported."""
    set_account(scheme.world.ryd, "")
    [wrong] = scheme.approve()
    tasks.make_due_invoices(on=DECEMBER)
    set_account(scheme.world.ryd, "9912346")
    tasks.make_due_invoices(on=JANUARY)
    book.take(Invoice.objects.get().pk, InvoiceStatus.AUTHORISED)
    commands.request_credit([wrong])
    [late] = scheme.approve(created_on=dt.date(2025, 1, 15), amount=300_00)

    assert repeat(scheme) == [("1111", 300_00, "")]

    assert statuses([wrong, late]) == ["awaiting_credit", "invoiced"]
    tasks.make_due_invoices(on=FEBRUARY)
    assert invoices().last().total == -100_00
    assert_adds_up()


def test_run_made_again_credits_what_an_earlier_month_charged(scheme, book):
    [wrong], invoice = first_invoice(scheme, 1)
    book.take(invoice.pk, InvoiceStatus.AUTHORISED)
    commands.request_credit([wrong])
    set_account(scheme.world.ryd, "")
    tasks.make_due_invoices(on=JANUARY)
    set_account(scheme.world.ryd, "9912346")

    assert repeat(scheme, JANUARY) == [("1111", -100_00, "")]

    assert_adds_up()


def test_clinic_of_a_run_made_again_gets_its_fault_again_or_is_forgotten(scheme):
    """Björken still has no account; what Ryd had is removed."""
    for clinic in (scheme.world.ryd, scheme.world.bjork):
        set_account(clinic, "")
    gone = scheme.approve()
    scheme.approve(clinic=scheme.world.bjork)
    tasks.make_due_invoices(on=DECEMBER)
    commands.withdraw(*gone)

    assert repeat(scheme) == [("2222", None, "no_account")]

    assert InvoiceRun.objects.get().finished_at is not None


@pytest.mark.requirement("QU-14")
def test_trouble_with_one_authority_is_told_and_stops_no_other(scheme, neighbour, monkeypatch, caplog):
    scheme.approve()
    scheme.approve(clinic=neighbour)
    opens = commands.open_run

    def away_for_the_first(*, authority_id, **run):
        if authority_id == scheme.world.region.pk:
            raise InterfaceError
        return opens(authority_id=authority_id, **run)

    monkeypatch.setattr(commands, "open_run", away_for_the_first)

    with pytest.raises(InterfaceError):
        tasks.make_due_invoices(on=DECEMBER)

    assert Invoice.objects.get().clinic == neighbour
    assert f"Authority {scheme.world.region.pk}" in caplog.text


def fail_for(monkeypatch, number):
    """Make something of a clinic's invoice go wrong in a way that nobody has thought of."""
    search_key = due_invoices.search_key

    def broken(text):
        if text.endswith(number):
            raise ZeroDivisionError
        return search_key(text)

    monkeypatch.setattr(due_invoices, "search_key", broken)


def test_clinic_for_which_something_goes_wrong_stops_nobody_else(scheme, monkeypatch, caplog):
    [left] = scheme.approve()
    scheme.approve(clinic=scheme.world.linghem)
    scheme.approve(clinic=scheme.world.bjork)
    fail_for(monkeypatch, "1111")

    with caplog.at_level(logging.ERROR):
        tasks.make_due_invoices(on=DECEMBER)

    assert referenced() == ["Befolkningsansvar 2024-11 1112", "Befolkningsansvar 2024-11 2222"]
    assert InvoiceRunClinic.objects.get(fault="unexpected").clinic == scheme.world.ryd
    assert statuses([left]) == ["approved"]
    assert "ZeroDivisionError" in caplog.text
    assert "clinic 1111 gets no invoice" in caplog.text
    assert_adds_up()


def test_trouble_with_the_database_is_nobodys_fault(scheme, monkeypatch):
    scheme.approve()

    def away(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(due_invoices, "search_key", away)

    with pytest.raises(OperationalError):
        tasks.make_due_invoices(on=DECEMBER)

    assert not InvoiceRunClinic.objects.exists()
    assert not Invoice.objects.exists()
    monkeypatch.undo()
    assert tasks.make_due_invoices(on=DECEMBER) == 1


def test_lines_that_go_between_choosing_and_locking_make_no_empty_invoice(scheme, monkeypatch):
    gone = scheme.approve(2)
    scheme.approve(clinic=scheme.world.linghem)
    still_pending = due_invoices._still_pending

    def meanwhile(run, clinic_ids):
        found = still_pending(run, clinic_ids)
        commands.withdraw(*gone)
        monkeypatch.undo()
        return found

    monkeypatch.setattr(due_invoices, "_still_pending", meanwhile)

    assert tasks.make_due_invoices(on=DECEMBER) == 1

    assert referenced() == ["Befolkningsansvar 2024-11 1112"]
    assert not InvoiceRunClinic.objects.filter(clinic=scheme.world.ryd).exists()
    assert_adds_up()


def test_chunk_whose_lines_did_not_all_take_their_step_is_undone(scheme, monkeypatch):
    """Nobody can change a locked line; should it happen all the same, nothing is half done."""
    scheme.approve(2)
    forgets = due_invoices._STEP_LINES.replace("WHERE", "WHERE line.id % 2 = 0 AND")
    monkeypatch.setattr(due_invoices, "_STEP_LINES", forgets)

    tasks.make_due_invoices(on=DECEMBER)

    assert not Invoice.objects.exists()
    assert InvoiceRunClinic.objects.get().fault == "unexpected"
    assert set(Line.objects.values_list("status", flat=True)) == {"approved"}
    assert_adds_up()


# What comes after ---------------------------------------------------------------------------------


def first_invoice(scheme, count=2, **wanted):
    lines = scheme.approve(count, **wanted)
    tasks.make_due_invoices(on=DECEMBER)
    return lines, Invoice.objects.get()


@pytest.mark.requirement("CO-20", "CO-22")
def test_credited_line_stands_with_a_minus_on_the_next_invoice(scheme, book):
    [wrong, _right], invoice = first_invoice(scheme)
    book.take(invoice.pk, InvoiceStatus.AUTHORISED)
    commands.request_credit([wrong])

    tasks.make_due_invoices(on=JANUARY)

    credit = invoices().last()
    assert (credit.external_reference, credit.total) == ("Befolkningsansvar 2024-12 1111", -100_00)
    assert statuses([wrong]) == ["credited"]
    assert_adds_up()


@pytest.mark.requirement("CO-20")
@pytest.mark.parametrize("to", [InvoiceStatus.RETURNED, InvoiceStatus.RECALLED])
def test_lines_of_a_returned_invoice_stand_on_next_months(scheme, book, to):
    lines, invoice = first_invoice(scheme)
    if to is InvoiceStatus.RECALLED:
        commands.recall_invoice(scheme.world.actor("jenny"), invoice_id=invoice.pk)
    else:
        commands.reject_invoice(scheme.world.actor("gustav"), invoice_id=invoice.pk, reason="Fel ort")
    assert tasks.make_due_invoices(on=dt.date(2024, 12, 31)) == 0
    assert statuses(lines) == ["approved"] * 2

    tasks.make_due_invoices(on=JANUARY)

    assert statuses(lines) == ["invoiced"] * 2
    assert invoices().last().external_reference == "Befolkningsansvar 2024-12 1111"
    assert_adds_up()


def test_invoice_of_the_calendar_goes_the_way_of_all_invoices(scheme, book):
    _, invoice = first_invoice(scheme)

    book.take(invoice.pk, InvoiceStatus.PAID_OUT)

    steps = InvoiceStep.objects.filter(invoice=invoice).order_by("pk").values_list("status", "user_name")
    assert steps[0] == ("issued", "Kvitt")
    assert Invoice.objects.get().voucher_number == 1
    assert_adds_up()


@pytest.mark.requirement("NA-28")
def test_participant_of_several_activities_is_nothing_to_remark(scheme):
    elsa = scheme.world.elsa.pk
    scheme.approve(person_id=elsa, number="A2024-000001", performed_on=dt.date(2024, 11, 1))
    scheme.approve(person_id=elsa, number="A2024-000002", performed_on=dt.date(2024, 11, 1), code="911")
    tasks.make_due_invoices(on=DECEMBER)

    assert queries.remarks_of(list(invoices())) == {Invoice.objects.get().pk: []}


@pytest.mark.requirement("NA-28")
def test_old_activity_is_remarked_once_however_many_took_part(scheme):
    for person in (scheme.world.elsa, scheme.world.rutger):
        scheme.approve(person_id=person.pk, performed_on=dt.date(2023, 10, 2), created_on=scheme.world.today)
    tasks.make_due_invoices(on=DECEMBER)

    [remarks] = queries.remarks_of(list(invoices())).values()

    assert [remark.code for remark in remarks] == ["old_procedure"]


def test_nobody_but_the_calendar_is_asked_about_its_invoices(scheme):
    """There is no permission to make them: the clinic of Ryd sees its own, another provider does not."""
    _, invoice = first_invoice(scheme)

    assert queries.invoice(scheme.world.actor("jenny"), invoice.pk) == invoice
    with pytest.raises(NotAllowed):
        scheme.world.actor("jenny").require("create_invoices")


@pytest.mark.requirement("CO-30")
def test_log_tells_of_the_run_and_of_each_invoice_with_its_persons(scheme):
    scheme.approve(person_id=scheme.world.elsa.pk)
    scheme.approve(person_id=scheme.world.elsa.pk, number="A2024-000002")
    scheme.approve(clinic=scheme.world.linghem)

    tasks.make_due_invoices(on=DECEMBER)

    run, made = InvoiceRun.objects.get(), invoices().get(clinic=scheme.world.ryd)
    events = Event.objects.filter(action__startswith="ledger.").order_by("pk")
    assert [(event.action, event.subject_kind) for event in events] == [
        ("ledger.open_run", "invoice_run"),
        ("ledger.issue_due_invoices", "invoice"),
        ("ledger.issue_due_invoices", "invoice"),
        ("ledger.finish_run", "invoice_run"),
    ]
    assert events[0].subject_key == str(run.pk)
    told = events.get(subject_kind="invoice", subject_key=str(made.pk))
    assert told.user_name == "Kvitt"
    assert told.data == {"after": {"invoice": "Befolkningsansvar 2024-11 1111", "amount": 200_00}}
    assert list(Subject.objects.filter(event=told).values_list("person_id", flat=True)) == [
        scheme.world.elsa.pk
    ]


# By sets ------------------------------------------------------------------------------------------


def statements_of(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


@pytest.mark.requirement("QU-8")
def test_chunk_takes_as_many_statements_however_many_lines_and_clinics(scheme):
    run = commands.open_run(authority_id=scheme.world.region.pk, module=scheme.module, due_on=DECEMBER)
    scheme.approve()
    few = statements_of(lambda: commands.issue_due_invoices(run_id=run))
    provider, region = scheme.world.eken, scheme.world.region
    for number in range(due_invoices.CLINICS_PER_CHUNK):
        clinic = Clinic.objects.create(
            authority=region,
            provider=provider,
            number=str(3000 + number),
            name="Många",
            giro_kind="bankgiro",
            giro_number="9912346",
        )
        scheme.approve(4, clinic=clinic, number=f"A2024-{number:06d}")
    many = statements_of(lambda: commands.issue_due_invoices(run_id=run))

    assert Invoice.objects.count() == 1 + due_invoices.CLINICS_PER_CHUNK
    assert InvoiceRow.objects.count() == 1 + 4 * due_invoices.CLINICS_PER_CHUNK
    assert many == few == (18 if connection.vendor == "postgresql" else 17)
    assert_adds_up()


@pytest.mark.requirement("QU-8")
def test_what_is_owed_is_found_without_the_lines_where_there_are_runs(scheme):
    """Every worker asks every few seconds."""
    scheme.approve()
    with CaptureQueriesContext(connection) as first:
        queries.owed_runs(on=DECEMBER)
    tasks.make_due_invoices(on=DECEMBER)

    with CaptureQueriesContext(connection) as later:
        queries.owed_runs(on=DECEMBER)

    assert [any('"ledger_line"' in each["sql"] for each in asked) for asked in (first, later)] == [
        True,
        False,
    ]


@pytest.mark.requirement("QU-8")
def test_chunk_of_a_run_made_again_takes_one_statement_more(scheme):
    clinics = (scheme.world.ryd, scheme.world.linghem, scheme.world.bjork)
    Clinic.objects.update(giro_kind="", giro_number="")
    for clinic in clinics:
        scheme.approve(3, clinic=clinic)
    tasks.make_due_invoices(on=DECEMBER)
    Clinic.objects.update(giro_kind="bankgiro", giro_number="9912346")
    run = InvoiceRun.objects.get()
    commands.repeat_run(scheme.world.actor("ivar"), run_id=run.pk)

    one = statements_of(lambda: commands.issue_due_invoices(run_id=run.pk, clinics=1))
    two = statements_of(lambda: commands.issue_due_invoices(run_id=run.pk, clinics=2))

    assert Invoice.objects.count() == 3
    assert one == two == (19 if connection.vendor == "postgresql" else 18)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["approved", "awaiting_credit", "invoiced", "credited", "withdrawn"]),
        st.integers(-900_00, 900_00),
        st.sampled_from([dt.date(2024, 10, 5), dt.date(2024, 11, 30), DECEMBER, dt.date(2024, 12, 7)]),
        st.integers(0, 1),
    ),
    max_size=12,
)


@pytest.mark.requirement("CO-22", "QU-12")
@given(lines=LINES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_are_those_that_the_rule_plans(scheme, lines):
    """The database makes the rows by itself; they are what `plan_rows` says of the same lines."""
    InvoiceRunClinic.objects.all().delete()
    InvoiceStep.objects.all().delete()
    InvoiceRow.objects.all().delete()
    for model in (InvoiceRun, Invoice, Line):
        model.objects.all().delete()
    clinics = (scheme.world.ryd, scheme.world.linghem)
    for status, amount, day, which in lines:
        [line_id] = scheme.approve(amount=amount, performed_on=day, clinic=clinics[which])
        Line.objects.filter(pk=line_id).update(status=status)
    waiting = Line.objects.filter(status__in=["approved", "awaiting_credit"], performed_on__lt=DECEMBER)
    expected = {
        clinic.pk: rules.plan_rows(queries.line_facts(waiting.filter(clinic=clinic).order_by("pk")))
        for clinic in clinics
    }
    run = commands.open_run(authority_id=scheme.world.region.pk, module=scheme.module, due_on=DECEMBER)

    commands.issue_due_invoices(run_id=run)

    rows = InvoiceRow.objects.order_by("line_id").values_list(
        "invoice__clinic_id", "line_id", "kind", "amount"
    )
    assert sorted(rows) == sorted(
        (clinic_id, row.line_id, row.kind, row.amount) for clinic_id, plan in expected.items() for row in plan
    )
    assert dict(invoices().values_list("clinic_id", "total")) == {
        clinic_id: rules.calculate_total(plan) for clinic_id, plan in expected.items() if plan
    }


# The proof ----------------------------------------------------------------------------------------


@pytest.mark.requirement("CO-23")
def test_invoice_of_another_clinic_or_month_than_its_run_is_a_breach(scheme):
    _, invoice = first_invoice(scheme)
    run = InvoiceRun.objects.get()
    wrong = f"run {run.pk}: invoice {invoice.pk} is not of its clinic, scheme or month"

    InvoiceRunClinic.objects.update(clinic=scheme.world.linghem)
    assert list(queries.breaches()) == [wrong]
    InvoiceRunClinic.objects.update(clinic=scheme.world.ryd)
    Invoice.objects.update(invoice_date=dt.date(2024, 11, 29))
    assert list(queries.breaches()) == [wrong]


@pytest.mark.requirement("CO-23")
def test_invoice_of_no_run_is_a_breach(scheme):
    _, invoice = first_invoice(scheme)
    InvoiceRunClinic.objects.all().delete()

    assert list(queries.breaches()) == [
        f"invoice {invoice.pk}: of a scheme that the calendar invoices, but of no run"
    ]


# Found by index -----------------------------------------------------------------------------------


def plan_of(statement, values):
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}", values)
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.requirement("QU-8")
def test_lines_that_wait_are_found_by_the_index_of_those_alone(scheme):
    """However many lines of earlier years there are, a chunk reads none of them."""
    old = Line(
        authority=scheme.world.region,
        module=scheme.module,
        case_number="A2020-000001",
        code="901",
        text="MVC",
        performed_on=dt.date(2020, 1, 1),
        created_on=dt.date(2020, 1, 1),
        price=1,
        amount=1,
    )
    places = (scheme.world.ryd, scheme.world.linghem, scheme.world.bjork)
    fields = {field.attname: getattr(old, field.attname) for field in Line._meta.concrete_fields}
    del fields["id"], fields["clinic_id"], fields["status"]
    # Every fourth is removed: an index of all that is not invoiced would read those.
    Line.objects.bulk_create(
        Line(clinic=places[number % 3], status="invoiced" if number % 4 else "withdrawn", **fields)
        for number in range(6_000)
    )
    scheme.approve(30)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ids = [clinic.pk for clinic in places]
    clinics = invoices = due_invoices._places(ids)
    values = [*ids, scheme.module, DECEMBER, *ids]
    pending = [scheme.world.region.pk, 1, scheme.module, DECEMBER, 40]

    rows = due_invoices._INSERT_ROWS.format(clinics=clinics, invoices=invoices, also="", lock="")
    steps = due_invoices._STEP_LINES.format(clinics=clinics, invoices=invoices)

    assert "line_waiting" in plan_of(rows, values)
    assert "line_waiting" in plan_of(pending_clinics._PENDING, pending)
    if connection.vendor == "sqlite":  # PostgreSQL reads so small a table as a whole
        assert "invoice_run_clinic_faulty" in plan_of(pending_clinics._WITH_FAULTS, [scheme.world.region.pk])
    for whole in ("Seq Scan on ledger_line", "SCAN line"):
        assert whole not in plan_of(steps, values)
