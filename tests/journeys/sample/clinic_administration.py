"""What is asked for at a clinic."""

from kvitt.registers.clinic_administration import commands as accounts
from tests.journeys.sample.sample import Sample


def make_unit(sample: Sample) -> None:
    """Another account is asked for in Ryd; a claim there is for a patient from Stockholm."""
    world, ids = sample.world, sample.ids
    change = accounts.request_account_change(
        world.actor("petra"), clinic_id=world.ryd.pk, giro_kind="plusgiro", giro_number="490220-1"
    )
    world.pay(world.send_claim(invoice_reference="8001", county="01"))
    ids |= {"account change": change.pk, "county": "01"}
