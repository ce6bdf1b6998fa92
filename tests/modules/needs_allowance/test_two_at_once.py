"""Two who act on the same patient, case or line at the same moment: one goes through, the other is told."""

import threading

import pytest
from django.db import connection

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger
from kvitt.modules.needs_allowance.commands import cases, invoices, procedures, requests
from kvitt.modules.needs_allowance.models import Case, Procedure
from kvitt.modules.needs_allowance.queries import invoicing, proof
from kvitt.preauthorization.models import Preauthorization, RequestedProcedure, Submission
from tests.modules.needs_allowance.requesting import decide

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.requirement("CO-24"),
    pytest.mark.django_db(transaction=True),
]
PATIENCE = 30  # seconds


def at_once(*acts):
    """Do all at the same moment, each in a thread of its own; return what each gave, or its refusal."""
    barrier = threading.Barrier(len(acts))
    outcomes: dict[int, object] = {}

    def run(number, act):
        try:
            barrier.wait(timeout=PATIENCE)
            outcomes[number] = act()
        except Refused as refused:
            outcomes[number] = [problem.code for problem in refused.problems]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=numbered) for numbered in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    return [outcomes[number] for number in range(len(acts))]


def breaches():
    return [*ledger.breaches(), *proof.breaches()]


@pytest.mark.requirement("NA-7", "NA-8")
def test_one_patient_gets_one_case(lasting_world):
    world = lasting_world
    anna = world.actor("anna")

    def create():
        return cases.create_case(anna, today=world.today, code=world.elsa.code, first_on=world.today)

    outcomes = at_once(create, create)

    assert sorted(map(str, outcomes)) == ["B2024-000001", "['overlapping_case']"]
    assert Case.objects.count() == 1


@pytest.mark.requirement("NA-8")
def test_cases_of_two_patients_get_two_numbers(lasting_world):
    world = lasting_world
    anna, bo = world.actor("anna"), world.actor("bo")

    outcomes = at_once(
        lambda: cases.create_case(anna, today=world.today, code=world.elsa.code, first_on=world.today),
        lambda: cases.create_case(bo, today=world.today, code=world.ake.code, first_on=world.today),
    )

    assert sorted(outcomes) == ["B2024-000001", "B2024-000002"]


