"""Write dwellings and housing contracts: begin, mend, change the rent, end."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key
from kvitt.modules.care_fees.commands import numbers, steps
from kvitt.modules.care_fees.models import Client, Dwelling, Rent, Tenancy, Tenant
from kvitt.modules.care_fees.queries import clients, dwellings, tenancies
from kvitt.modules.care_fees.queries import housing as queries
from kvitt.modules.care_fees.rules import tenancy as rules
from kvitt.modules.care_fees.rules.housing import DwellingFacts, check_dwelling
from kvitt.registers.access.rules import Actor, Permission

_LONGEST_KEY = 230


# Dwellings ------------------------------------------------------------------------------------------


def create_dwelling(actor: Actor, *, facts: DwellingFacts) -> Dwelling:
    """Add a dwelling of one of the actor's units. Raises Refused, NotAllowed, Http404. Source: spec CF-7."""
    actor.require(Permission.REGISTER_CARE)
    with transaction.atomic():
        dwellings.unit_to_let(actor, facts.unit_id)
        refuse_if_any(check_dwelling(facts, let_to=None))
        dwelling = _saved(Dwelling(authority_id=actor.authority_id), facts)
        after = calculate_difference({}, _values(facts)).after
        audit.record(
            "care_fees.create_dwelling", actor, subject=(dwellings.SUBJECT, dwelling.number), after=after
        )
    return dwelling


def change_dwelling(actor: Actor, *, dwelling_id: int, facts: DwellingFacts) -> Dwelling:
    """Change or close a dwelling; contracts that stand keep their dates. Raises as `create_dwelling`."""
    actor.require(Permission.REGISTER_CARE)
    with transaction.atomic():
        dwelling = _held_dwelling(actor, dwelling_id)
        dwellings.unit_to_let(actor, facts.unit_id)
        refuse_if_any(check_dwelling(facts, let_to=dwellings.let_to(dwelling)))
        difference = calculate_difference(_values(dwellings.facts_of(dwelling)), _values(facts))
        if difference:
            dwelling = _saved(dwelling, facts)
            audit.record(
                "care_fees.change_dwelling",
                actor,
                subject=(dwellings.SUBJECT, dwelling.number),
                before=difference.before,
                after=difference.after,
            )
    return dwelling


# Contracts ------------------------------------------------------------------------------------------


def create_tenancy(
    actor: Actor, *, today: date, number: str, content: rules.TenancyContent, partner: str = ""
) -> Tenancy:
    """Let a dwelling to a client, and to another one where they share it; the rule sets the contract date.

    Who comes second to a dwelling or a client is refused. Raises Refused, NotAllowed, Http404.
    Source: debitering-ao, pages 13-14; spec CF-7, CF-8.
    """
    with transaction.atomic():
        refuse_if_any(rules.check_moved_in(content.moved_in_on, today=today))
        refuse_if_any(_partner_problems(actor, number, partner, today=today))
        held = _held_clients(actor, [number, *filter(None, [partner])], today=today)
        dwelling = _held_dwelling(actor, content.dwelling_id)
        first_on = queries.contract_date(dwelling, content.moved_in_on).first_on
        period = Period(first_on)
        problems = rules.check_dwelling_is_open(str(dwelling), first_on, dwelling.closed_on)
        problems += _problems(dwelling, held, period, own=None)
        refuse_if_any(problems + rules.check_amount(content.monthly))
        tenancy = Tenancy.objects.create(
            authority_id=actor.authority_id,
            number=numbers.next_number(actor.authority_id, "tenancy", year=first_on.year),
            dwelling=dwelling,
            moved_in_on=content.moved_in_on,
            first_on=first_on,
        )
        Tenant.objects.bulk_create([Tenant(tenancy=tenancy, client=client) for client in held])
        Rent.objects.create(tenancy=tenancy, first_on=first_on, amount=content.monthly)
        _touch(held, first_on)
        after = {"tenancy": tenancy.number, **_told(tenancy), "monthly_rent": content.monthly}
        audit.record_many("care_fees.create_tenancy", actor, _entries(held, Difference({}, after)))
    return tenancy


