"""Claims are deleted until a proposal holds them; what they took comes back, their reference stays used."""

import pytest
from django.http import Http404

from kvitt.foundation.values.problems import Refused
from kvitt.ledger import queries as ledger_queries
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import deletion
from kvitt.modules.special_care.models import Claim, ClaimInvoice, PlannedProcedure
from kvitt.registers.access.rules import NotAllowed

pytestmark = [pytest.mark.requirement("SC-20"), pytest.mark.django_db]


def delete(world, number, *, by="lisa"):
    deletion.delete_claim(world.actor(by), number=number)


def statuses(world, number):
    lines = ledger_queries.lines_of_case(world.region.pk, "special_care", number)
    return sorted(set(lines.values_list("status", flat=True)))


def test_deleted_claim_leaves_the_ledger_and_its_reference_stays_used(special_world):
    number = special_world.send_claim(reference="980890")
    assert statuses(special_world, number) == ["approved"]

    delete(special_world, number)

    claim = Claim.objects.get(number=number)
    assert (claim.status, statuses(special_world, number)) == ("deleted", ["withdrawn"])
    with pytest.raises(Refused, match="already been used"):
        special_world.send_claim(reference="980890")


def test_preauthorization_gets_back_what_a_deleted_claim_took(special_world):
    special_world.plan_for(special_world.ingrid, ("101", "", 1, 980_00))
    number = special_world.send_claim(
        special_world.ingrid, support="s", category="S2", plan_number="F2024-000901"
    )
    assert PlannedProcedure.objects.get().used_count == 1

    delete(special_world, number)

    planned = PlannedProcedure.objects.get()
    assert (planned.used_count, planned.used_amount) == (0, 0)


def test_whole_invoice_is_deleted_at_once_with_held_claims(special_world):
    numbers = [special_world.send_claim() for _ in range(2)]
    special_world.send_claim(lines=(("101", ""), ("825", "UK"), ("825S", "ÖK")))
    invoice = ClaimInvoice.objects.get()
    delete(special_world, numbers[0])

    count = deletion.delete_invoice(special_world.actor("lisa"), our_reference=invoice.our_reference)

    assert count == 2
    assert set(Claim.objects.values_list("status", flat=True)) == {"deleted"}
    with pytest.raises(Refused, match="no claim that can be deleted"):
        deletion.delete_invoice(special_world.actor("lisa"), our_reference=invoice.our_reference)


def test_what_a_proposal_holds_is_not_deleted_until_it_is_returned(special_world):
    number = special_world.send_claim()
    special_world.pay(number, until=InvoiceStatus.REVIEWED)
    invoice = ClaimInvoice.objects.get()

    with pytest.raises(Refused, match="on its way to be paid"):
        delete(special_world, number)
    with pytest.raises(Refused, match="on its way to be paid"):
        deletion.delete_invoice(special_world.actor("lisa"), our_reference=invoice.our_reference)
    special_world.return_proposal(number)
    delete(special_world, number)

    assert Claim.objects.get().status == "deleted"


def test_draft_and_deleted_claim_are_not_deleted_again(special_world):
    draft, number = special_world.begin_claim(), special_world.send_claim()
    delete(special_world, number)

    with pytest.raises(Refused, match="Discard the draft"):
        delete(special_world, draft)
    with pytest.raises(Refused, match="already deleted"):
        delete(special_world, number)


def test_only_the_clinic_itself_deletes(special_world):
    number = special_world.send_claim()

    with pytest.raises(NotAllowed):
        delete(special_world, number, by="gustav")
    with pytest.raises(Http404):
        delete(special_world, number, by="nora")
