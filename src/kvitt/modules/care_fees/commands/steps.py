"""What the commands on clients share: the client, held and checked, and that the fee is to be made anew."""

from collections.abc import Collection
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from kvitt.audit.commands import About
from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth, FeeLine
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.partners import partner_ids
from kvitt.registers.access.rules import Actor, Permission

_ALL_DAYS = Period(date.min)
_UNTIL_FURTHER_NOTICE = Period(date.max)


def hold_client(
    actor: Actor, number: str, *, today: date, needs: Permission = Permission.REGISTER_CARE
) -> Client:
    """Return a client of the actor's areas, locked with spouse and cohabitant until the transaction ends.

    Raises Http404 for a client whom the actor does not reach, NotAllowed.
    """
    found = clients.client_of(actor, number, on=today)
    actor.require(needs)
    [client] = [each for each in hold_clients([found.pk]) if each.pk == found.pk]
    # Somebody may have moved him to another area while the lock was waited for.
    clients.client_of(actor, number, on=today)
    return client


def hold_clients(client_ids: Collection[int]) -> list[Client]:
    """Return clients with their spouses and cohabitants who are clients too, locked in one order.

    What is registered for one of a couple turns both red, so both are locked first.
    """
    ids = {*client_ids, *partner_ids(client_ids, _ALL_DAYS)}
    rows = Client.objects.select_for_update(no_key=True, of=("self",)).filter(pk__among=sorted(ids))
    return list(rows.select_related("person").order_by("pk"))


def touch(client: Client, *, since: date | None = None) -> None:
    """Tell that what the client's fee is made of has changed: what is calculated turns red.

    `since` is the day from which it is another, where it has one: locked months from that on are reckoned
    again, and their difference comes on the next invoice. Source: spec CF-17, CF-26.
    """
    touch_all([client.pk], since=since)


def touch_all(client_ids: Collection[int], *, since: date | None = None) -> None:
    """Tell the same of many clients and of their spouses, who are locked already. Source: spec CF-17, CF-26.

    The month of `since` is kept whether it is locked or not, for it may be approved at the same time; the
    approval that brings its difference forgets it.
    """
    if not client_ids:
        return
    days = _UNTIL_FURTHER_NOTICE if since is None else Period(since.replace(day=1))
    ids = sorted({*client_ids, *partner_ids(client_ids, days)})
    rows = Client.objects.filter(pk__among=ids)
    rows.update(version=F("version") + 1)
    if since is not None:
        month = since.replace(day=1)
        is_later = Q(changed_from__isnull=True) | Q(changed_from__gt=month)
        rows.filter(is_later).update(changed_from=month)


def touch_others(client_ids: Collection[int], month: date) -> None:
    """Turn what is calculated of other months red: what a locked month brings to it is another now.

    Of earlier ones those that bring something: a later one that is approved first has brought it.
    Source: spec CF-17, CF-26, CF-28, CF-29.
    """
    brought = FeeLine.objects.filter(client_month=OuterRef("pk"), about_month__isnull=False)
    others = ClientMonth.objects.filter(
        Q(month__gt=month) | Q(month__lt=month) & Exists(brought),
        client_id__among=client_ids,
        status__in=(MonthStatus.CALCULATED, MonthStatus.FAULTY),
    )
    Client.objects.filter(pk__in=others.values("client_id")).update(version=F("version") + 1)


def about(client: Client) -> About:
    """Return what an event on a client is about."""
    return About(subject=(clients.SUBJECT, client.number), person_ids=[client.person_id])
