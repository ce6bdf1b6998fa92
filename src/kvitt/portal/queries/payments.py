"""What the start page tells who pays: a run that waits, payments that came back, files nobody knows of."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation.figures import Figure
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.portal.queries.claims import Counted
from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.lifecycle import PaymentStatus
from kvitt.settlement.queries import run_page


def pay_work(actor: Actor) -> run_page.Waiting | None:
    """Return what waits for the actor in payment runs, None for who has nothing to do with them."""
    return run_page.waiting(actor) if actor.may(Permission.PROPOSE_PAYMENTS) else None


def key_figures(actor: Actor, work: run_page.Waiting | None) -> list[Figure]:
    """Return the run that waits for an approval, to those who approve. Source: spec CO-28, SC-23."""
    if work is None or not actor.may(Permission.APPROVE_PAYMENTS):
        return []
    runs = ngettext("payment run, %(sum)s", "payment runs, %(sum)s", work.runs)
    return [
        Figure(
            gettext("Runs to approve"),
            format_count(work.runs),
            runs % {"sum": format_kronor(work.to_approve)} if work.runs else gettext("no run waits"),
            reverse("settlement:run", args=[work.number]) if work.number else reverse("settlement:runs"),
        )
    ]


def notices(work: run_page.Waiting | None) -> list[Counted]:
    """Return what has to be looked at. Source: spec CO-28, SC-23."""
    if work is None:
        return []
    rejected = urlencode({"status": PaymentStatus.REJECTED.value})
    return [
        (
            gettext("Payments that the bank rejected, not paid again yet"),
            work.rejected,
            f"{reverse('settlement:payments')}?{rejected}",
        ),
        (
            gettext("Files of which nobody knows whether they were sent"),
            work.undecided_files,
            reverse("settlement:outgoing_files"),
        ),
    ]
