"""Whoever sees a patient, or asks for one, is in the log: dialogs and searches too."""

import pytest

from kvitt.audit.models import Event, Subject
from kvitt.modules.special_care.commands import review
from kvitt.modules.special_care.models import Claim
from tests.special_world import SEED_LINES


@pytest.mark.requirement("CO-30")
def test_dialogs_and_searches_record_whom_they_are_about(special_world, sign_in):
    world = special_world
    held = world.send_claim(lines=SEED_LINES)
    review.ask_clinic(world.actor("gustav"), number=held, question="Vad?")
    invoice = Claim.objects.get(number=held).invoice.our_reference
    gustav, frida, lisa = (sign_in(world, name) for name in ("gustav", "frida", "lisa"))

    def read(answer):
        event = Event.objects.filter(is_read=True).latest("id")
        persons = Subject.objects.filter(event=event).values_list("person_id", flat=True)
        Event.objects.filter(is_read=True).update(is_read=False)
        return answer.status_code, event.action.removeprefix("special_care."), list(persons)

    greta, ingrid = [world.greta.pk], [world.ingrid.pk]
    for name in ("release", "ask", "void"):
        assert read(gustav.get(f"/special-care/claims/{held}/{name}/")) == (200, "case", greta)
    assert read(lisa.get(f"/special-care/claims/{held}/answer/")) == (200, "case", greta)
    for name in ("change", "revoke"):
        assert read(frida.get(f"/special-care/certificates/764153/{name}/")) == (200, "certificate", greta)
    delete = f"/special-care/invoices/{invoice}/delete/"
    assert read(lisa.get(delete)) == (200, "claim_invoice", greta)
    number = {"number": "196006099805"}
    assert read(lisa.post("/special-care/register/", number)) == (303, "register_claim", ingrid)
    found = frida.post("/special-care/certificates/find/", number)
    assert read(found) == (303, "patient_certificates", ingrid)
    refused = lisa.post("/special-care/invoices/processing/", {**number, "first_on": "2024-01-01"})
    assert refused.status_code == 422
    asked = Subject.objects.filter(event__action="special_care.claim_invoices", person_id=world.ingrid.pk)
    assert asked.exists()
