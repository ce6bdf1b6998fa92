"""Change the price list and the parameters of an authority: a whole catalogue, or one thing at a time.

Reported procedures keep the text and the price they were reported with, so nothing here alters them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.lifecycle import Scheme
from kvitt.registers.organisations.models import Authority
from kvitt.registers.price_lists import exchange, rules
from kvitt.registers.price_lists.models import ForbiddenCombination, ParameterValue, Price, PriceListItem

# What follows from other values, or says who wrote them: the log leaves it out.
_NOT_LOGGED = ("sort_key", "search_key", "entered_by")
_ROWS_PER_STATEMENT = 500

Stored = TypeVar("Stored", bound=models.Model)
Key = tuple[object, ...]
Values = dict[str, Any]


@dataclass(frozen=True)
class Count:
    """How many rows a file held, and what they did."""

    read: int
    added: int
    changed: int


@transaction.atomic
def load_catalogue(actor: Actor, *, files: Mapping[str, bytes]) -> dict[str, Count]:
    """Take in codes, prices, combinations and parameters from CSV files: all of them or, at a fault, nothing.

    What the files do not name stays as it is. The same files again change nothing, and leave no event.
    Source: spec CO-16.
    """
    actor.require(Permission.ADMINISTER)
    catalogue, faults = exchange.read_catalogue(files)
    _lock(actor)
    items = _Merge(PriceListItem, _items(actor), lambda item: item.facts().key)
    prices = _Merge(Price, _prices(actor), lambda price: (*price.item.facts().key, price.first_on))
    combinations = _Merge(ForbiddenCombination, _combinations(actor), lambda row: row.facts().key)
    parameters = _Merge(ParameterValue, _parameter_values(actor), lambda own: (own.name, own.first_on))
    # A code whose own line is faulty would be called unknown on every line that names it.
    if all(fault.file != exchange.CODES for fault in faults):
        faults += _faults_between(catalogue, items.rows.values(), prices.rows)
    refuse_if_any(exchange.in_order(faults))
    items.take(
        (key, _item_values(row.facts), _new_item(actor, row.facts)) for key, row in catalogue.items.items()
    )
    prices.take(
        (key, {"amount": row.facts.amount}, Price(item=items.rows[key[:2]], first_on=row.facts.first_on))
        for key, row in catalogue.prices.items()
    )
    combinations.take(
        (key, _days(row.facts), _new_combination(actor, row.facts))
        for key, row in catalogue.combinations.items()
    )
    parameters.take(
        (key, _own_values(actor, row.facts), _new_parameter_value(actor, row.facts))
        for key, row in catalogue.parameters.items()
    )
    counts = {
        exchange.CODES: items.count(catalogue.items),
        exchange.PRICES: prices.count(catalogue.prices),
        exchange.COMBINATIONS: combinations.count(catalogue.combinations),
        exchange.PARAMETERS: parameters.count(catalogue.parameters),
    }
    changed = {file: asdict(count) for file, count in counts.items() if count.added or count.changed}
    if changed:
        audit.record(
            "price_lists.load_catalogue",
            actor,
            subject=("price_list", actor.authority_id),
            before=items.before | prices.before | combinations.before | parameters.before,
            after=changed | items.after | prices.after | combinations.after | parameters.after,
        )
    return counts


@transaction.atomic
def save_item(actor: Actor, *, facts: rules.ItemFacts, item_id: int | None = None) -> PriceListItem:
    """Make a code, or change everything about one but its module and the code itself."""
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    if item_id is None:
        item = _new_item(actor, facts)
        if _items(actor).filter(module=facts.module, code=facts.code).exists():
            raise Refused([Problem("code_exists", rules.CODE_EXISTS, "code", {"code": facts.code})])
    else:
        item = _found(_items(actor), item_id)
        facts = replace(facts, module=Scheme(item.module), code=item.code)
    has_prices = item_id is not None and item.prices.exists()
    refuse_if_any(rules.check_item(facts, has_prices=has_prices))
    if difference := _apply(item, _item_values(facts), key={"module": item.module, "code": item.code}):
        audit.record(
            "price_lists.save_item",
            actor,
            subject=("price_list_item", item.pk),
            before=difference.before,
            after=difference.after,
        )
    return item


@transaction.atomic
def set_price(actor: Actor, *, item_id: int, first_on: date, amount: Ore) -> Price:
    """Give a code a price from a day on; one that begins the same day is replaced."""
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    item = _found(_items(actor), item_id)
    facts = item.facts()
    refuse_if_any(rules.check_price(rules.PriceFacts(facts.module, facts.code, first_on, amount), item=facts))
    price = item.prices.filter(first_on=first_on).first() or Price(item=item, first_on=first_on)
    if difference := _apply(price, {"amount": amount}):
        day = {"first_on": first_on.isoformat()}
        audit.record(
            "price_lists.set_price",
            actor,
            subject=("price_list_item", item.pk),
            before=difference.before and day | difference.before,
            after=day | difference.after,
        )
    return price


@transaction.atomic
def save_combination(
    actor: Actor, *, facts: rules.CombinationFacts, combination_id: int | None = None
) -> ForbiddenCombination:
    """Forbid two codes together, or change the days on which an existing combination is forbidden."""
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    if combination_id is None:
        row = _new_combination(actor, facts)
        same = {"module": row.module, "code": row.code, "other_code": row.other_code, "scope": row.scope}
        if _combinations(actor).filter(**same).exists():
            raise Refused([Problem("combination_exists", rules.COMBINATION_EXISTS, "other_code")])
    else:
        row = _found(_combinations(actor), combination_id)
        facts = replace(row.facts(), first_on=facts.first_on, last_on=facts.last_on)
    codes = _items(actor).filter(module=row.module, code__in={row.code, row.other_code})
    known = {item.code: item.facts() for item in codes}
    sides = known.get(facts.code), known.get(facts.other_code)
    refuse_if_any(rules.check_combination(facts, item=sides[0], other=sides[1]))
    pair = {"module": row.module, "code": row.code, "other_code": row.other_code, "scope": row.scope}
    if difference := _apply(row, _days(facts), key=pair):
        audit.record(
            "price_lists.save_combination",
            actor,
            subject=("combination", row.pk),
            before=difference.before,
            after=difference.after,
        )
    return row


@transaction.atomic
def set_parameter(actor: Actor, *, facts: rules.ParameterFacts) -> ParameterValue:
    """Give a parameter an own value from a day on; one that begins the same day is replaced.

    Source: spec CO-15.
    """
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    refuse_if_any(rules.check_parameter_value(facts))
    own = _parameter_values(actor).filter(name=facts.name, first_on=facts.first_on).first()
    row = own or _new_parameter_value(actor, facts)
    if difference := _apply(row, _own_values(actor, facts)):
        day = {"first_on": facts.first_on.isoformat()}
        audit.record(
            "price_lists.set_parameter",
            actor,
            subject=("parameter", facts.name),
            before=difference.before and day | difference.before,
            after=day | difference.after,
        )
    return row


# Rows of the actor's authority --------------------------------------------------------------------


def _lock(actor: Actor) -> None:
    """Let one at a time change an authority's price list; other work with the authority goes on."""
    Authority.objects.select_for_update(no_key=True).get(id=actor.authority_id)


