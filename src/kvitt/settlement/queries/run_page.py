"""What the region sees of payment runs: the list, one run with what it nets, and what a new one would pay."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Max, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.ledger import queries as ledger
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.lifecycle import OPEN_PAYMENTS, OutboxStatus, PaymentStatus, RunStatus
from kvitt.settlement.models import Netting, OutgoingFile, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.rules import runs as rules

# So many invoices are unfolded in a run; the page of the netting shows all.
UNFOLDED_INVOICES = 50


@dataclass(frozen=True)
class RunRow:
    """A run in the list, with its sums in öre."""

    run: PaymentRun
    providers: int
    payments: int
    paid: Ore
    carried: Ore
    settled: int
    rejected: int

    @property
    def pk(self) -> int:
        """What the list calls it by."""
        return self.run.pk


@dataclass(frozen=True)
class NettingRow:
    """What a run comes to for one care provider, with what it unfolds."""

    netting: Netting
    invoices: int
    invoiced: Ore
    credited: Ore
    shown: Sequence[SettledInvoice]
    payments: Sequence[Payment]

    @property
    def heading_id(self) -> str:
        """What names the unfolded part on the page."""
        return f"netting-{self.netting.pk}"

    @property
    def has_more(self) -> bool:
        """Whether not all invoices are unfolded."""
        return self.invoices > len(self.shown)


@dataclass(frozen=True)
class RunSums:
    """What a run comes to in all, in öre."""

    providers: int
    invoices: int
    invoiced: Ore
    credited: Ore
    carried_in: Ore
    retried: Ore
    carried_out: Ore
    paid: Ore


@dataclass(frozen=True)
class RunPage:
    """What stands around the nettings of a run."""

    run: PaymentRun
    sums: RunSums
    payments: dict[PaymentStatus, int]
    file: OutgoingFile | None
    may_approve: bool
    is_late: bool
    unbookable: Sequence[Problem]
    is_own: bool
    may_cancel: bool
    may_confirm: bool

    @property
    def status(self) -> RunStatus:
        """Where it stands."""
        return RunStatus(self.run.status)

    @property
    def story(self) -> list[tuple[RunStatus, datetime | None, str]]:
        """What was done with it, when and by whom."""
        passed: list[tuple[RunStatus, datetime | None, str]] = [
            (RunStatus.PROPOSED, self.run.proposed_at, self.run.proposed_by)
        ]
        if self.status is not RunStatus.PROPOSED:
            passed.append((self.status, self.run.decided_at, self.run.decided_by))
        return passed


# The list -----------------------------------------------------------------------------------------


def with_figures(found: Iterable[PaymentRun]) -> list[RunRow]:
    """Return runs with their counts and sums, in two statements for all of them."""
    runs = list(found)
    nettings = {
        run_id: figures
        for run_id, *figures in Netting.objects.filter(run__in=runs)
        .values_list("run_id")
        .annotate(providers=Count("pk"), paid=Sum("paid_amount"), carried=Sum("carried_out_amount"))
        .order_by()
    }
    payments = {
        run_id: figures
        for run_id, *figures in Payment.objects.filter(netting__run__in=runs)
        .values_list("netting__run_id")
        .annotate(
            payments=Count("pk"),
            settled=Count("pk", filter=Q(status=PaymentStatus.PAID)),
            rejected=Count("pk", filter=Q(status=PaymentStatus.REJECTED)),
        )
        .order_by()
    }
    return [_run_row(run, nettings.get(run.pk, [0, 0, 0]), payments.get(run.pk, [0, 0, 0])) for run in runs]


def _run_row(run: PaymentRun, nettings: Sequence[int], payments: Sequence[int]) -> RunRow:
    (providers, paid, carried), (count, settled, rejected) = nettings, payments
    return RunRow(
        run=run,
        providers=providers,
        payments=count,
        paid=paid,
        carried=carried,
        settled=settled,
        rejected=rejected,
    )


# One run ------------------------------------------------------------------------------------------


def run_page(actor: Actor, run: PaymentRun, *, today: date) -> RunPage:
    """Return what stands around the nettings of a run, and what the actor may do with it."""
    statuses = Payment.objects.filter(netting__run=run).values_list("status").annotate(count=Count("pk"))
    payments = {PaymentStatus(status): count for status, count in statuses.order_by()}
    is_waiting = run.status == RunStatus.PROPOSED
    is_own = run.proposed_by_id == actor.user_id
    approves = actor.may(Permission.APPROVE_PAYMENTS)
    is_late = is_waiting and run.pay_on < today
    unbookable = _unbookable(run, today=today) if is_waiting else []
    return RunPage(
        run=run,
        sums=_sums(run),
        payments=payments,
        file=OutgoingFile.objects.filter(run=run).defer("content").first(),
        may_approve=is_waiting and approves and not is_own and not is_late and not unbookable,
        is_late=is_late,
        unbookable=unbookable,
        is_own=is_waiting and is_own,
        may_cancel=is_waiting and actor.may(Permission.PROPOSE_PAYMENTS),
        may_confirm=approves and any(payments.get(status) for status in OPEN_PAYMENTS),
    )


def _unbookable(run: PaymentRun, *, today: date) -> list[Problem]:
    """Return which account strings are missing for what the approval attests, each once."""
    proposed = _invoices(run).filter(invoice__status=InvoiceStatus.REVIEWED).select_related("invoice")
    missing = ledger.booking_problems([each.invoice for each in proposed], on=today)
    return list({str(problem): problem for problems in missing.values() for problem in problems}.values())


def decision_problems(run: PaymentRun) -> list[Problem]:
    """Return why a run can be neither approved nor cancelled, or nothing."""
    return rules.check_waiting(RunStatus(run.status))


def _sums(run: PaymentRun) -> RunSums:
    nettings = Netting.objects.filter(run=run).aggregate(
        providers=Count("pk"),
        carried_in=Sum("carried_in_amount"),
        retried=Sum("retried_amount"),
        carried_out=Sum("carried_out_amount"),
        paid=Sum("paid_amount"),
    )
    invoices = _invoices(run).aggregate(
        invoices=Count("pk"),
        invoiced=Sum("amount", filter=Q(amount__gte=0)),
        credited=Sum("amount", filter=Q(amount__lt=0)),
    )
    return RunSums(**{name: value or 0 for name, value in {**nettings, **invoices}.items()})


def nettings(run: PaymentRun) -> QuerySet[Netting]:
    """Return what a run comes to for each care provider."""
    return Netting.objects.filter(run=run).select_related("run", "carried_from__run")


def netting_rows(run: PaymentRun, found: Sequence[Netting]) -> list[NettingRow]:
    """Return nettings with what they unfold, in three statements for all of them."""
    invoices = _invoices(run).filter(netting__in=found)
    sums = {
        row["netting_id"]: row
        for row in invoices.values("netting_id")
        .annotate(
            count=Count("pk"),
            invoiced=Sum("amount", filter=Q(amount__gte=0)),
            credited=Sum("amount", filter=Q(amount__lt=0)),
        )
        .order_by()
    }
    place = Window(RowNumber(), partition_by=F("netting_id"), order_by=F("pk").asc())
    shown: defaultdict[int, list[SettledInvoice]] = defaultdict(list)
    for settled in (
        invoices.select_related("invoice")
        .annotate(place=place)
        .filter(place__lte=UNFOLDED_INVOICES)
        .order_by("netting_id", "pk")
    ):
        shown[settled.netting_id].append(settled)
    payments: defaultdict[int, list[Payment]] = defaultdict(list)
    for payment in Payment.objects.filter(netting__in=found).order_by("pk"):
        payments[payment.netting_id].append(payment)
    none = {"count": 0, "invoiced": 0, "credited": 0}
    return [
        NettingRow(
            netting=netting,
            invoices=sums.get(netting.pk, none)["count"],
            invoiced=sums.get(netting.pk, none)["invoiced"] or 0,
            credited=sums.get(netting.pk, none)["credited"] or 0,
            shown=shown[netting.pk],
            payments=payments[netting.pk],
        )
        for netting in found
    ]


def _invoices(run: PaymentRun) -> QuerySet[SettledInvoice]:
    """Return what a run settles; of a cancelled one, what it would have settled."""
    return SettledInvoice.objects.filter(netting__run=run, is_void=run.status == RunStatus.CANCELLED)


def open_payments(run: PaymentRun) -> QuerySet[Payment]:
    """Return the payments of a run that the bank has yet to say something about."""
    waiting = Payment.objects.filter(netting__run=run, status__in=OPEN_PAYMENTS)
    return waiting.select_related("netting").order_by("netting__provider_name", "pk")


# The start page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """What the start page tells who pays: runs to approve, payments to look at, files to decide about."""

    runs: int
    number: int | None
    to_approve: Ore
    rejected: int
    undecided_files: int


def waiting(actor: Actor) -> Waiting:
    """Return what waits for those who pay. Raises NotAllowed. Source: spec CO-28, SC-23."""
    actor.require(Permission.PROPOSE_PAYMENTS)
    proposed = Netting.objects.filter(run__authority_id=actor.authority_id, run__status=RunStatus.PROPOSED)
    sums = proposed.aggregate(
        runs=Count("run", distinct=True), number=Max("run__number"), paid=Sum("paid_amount")
    )
    rejected = Payment.objects.filter(
        netting__run__authority_id=actor.authority_id,
        status=PaymentStatus.REJECTED,
        retried_in__isnull=True,
    )
    return Waiting(
        runs=sums["runs"],
        number=sums["number"],
        to_approve=sums["paid"] or 0,
        rejected=rejected.count(),
        undecided_files=OutgoingFile.objects.filter(
            authority_id=actor.authority_id, status=OutboxStatus.SENDING
        ).count(),
    )
