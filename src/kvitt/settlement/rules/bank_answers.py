"""What a bank says of payments: what follows from it, what is only told, and why a file cannot be read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.settlement.lifecycle import OPEN_PAYMENTS, BankFileKind, PaymentStatus

LARGEST_FILE = 10_000_000  # bytes
LONGEST_REASON = 200

EMPTY = _("The file is empty. Fetch it from the bank again.")
TOO_LARGE = _("The file is larger than %(most)s MB. Fetch it from the bank for fewer days.")
NOT_XML = _("The file is no whole XML document. Fetch it from the bank again.")
HAS_DOCTYPE = _("The file has a document type or entities, which no file from a bank has. Do not use it.")
UNKNOWN_FORMAT = _(
    "The file is none that Kvitt reads: %(known)s. Ask the bank for one of these, in its latest version."
)
BAD_VALUE = _("The file says %(value)s in %(element)s, which cannot be read. Ask the bank what it means.")
READ_ALREADY = _("The file has been read already, on %(day)s.")

UNKNOWN_PAYMENT = _("%(payment)s: no payment of yours is called that.")
WRONG_AMOUNT = _("%(payment)s: the bank says %(said)s, and the payment is %(amount)s. It is left as it was.")
NO_AMOUNT = _("%(payment)s: the bank does not say how much was paid. It is left as it was.")
BOOKED_LATER = _("%(payment)s: the bank says that it was paid on %(day)s, which has not come. It is left.")
BOOKED_EARLY = _(
    "%(payment)s: the bank says that it was paid on %(day)s, and it was ordered for %(pay_on)s. It is left "
    "as it was."
)
PAID_ALREADY = _("%(payment)s: it is paid already. It is left as it was.")
REJECTED_BUT_PAID = _(
    "%(payment)s: the bank says that it rejected the payment (%(words)s), and it is confirmed as paid. Ask "
    "the bank."
)
PAID_BUT_REJECTED = _(
    "%(payment)s: the bank says that it paid, and it was rejected before. Ask the bank; the amount may be "
    "paid a second time."
)
NOT_ORDERED = _("%(payment)s: the bank has never been asked to pay it. Ask the bank.")
REPEATED = _(
    "%(payment)s: the bank says that it has this already (%(words)s) and did not take it once more. It is "
    "left as it was."
)
UNCLEAR = _("%(payment)s: the bank says %(words)s. The payment is left as it was.")
WRONG_SUM = _(
    "%(message)s: the bank says that it paid %(said)s in all, and the payments come to %(amount)s. They are "
    "left as they were."
)
UNKNOWN_MESSAGE = _("%(message)s: no payment file of yours is called that.")


_NEVER_ORDERED = frozenset({PaymentStatus.PLANNED, PaymentStatus.CANCELLED})


class Verdict(Labelled):
    """What the bank says of a payment."""

    ACCEPTED = "accepted", _("Accepted by the bank")
    PAID = "paid", _("Paid")
    REJECTED = "rejected", _("Rejected by the bank")
    REPEATED = "repeated", _("Received before")
    UNCLEAR = "unclear", _("Something else")


@dataclass(frozen=True)
class Statement:
    """What the bank says of one payment; `words` is the bank's code, and what it adds to it."""

    payment: str
    verdict: Verdict
    words: str = ""
    amount: Ore | None = None
    booked_on: date | None = None


@dataclass(frozen=True)
class BankAnswer:
    """What a file of the bank says: of single payments, and of whole payment files, by their names."""

    kind: BankFileKind
    statements: tuple[Statement, ...] = ()
    messages: Mapping[str, Statement] = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentSeen:
    """A payment as the bank's answer meets it."""

    id: int
    end_to_end_id: str
    amount: Ore
    status: PaymentStatus
    message_id: str
    pay_on: date


@dataclass
class AnswerPlan:
    """Which payments the bank accepted, paid (on which day) and rejected (why), and what is only told."""

    accepted: set[int] = field(default_factory=set)
    paid: dict[int, date] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)
    remarks: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class ReadResult:
    """What came of a file of the bank: how many payments it took on, and what is only told."""

    bank_file_id: int
    kind: BankFileKind
    accepted: int
    paid: int
    rejected: int
    remarks: tuple[Problem, ...]