def _items(actor: Actor) -> models.QuerySet[PriceListItem]:
    return PriceListItem.objects.filter(authority_id=actor.authority_id)


def _prices(actor: Actor) -> models.QuerySet[Price]:
    return Price.objects.filter(item__authority_id=actor.authority_id).select_related("item")


def _combinations(actor: Actor) -> models.QuerySet[ForbiddenCombination]:
    return ForbiddenCombination.objects.filter(authority_id=actor.authority_id)


def _parameter_values(actor: Actor) -> models.QuerySet[ParameterValue]:
    return ParameterValue.objects.filter(authority_id=actor.authority_id)


def _found(rows: models.QuerySet[Stored], row_id: int) -> Stored:
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise Http404
    return found


# Facts to rows ------------------------------------------------------------------------------------


def _new_item(actor: Actor, facts: rules.ItemFacts) -> PriceListItem:
    return PriceListItem(authority_id=actor.authority_id, module=facts.module.value, code=facts.code)


def _item_values(facts: rules.ItemFacts) -> Values:
    values = {
        name: value.value if isinstance(value, Labelled) else value
        for name, value in asdict(facts).items()
        if name not in {"module", "code"}
    }
    return {
        **values,
        "sort_key": sort_key(facts.name)[: rules.LONGEST_NAME],
        "search_key": search_key(facts.name),
    }