def change_tenancy(actor: Actor, *, today: date, number: str, content: rules.TenancyContent) -> Tenancy:
    """Mend what was mistyped when a contract began, while none of its months is calculated.

    Raises Refused, NotAllowed, Http404. Source: spec CF-7, CF-8.
    """
    with transaction.atomic():
        tenancy, held = hold_tenancy(actor, number, today=today)
        refuse_if_any(rules.check_moved_in(content.moved_in_on, today=today))
        dwelling = _held_dwelling(actor, content.dwelling_id)
        first_on = queries.contract_date(dwelling, content.moved_in_on).first_on
        since = min(first_on, tenancy.first_on)
        rents = list(tenancy.rents.order_by("first_on"))
        problems = rules.check_mending(
            calculated=tenancies.calculated_since(held, since),
            has_free_month=tenancies.has_free_month(tenancy),
            first_on=first_on,
            last_on=tenancy.last_on,
            next_rent_on=rents[1].first_on if len(rents) > 1 else None,
        )
        if not problems:
            problems += rules.check_dwelling_is_open(str(dwelling), first_on, dwelling.closed_on)
            problems += _problems(dwelling, held, Period(first_on, tenancy.last_on), own=tenancy)
        refuse_if_any(problems + rules.check_amount(content.monthly))
        before = {**_told(tenancy), "monthly_rent": rents[0].amount}
        tenancy.dwelling, tenancy.moved_in_on, tenancy.first_on = dwelling, content.moved_in_on, first_on
        after = {**_told(tenancy), "monthly_rent": content.monthly}
        if difference := calculate_difference(before, after):
            tenancy.save(update_fields=["dwelling", "moved_in_on", "first_on"])
            rents[0].first_on, rents[0].amount = first_on, content.monthly
            rents[0].save(update_fields=["first_on", "amount"])
            _touch(held, since)
            audit.record_many("care_fees.change_tenancy", actor, _entries(held, difference, tenancy))
    return tenancy


def change_rent(actor: Actor, *, today: date, number: str, first_on: date, monthly: Ore) -> Tenancy:
    """Give a contract another rent (öre) from a day on; what is approved stays.

    Raises Refused, NotAllowed, Http404. Source: spec CF-7, CF-28.
    """
    with transaction.atomic():
        tenancy, held = hold_tenancy(actor, number, today=today)
        problems = rules.check_rent(
            rules.DatedRent(first_on, monthly),
            first_on=tenancy.first_on,
            last_on=tenancy.last_on,
            terms=queries.terms_on(tenancy.authority_id, first_on),
        )
        problems += rules.check_not_approved(tenancies.approved_since(held, first_on))
        refuse_if_any(problems)
        old = tenancy.rents.filter(first_on=first_on).values_list("amount", flat=True).first()
        if old != monthly:
            Rent.objects.update_or_create(tenancy=tenancy, first_on=first_on, defaults={"amount": monthly})
            _touch(held, first_on)
            before: dict[str, object] = {} if old is None else {"monthly_rent": old}
            after = {"first_on": first_on.isoformat(), "monthly_rent": monthly}
            audit.record_many(
                "care_fees.change_rent", actor, _entries(held, Difference(before, after), tenancy)
            )
    return tenancy


def end_tenancy(actor: Actor, *, today: date, number: str, last_on: date | None) -> Tenancy:
    """End a contract the 14th or the last of a month, also where decision and services have ended.

    None lets it go on. Raises Refused, NotAllowed, Http404. Source: debitering-ao, pages 13-15; spec CF-10.
    """
    with transaction.atomic():
        tenancy, held = hold_tenancy(actor, number, today=today)
        dwelling = Dwelling.objects.select_for_update(no_key=True).get(pk=tenancy.dwelling_id)
        if last_on is not None:
            terms = queries.terms_on(tenancy.authority_id, last_on)
            refuse_if_any(rules.check_end(tenancy.first_on, last_on, terms))
        refuse_if_any(_problems(dwelling, held, Period(tenancy.first_on, last_on), own=tenancy))
        if difference := calculate_difference({"last_on": tenancy.last_on}, {"last_on": last_on}):
            was, tenancy.last_on = tenancy.last_on, last_on
            tenancy.save(update_fields=["last_on"])
            _touch(held, min(day for day in (was, last_on) if day is not None))
            audit.record_many("care_fees.end_tenancy", actor, _entries(held, difference, tenancy))
    return tenancy


