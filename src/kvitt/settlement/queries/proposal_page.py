"""What a payment run would pay if it were proposed now, before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps

from kvitt.foundation.values.money import Ore
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import CareProvider, Clinic
from kvitt.settlement.queries import proposal
from kvitt.settlement.queries.proposal import LeftOut
from kvitt.settlement.rules import netting as rules
from kvitt.settlement.rules.netting import Account, Payable


@dataclass(frozen=True)
class PlannedRow:
    """What a run would come to for one care provider, in öre."""

    provider: str
    provider_number: str
    invoices: int
    invoiced: Ore
    credited: Ore
    carried_in: Ore
    retried: Ore
    carried_out: Ore
    paid: Ore


@dataclass(frozen=True)
class ProposalPage:
    """Everything that stands beside the form that proposes a run; `ready`: what is proposed along with it."""

    rows: Sequence[PlannedRow]
    left_out: Sequence[LeftOut]
    waiting_run: int | None
    ready_count: int
    ready_amount: Ore

    @property
    def paid(self) -> Ore:
        """What would be paid in all."""
        return sum(row.paid for row in self.rows)


def proposal_page(actor: Actor) -> ProposalPage:
    """Return what a run would come to now, for each care provider by name. Raises NotAllowed.

    Source: spec SC-19a, SC-23.
    """
    actor.require(Permission.PROPOSE_PAYMENTS)
    ready = _ready(actor)
    clinics = Clinic.objects.select_related("provider").in_bulk({clinic_id for clinic_id, _amount in ready})
    paid = [(clinics[pk], amount) for pk, amount in ready if clinics[pk].giro_number]
    invoices = proposal.payables(proposal.payable_ids(actor.authority_id)) + [
        # They are no invoices yet: numbers below 0 are nobody else's.
        Payable(-at, clinic.provider_id, Account(clinic.giro_kind, clinic.giro_number), amount)
        for at, (clinic, amount) in enumerate(paid, start=1)
    ]
    carried = {pk: each.carried_out_amount for pk, each in proposal.open_carries(actor.authority_id).items()}
    retried = proposal.retried(proposal.rejected_payments(actor.authority_id))
    plan = rules.plan_run(invoices, carried, retried)
    providers = CareProvider.objects.in_bulk([each.provider_id for each in plan.nettings])
    rows = [_row(each, providers[each.provider_id]) for each in plan.nettings]
    unpaid = [(clinics[pk], amount) for pk, amount in ready if not clinics[pk].giro_number]
    return ProposalPage(
        rows=sorted(rows, key=lambda row: row.provider),
        left_out=[*proposal.left_out(actor), *_left_out(unpaid)],
        waiting_run=proposal.waiting_number(actor.authority_id),
        ready_count=len(paid),
        ready_amount=sum(amount for _clinic, amount in paid),
    )


def _ready(actor: Actor) -> list[tuple[int, Ore]]:
    """Return clinic and amount of what the modules would propose along with a run."""
    hooks = (getattr(config, "payments_to_propose", None) for config in apps.get_app_configs())
    return [each for hook in hooks if hook is not None for each in hook(actor)]


def _left_out(unpaid: Sequence[tuple[Clinic, Ore]]) -> list[LeftOut]:
    """Return the clinics without account among what the modules have."""
    amounts: dict[Clinic, list[Ore]] = {}
    for clinic, amount in unpaid:
        amounts.setdefault(clinic, []).append(amount)
    return [
        LeftOut(clinic.pk, clinic.number, clinic.name, clinic.provider.name, len(each), sum(each))
        for clinic, each in amounts.items()
    ]


def _row(plan: rules.NettingPlan, provider: CareProvider) -> PlannedRow:
    return PlannedRow(
        provider=provider.name,
        provider_number=provider.organisation_number,
        invoices=len(plan.invoices),
        invoiced=sum(each.amount for each in plan.invoices if each.amount >= 0),
        credited=sum(each.amount for each in plan.invoices if each.amount < 0),
        carried_in=plan.carried_in_amount,
        retried=plan.retried_amount,
        carried_out=plan.carried_out_amount,
        paid=plan.paid_amount,
    )
