"""A clinic that has closed reads its cases and credits in them; what it left undecided is decided."""

import pytest

from kvitt.modules.needs_allowance.commands import requests
from kvitt.registers.access.rules import NotAllowed
from tests.modules.needs_allowance.requesting import ask, decide, save, send

pytestmark = pytest.mark.requirement("CO-2")
CASE, REQUEST = "needs_allowance:case", "needs_allowance:request"


@pytest.fixture
def closed(world, settings):
    """The seed's case of figure 21, invoiced and attested before its clinic closed."""
    number = world.case_of_figure_21()
    world.attest(*world.invoice())
    world.close(world.ryd, settings)
    return number


@pytest.mark.requirement("NA-29")
def test_case_of_a_closed_clinic_is_credited(world, closed):
    world.credit(world.procedure("124"))

    assert world.statuses(closed)["124"] == ["awaiting_credit"]


@pytest.mark.requirement("NA-32")
def test_credit_of_a_closed_clinic_is_undone(world, closed):
    world.credit(world.procedure("124"))

    world.withdraw_credit(world.procedure("124"))

    assert world.statuses(closed)["124"] == ["invoiced"]


@pytest.mark.requirement("CO-4", "NA-29", "NA-32")
def test_page_of_a_closed_clinics_case_offers_crediting_and_no_reporting(world, closed, visit):
    wrong = world.procedure("124")
    anna = visit("anna")

    before = anna.get(CASE, closed)
    question = anna.get("needs_allowance:credit_procedure", closed, wrong.pk)
    world.credit(wrong)
    after = anna.get(CASE, closed)

    assert f"Credit code {wrong}" in before.links
    assert "Add procedure code" not in before.text
    assert question.status == 200
    assert f"Undo crediting {wrong}" in after.links


@pytest.mark.requirement("NA-20", "NA-22")
def test_what_a_closed_clinic_never_answered_is_decided_and_read(
    world, number, bridge, stored, settings, visit
):
    request_id = send(world, number, bridge)
    ask(world, request_id)
    world.close(world.ryd, settings)

    decide(world, request_id, {bridge.pk: "approved"})
    anna = visit("anna")
    opened = anna.get(REQUEST, number, request_id)
    requests.mark_decision_read(world.actor("anna"), number=number, request_id=request_id)

    assert "Mark as read" in opened.buttons
    assert not stored(request_id).is_unread


def test_closed_clinic_requests_nothing(world, number, bridge, settings, nothing_saved):
    world.close(world.ryd, settings)
    before = nothing_saved()

    with pytest.raises(NotAllowed):
        save(world, number, bridge)

    assert nothing_saved() == before
