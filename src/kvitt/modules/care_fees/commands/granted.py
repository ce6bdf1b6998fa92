"""Grant clients services, change what they cost and end them."""

from datetime import date

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.foundation.values.dates import Period, day_after, day_before
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, GrantedService, Service
from kvitt.modules.care_fees.rules import services as rules
from kvitt.modules.care_fees.rules.catalogue import check_order
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.lifecycle import UnitKind
from kvitt.registers.organisations.models import Clinic


@transaction.atomic
def grant_service(
    actor: Actor,
    *,
    today: date,
    number: str,
    service_id: int,
    unit_id: int,
    first_on: date,
    last_on: date | None = None,
    amount: Ore | None = None,
) -> GrantedService:
    """Grant a client a service at a unit; `amount` is his own for a month, else the price list's counts.

    Raises NotAllowed, Http404, Refused. Source: debitering-ao, page 21; spec CF-6.
    """
    client = steps.hold_client(actor, number, today=today)
    service = _held_service(client, service_id)
    unit = Clinic.objects.filter(authority_id=client.authority_id, pk=unit_id).exclude(unit_kind="").first()
    if service is None or unit is None:
        raise Http404
    granted = GrantedService(
        client=client, service=service, unit=unit, first_on=first_on, last_on=last_on, amount=amount
    )
    refuse_if_any(_problems(granted))
    granted.save()
    steps.touch(client, since=first_on)
    audit.record("care_fees.grant_service", actor, **steps.about(client), after=_told(granted))
    return granted


@transaction.atomic
def change_granted(
    actor: Actor, *, today: date, number: str, granted_id: int, first_on: date, amount: Ore | None
) -> GrantedService:
    """Let what a client is granted cost another monthly amount from a day on: it ends, and goes on anew.

    Raises NotAllowed, Http404, Refused. Source: spec CF-6.
    """
    client = steps.hold_client(actor, number, today=today)
    granted = _found(client, granted_id)
    problems = rules.check_day_within(granted.service.name, first_on, granted.period)
    if amount is not None and amount < 0:
        problems.append(Problem("negative_amount", rules.NEGATIVE_AMOUNT, "amount"))
    refuse_if_any(problems)
    if amount == granted.amount:
        return granted
    before = _told(granted)
    changed = granted
    if first_on > granted.first_on:
        changed = GrantedService(
            client=client,
            service=granted.service,
            unit=granted.unit,
            first_on=first_on,
            last_on=granted.last_on,
        )
        granted.last_on = day_before(first_on)
        granted.save(update_fields=["last_on"])
    changed.amount = amount
    changed.save()
    steps.touch(client, since=max(first_on, granted.first_on))
    audit.record(
        "care_fees.change_granted", actor, **steps.about(client), before=before, after=_told(changed)
    )
    return changed


@transaction.atomic
def end_granted(
    actor: Actor, *, today: date, number: str, granted_id: int, last_on: date | None
) -> GrantedService:
    """Let a client have a service for the last time on a day, or until further notice.

    Raises NotAllowed, Http404, Refused. Source: spec CF-6.
    """
    client = steps.hold_client(actor, number, today=today)
    granted = _found(client, granted_id)
    was = granted.last_on
    if last_on == was:
        return granted
    before = _told(granted)
    granted.last_on = last_on
    is_longer = was is not None and (last_on is None or last_on > was)
    if is_longer:
        granted.service = _held_service(client, granted.service_id) or granted.service
    refuse_if_any(_problems(granted) if is_longer else check_order(granted.first_on, last_on))
    granted.save(update_fields=["last_on"])
    steps.touch(client, since=_changed_on(was, last_on))
    audit.record("care_fees.end_granted", actor, **steps.about(client), before=before, after=_told(granted))
    return granted


def _changed_on(was: date | None, last_on: date | None) -> date:
    """Return the first day that a change of the last day matters for."""
    return day_after(min(day for day in (was, last_on) if day is not None))


def _held_service(client: Client, service_id: int) -> Service | None:
    """Return a service of the client's municipality, locked: it is not ended while it is granted."""
    services = Service.objects.select_for_update(no_key=True).filter(authority_id=client.authority_id)
    return services.filter(pk=service_id).first()


def _problems(granted: GrantedService) -> list[Problem]:
    """Say why a client may not have the service like this."""
    unit = granted.unit
    same = GrantedService.objects.filter(client=granted.client, service=granted.service)
    return rules.check_granted(
        granted.service.name,
        granted.period,
        service=granted.service.facts(),
        unit=rules.UnitFacts(str(unit), UnitKind(unit.unit_kind), unit.closed_on),
        others=[Period(each.first_on, each.last_on) for each in same.exclude(pk=granted.pk)],
        amount=granted.amount,
    )


def _found(client: Client, granted_id: int) -> GrantedService:
    found = client.granted.select_related("service", "unit").filter(pk=granted_id).first()
    if found is None:
        raise Http404
    return found


def _told(granted: GrantedService) -> dict[str, object]:
    return {
        "service": granted.service.name,
        "unit": str(granted.unit),
        "first_on": granted.first_on.isoformat(),
        "last_on": granted.last_on.isoformat() if granted.last_on else "",
        "amount": granted.amount,
    }