def plan_answers(answer: BankAnswer, payments: Sequence[PaymentSeen], *, today: date) -> AnswerPlan:
    """Payments follow what the bank says of them; what does not fit is told, and changes nothing.

    What it says of a whole file holds for the payments that it says nothing of themselves. That it got a file
    or a payment a second time rejects nothing: the first one stands.
    Source: iso20022; decision 0021; spec SC-23.
    """
    plan = AnswerPlan()
    by_name = {payment.end_to_end_id: payment for payment in payments}
    for statement in answer.statements:
        found = by_name.get(statement.payment)
        if found is None:
            plan.remarks.append(_told("unknown_payment", UNKNOWN_PAYMENT, statement))
        else:
            _follow(plan, found, statement, today)
    named = {statement.payment for statement in answer.statements}
    for message_id, statement in answer.messages.items():
        of_file = [payment for payment in payments if payment.message_id == message_id]
        others = [payment for payment in of_file if payment.end_to_end_id not in named]
        if not of_file:
            values = {"message": message_id}
            plan.remarks.append(Problem("unknown_message", UNKNOWN_MESSAGE, values=values))
        elif statement.verdict is Verdict.REPEATED:
            plan.remarks.append(_told("repeated", REPEATED, statement, words=statement.words))
        elif not _is_wrong_sum(plan, message_id, statement, others):
            for payment in others:
                if payment.status in OPEN_PAYMENTS:
                    _follow(plan, payment, _of_payment(statement, payment), today)
    return plan


def _follow(plan: AnswerPlan, payment: PaymentSeen, statement: Statement, today: date) -> None:
    """Let one payment follow what is said of it, or tell why not; what the file said before counts."""
    payment = replace(payment, status=_status_in(plan, payment))
    remark = _remark(payment, statement, today)
    if remark is not None:
        plan.remarks.append(remark)
    elif payment.status not in OPEN_PAYMENTS:
        return
    elif statement.verdict is Verdict.PAID and statement.booked_on is not None:
        plan.paid[payment.id] = statement.booked_on
        plan.accepted.discard(payment.id)
    elif statement.verdict is Verdict.REJECTED:
        plan.rejected[payment.id] = statement.words[:LONGEST_REASON]
        plan.accepted.discard(payment.id)
    elif payment.status is PaymentStatus.ORDERED:
        plan.accepted.add(payment.id)


def _status_in(plan: AnswerPlan, payment: PaymentSeen) -> PaymentStatus:
    """Return where a payment stands after what the file has said of it until now."""
    if payment.id in plan.paid:
        return PaymentStatus.PAID
    if payment.id in plan.rejected:
        return PaymentStatus.REJECTED
    return PaymentStatus.ACCEPTED if payment.id in plan.accepted else payment.status


def _remark(payment: PaymentSeen, statement: Statement, today: date) -> Problem | None:
    """Return why a payment does not follow, where somebody must know."""
    verdict, status = statement.verdict, payment.status
    said, booked_on = statement.amount, statement.booked_on
    is_paid = verdict is Verdict.PAID
    found = (
        (status in _NEVER_ORDERED, "not_ordered", NOT_ORDERED),
        (verdict is Verdict.REPEATED, "repeated", REPEATED),
        (verdict is Verdict.UNCLEAR, "unclear", UNCLEAR),
        (said is not None and said != payment.amount, "wrong_amount", WRONG_AMOUNT),
        (
            verdict is Verdict.REJECTED and status is PaymentStatus.PAID,
            "rejected_but_paid",
            REJECTED_BUT_PAID,
        ),
        (is_paid and status is PaymentStatus.REJECTED, "paid_but_rejected", PAID_BUT_REJECTED),
        (is_paid and status is PaymentStatus.PAID, "paid_already", PAID_ALREADY),
        (is_paid and (said is None or booked_on is None), "no_amount", NO_AMOUNT),
        (is_paid and booked_on is not None and booked_on > today, "booked_later", BOOKED_LATER),
        (is_paid and booked_on is not None and booked_on < payment.pay_on, "booked_early", BOOKED_EARLY),
    )
    values = {
        "words": statement.words,
        "said": format_kronor(said or 0),
        "amount": format_kronor(payment.amount),
        "day": str(booked_on),
        "pay_on": str(payment.pay_on),
    }
    return next((_told(code, text, statement, **values) for is_so, code, text in found if is_so), None)


def _is_wrong_sum(
    plan: AnswerPlan, message_id: str, statement: Statement, payments: Iterable[PaymentSeen]
) -> bool:
    """Tell, and say so, whether a file booked as one sum is not what its payments come to."""
    if statement.verdict is not Verdict.PAID:
        return False
    amount = sum(payment.amount for payment in payments if payment.status is not PaymentStatus.REJECTED)
    if statement.amount == amount:
        return False
    values = {
        "message": message_id,
        "said": format_kronor(statement.amount or 0),
        "amount": format_kronor(amount),
    }
    plan.remarks.append(Problem("wrong_sum", WRONG_SUM, values=values))
    return True


def _of_payment(statement: Statement, payment: PaymentSeen) -> Statement:
    """Return what is said of a whole file as said of one of its payments."""
    return Statement(
        payment.end_to_end_id, statement.verdict, statement.words, payment.amount, statement.booked_on
    )


def _told(code: str, message: str, statement: Statement, **values: str) -> Problem:
    return Problem(code, message, values={"payment": statement.payment, **values})
