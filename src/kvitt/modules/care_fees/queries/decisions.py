"""What fee decisions come to, those that were made, and what is another at a new price base amount."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client, FeeDecision, IncomeStatement, ReservedAdjustment
from kvitt.modules.care_fees.queries import clients, incomes, stated_words
from kvitt.modules.care_fees.queries.facts import load_facts
from kvitt.modules.care_fees.queries.sentences import sentence
from kvitt.modules.care_fees.queries.terms import month_terms
from kvitt.modules.care_fees.rules import decision as rules
from kvitt.modules.care_fees.rules.explanation import Step
from kvitt.modules.care_fees.rules.fee import FeeTerms
from kvitt.modules.care_fees.rules.month_facts import MonthFacts, MonthTerms
from kvitt.registers.access.rules import Permission

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

# What makes a new decision another than the old one.
_COMPARED = ("fee_type", "cap", "reserved", "net_income", "housing_cost", "capacity")


@dataclass(frozen=True)
class Adjusted:
    """A raise or a cut of the reserved amount (öre a month) with its reason."""

    amount: Ore
    reason: str


@dataclass(frozen=True)
class Proposed:
    """What a decision of a client from a month on would be; without terms where something hinders it."""

    client_id: int
    month: date
    fee_terms: FeeTerms
    decided: rules.DecisionTerms | None
    steps: Sequence[Step]
    problems: Sequence[Problem]
    adjusted: Sequence[Adjusted]
    stated: Sequence[str] = ()

    @property
    def terms(self) -> rules.DecisionTerms:
        """The terms, of one that nothing hinders."""
        if self.decided is None:
            msg = f"client {self.client_id} has no terms"
            raise LookupError(msg)
        return self.decided


def proposals(authority_id: int, client_ids: Collection[int], month: date) -> list[Proposed]:
    """Return what decisions from a month on would be, in a constant number of statements.

    Source: spec CF-20, CF-21a.
    """
    terms = month_terms(authority_id, month)
    adjusted = _adjusted(client_ids, month)
    stated = stated_words.statements_in(client_ids, month)
    found = []
    for facts in load_facts(list(client_ids), month, terms):
        if facts.client is None:
            continue
        planned = rules.plan_decision(facts, terms)
        reasons = adjusted.get(facts.client, [])
        words = _words(stated.get(facts.client), planned, facts, terms)
        found.append(Proposed(facts.client, month, terms.fee, *planned, reasons, words))
    return found


def content_of(proposed: Proposed, *, decided_on: date) -> dict[str, Any]:
    """Return what a decision keeps: its amounts, and its words in Swedish. Source: spec CF-22."""
    with translation.override("sv"):
        steps = [sentence(step.kind, step.values) for step in proposed.steps]
        law = gettext(rules.law_on(proposed.month))
    return {
        **asdict(proposed.terms),
        "price_base_amount": proposed.fee_terms.price_base_amount,
        "capacity_percent": proposed.fee_terms.capacity_percent,
        "adjustments": [asdict(each) for each in proposed.adjusted],
        "steps": [*proposed.stated, *steps],
        "law": law,
        "decided_on": decided_on.isoformat(),
    }


def decision_alike(client: Client, proposed: Proposed, *, decided_on: date) -> FeeDecision | None:
    """Return the newest decision where it was made that day and says the very same. Source: spec CF-20."""
    newest = client.decisions.order_by("-pk").first()
    if newest is None or newest.first_on != proposed.month:
        return None
    content = json.loads(json.dumps(content_of(proposed, decided_on=decided_on)))
    return newest if newest.content == content else None


# A preview --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """What the page of a decision shows before it is made: the terms in words, or what hinders it."""

    client: Client
    month: date
    shown: "ShownTerms | None"
    problems: Sequence[Problem]


@dataclass(frozen=True)
class ShownTerms:
    """The terms of a decision as its page and its letter show them; amounts in öre a month."""

    fee_type: FeeType
    cap: Ore
    minimum: Ore
    reserved: Ore
    net_income: Ore | None
    housing_cost: Ore | None
    capacity: Ore | None
    price_base_amount: Ore
    adjusted: Sequence[Adjusted]
    steps: Sequence[str]
    law: str
    decided_on: date

    @property
    def limit(self) -> Ore | None:
        """What is charged at most of the capacity: whole kronor of it."""
        return None if self.capacity is None else self.capacity - self.capacity % 100


@dataclass(frozen=True)
class DecisionPage:
    """Everything `decision.html` shows: a decision with its terms, and the way here."""

    title: str
    lead: str
    crumbs: Sequence[object]
    decision: FeeDecision
    shown: ShownTerms


def preview(actor: "Actor", number: str, *, month: date, today: date) -> Preview:
    """Return what a decision from a month on would be. Raises Http404, NotAllowed. Source: spec CF-22."""
    client = incomes.client_to_decide(actor, number, today=today)
    [proposed] = proposals(client.authority_id, [client.pk], month)
    shown = None if proposed.decided is None else shown_terms(content_of(proposed, decided_on=today))
    return Preview(client, month, shown, proposed.problems)


def shown_terms(content: Mapping[str, Any]) -> ShownTerms:
    """Return the terms that a decision keeps."""
    names = ("cap", "minimum", "reserved", "net_income", "housing_cost", "capacity", "price_base_amount")
    return ShownTerms(
        fee_type=FeeType(content["fee_type"]),
        **{name: content[name] for name in names},
        adjusted=[Adjusted(**each) for each in content["adjustments"]],
        steps=content["steps"],
        law=content["law"],
        decided_on=date.fromisoformat(content["decided_on"]),
    )


def decision_of(actor: "Actor", number: str, decision_number: int, *, today: date) -> FeeDecision:
    """Return a decision of a client, for who sees amounts. Raises Http404, NotAllowed. Source: spec CF-22."""
    client = clients.client_of(actor, number, on=today)
    if not incomes.sees_amounts(actor):
        actor.require(Permission.DECIDE_FEES)
    found = client.decisions.filter(number=decision_number).first()
    if found is None:
        raise Http404
    found.client = client
    return found


# All of them anew --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """What a client's decision says, and what it would say from a month on (öre a month)."""

    client_id: int
    client: Client
    old: FeeDecision
    proposed: Proposed

    @property
    def is_due(self) -> bool:
        """Tell whether a new decision is to be made."""
        if self.proposed.decided is None:
            return False
        new, old = asdict(self.proposed.decided), self.old.content
        return any(new[name] != old[name] for name in _COMPARED)

    @property
    def new_cap(self) -> Ore | None:
        """The fee cap of the new decision, None where something hinders it."""
        return None if self.proposed.decided is None else self.proposed.decided.cap

    @property
    def new_capacity(self) -> Ore | None:
        """The fee capacity of the new decision."""
        return None if self.proposed.decided is None else self.proposed.decided.capacity

    @property
    def cap_difference(self) -> Ore | None:
        """By how much the cap changes."""
        old: Ore = self.old.cap
        return None if self.new_cap is None else self.new_cap - old

    @property
    def capacity_difference(self) -> Ore | None:
        """By how much the capacity changes, None where one of them has none."""
        old: Ore | None = self.old.capacity
        return None if self.new_capacity is None or old is None else self.new_capacity - old


