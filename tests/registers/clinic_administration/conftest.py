"""The clinic's own administrator, the region's two, and what the clinic in Ryd is told by e-mail."""

import pytest

from kvitt.registers.access.rules import Role
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent

NEW_ACCOUNT = {"giro_kind": "plusgiro", "giro_number": "490220-1"}


@pytest.fixture
def unit(world):
    """The world with Petra, who administers the clinic in Ryd, and Viktor beside Ivar at the region."""
    world._user("petra", "Petra Fiktivander", world.ryd, (Role.CLINIC_ADMINISTRATOR,))
    world._user("viktor", "Viktor Förvaltare", world.region, (Role.ADMINISTRATOR,))
    mailing.change_mail_choices(
        world.actor("petra"),
        today=world.today,
        clinic_id=world.ryd.pk,
        addresses="ryd@example.org",
        events=[MailEvent.ACCOUNT_CHANGE_REQUESTED, MailEvent.ACCOUNT_CHANGE_DECIDED],
    )
    return world
