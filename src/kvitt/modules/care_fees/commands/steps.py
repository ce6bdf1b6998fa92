"""What the commands on clients share: the client, held and checked, and that the fee is to be made anew."""

from collections.abc import Collection
from datetime import date

from django.db.models import F

from kvitt.audit.commands import About
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import clients
from kvitt.registers.access.rules import Actor, Permission


def hold_client(
    actor: Actor, number: str, *, today: date, needs: Permission = Permission.REGISTER_CARE
) -> Client:
    """Return a client of the actor's areas, locked until the transaction ends.

    Raises Http404 for a client whom the actor does not reach, NotAllowed.
    """
    found = clients.client_of(actor, number, on=today)
    actor.require(needs)
    held = Client.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    client = held.get(pk=found.pk)
    # Somebody may have moved him to another area while the lock was waited for.
    clients.client_of(actor, number, on=today)
    return client


def touch(client: Client) -> None:
    """Tell that what the client's fee is made of has changed: what is calculated turns red.

    Source: spec CF-26.
    """
    Client.objects.filter(pk=client.pk).update(version=F("version") + 1)


def touch_all(client_ids: Collection[int]) -> None:
    """Tell the same of many clients, in one statement. Source: spec CF-26."""
    if client_ids:
        Client.objects.filter(pk__among=client_ids).update(version=F("version") + 1)


def about(client: Client) -> About:
    """Return what an event on a client is about."""
    return About(subject=(clients.SUBJECT, client.number), person_ids=[client.person_id])