def decided_clients(actor: "Actor", *, today: date, month: date) -> QuerySet[Client]:
    """Return the living clients who have a decision that would hold in a month. Raises NotAllowed.

    Source: spec CF-20.
    """
    actor.require(Permission.DECIDE_FEES)
    made = FeeDecision.objects.filter(client=OuterRef("pk"), first_on__lte=month)
    living = Q(person__died_on__isnull=True) | Q(person__died_on__gte=month)
    return clients.clients_of(actor, on=today).filter(living, Exists(made))


def changes(authority_id: int, client_ids: Collection[int], month: date) -> list[Change]:
    """Return what changes for the clients, in a constant number of statements. Source: spec CF-20."""
    rows = FeeDecision.objects.filter(client_id__among=list(client_ids), first_on__lte=month)
    rows = rows.select_related("client__person").order_by("client_id", "first_on", "pk")
    newest = {row.client_id: row for row in rows}
    by_client = {each.client_id: each for each in proposals(authority_id, client_ids, month)}
    return [
        Change(client_id, newest[client_id].client, newest[client_id], by_client[client_id])
        for client_id in client_ids
        if client_id in newest and client_id in by_client
    ]


def changes_of(authority_id: int, rows: Sequence[Client], month: date) -> list[Change]:
    """Return what changes for the clients of a list's page, in its order."""
    return changes(authority_id, [client.pk for client in rows], month)


def _words(
    statement: IncomeStatement | None, planned: rules.PlannedDecision, facts: MonthFacts, terms: MonthTerms
) -> list[str]:
    """Return in Swedish what the incomes are that a decision rests on; none where the cap is accepted."""
    if statement is None or planned.terms is None or planned.terms.capacity is None:
        return []
    is_couple = planned.terms.fee_type is FeeType.COUPLE
    with_spouse = is_couple and (facts.partner is None or facts.partner.stated is None)
    with translation.override("sv"):
        return stated_words.sentences_of(statement, terms.housing, with_spouse=with_spouse)


def _adjusted(client_ids: Collection[int], month: date) -> dict[int, list[Adjusted]]:
    """Return the raises and cuts that hold in a month, by client. Source: spec CF-20."""
    holding = ReservedAdjustment.objects.filter(
        clients.holds(last_day_of_month(month)), client_id__among=list(client_ids)
    )
    found: dict[int, list[Adjusted]] = {}
    for row in holding.order_by("first_on", "pk"):
        found.setdefault(row.client_id, []).append(Adjusted(row.amount, row.reason))
    return found
