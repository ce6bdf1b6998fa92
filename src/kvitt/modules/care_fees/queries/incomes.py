"""Read what clients state of income and housing, and the panel of it on a client's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomePace
from kvitt.modules.care_fees.models import Client, FeeDecision, Income, IncomeStatement, ReservedAdjustment
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules.income import (
    HousingFacts,
    HousingTerms,
    IncomeRow,
    StatedIncome,
    calculate_single_means,
)
from kvitt.registers.access.rules import Permission
from kvitt.registers.documents.models import Document
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor

ROWS = Prefetch("rows", queryset=Income.objects.order_by("is_of_spouse", "pk"))
_SHOWN = 12
# What the event log keeps of these tells what a client earns.
TELL_AMOUNTS = frozenset(
    f"care_fees.{name}"
    for name in ("save_income", "adjust_reserved", "end_adjustment", "decide_fee", "recalculate_decisions")
)


@dataclass(frozen=True)
class StatementRow:
    """A statement as the client's page shows it; amounts (öre a month) None for who may not see them."""

    id: int
    period: Period
    received_on: date
    net_income: Ore | None
    spouse_income: Ore | None
    housing_cost: Ore | None
    note: str
    has_proof: bool
    is_current: bool


@dataclass(frozen=True)
class AdjustmentRow:
    """A raise or a cut of the reserved amount (öre a month)."""

    id: int
    period: Period
    amount: Ore
    reason: str
    is_current: bool


@dataclass(frozen=True)
class DecisionRow:
    """A fee decision: its number, from when, and its two figures (öre a month)."""

    number: int
    url: str
    first_on: date
    cap: Ore
    capacity: Ore | None
    decided_on: date
    decided_by: str


@dataclass(frozen=True)
class IncomesPanel:
    """Everything `panels/incomes.html` shows; only when incomes were registered for who may not see more."""

    rows: Sequence[StatementRow]
    adjustments: Sequence[AdjustmentRow]
    decisions: Sequence[DecisionRow]
    sees_amounts: bool
    may_decide: bool


def sees_amounts(actor: "Actor") -> bool:
    """Tell whether the actor sees what clients earn: the fee officer and the billing office do.

    Source: spec CO-4, CF-20.
    """
    return actor.may(Permission.DECIDE_FEES) or actor.may(Permission.MANAGE_BILLING)


def incomes_panel(actor: "Actor", client: Client, *, today: date, is_whole: bool) -> IncomesPanel | None:
    """Return the incomes, adjustments and decisions of a client; None for who sees only a part of him.

    Source: spec CF-20, CF-22.
    """
    if not is_whole:
        return None
    sees = sees_amounts(actor)
    stated = client.incomes.prefetch_related(ROWS).order_by("-first_on")[:_SHOWN]
    terms = housing_terms(client.authority_id, today)
    return IncomesPanel(
        rows=[_statement_row(row, terms, today, sees=sees) for row in stated],
        adjustments=[_adjustment_row(row, today) for row in _adjustments(client)] if sees else [],
        decisions=[_decision_row(client, row) for row in _decisions(client)] if sees else [],
        sees_amounts=sees,
        may_decide=actor.may(Permission.DECIDE_FEES),
    )


def spouse_on(client: Client, day: date) -> Person | None:
    """Return the client's spouse or cohabitant on a day, None for who has none."""
    return people.spouse_of(client.person, on=day)


def housing_terms(authority_id: int, on: date) -> HousingTerms:
    """Return how a home of one's own counts on a day."""
    names = ("own_home_interest_percent", "standard_cost_square_metre")
    found = price_lists.parameters_on(authority_id, [(f"care_fees.{name}", on) for name in names])
    return HousingTerms(**{name: found[f"care_fees.{name}", on] for name in names})


def stated(row: IncomeStatement) -> StatedIncome:
    """Return a statement as the rules know it; its rows are read before."""
    rows = [
        (each.is_of_spouse, IncomeRow(IncomePace(each.pace), each.amount, each.tax))
        for each in row.rows.all()
    ]
    return StatedIncome(
        rows=[income for is_of_spouse, income in rows if not is_of_spouse],
        spouse_rows=[income for is_of_spouse, income in rows if is_of_spouse],
        housing=HousingFacts(HomeKind(row.home), row.rent, row.interest, row.operating, row.square_metres),
    )


def adjustment_of(client: Client, adjustment_id: int) -> ReservedAdjustment:
    """Return an adjustment of the client. Raises Http404 for any other."""
    found = client.adjustments.filter(pk=adjustment_id).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class IncomeChoice:
    """What the page of a new statement shows beside its form: whom, and what it begins with."""

    person_id: int
    lead: str
    spouse: str
    initial: dict[str, object]
    rows: Sequence[dict[str, object]]