def _new_combination(actor: Actor, facts: rules.CombinationFacts) -> ForbiddenCombination:
    module, code, other_code, scope = facts.key
    return ForbiddenCombination(
        authority_id=actor.authority_id, module=module, code=code, other_code=other_code, scope=scope
    )


def _days(facts: rules.CombinationFacts) -> Values:
    return {"first_on": facts.first_on, "last_on": facts.last_on}


def _new_parameter_value(actor: Actor, facts: rules.ParameterFacts) -> ParameterValue:
    return ParameterValue(authority_id=actor.authority_id, name=facts.name, first_on=facts.first_on)


def _own_values(actor: Actor, facts: rules.ParameterFacts) -> Values:
    return {"value": facts.value, "source": facts.source, "entered_by": actor.name}


def _difference(row: models.Model, values: Values, *, is_new: bool) -> Difference:
    old = {} if is_new else {name: getattr(row, name) for name in values}
    return calculate_difference(old, values, leave_out=_NOT_LOGGED)


def _apply(row: models.Model, values: Values, *, key: Values | None = None) -> Difference:
    """Save a row if it is new or differs from the values; the log keeps the key of a new one too."""
    is_new = row.pk is None
    logged = {**(key or {}), **values} if is_new else values
    if difference := _difference(row, logged, is_new=is_new):
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    return difference


# A whole catalogue --------------------------------------------------------------------------------


class _Merge(Generic[Stored]):
    """The rows of one kind by key, with those that a file adds or changes, and what the log says of them."""

    def __init__(self, model: type[Stored], rows: Iterable[Stored], key_of: Callable[[Stored], Key]) -> None:
        self.model = model
        self.rows = {key_of(row): row for row in rows}
        self.added: list[Stored] = []
        self.changed: list[Stored] = []
        self.before: dict[str, object] = {}
        self.after: dict[str, object] = {}

    def take(self, wanted: Iterable[tuple[Key, Values, Stored]]) -> None:
        """Set the values of each key's row, of the given new one where there is none, in few statements."""
        names: set[str] = set()
        for key, values, new in wanted:
            row = self.rows.setdefault(key, new)
            difference = _difference(row, values, is_new=row is new)
            if difference:
                self._note(" ".join(map(str, key)), difference)
                (self.added if row is new else self.changed).append(row)
                names.update(values)
                for name, value in values.items():
                    setattr(row, name, value)
        objects = self.model._default_manager  # noqa: SLF001 - Django's public name for it
        objects.bulk_create(self.added, batch_size=_ROWS_PER_STATEMENT)
        if self.changed:
            objects.bulk_update(self.changed, sorted(names), batch_size=_ROWS_PER_STATEMENT)

    def _note(self, key: str, difference: Difference) -> None:
        if difference.before:
            self.before[key] = difference.before
        self.after[key] = difference.after

    def count(self, read: Mapping[Key, object]) -> Count:
        """Return how many rows were read and what became of them."""
        return Count(len(read), len(self.added), len(self.changed))


def _faults_between(
    catalogue: exchange.Catalogue, items: Iterable[PriceListItem], priced: Iterable[Key]
) -> list[Fault]:
    """Say which lines do not fit the codes that the other files and the price list hold."""
    known: dict[Key, rules.ItemFacts] = {facts.key: facts for facts in (item.facts() for item in items)}
    known |= {key: row.facts for key, row in catalogue.items.items()}
    codes_with_prices = {key[:2] for key in priced}
    faults: list[Fault] = []
    for key, item in catalogue.items.items():
        faults += item.faults(rules.check_item(item.facts, has_prices=key in codes_with_prices))
    for key, price in catalogue.prices.items():
        faults += price.faults(rules.check_price(price.facts, item=known.get(key[:2])))
    for row in catalogue.combinations.values():
        module, code, other_code, _ = row.facts.key
        sides = known.get((module, code)), known.get((module, other_code))
        faults += row.faults(rules.check_combination(row.facts, item=sides[0], other=sides[1]))
    return faults
