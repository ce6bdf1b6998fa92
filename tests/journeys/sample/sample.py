"""The world and its keys, and what all that fill it use."""

from dataclasses import dataclass, field

from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.registers.people.models import Person
from tests.care_world import CareWorld
from tests.special_world import SpecialWorld
from tests.world import World

PAID = (InvoiceStatus.REVIEWED, InvoiceStatus.AUTHORISED, InvoiceStatus.PAYING_OUT, InvoiceStatus.PAID_OUT)


@dataclass
class Sample:
    """The worlds, and what the addresses of the pages hold: `ids["case"]` is a case's number."""

    world: SpecialWorld
    abroad: World
    care: CareWorld
    ids: dict[str, object] = field(default_factory=dict)

    @property
    def users(self) -> dict:
        """Everybody who can sign in, by name."""
        return {**self.world.users, **self.abroad.users, **self.care.users}

    @property
    def hidden(self) -> Person:
        """The patient with a protected identity."""
        return Person.objects.get(authority=self.world.region, is_protected=True)


def only(made: list[int]) -> int:
    [invoice_id] = made
    return invoice_id


def advance(world: World, made: list[int], *statuses: InvoiceStatus) -> int:
    """Take the one invoice made through the review chain: reviewed by Gustav, all the rest by Hanna."""
    invoice_id = only(made)
    for status in statuses:
        world.advance(invoice_id, status)
    return invoice_id