def income_to_save(
    actor: "Actor", number: str, *, session: "SessionBase", today: date, first_on: str = ""
) -> IncomeChoice:
    """Return the statement that a new one begins with: the one of the month, or the latest.

    Raises Http404, NotAllowed. Source: spec CF-20.
    """
    client = client_to_decide(actor, number, today=today)
    statements = client.incomes.prefetch_related(ROWS).order_by("-first_on")
    last = next((row for row in statements if row.first_on.isoformat() == first_on), None)
    mended, last = last, last or statements.first()
    spouse = spouse_on(client, today)
    shown = people.shown_person(session, spouse, day=today).name if spouse else ""
    initial: dict[str, object] = {"first_on": today.replace(day=1), "received_on": today}
    if mended is None and first_on:
        initial["first_on"] = first_on
    elif mended is not None:
        initial |= {"first_on": mended.first_on, "received_on": mended.received_on, "note": mended.note}
    if last is not None:
        initial |= {
            "home": last.home,
            "rent": last.rent,
            "interest": last.interest,
            "operating": last.operating,
            "square_metres": last.square_metres or None,
        }
    rows = [
        {
            "kind": row.kind,
            "pace": row.pace,
            "amount": row.amount,
            "tax": row.tax,
            "is_of_spouse": row.is_of_spouse,
        }
        for row in (last.rows.all() if last is not None else ())
    ]
    lead = clients.lead_of(session, client, today=today)
    return IncomeChoice(client.person_id, lead, shown, initial, rows)


def client_to_decide(actor: "Actor", number: str, *, today: date) -> Client:
    """Return a client whose fee the actor decides. Raises Http404, NotAllowed."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.DECIDE_FEES)
    return client


def proof_of(actor: "Actor", number: str, statement_id: int, *, today: date) -> tuple[Client, Document]:
    """Return the proof of a statement, for who sees amounts. Raises Http404, NotAllowed."""
    client = clients.client_of(actor, number, on=today)
    if not actor.may(Permission.MANAGE_BILLING):
        actor.require(Permission.DECIDE_FEES)
    found = client.incomes.select_related("proof").filter(pk=statement_id).first()
    if found is None or found.proof is None or found.proof.removed_at is not None:
        raise Http404
    return client, found.proof


def logged(row: IncomeStatement) -> dict[str, object]:
    """Return what the log says of a statement."""
    return {
        "first_on": row.first_on.isoformat(),
        "received_on": row.received_on.isoformat(),
        "incomes": [
            {
                "kind": each.kind,
                "pace": each.pace,
                "amount": each.amount,
                "tax_amount": each.tax,
                "is_of_spouse": each.is_of_spouse,
            }
            for each in row.rows.order_by("pk")
        ],
        "home": row.home,
        "rent_amount": row.rent,
        "interest_amount": row.interest,
        "operating_amount": row.operating,
        "square_metres": row.square_metres,
    }


def _adjustments(client: Client) -> Sequence[ReservedAdjustment]:
    return list(client.adjustments.order_by("-first_on", "-pk")[:_SHOWN])


def _decisions(client: Client) -> Sequence[FeeDecision]:
    return list(client.decisions.order_by("-first_on", "-id")[:_SHOWN])


def _statement_row(row: IncomeStatement, terms: HousingTerms, today: date, *, sees: bool) -> StatementRow:
    period = Period(row.first_on, row.last_on)
    facts = stated(row)
    own = calculate_single_means(facts, terms)
    spouse = calculate_single_means(StatedIncome(facts.spouse_rows), terms)
    return StatementRow(
        id=row.pk,
        period=period,
        received_on=row.received_on,
        net_income=own.net_income if sees else None,
        spouse_income=spouse.net_income if sees and facts.spouse_rows else None,
        housing_cost=own.housing_cost if sees else None,
        note=row.note if sees else "",
        has_proof=sees and row.proof_id is not None,
        is_current=period.contains(today),
    )


def _adjustment_row(row: ReservedAdjustment, today: date) -> AdjustmentRow:
    period = Period(row.first_on, row.last_on)
    return AdjustmentRow(row.pk, period, row.amount, row.reason, period.contains(today))


def _decision_row(client: Client, row: FeeDecision) -> DecisionRow:
    return DecisionRow(
        number=row.number,
        url=reverse("care_fees:decision", args=[client.number, row.number]),
        first_on=row.first_on,
        cap=row.cap,
        capacity=row.capacity,
        decided_on=date.fromisoformat(row.content["decided_on"]),
        decided_by=row.decided_by,
    )
