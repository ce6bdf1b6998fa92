"""What the start page tells of special care dentistry: to a clinic of its claims, to the region of its."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation.figures import Figure, PlotPanel
from kvitt.foundation.values.money import format_count, format_kronor
from kvitt.modules.special_care.lifecycle import QuestionState
from kvitt.modules.special_care.queries import files, plans, proposal, review, start
from kvitt.portal.queries import figures
from kvitt.preauthorization.rules import calculate_age
from kvitt.registers.access.rules import Actor, Permission, ScopeKind

# A label, a count, and the list of just that.
Counted = tuple[str, int, str]


@dataclass(frozen=True)
class ClaimWork:
    """What the start page is made of: a clinic's own sums, or the claims of a reviewer by day."""

    sums: start.ClinicSums | None
    held: Mapping[date, int] | None


def claim_work(actor: Actor, *, today: date) -> ClaimWork:
    """Return what the actor has to do with claims, nothing of it for most."""
    is_at_clinic = actor.scope is not ScopeKind.AUTHORITY and actor.may(Permission.SEE_CLAIMS)
    return ClaimWork(
        sums=start.clinic_sums(actor, today=today) if is_at_clinic else None,
        held=review.held_since(actor) if actor.may(Permission.REVIEW_CLAIMS) else None,
    )


def key_figures(actor: Actor, work: ClaimWork, *, today: date) -> list[Figure]:
    """Return the key figures of claims. Source: spec CO-28."""
    return [
        *(_clinic_figures(actor, work.sums, today=today) if work.sums is not None else ()),
        *(_region_figures(actor, work.held, today=today) if work.held is not None else ()),
    ]


def notices(actor: Actor, work: ClaimWork) -> list[Counted]:
    """Return what is counted and can be looked at. Source: spec CO-28."""
    return [
        *(_clinic_notices(actor, work.sums) if work.sums is not None else ()),
        *(_region_notices(actor) if work.held is not None else ()),
    ]


def held_plot(work: ClaimWork, *, today: date) -> PlotPanel | None:
    """Return how many claims wait for the reviewer, by how many days. Source: spec CO-28."""
    return None if work.held is None else _held_plot(work.held, today=today)


# What they consist of -----------------------------------------------------------------------------


def _clinic_figures(actor: Actor, sums: start.ClinicSums, *, today: date) -> list[Figure]:
    """Return what is approved and paid this month, and what the region looks at."""
    paid = start.paid_this_month(actor, today=today)
    approved = ngettext("%(count)s claim", "%(count)s claims", sums.approved)
    invoices = ngettext("%(count)s invoice", "%(count)s invoices", paid.count)
    claims = ngettext("claim", "claims", sums.under_review)
    processing = reverse("special_care:claim_invoices", args=["processing"])
    return [
        Figure(
            gettext("Approved for payment this month"),
            format_kronor(sums.approved_amount),
            approved % {"count": format_count(sums.approved)},
            processing,
        ),
        Figure(
            gettext("Paid out this month"),
            format_kronor(paid.total),
            invoices % {"count": format_count(paid.count)},
            reverse("special_care:claim_invoices", args=["paid"]),
        ),
        Figure(gettext("Under review"), format_count(sums.under_review), claims, processing),
    ]


def _clinic_notices(actor: Actor, sums: start.ClinicSums) -> list[Counted]:
    """Return what a clinic should look at: its drafts, questions, decisions, and what was voided."""
    notices = [
        (
            gettext("Claims voided in the last %(days)s days") % {"days": start.VOIDED_DAYS},
            sums.voided,
            reverse("special_care:claim_invoices", args=["voided"]),
        ),
        (
            gettext("Treatment plans with an unread preauthorization decision"),
            plans.unread_count(actor),
            plans.unread_url(),
        ),
    ]
    if not actor.may(Permission.REPORT_CLAIMS):
        return notices
    return [
        (gettext("Questions from the region about claims"), sums.asked, reverse("special_care:questions")),
        (gettext("Claims not sent in"), sums.drafts, reverse("special_care:register_claim")),
        (
            gettext("Claims files that wait for you to choose"),
            files.undecided_count(actor),
            reverse("special_care:upload_claims_file"),
        ),
        *notices,
    ]


def _region_figures(actor: Actor, held: Mapping[date, int], *, today: date) -> list[Figure]:
    """Return how many claims are to be reviewed, and what can be proposed for payment."""
    ready = proposal.to_propose(actor)
    days = calculate_age(min(held), today=today) if held else 0
    oldest = ngettext("the oldest for %(count)s day", "the oldest for %(count)s days", days)
    invoices = ngettext("%(count)s invoice", "%(count)s invoices", ready.count)
    return [
        Figure(
            gettext("Claims to review"),
            format_count(sum(held.values())),
            oldest % {"count": format_count(days)} if held else gettext("no claim waits"),
            reverse("special_care:review_claims"),
        ),
        Figure(
            gettext("To propose for payment"),
            format_kronor(ready.total),
            invoices % {"count": format_count(ready.count)},
            reverse("special_care:propose_payment"),
        ),
    ]


def _region_notices(actor: Actor) -> list[Counted]:
    """Return what a reviewer should look at besides: answers of clinics, and money that comes back."""
    answered = {"question": QuestionState.ANSWERED.value}
    return [
        (
            gettext("Claims whose clinic has answered"),
            review.claims_to_review(actor, question=QuestionState.ANSWERED).count(),
            f"{reverse('special_care:review_claims')}?{urlencode(answered)}",
        ),
        (
            gettext("Repayments awaited"),
            proposal.awaited_repayments(actor).count(),
            reverse("special_care:repayments"),
        ),
    ]


def _held_plot(held: Mapping[date, int], *, today: date) -> PlotPanel:
    return figures.ages_plot(
        held,
        figures.AgesText(
            title=gettext("Claims to review by age"),
            lead=gettext("Claims under review, by days since they were sent in."),
            sentence=gettext(
                "Bar chart: claims under review, by days since they were sent in. %(count)s in all, the "
                "oldest in the group %(age)s."
            ),
            heading=gettext("Claims"),
            empty=gettext("No claim waits to be reviewed."),
        ),
        today=today,
    )
