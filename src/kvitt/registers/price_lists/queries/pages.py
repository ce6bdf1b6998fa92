"""What the pages of codes and combinations show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.translation import gettext

from kvitt.foundation.values.dates import Period, day_before
from kvitt.foundation.values.money import Ore
from kvitt.registers.access.rules import SEES_LINES, Actor, Permission
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.price_lists import rules
from kvitt.registers.price_lists.lifecycle import CombinationScope, Dentition, Pricing
from kvitt.registers.price_lists.models import ForbiddenCombination, PriceListItem
from kvitt.registers.price_lists.queries.on_day import matching, priced, valid
from kvitt.registers.price_lists.queries.words import (
    period_text,
    place_text,
    preauthorization_text,
    price_text,
    states_on,
)


def modules_of(actor: Actor) -> list[Scheme]:
    """Return the modules whose codes the actor sees: at an authority all, else those he works with.

    Source: spec CO-3, CO-4.
    """
    if actor.clinic_ids is None:
        return list(Scheme)
    return [
        scheme
        for scheme in Scheme
        if scheme.value in actor.rights and actor.may(SEES_LINES.get(scheme.value, Permission.SEE_CODES))
    ]


def items(actor: Actor, *, text: str = "", module: str = "", on: date) -> QuerySet[Any]:
    """Return the codes valid that day that the filters let through, each with `price_on`."""
    return priced(matching(valid(_items_of(actor, module), on), text), on)


def combinations(actor: Actor, *, code: str = "", module: str = "", on: date) -> QuerySet[Any]:
    """Return the forbidden combinations of the day with the names of both codes, for the administrator."""
    actor.require(Permission.ADMINISTER)
    rows = valid(ForbiddenCombination.objects.filter(authority_id=actor.authority_id), on)
    if module:
        rows = rows.filter(module=module)
    if code:
        rows = rows.filter(Q(code=rules.normalise_code(code)) | Q(other_code=rules.normalise_code(code)))
    named: QuerySet[Any] = rows.annotate(name=_name_of("code"), other_name=_name_of("other_code"))
    return named


@dataclass(frozen=True)
class PriceRow:
    """A price with the days it holds."""

    first_on: date
    last_on: date | None
    amount: Ore
    state: str


@dataclass(frozen=True)
class CombinationRow:
    """A code that may not stand together with the one of the page."""

    id: int
    code: str
    name: str
    scope: str
    period: str


@dataclass(frozen=True)
class ItemPage:
    """Everything `item.html` shows."""

    id: int
    title: str
    module: str
    code: str
    facts: Sequence[tuple[str, str]]
    prices: Sequence[PriceRow]
    combinations: Sequence[CombinationRow]
    notice: str
    may_change: bool
    may_have_prices: bool
    may_have_combinations: bool


def item_page(actor: Actor, item_id: int, *, today: date) -> ItemPage:
    """Return one code with its prices and combinations. Raises Http404 for one the actor may not see."""
    item = _item(actor, item_id)
    prices = _price_rows(item, today)
    is_valid = Period(item.first_on, item.last_on).contains(today)
    current = next((row.amount for row in prices if row.first_on <= today), None)
    return ItemPage(
        id=item.pk,
        title=str(item),
        module=item.module,
        code=item.code,
        facts=_fact_rows(item, current, is_valid=is_valid),
        prices=prices,
        combinations=_combination_rows(item),
        notice=_notice(item, current, today),
        may_change=actor.may(Permission.ADMINISTER),
        may_have_prices=item.pricing == Pricing.FIXED,
        may_have_combinations=item.module != Scheme.POPULATION_HEALTH,
    )


def item_facts(actor: Actor, item_id: int) -> rules.ItemFacts:
    """Return a code for the form that changes it."""
    actor.require(Permission.ADMINISTER)
    return _item(actor, item_id).facts()


def combination_facts(actor: Actor, combination_id: int) -> rules.CombinationFacts:
    """Return a combination for the form that changes it. Raises Http404 for another authority's."""
    actor.require(Permission.ADMINISTER)
    rows = ForbiddenCombination.objects.filter(authority_id=actor.authority_id)
    found = rows.filter(id=combination_id).first()
    if found is None:
        raise Http404
    return found.facts()


