"""When a message is tried again, which addresses can be written to, and what a message says."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused, SMTPResponseException

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.mailing.lifecycle import MailEvent, MailFault

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
# After three days of trying. It is tries that count: while no worker runs, none is used up.
MOST_TRIES = 78
# A worker that was killed while it sent has the message tried again after this.
LEASE = timedelta(minutes=10)
TEST_PAUSE = timedelta(minutes=10)
CLOSES_SOON = timedelta(days=2)
MOST_ADDRESSES = 10
LONGEST_ADDRESS = 254

_BETWEEN = re.compile(r"[\s,;]+")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9åäö-]+\.)+[a-zåäö]{2,}", re.IGNORECASE)
_HARMLESS_PATH = re.compile(r"/(?:[a-z-]+/)*")

BAD_ADDRESS = _("%(address)s is not an e-mail address. Write it as name@example.se.")
TOO_MANY = _("You have given %(count)s addresses. Give at most %(most)s; a shared mailbox reaches many.")
NO_ADDRESS = _("Give an address for the messages to go to, or choose no events.")
TEST_NEEDS_ADDRESS = _("There is no address to send to. Save one first.")
TEST_IS_WAITING = _("A test message is already on its way. Wait until it has arrived.")
TEST_TOO_SOON = _("A test message was sent to the address a moment ago. Wait ten minutes before the next.")

# Subject and text, with the figures that go into them. None of them is about a person (spec CO-29, QU-18).
TEXTS: dict[MailEvent, tuple[str, str]] = {
    MailEvent.DECISION_MADE: (
        _("A decision on preauthorization"),
        _("There is a new decision on a request for preauthorization. Sign in to read it."),
    ),
    MailEvent.COMPLETION_REQUESTED: (
        _("A request must be completed"),
        _("The assessing dentist asks you to complete a request for preauthorization. Sign in to answer."),
    ),
    MailEvent.INVOICE_RETURNED: (
        _("An invoice has been returned"),
        _("One of your invoices has been returned. Sign in to read why and to correct it."),
    ),
    MailEvent.CLAIM_QUESTION: (
        _("A question about a claim"),
        _("The region asks about one of your claims. Sign in to read the question and to answer."),
    ),
    MailEvent.CLAIM_VOIDED: (
        _("A claim has been voided"),
        _("The region has voided one of your claims. Sign in to read why."),
    ),
    MailEvent.CLAIMS_FILE_RECEIVED: (
        _("A claims file has been received"),
        _(
            "A claims file has been received. Claims received: %(received)s. Claims left out because of "
            "faults: %(left_out)s. Sign in to see which."
        ),
    ),
    MailEvent.WINDOW_OPENS: (
        _("The invoicing period opens %(first)s"),
        _("The invoicing period is open from %(first)s to %(last)s. Create your invoices in that time."),
    ),
    MailEvent.WINDOW_CLOSES: (
        _("The invoicing period closes %(last)s"),
        _("%(last)s is the last day of the invoicing period. What is not invoiced by then waits a month."),
    ),
    MailEvent.ACCOUNT_CHANGE_REQUESTED: (
        _("Another account has been asked for"),
        _(
            "Somebody has asked that the clinic be paid to another account. Sign in to see who, and what was "
            "asked for. If nobody of yours did, take the request back and contact us at once."
        ),
    ),
    MailEvent.ACCOUNT_CHANGE_DECIDED: (
        _("The change of account is decided"),
        _("There is a decision on the change of the clinic's account. Sign in to read it."),
    ),
    MailEvent.TEST: (
        _("Test message"),
        _("This is a test message. E-mail from Kvitt reaches you."),
    ),
}
LINK = _("Sign in: %(link)s")
CLOSING = _(
    "The message holds no personal data. Which events give an e-mail is chosen in Kvitt, under E-mail "
    "settings. It is not possible to reply to this message."
)


class SaysTooMuch(Exception):  # noqa: N818 - reads as a sentence
    """A message was about to hold, or to lead to, something about a person."""


@dataclass(frozen=True)
class WindowMail:
    """That the clinics that chose an event before `since` are to be told; `day` makes it once."""

    event: MailEvent
    day: date
    since: date


def split_addresses(text: str) -> list[str]:
    """Return the addresses of a text, parted by space, comma, semicolon or new line; each one once.

    Source: spec CO-29.
    """
    found: dict[str, str] = {}
    for address in filter(None, _BETWEEN.split(text)):
        found.setdefault(address.casefold(), address)
    return list(found.values())


def check_choices(addresses: Sequence[str], events: Collection[MailEvent]) -> list[Problem]:
    """Every address can be written to, there are not too many, and events have an address to go to.

    Source: spec CO-29.
    """
    problems = [
        Problem("bad_address", BAD_ADDRESS, "addresses", {"address": address[:LONGEST_ADDRESS]})
        for address in addresses
        if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address)
    ]
    if len(addresses) > MOST_ADDRESSES:
        values = {"count": len(addresses), "most": MOST_ADDRESSES}
        problems = [Problem("too_many", TOO_MANY, "addresses", values)]
    if events and not addresses:
        problems.append(Problem("no_address", NO_ADDRESS, "addresses"))
    return problems


def check_test(
    addresses: Collection[str], *, waiting: Collection[str], recent: Collection[str]
) -> list[Problem]:
    """A test message needs an address that none is on its way to, and that got none in ten minutes.

    A message that has failed is on its way to nobody: the address may be mistyped. The pause is there so
    that nobody can flood a stranger. Source: spec CO-29.
    """
    if not addresses:
        return [Problem("no_address", TEST_NEEDS_ADDRESS)]
    if remaining(addresses, without=[*waiting, *recent]):
        return []
    is_on_its_way = len(remaining(addresses, without=waiting)) < len(addresses)
    return [Problem("is_waiting", TEST_IS_WAITING) if is_on_its_way else Problem("too_soon", TEST_TOO_SOON)]


def remaining(addresses: Collection[str], *, without: Collection[str]) -> list[str]:
    """What remains of addresses without others, however the letters of each are written.

    Source: spec CO-29.
    """
    not_now = {address.casefold() for address in without}
    return [address for address in addresses if address.casefold() not in not_now]


def check_content(path: str, values: Mapping[str, int | date]) -> None:
    """A message holds counts and days alone, and leads to a list. Raises SaysTooMuch for anything else.

    An address without figures and questions can lead to no patient, case or invoice.
    Source: spec CO-29, QU-18.
    """
    if not _HARMLESS_PATH.fullmatch(path):
        raise SaysTooMuch(path)
    for name, value in values.items():
        if not isinstance(value, int | date):
            raise SaysTooMuch(name)


def calculate_next_try(tries: int, *, now: datetime) -> datetime | None:
    """A failed message is tried again after 1, 2, 4 ... minutes, at most an hour; given up after three days.

    Source: spec CO-29, QU-14.
    """
    if tries >= MOST_TRIES:
        return None
    doubled: int = 2 ** min(max(tries - 1, 0), 16)
    return now + min(FIRST_WAIT * doubled, LONGEST_WAIT)


def calculate_fault(error: Exception) -> MailFault:
    """What the mail server, or its absence, said becomes words without addresses or secrets.

    Source: spec CO-29, QU-18.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return MailFault.BAD_ADDRESS
    if isinstance(error, SMTPAuthenticationError):
        return MailFault.NO_SIGN_IN
    if isinstance(error, OSError) and not isinstance(error, SMTPResponseException):
        return MailFault.NO_ANSWER
    return MailFault.REFUSED


def plan_window_mail(window: Period, *, today: date) -> list[WindowMail]:
    """Clinics are told when the period opens and when it closes in two days.

    A worker that was down on the day tells later, as long as the period is open. A choice counts from the day
    after it was made: who chooses in the middle of a period is not told that it has opened.
    Source: spec CO-29.
    """
    if window.last is None or not window.contains(today):
        return []
    plans = [WindowMail(MailEvent.WINDOW_OPENS, day=window.first, since=window.first)]
    soon = window.last - CLOSES_SOON
    if today >= soon:
        plans.append(WindowMail(MailEvent.WINDOW_CLOSES, day=window.last, since=soon))
    return plans
