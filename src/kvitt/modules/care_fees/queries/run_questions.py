"""What the billing run asks before it does something: what happens, to whom, and whether it can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext

from kvitt.foundation.values.money import format_count
from kvitt.modules.care_fees.models import BillingRun
from kvitt.modules.care_fees.queries import area_months, clients
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.modules.care_fees.queries.run_addresses import run_url
from kvitt.modules.care_fees.queries.time_plan import month_text
from kvitt.registers.access.rules import Permission
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.modules.care_fees.commands.calculation import Calculated
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class Question:
    """A question as a dialog shows it.

    `person_ids` are whom it tells of, `url` is where one comes afterwards, `seen` what the answer is about.
    """

    title: str
    lead: str
    question: str
    note: str = ""
    person_ids: Sequence[int] = ()
    url: str = ""
    seen: str = ""


def selection_question(actor: "Actor", *, rule_id: int, month: date, today: date) -> Question:
    """Ask whether to create a selection. Source: debitering-ao, page 29; spec CF-24."""
    found = queries.selection(actor, rule_id, month, today=today)
    return Question(
        title=gettext("Create selection"),
        lead=_lead(found),
        question=gettext("Do you want to create the selection?"),
        note=gettext("Nothing is calculated by that."),
    )


def calculation_question(actor: "Actor", *, rule_id: int, month: date, today: date) -> Question:
    """Ask whether to calculate. Source: debitering-ao, page 29; spec CF-24."""
    found = queries.selection(actor, rule_id, month, today=today)
    text = ngettext(
        "%(count)s red client is calculated.", "%(count)s red clients are calculated.", found.count.tally.red
    )
    return Question(
        title=gettext("Calculate"),
        lead=_lead(found),
        question=gettext("Do you want to start the calculation?"),
        note=text % {"count": format_count(found.count.tally.red)},
    )


def client_question(
    actor: "Actor", number: str, month: date, *, session: "SessionBase", today: date
) -> Question:
    """Ask whether to calculate one client. Raises NotAllowed, Http404. Source: debitering-ao, page 33."""
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.RUN_FEES)
    area_months.terms_to_show(client.authority_id, month)
    spouse = queries.spouses_of([client], month).get(client.pk)
    note = ""
    if spouse is not None:
        name = people.listed_name(spouse.person.merged_into or spouse.person)
        note = gettext("%(name)s is calculated too.") % {"name": f"{name}, {spouse.number}"}
    return Question(
        title=gettext("Calculate/compile"),
        lead=f"{clients.lead_of(session, client, today=today)} {month_text(month).capitalize()}.",
        question=gettext("Do you want to calculate the client?"),
        note=note,
        person_ids=[client.person_id, *([spouse.person_id] if spouse is not None else [])],
    )


def approval_question(actor: "Actor", *, rule_id: int, month: date, today: date) -> Question:
    """Ask whether to approve: how many, which period, that it is locked, and about an unopened journal.

    Source: debitering-ao, pages 34, 37-38; spec CF-27, CF-28.
    """
    found = queries.selection(actor, rule_id, month, today=today)
    text = ngettext(
        "Do you want to approve %(count)s client for %(month)s? The period is locked.",
        "Do you want to approve %(count)s clients for %(month)s? The period is locked.",
        found.count.tally.yellow,
    )
    asked = [text % {"count": format_count(found.count.tally.yellow), "month": month_text(month)}]
    if found.unopened:
        told = gettext(
            "The billing journal of %(areas)s is not opened since the calculation. Approve all the same?"
        )
        asked.append(told % {"areas": ", ".join(found.unopened)})
    return Question(
        title=gettext("Approve"),
        lead=_lead(found),
        question=" ".join(asked),
        note=gettext("Only the billing office can re-open it."),
        seen=found.count.seen,
    )


def reopening_question(actor: "Actor", area_id: int, month: date) -> Question:
    """Tell what happens when an approved period is opened again. Raises Http404. Source: spec CF-28."""
    area = area_months.area_of(actor, area_id)
    return Question(
        title=gettext("Re-open"),
        lead=f"{area.name}, {month_text(month)}",
        question=gettext(
            "What is approved turns yellow and can be calculated anew. Invoices that are not sent are voided."
        ),
    )


def stopping_question(actor: "Actor", run_id: int) -> Question:
    """Ask whether to give up a run. Raises NotAllowed, Http404. Source: spec CF-30."""
    run = queries.run_of(actor, run_id)
    return Question(
        title=gettext("Give up the calculation"),
        lead=f"{run.title}, {month_text(run.month)}.",
        question=gettext("Do you want to give up the calculation?"),
        note=gettext("What is calculated stays so. The rest is red, and can be calculated again."),
        url=run_url(run.month, run.rule_id),
    )


def told(run: BillingRun) -> str:
    """Say what a calculation came to, or that it goes on."""
    if run.finished_at is None:
        return gettext("The calculation has started. You can leave the page. The run goes on.")
    done = [(chunk.calculated_count, chunk.faulty_count) for chunk in run.chunks.all()]
    calculated, faulty = sum(one for one, _two in done), sum(two for _one, two in done)
    text = ngettext("%(count)s client is calculated.", "%(count)s clients are calculated.", calculated) % {
        "count": format_count(calculated)
    }
    return f"{text} {_faulty(faulty)}".strip()


def told_of_client(calculated: "Calculated", number: str) -> str:
    """Say what the calculation of one client came to."""
    if not calculated.faulty:
        return gettext("%(number)s is calculated anew.") % {"number": number}
    return _faulty(calculated.faulty)


def _faulty(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(count)s client has faults, see the fault list.",
        "%(count)s clients have faults, see the fault list.",
        count,
    )
    return text % {"count": format_count(count)}


def _lead(found: queries.Selection) -> str:
    """Return what a question is about: `October 2024, Norr: 5 clients`."""
    text = ngettext("%(count)s client", "%(count)s clients", found.count.tally.all)
    count = text % {"count": format_count(found.count.tally.all)}
    return f"{month_text(found.month).capitalize()}, {found.rule.name}: {count}."
