"""When a payment run can be proposed, approved, cancelled and confirmed, and by whom."""

from collections.abc import Sequence
from datetime import date

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.settlement.lifecycle import OPEN_PAYMENTS, PaymentStatus, RunStatus
from kvitt.settlement.rules import bank_days
from kvitt.settlement.rules.netting import RunPlan

REASON_LENGTH = 200

IN_THE_PAST = _("The day of payment has passed. Choose today or a later bank day.")
NOT_A_BANK_DAY = _("%(day)s is not a bank day. The next one is %(next)s.")
PASSED_MEANWHILE = _("The day of payment %(day)s has passed. Cancel the run and propose it anew.")
RUN_WAITS = _("Payment run %(number)s is proposed already. Approve or cancel it first.")
NO_PAYING_ACCOUNT = _("The authority has no account to pay from on %(day)s. Enter one first.")
NOTHING_TO_PAY = _("There is nothing to pay: no invoice is ready.")
ACCOUNT_CHANGED = _(
    "These clinics have got another account since the run was proposed: %(clinics)s. Cancel the run and "
    "propose a new one, which pays to the accounts of now."
)
FOUR_EYES = _("You proposed this run. Another person has to approve it.")
DECIDED = _("The run is not waiting any more: somebody has approved or cancelled it.")
NOT_OPEN = _("Payment %(payment)s is not on its way any more. Look at what it is now.")
NOT_LEFT = _(
    "The file with the payment waits to be sent, so the bank cannot have rejected it. Wait until it is sent."
)
NONE_CHOSEN = _("No payment is chosen. Tick at least one.")
PAID_IN_THE_FUTURE = _("The day is in the future. Give the day on which the money left the account.")
PAID_TOO_EARLY = _("The payment was ordered for %(day)s. Give that day or a later one.")
NO_REASON = _("Say why the bank rejected the payment.")
LONG_REASON = _("The reason has %(count)s characters. Shorten it to at most 200.")


def calculate_reference(number: int) -> str:
    """What a run settles says so by its number: `U12`.

    Source: spec SC-23.
    """
    return f"U{number}"


def calculate_end_to_end_id(organisation_number: str, number: int, place: int) -> str:
    """A payment is known to the bank by who pays, the run and its place in it: `KVITT-2321000040-12-1`.

    Source: decision 0020; spec SC-23.
    """
    return f"KVITT-{organisation_number}-{number}-{place}"


def check_pay_on(pay_on: date, *, today: date) -> list[Problem]:
    """Money leaves on a bank day, today or later.

    Source: spec SC-23; domain-facts, part 4.
    """
    if pay_on < today:
        return [Problem("in_the_past", IN_THE_PAST, "pay_on")]
    if not bank_days.is_bank_day(pay_on):
        values = {"day": pay_on.isoformat(), "next": bank_days.next_bank_day(pay_on).isoformat()}
        return [Problem("not_a_bank_day", NOT_A_BANK_DAY, "pay_on", values)]
    return []


def check_proposal(
    *, pay_on: date, today: date, waiting: int | None, has_paying_account: bool
) -> list[Problem]:
    """A run is proposed for a bank day, when no other one waits, and there is an account to pay from.

    `waiting` is the number of a run that waits. Source: decision 0020; spec SC-23.
    """
    problems = check_pay_on(pay_on, today=today)
    if waiting is not None:
        problems.append(Problem("run_waits", RUN_WAITS, values={"number": waiting}))
    if not has_paying_account:
        values = {"day": pay_on.isoformat()}
        problems.append(Problem("no_paying_account", NO_PAYING_ACCOUNT, "pay_on", values))
    return problems


def check_plan(plan: RunPlan) -> list[Problem]:
    """A run settles something; that nothing is left to pay is no hindrance.

    Source: spec SC-23.
    """
    return [] if plan.nettings else [Problem("nothing_to_pay", NOTHING_TO_PAY)]


def check_waiting(status: RunStatus) -> list[Problem]:
    """A run is approved or cancelled once.

    Source: spec SC-23.
    """
    return [] if status is RunStatus.PROPOSED else [Problem("decided", DECIDED)]


def check_approval(
    *,
    proposed_by_id: int | None,
    user_id: int | None,
    pay_on: date,
    today: date,
    has_paying_account: bool,
    moved: Sequence[str],
) -> list[Problem]:
    """Who proposed a run does not approve it, its day has not passed, and its accounts are those of now.

    `moved` are the numbers of clinics that got another account since it was proposed.

    Source: decision 0020; spec SC-23.
    """
    problems = []
    if user_id is None or user_id == proposed_by_id:
        problems.append(Problem("four_eyes", FOUR_EYES))
    if pay_on < today:
        problems.append(Problem("pay_on_passed", PASSED_MEANWHILE, values={"day": pay_on.isoformat()}))
    if not has_paying_account:
        problems.append(Problem("no_paying_account", NO_PAYING_ACCOUNT, values={"day": pay_on.isoformat()}))
    if moved:
        problems.append(Problem("account_changed", ACCOUNT_CHANGED, values={"clinics": ", ".join(moved)}))
    return problems


def check_chosen(payment_ids: object) -> list[Problem]:
    """Something is done with at least one payment.

    Source: spec SC-23.
    """
    return [] if payment_ids else [Problem("none_chosen", NONE_CHOSEN)]


def check_open(end_to_end_id: str, status: PaymentStatus) -> list[Problem]:
    """Only what the bank has yet to answer for is paid or rejected.

    Source: spec SC-23.
    """
    if status in OPEN_PAYMENTS:
        return []
    return [Problem("not_open", NOT_OPEN, values={"payment": end_to_end_id})]


def check_left(*, is_waiting: bool) -> list[Problem]:
    """What the bank has not got yet it has not rejected.

    Source: decision 0021; spec SC-23, QU-14.
    """
    return [Problem("not_left", NOT_LEFT)] if is_waiting else []


def check_paid_on(paid_on: date, *, pay_on: date, today: date) -> list[Problem]:
    """Money leaves no earlier than it was ordered for, and what has left has left by today.

    Source: spec SC-19, SC-23.
    """
    if paid_on > today:
        return [Problem("in_the_future", PAID_IN_THE_FUTURE, "paid_on")]
    if paid_on < pay_on:
        return [Problem("too_early", PAID_TOO_EARLY, "paid_on", {"day": pay_on.isoformat()})]
    return []


def check_reason(reason: str) -> list[Problem]:
    """That the bank rejected a payment is noted with its reason, of at most 200 characters.

    Source: spec SC-23.
    """
    if not reason.strip():
        return [Problem("no_reason", NO_REASON, "reason")]
    if len(reason.strip()) > REASON_LENGTH:
        return [Problem("long_reason", LONG_REASON, "reason", {"count": len(reason.strip())})]
    return []