@pytest.mark.requirement("NA-13")
def test_same_code_is_reported_once(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    report = procedures.Report("101", world.karin.pk, performed_on=world.today)

    def add():
        return procedures.add_procedure(anna, today=world.today, number=number, report=report)

    outcomes = at_once(add, add)

    assert ["reported_twice"] in outcomes
    assert Procedure.objects.filter(code="101").count() == 1


@pytest.mark.requirement("NA-25")
def test_same_basis_is_invoiced_once(lasting_world):
    world = lasting_world
    world.case_of_figure_21()
    anna = world.actor("anna")
    basis = invoicing.invoice_basis(anna, reference="Testfaktura", today=world.today)

    def invoice():
        return invoices.create_invoice(
            anna, today=world.today, reference="Testfaktura", fingerprint=basis.fingerprint
        )

    outcomes = at_once(invoice, invoice)

    assert ["changed"] in outcomes
    assert [found.total for found in ledger.invoices_of(anna)] == [502_500]
    assert breaches() == []


@pytest.mark.requirement("NA-15", "NA-25")
def test_line_is_removed_or_invoiced_and_never_both(lasting_world):
    world = lasting_world
    number, anna = world.case_of_figure_21(), world.actor("anna")
    basis = invoicing.invoice_basis(anna, reference="Testfaktura", today=world.today)
    crown = Procedure.objects.get(code="815")

    invoiced, removed = at_once(
        lambda: invoices.create_invoice(
            anna, today=world.today, reference="Testfaktura", fingerprint=basis.fingerprint
        ),
        lambda: procedures.remove_procedure(anna, number=number, procedure_id=crown.pk),
    )

    assert (invoiced == ["changed"]) != (removed == ["locked"])
    assert breaches() == []


@pytest.mark.requirement("NA-15", "NA-25")
def test_line_changes_before_or_not_at_all_while_it_is_invoiced(lasting_world):
    world = lasting_world
    number, anna = world.case_of_figure_21(), world.actor("anna")
    basis = invoicing.invoice_basis(anna, reference="Testfaktura", today=world.today)
    crown = Procedure.objects.get(code="815")
    undone = procedures.Report("815", world.karin.pk, performed_on=None, location="12")

    invoiced, changed = at_once(
        lambda: invoices.create_invoice(
            anna, today=world.today, reference="Testfaktura", fingerprint=basis.fingerprint
        ),
        lambda: procedures.change_procedure(
            anna, today=world.today, number=number, procedure_id=crown.pk, report=undone
        ),
    )

    assert (invoiced == ["changed"]) != (changed == ["locked"])
    assert breaches() == []


@pytest.mark.requirement("NA-16")
def test_case_is_deleted_or_reported_in_and_never_both(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    report = procedures.Report("101", world.karin.pk, performed_on=world.today)

    def add():
        try:
            return procedures.add_procedure(anna, today=world.today, number=number, report=report)
        except Exception as gone:  # noqa: BLE001 - the case may be gone: that is an answer too
            return type(gone).__name__

    deleted, added = at_once(lambda: cases.delete_case(anna, number=number), add)

    assert (deleted == ["has_codes"]) != (added == "Http404")


def requests_are_sound():
    """Return whether a procedure awaits review exactly when one request that waits holds it."""
    awaiting = set(Procedure.objects.filter(status="awaiting_review").values_list("pk", flat=True))
    held = RequestedProcedure.objects.filter(preauthorization__status__in=["awaiting_review"], is_open=True)
    return sorted(held.values_list("key", flat=True)) == sorted(awaiting)


@pytest.mark.requirement("NA-18", "NA-19")
def test_same_procedures_are_requested_once(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    draft = requests.Draft("Värk.", [world.report(number, "601", "ÖK").pk])

    def send():
        return requests.send_request(anna, today=world.today, number=number, draft=draft)

    outcomes = at_once(send, send)

    assert ["not_offered"] in outcomes
    assert Preauthorization.objects.count() == 1
    assert requests_are_sound()


@pytest.mark.requirement("NA-18", "NA-19")
def test_saved_request_is_sent_once(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    draft = requests.Draft("Värk.", [world.report(number, "601", "ÖK").pk])
    request_id = requests.save_request(anna, today=world.today, number=number, draft=draft)

    def send():
        return requests.send_request(anna, today=world.today, number=number, request_id=request_id)

    outcomes = at_once(send, send)

    assert ["step_not_allowed"] in outcomes
    assert Submission.objects.count() == 1
    assert requests_are_sound()


@pytest.mark.requirement("NA-15", "NA-18")
def test_procedure_is_removed_or_requested_and_never_both(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    splint = world.report(number, "601", "ÖK")
    draft = requests.Draft("Värk.", [splint.pk])

    sent, removed = at_once(
        lambda: requests.send_request(anna, today=world.today, number=number, draft=draft),
        lambda: procedures.remove_procedure(anna, number=number, procedure_id=splint.pk),
    )

    assert (sent == ["not_offered"]) != (removed == ["locked"])
    assert requests_are_sound()


@pytest.mark.requirement("NA-15", "NA-18", "NA-19")
def test_procedure_is_removed_or_sent_with_its_saved_request_and_never_both(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    splint = world.report(number, "601", "ÖK")
    draft = requests.Draft("Värk.", [splint.pk])
    request_id = requests.save_request(anna, today=world.today, number=number, draft=draft)

    sent, removed = at_once(
        lambda: requests.send_request(anna, today=world.today, number=number, request_id=request_id),
        lambda: procedures.remove_procedure(anna, number=number, procedure_id=splint.pk),
    )

    assert (sent == ["no_procedure"]) != (removed == ["locked"])
    assert requests_are_sound()


@pytest.mark.requirement("NA-19", "NA-20")
def test_request_is_taken_back_or_decided_and_never_both(lasting_world):
    world = lasting_world
    number, anna = world.create_case(world.elsa), world.actor("anna")
    splint = world.report(number, "601", "ÖK")
    draft = requests.Draft("Värk.", [splint.pk])
    request_id = requests.send_request(anna, today=world.today, number=number, draft=draft)

    taken_back, decided = at_once(
        lambda: requests.withdraw_request(anna, number=number, request_id=request_id),
        lambda: decide(world, request_id, {splint.pk: "refused"}),
    )

    assert (taken_back == ["step_not_allowed"]) != (decided == ["step_not_allowed"])
    assert requests_are_sound()