# Steps ----------------------------------------------------------------------------------------------


def hold_tenancy(actor: Actor, number: str, *, today: date) -> tuple[Tenancy, list[Client]]:
    """Return a contract with its tenants, who are locked. Raises Http404, NotAllowed."""
    found = tenancies.tenancy_of(actor, number, on=today)
    held = _held_clients(actor, [tenant.client.number for tenant in found.tenants.all()], today=today)
    return tenancies.tenancy_of(actor, number, on=today), held


def _held_clients(actor: Actor, wanted: Iterable[str], *, today: date) -> list[Client]:
    """Return the clients, locked in the order of their numbers."""
    return [steps.hold_client(actor, number, today=today) for number in sorted(set(wanted))]


def _touch(held: Sequence[Client], since: date) -> None:
    steps.touch_all([client.pk for client in held], since=since)


def _held_dwelling(actor: Actor, dwelling_id: int) -> Dwelling:
    found = dwellings.dwelling_of(actor, dwelling_id)
    return Dwelling.objects.select_for_update(no_key=True).get(pk=found.pk)


def _partner_problems(actor: Actor, number: str, partner: str, *, today: date) -> list[Problem]:
    if not partner:
        return []
    is_client = clients.clients_of(actor, on=today).filter(number=partner).exists()
    return rules.check_partner(number, partner, is_client=is_client)


def _problems(
    dwelling: Dwelling, held: Sequence[Client], period: Period, *, own: Tenancy | None
) -> list[Problem]:
    """Tell what contracts are in the way of one that holds in the period; its own is not."""
    others = Tenancy.objects.exclude(pk=own.pk) if own else Tenancy.objects.all()
    let = queries.held_by(others.filter(dwelling=dwelling))
    problems = rules.check_dwelling_is_free(str(dwelling), period, let)
    for client in held:
        has = queries.held_by(others.filter(tenants__client=client))
        problems += rules.check_client_is_free(client.number, period, has)
    return problems


def _saved(dwelling: Dwelling, facts: DwellingFacts) -> Dwelling:
    """Save a dwelling; another one may have its number."""
    dwelling.unit_id, dwelling.number, dwelling.address = facts.unit_id, facts.number, facts.address
    dwelling.kind, dwelling.closed_on = facts.kind, facts.closed_on
    dwelling.search_key = search_key(f"{facts.number} {facts.address}")[:_LONGEST_KEY]
    try:
        with transaction.atomic():
            dwelling.save()
    except IntegrityError as fault:
        raise Refused([rules.number_taken(facts.number)]) from fault
    return dwelling


def _values(facts: DwellingFacts) -> dict[str, object]:
    return {
        "unit_id": facts.unit_id,
        "number": facts.number,
        "address": facts.address,
        "kind": facts.kind.value,
        "closed_on": facts.closed_on,
    }


def _told(tenancy: Tenancy) -> dict[str, object]:
    """Return what the log keeps of how a contract begins."""
    return {
        "dwelling": tenancy.dwelling.number,
        "moved_in_on": tenancy.moved_in_on.isoformat(),
        "contract_date": tenancy.first_on.isoformat(),
    }


def _entries(
    held: Sequence[Client], difference: Difference, tenancy: Tenancy | None = None
) -> list[audit.Entry]:
    """Return the event as it stands at each tenant."""
    named = {"tenancy": tenancy.number} if tenancy else {}
    return [
        audit.Entry(
            subject=steps.about(client)["subject"],
            person_ids=(client.person_id,),
            before=difference.before,
            after={**named, **difference.after},
        )
        for client in held
    ]