def _name_of(column: str) -> Subquery:
    items = PriceListItem.objects.filter(
        authority=OuterRef("authority"), module=OuterRef("module"), code=OuterRef(column)
    )
    return Subquery(items.values("name")[:1])


def _items_of(actor: Actor, module: str = "") -> QuerySet[PriceListItem]:
    actor.require(Permission.SEE_CODES)
    modules = [scheme.value for scheme in modules_of(actor) if module in {"", scheme.value}]
    return PriceListItem.objects.filter(authority_id=actor.authority_id, module__in=modules)


def _item(actor: Actor, item_id: int) -> PriceListItem:
    found = _items_of(actor).filter(id=item_id).first()
    if found is None:
        raise Http404
    return found


def _price_rows(item: PriceListItem, today: date) -> list[PriceRow]:
    """Return the prices, newest first, each until the day before the next."""
    prices = list(item.prices.order_by("-first_on"))
    lasts = [None, *(day_before(later.first_on) for later, _ in pairwise(prices))]
    states = states_on(today, [price.first_on for price in prices])
    return [
        PriceRow(price.first_on, last, price.amount, state)
        for price, last, state in zip(prices, lasts, states, strict=False)
    ]


def _combination_rows(item: PriceListItem) -> list[CombinationRow]:
    rows = ForbiddenCombination.objects.filter(
        Q(code=item.code) | Q(other_code=item.code), authority_id=item.authority_id, module=item.module
    ).order_by("code", "other_code", "scope")
    others = [(row, row.other_than(item.code)) for row in rows]
    named = PriceListItem.objects.filter(
        authority_id=item.authority_id, module=item.module, code__in={code for _, code in others}
    )
    names = dict(named.values_list("code", "name"))
    return [
        CombinationRow(
            id=row.pk,
            code=code,
            name=names.get(code, ""),
            scope=gettext(CombinationScope(row.scope).label),
            period=period_text(row.first_on, row.last_on),
        )
        for row, code in others
    ]


def _fact_rows(item: PriceListItem, price: Ore | None, *, is_valid: bool) -> list[tuple[str, str]]:
    facts = item.facts()
    rows = [
        (gettext("Module"), gettext(facts.module.label)),
        (gettext("Valid"), period_text(item.first_on, item.last_on)),
    ]
    if is_valid:
        rows.append((gettext("Price today"), price_text(item, price)))
    if facts.module is Scheme.POPULATION_HEALTH:
        return [*rows, (gettext("Participants"), gettext(facts.participants.label))]
    highest, in_cases = item.max_per_period, facts.module is Scheme.NEEDS_ALLOWANCE
    asked = [
        (gettext("Preauthorization"), preauthorization_text(item), in_cases),
        (gettext("Tooth/jaw"), place_text(item) or gettext("Not given"), True),
        (gettext("Teeth"), gettext(facts.dentition.label), facts.dentition is not Dentition.ANY),
        (gettext("Tooth surface"), gettext(facts.surface.label), in_cases),
        (
            gettext("Highest number per period"),
            gettext("No limit") if highest is None else str(highest),
            True,
        ),
        (gettext("Ages"), _ages_text(item), True),
    ]
    return rows + [(label, text) for label, text, is_said in asked if is_said]


def _ages_text(item: PriceListItem) -> str:
    ages = {"lowest": item.min_age, "highest": item.max_age}
    if item.min_age is None and item.max_age is None:
        return gettext("All ages")
    if item.max_age is None:
        return gettext("From %(lowest)s years") % ages
    if item.min_age is None:
        return gettext("Up to and including %(highest)s years") % ages
    return gettext("%(lowest)s-%(highest)s years") % ages


def _notice(item: PriceListItem, price: Ore | None, today: date) -> str:
    if item.last_on is not None and item.last_on < today:
        return gettext("The code ended on %(last)s and can be reported for treatments up to that day.") % {
            "last": item.last_on
        }
    if item.first_on > today:
        return gettext("The code can be reported from %(first)s.") % {"first": item.first_on}
    if item.pricing == Pricing.FIXED and price is None:
        return gettext("The code has no price today and cannot be reported before it has one.")
    return ""
