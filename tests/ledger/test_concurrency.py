"""Two at the same moment on PostgreSQL, each with a connection of its own: one wins, the other is told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import commands as ledger
from kvitt.ledger import queries
from kvitt.ledger.lifecycle import InvoiceStatus, LineStatus
from kvitt.ledger.models import Invoice, InvoiceRow, Line
from kvitt.modules.needs_allowance.commands import cases, invoices, procedures
from kvitt.modules.needs_allowance.models import Case
from kvitt.modules.needs_allowance.queries import invoicing, proof
from kvitt.registers.access.models import RoleGrant, User
from kvitt.registers.access.rules import Role
from tests.world import TODAY, advance_invoice

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("CO-24", "QU-13"),
]
ROUNDS = 5
TEETH = ("11", "12", "13", "14", "15")


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Do everything from the same moment on, each in a thread of its own; a refusal is a result too."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=30)
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [running.result(timeout=60) for running in [threads.submit(run, act) for act in acts]]


def won(results):
    return [result for result in results if not isinstance(result, Refused)]


def codes_of_the_lost(results):
    refused = [result for result in results if isinstance(result, Refused)]
    return [problem.code for result in refused for problem in result.problems]


def assert_adds_up():
    assert [*queries.breaches(), *proof.breaches()] == []


def colleague(world, name, unit, *roles):
    """Give a unit one more user."""
    world.users[name] = User.objects.create(username=name, name=name.title(), authority=world.region)
    for role in roles:
        scope = "clinic" if unit is world.ryd else "authority"
        RoleGrant.objects.create(user=world.users[name], role=role, **{scope: unit})
    return world.actor(name)


@pytest.fixture
def anna_and_maja(dental_world):
    """Two who report and invoice at the clinic in Ryd."""
    maja = colleague(dental_world, "maja", dental_world.ryd, Role.DENTAL_BASIC, Role.DENTAL_INVOICES)
    return dental_world.actor("anna"), maja


def invoice_as(actor, world, reference):
    """Look at the basis now; return how to invoice it later."""
    basis = invoicing.invoice_basis(actor, reference=reference, today=world.today)

    def act():
        return invoices.create_invoice(
            actor, today=world.today, reference=reference, fingerprint=basis.fingerprint
        )

    return act


# Invoicing -------------------------------------------------------------------------------------------


def test_of_two_who_invoice_a_clinic_one_wins(dental_world, anna_and_maja):
    anna, maja = anna_and_maja
    number = dental_world.create_case(dental_world.elsa)
    for tooth in TEETH:
        dental_world.report(number, "815", tooth)

        results = at_once(
            invoice_as(anna, dental_world, f"Anna {tooth}"), invoice_as(maja, dental_world, f"Maja {tooth}")
        )

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["changed"]
        assert_adds_up()
    assert Invoice.objects.count() == len(TEETH)


def test_of_clinic_and_provider_who_invoice_the_same_one_wins(dental_world, anna_and_maja):
    anna, _ = anna_and_maja
    numbers = [
        dental_world.create_case(dental_world.elsa),
        dental_world.create_case(dental_world.ake, by="bo"),
    ]
    eva = dental_world.actor("eva")
    for tooth in TEETH:
        dental_world.report(numbers[0], "815", tooth)
        dental_world.report(numbers[1], "815", tooth, by="bo")

        results = at_once(
            invoice_as(anna, dental_world, f"Anna {tooth}"), invoice_as(eva, dental_world, f"Eva {tooth}")
        )

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["changed"]
        assert_adds_up()
        if anna_won(results):
            dental_world.invoice(f"Resten {tooth}", by="eva")


def anna_won(results):
    return not isinstance(results[0], Refused)


def test_invoicing_and_removing_a_procedure_exclude_each_other(dental_world, anna_and_maja):
    anna, maja = anna_and_maja
    number = dental_world.create_case(dental_world.elsa)
    for tooth in TEETH:
        dental_world.report(number, "815", tooth)
        removed = dental_world.report(number, "801", tooth)

        results = at_once(
            invoice_as(anna, dental_world, f"Anna {tooth}"),
            lambda procedure_id=removed.pk: procedures.remove_procedure(
                maja, number=number, procedure_id=procedure_id
            ),
        )

        assert len(won(results)) == 1
        status = Line.objects.get(pk=removed.line_id).status
        assert status == (LineStatus.INVOICED if anna_won(results) else LineStatus.WITHDRAWN)
        assert_adds_up()
        if not anna_won(results):
            assert codes_of_the_lost(results) == ["changed"]
            dental_world.invoice(f"Resten {tooth}")


def test_invoicing_and_reporting_in_the_same_case_lose_no_line(dental_world, anna_and_maja):
    anna, _ = anna_and_maja
    number = dental_world.create_case(dental_world.elsa)
    for tooth in TEETH:
        dental_world.report(number, "815", tooth)

        at_once(
            invoice_as(anna, dental_world, f"Anna {tooth}"),
            lambda tooth=tooth: dental_world.report(number, "801", tooth, by="anna"),
        )

        assert_adds_up()
    if Line.objects.filter(status=LineStatus.APPROVED).exists():
        dental_world.invoice("Resten")
    assert set(Line.objects.values_list("status", flat=True)) == {"invoiced"}


def test_lines_of_an_invoice_returned_meanwhile_are_not_left_out(book):
    """A module holds the clinic before it reads its basis; then a returned invoice is wholly there or not."""
    anna = book.world.actor("anna")
    for number in range(ROUNDS):
        book.case = f"B2024-{number:06d}"
        with transaction.atomic():
            first = book.issue(book.approve())
            book.approve()

        def invoice_what_waits(case=book.case):
            with transaction.atomic():
                ledger.hold_clinics([book.world.ryd.pk])
                waiting = queries.waiting_lines([book.world.ryd.pk], "needs_allowance").filter(
                    case_number=case
                )
                plan = book.plan(*waiting.values_list("pk", flat=True))
                return ledger.issue_invoice(anna, plan).rows.count()

        def return_first(first=first):
            with transaction.atomic():
                book.return_(first)

        rows, returned = at_once(invoice_what_waits, return_first)

        assert rows == (1 if isinstance(returned, Refused) else 2)
        assert_adds_up()


# The review chain ------------------------------------------------------------------------------------


def attest(actor, book, invoice_id):
    def act():
        advance_invoice(actor, invoice_id, InvoiceStatus.AUTHORISED, today=book.today)
        return True

    return act


@pytest.mark.requirement("CO-21")
def test_of_two_who_attest_an_invoice_one_wins(book):
    hanna = book.world.actor("hanna")
    ivan = colleague(book.world, "ivan", book.world.region, Role.ATTESTER)
    for number in range(1, ROUNDS + 1):
        book.case = f"B2024-{number:06d}"
        with transaction.atomic():
            invoice_id = book.issue(book.approve())
            book.take(invoice_id, InvoiceStatus.REVIEWED)

        results = at_once(attest(hanna, book, invoice_id), attest(ivan, book, invoice_id))

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["step_not_allowed"]
        assert Invoice.objects.get(pk=invoice_id).voucher_number == number
        assert_adds_up()


@pytest.mark.requirement("CO-21")
def test_attests_at_the_same_moment_leave_no_gap_in_the_vouchers(book):
    hanna = book.world.actor("hanna")
    made = []
    with transaction.atomic():
        for number in range(8):
            clinic = (book.world.ryd, book.world.linghem)[number % 2]
            line_id = book.approve(case=f"B2024-{number:06d}", clinic=clinic)
            made.append(book.issue(line_id, clinic=clinic))
            book.take(made[-1], InvoiceStatus.REVIEWED)

    results = at_once(*(attest(hanna, book, invoice_id) for invoice_id in made))

    assert results == [True] * 8
    assert sorted(Invoice.objects.values_list("voucher_number", flat=True)) == list(range(1, 9))
    assert_adds_up()


@pytest.mark.requirement("CO-21", "NA-28")
def test_two_who_attest_the_same_many_leave_no_gap_and_attest_none_twice(book):
    hanna = book.world.actor("hanna")
    ivan = colleague(book.world, "ivan", book.world.region, Role.ATTESTER)
    made = []
    with transaction.atomic():
        for number in range(10):
            clinic = (book.world.ryd, book.world.linghem)[number % 2]
            made.append(book.issue(book.approve(case=f"B2024-{number:06d}", clinic=clinic), clinic=clinic))
            book.take(made[-1], InvoiceStatus.REVIEWED)

    plans = at_once(
        lambda: ledger.attest_invoices(hanna, today=book.today, invoice_ids=made[:7]),
        lambda: ledger.attest_invoices(ivan, today=book.today, invoice_ids=made[:2:-1]),
    )

    done = [facts.id for plan in plans for facts, _ in plan.steps]
    assert sorted(done) == made
    assert sorted(Invoice.objects.values_list("voucher_number", flat=True)) == list(range(1, 11))
    assert_adds_up()


@pytest.mark.requirement("CO-21", "NA-28")
def test_approval_and_attest_of_many_wait_for_single_ones_and_for_invoicing(book):
    """Whole lists, single invoices and new ones at once, over two clinics: nobody waits for ever."""
    gustav, hanna = book.world.actor("gustav"), book.world.actor("hanna")
    clinics = (book.world.ryd, book.world.linghem)
    made, plans = [], []
    with transaction.atomic():
        for number in range(8):
            clinic = clinics[number % 2]
            made.append(book.issue(book.approve(case=f"B2024-{number:06d}", clinic=clinic), clinic=clinic))
        for invoice_id in made[4:]:
            book.take(invoice_id, InvoiceStatus.REVIEWED)
        for number, clinic in enumerate(clinics):
            line_id = book.approve(case=f"B2023-{number:06d}", clinic=clinic)
            plans.append(book.plan(line_id, clinic=clinic))
    anna = book.world.actor("anna")

    def issue(plan):
        with transaction.atomic():
            return ledger.issue_invoice(anna, plan)

    results = at_once(
        lambda: ledger.review_invoices(gustav, invoice_ids=made[:4]),
        lambda: ledger.attest_invoices(hanna, today=book.today, invoice_ids=made[4:]),
        lambda: ledger.reject_invoice(gustav, invoice_id=made[5], reason="Fel"),
        lambda: ledger.reject_invoice(gustav, invoice_id=made[1], reason="Fel"),
        *(lambda plan=plan: issue(plan) for plan in plans),
    )

    assert len(results) == 6
    numbers = Invoice.objects.filter(voucher_number__isnull=False).values_list("voucher_number", flat=True)
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert_adds_up()


def test_attest_and_return_exclude_each_other(book):
    hanna = book.world.actor("hanna")
    for number in range(ROUNDS):
        book.case = f"B2024-{number:06d}"
        with transaction.atomic():
            invoice_id = book.issue(book.approve())
            book.take(invoice_id, InvoiceStatus.REVIEWED)

        def return_it(invoice_id=invoice_id):
            with transaction.atomic():
                book.return_(invoice_id)

        results = at_once(attest(hanna, book, invoice_id), return_it)

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["step_not_allowed"]
        assert_adds_up()


def test_of_two_who_credit_a_line_one_wins(book):
    for number in range(ROUNDS):
        book.case = f"B2024-{number:06d}"
        with transaction.atomic():
            line_id = book.approve()
            book.attested(line_id)

        def credit(line_id=line_id):
            with transaction.atomic():
                ledger.request_credit([line_id])

        results = at_once(credit, credit)

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["not_invoiced"]
        assert_adds_up()


def test_credit_is_withdrawn_or_billed_anew_but_not_both(book):
    for number in range(ROUNDS):
        book.case = f"B2024-{number:06d}"
        with transaction.atomic():
            line_id = book.credit_wanted()

        def withdraw_credit(line_id=line_id):
            with transaction.atomic():
                ledger.withdraw_credit([line_id])

        def reissue(line_id=line_id):
            with transaction.atomic():
                return ledger.reissue([line_id], today=TODAY)

        results = at_once(withdraw_credit, reissue)

        assert len(won(results)) == 1
        assert_adds_up()


# Cases -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("NA-7")
def test_of_two_who_make_overlapping_cases_of_a_patient_one_wins(dental_world, anna_and_maja):
    for person in (dental_world.elsa, dental_world.rutger, dental_world.tova):

        def create(actor, person=person):
            return cases.create_case(
                actor, today=dental_world.today, code=person.code, first_on=dental_world.today
            )

        results = at_once(*(lambda actor=actor: create(actor) for actor in anna_and_maja))

        assert len(won(results)) == 1
        assert codes_of_the_lost(results) == ["overlapping_case"]
        assert Case.objects.filter(person=person).count() == 1
        assert_adds_up()


@pytest.mark.requirement("NA-8")
def test_cases_made_at_the_same_moment_get_different_numbers(dental_world, anna_and_maja):
    anna, maja = anna_and_maja
    elsa, rutger = dental_world.elsa, dental_world.rutger

    numbers = at_once(
        *(
            lambda actor=actor, person=person: cases.create_case(
                actor, today=dental_world.today, code=person.code, first_on=dental_world.today
            )
            for actor, person in ((anna, elsa), (maja, rutger))
        )
    )

    assert sorted(numbers) == ["B2024-000001", "B2024-000002"]


def test_no_line_stands_on_two_invoices_whoever_hurries(dental_world, anna_and_maja):
    """Many at once: invoices from several hands, while codes are reported and removed."""
    anna, maja = anna_and_maja
    number = dental_world.create_case(dental_world.elsa)
    dental_world.report(number, "815", "21")
    reported = [dental_world.report(number, "815", tooth) for tooth in TEETH[:3]]

    at_once(
        *(invoice_as(actor, dental_world, f"Faktura {n}") for n, actor in enumerate((anna, maja, anna))),
        *(
            lambda procedure_id=procedure.pk: procedures.remove_procedure(
                maja, number=number, procedure_id=procedure_id
            )
            for procedure in reported
        ),
        *(lambda tooth=tooth: dental_world.report(number, "815", tooth) for tooth in TEETH[3:]),
    )

    assert_adds_up()
    lines = list(InvoiceRow.objects.filter(is_void=False).values_list("line_id", flat=True))
    assert len(lines) == len(set(lines))
