"""Change the catalogue of services and its dated prices: a whole file of it, or one thing at a time.

What clients were charged is not altered: a price that has begun stays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values.csv_rows import Fault, Row
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import sort_key
from kvitt.modules.care_fees.exchange import services as exchange
from kvitt.modules.care_fees.models import (
    FeeCorrection,
    GrantedService,
    PerformedService,
    Service,
    ServicePrice,
)
from kvitt.modules.care_fees.queries import services as queries
from kvitt.modules.care_fees.rules import catalogue as rules
from kvitt.modules.care_fees.rules.services import check_service_end
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority

SUBJECT = "care_fees.service"


@transaction.atomic
def load_services(actor: Actor, *, today: date, content: bytes) -> int:
    """Take in services and prices from a CSV file, all or, at a fault, nothing; return how many it changed.

    What the file does not name stays, and so does the order of what is there: new services come last. The
    same file again changes nothing, and leaves no event. Raises NotAllowed, Refused. Source: spec CO-16.
    """
    actor.require(Permission.MANAGE_BILLING)
    lines, faults = exchange.read_services(content)
    _lock(actor)
    known = {service.code: service for service in _held(actor).order_by("pk")}
    prices = queries.prices_of(service.pk for service in known.values())
    used = _used(service.pk for service in known.values())
    for row in lines.values():
        service = known.get(row.facts.service.code)
        if service is not None:
            faults += row.faults(_problems_of(row, service, prices[service.pk], used=used, today=today))
    in_order: list[Fault] = sorted(faults, key=lambda fault: fault.line)
    refuse_if_any(in_order)
    changed: dict[str, Difference] = {}
    for row in lines.values():
        facts = row.facts.service
        service, difference = _apply(actor, known.get(facts.code), facts, place=len(known))
        known[facts.code] = service
        if difference:
            changed[facts.code] = difference
        if row.facts.price is not None and (told := _apply_price(service, row.facts.price)):
            changed[f"{facts.code} {row.facts.price.first_on}"] = told
    if changed:
        audit.record(
            "care_fees.load_services",
            actor,
            before={key: each.before for key, each in changed.items() if each.before},
            after={key: each.after for key, each in changed.items()},
        )
    return len(changed)


@transaction.atomic
def save_service(actor: Actor, *, facts: rules.ServiceFacts, service_id: int | None = None) -> Service:
    """Make a service, last in the catalogue, or change one; its code, first and last day stay then.

    Raises NotAllowed, Http404, Refused. Source: spec CF-6.
    """
    actor.require(Permission.MANAGE_BILLING)
    _lock(actor)
    service = None if service_id is None else _found(actor, service_id)
    if service is None and _services(actor).filter(code=facts.code).exists():
        raise Refused([Problem("code_exists", rules.CODE_EXISTS, "code", {"code": facts.code})])
    problems = rules.check_service(facts)
    if service is not None:
        problems += rules.check_change(service.facts(), facts, is_used=service.pk in _used([service.pk]))
    refuse_if_any(problems)
    service, difference = _apply(actor, service, facts, place=_services(actor).count())
    if difference:
        audit.record(
            "care_fees.save_service",
            actor,
            subject=(SUBJECT, service.code),
            before=difference.before,
            after=difference.after,
        )
    return service


@transaction.atomic
def set_service_price(
    actor: Actor, *, today: date, service_id: int, price: rules.PriceFacts, replaced_on: date | None = None
) -> ServicePrice:
    """Give a service a price from a day on; `replaced_on` names one that has not begun, to be changed.

    Raises NotAllowed, Http404, Refused. Source: spec CF-6.
    """
    actor.require(Permission.MANAGE_BILLING)
    _lock(actor)
    service = _found(actor, service_id)
    dated = {each.first_on: each for each in service.prices.all()}
    if replaced_on is not None:
        replaced = _replaced(dated, replaced_on, today=today)
        if price.first_on != replaced_on and price.first_on in dated:
            values = {"first_on": price.first_on}
            raise Refused([Problem("price_exists", rules.PRICE_EXISTS, "first_on", values)])
        dated[price.first_on] = replaced
    others = [each.facts() for each in dated.values() if each.first_on != replaced_on]
    refuse_if_any(rules.check_price(price, service=service.facts(), others=others, today=today))
    stored = dated.get(price.first_on) or ServicePrice(service=service)
    difference = _write_price(stored, price)
    if difference:
        audit.record(
            "care_fees.set_service_price",
            actor,
            subject=(SUBJECT, service.code),
            before=difference.before,
            after={"first_on": price.first_on.isoformat()} | difference.after,
        )
    return stored


@transaction.atomic
def move_service(actor: Actor, *, service_id: int, is_up: bool) -> Service:
    """Move a service one step in the catalogue: capped services are charged in its order.

    Raises NotAllowed, Http404. Source: spec CF-6, CF-21.
    """
    actor.require(Permission.MANAGE_BILLING)
    _lock(actor)
    service = _found(actor, service_id)
    ordered = list(_services(actor).order_by("place", "pk"))
    here = ordered.index(service)
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(ordered):
        return service
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for place, each in enumerate(ordered):
        each.place = place
    Service.objects.bulk_update(ordered, ["place"])
    audit.record(
        "care_fees.move_service",
        actor,
        subject=(SUBJECT, service.code),
        before={"place": here + 1},
        after={"place": there + 1},
    )
    return ordered[there]


@transaction.atomic
def end_service(actor: Actor, *, service_id: int, last_on: date | None) -> Service:
    """Take a service out of the catalogue after a day, or let it stay until further notice.

    Raises NotAllowed, Http404, Refused. Source: spec CF-6.
    """
    actor.require(Permission.MANAGE_BILLING)
    _lock(actor)
    service = _found(actor, service_id)
    granted_after, registered_in = _uses_after(service, last_on)
    refuse_if_any(
        check_service_end(service.facts(), last_on, granted_after=granted_after, registered_in=registered_in)
    )
    difference = calculate_difference({"last_on": service.last_on}, {"last_on": last_on})
    if difference:
        service.last_on = last_on
        service.save(update_fields=["last_on"])
        audit.record(
            "care_fees.end_service",
            actor,
            subject=(SUBJECT, service.code),
            before=difference.before,
            after=difference.after,
        )
    return service


def _problems_of(
    row: Row[exchange.CatalogueLine],
    service: Service,
    prices: Iterable[ServicePrice],
    *,
    used: set[int],
    today: date,
) -> list[Problem]:
    """Say what a line would change that stays as it is."""
    facts, price = row.facts.service, row.facts.price
    problems = rules.check_change(service.facts(), facts, is_used=service.pk in used)
    if facts.last_on is not None and facts.last_on != service.last_on:
        granted_after, registered_in = _uses_after(service, facts.last_on)
        problems += check_service_end(
            facts, facts.last_on, granted_after=granted_after, registered_in=registered_in
        )
    if price is not None:
        others = [each.facts() for each in prices]
        problems += rules.check_price_history(price, others, today=today)
    return problems


def _replaced(dated: Mapping[date, ServicePrice], first_on: date, *, today: date) -> ServicePrice:
    if first_on not in dated:
        raise Http404
    if first_on <= today:
        values = {"first_on": first_on}
        raise Refused([Problem("price_has_begun", rules.PRICE_HAS_BEGUN, "first_on", values)])
    return dated[first_on]


def _apply(
    actor: Actor, service: Service | None, facts: rules.ServiceFacts, *, place: int
) -> tuple[Service, Difference]:
    """Save a service if it is new or differs from the facts; return it with what the log keeps."""
    values = asdict(facts)
    old = {} if service is None else asdict(service.facts())
    difference = calculate_difference(old, values)
    service = service or Service(authority_id=actor.authority_id, place=place)
    if difference:
        for name, value in values.items():
            setattr(service, name, value)
        service.sort_key = sort_key(facts.name)
        service.save()
    return service, difference


def _apply_price(service: Service, price: rules.PriceFacts) -> Difference:
    stored = service.prices.filter(first_on=price.first_on).first() or ServicePrice(service=service)
    return _write_price(stored, price)


def _write_price(stored: ServicePrice, price: rules.PriceFacts) -> Difference:
    """Save a price if it is new or another than it was; return what the log keeps."""
    values = asdict(price)
    old = {} if stored._state.adding else asdict(stored.facts())  # noqa: SLF001 - Django documents it
    difference = calculate_difference(old, values)
    if difference:
        for name, value in values.items():
            setattr(stored, name, value)
        stored.save()
    return difference


def _uses_after(service: Service, last_on: date | None) -> tuple[int, date | None]:
    """Return how many are granted the service after the day, and the last month that has registrations."""
    if last_on is None:
        return 0, None
    granted = GrantedService.objects.filter(service=service)
    granted = granted.filter(Q(last_on__isnull=True) | Q(last_on__gt=last_on))
    performed = PerformedService.objects.filter(service=service, quantity__gt=0).order_by("-month")
    return granted.count(), performed.values_list("month", flat=True).first()


def _used(service_ids: Iterable[int]) -> set[int]:
    """Return which of the services somebody is granted, has got or has had corrected."""
    uses = (
        model.objects.filter(service_id=OuterRef("pk"))
        for model in (GrantedService, PerformedService, FeeCorrection)
    )
    granted, performed, corrected = (Exists(rows) for rows in uses)
    services = Service.objects.filter(granted | performed | corrected, pk__among=list(service_ids))
    return set(services.values_list("pk", flat=True))


def _services(actor: Actor) -> QuerySet[Service]:
    return Service.objects.filter(authority_id=actor.authority_id)


def _held(actor: Actor) -> QuerySet[Service]:
    """Return the services, locked: nobody is granted one while it changes or ends."""
    return _services(actor).select_for_update(no_key=True)


def _found(actor: Actor, service_id: int) -> Service:
    found = _held(actor).filter(pk=service_id).first()
    if found is None:
        raise Http404
    return found


def _lock(actor: Actor) -> None:
    """Let one at a time change an authority's services; other work with the authority goes on."""
    Authority.objects.select_for_update(no_key=True).get(id=actor.authority_id)
