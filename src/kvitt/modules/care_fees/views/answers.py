"""What the views of a client share: the way here, and the note of a read."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kvitt.audit import commands as audit
from kvitt.foundation.forms import problem_text
from kvitt.foundation.htmx import Request, see_other
from kvitt.foundation.tables import Crumb
from kvitt.foundation.values.problems import Refused
from kvitt.modules.care_fees.commands import calculation
from kvitt.modules.care_fees.exchange.registrations import read_month
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.queries.run_addresses import run_url
from kvitt.registers.access.rules import NotAllowed, Permission

_LONGEST_ID = 18


def way_to(number: str) -> list[Crumb]:
    """Return the way to what is done with a client, for those who meet it as a page of its own."""
    return [
        Crumb(_("Clients"), reverse("care_fees:search_clients")),
        Crumb(number, reverse("care_fees:case", args=[number])),
    ]


def way_to_list(title: str) -> list[Crumb]:
    """Return the way to a list of the desktop."""
    return [Crumb(_("Desktop"), reverse("care_fees:desktop")), Crumb(title)]


def way_to_run(title: str) -> list[Crumb]:
    """Return the way to what belongs to the billing run."""
    return [Crumb(_("Calculate and compile"), reverse("care_fees:billing_run")), Crumb(title)]


def id_in(text: str) -> int | None:
    """Return an id that came in an address, None where there is none. Raises Http404 for what is no id."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID):
        raise Http404
    return int(text)


def month_in(text: str) -> date | None:
    """Return a month that came in an address as `2024-10`, by its first day; None where there is none.

    Raises Http404 for what is no month.
    """
    if not text:
        return None
    found = read_month(text)
    if found is None:
        raise Http404
    return found


def way_back(request: Request, url: str) -> str:
    """Return where a dialog leads back to: the selection that it was opened from, else `url`.

    What is no selection leads to `url` too: what was saved by then is saved.
    """
    try:
        month, rule_id = month_in(request.GET.get("period", "")), id_in(request.GET.get("rule", ""))
    except Http404:
        return url
    return url if month is None or rule_id is None else run_url(month, rule_id)


def done(request: Request, url: str) -> HttpResponse:
    """Go back to where the dialog was opened from; from a fault list the client is calculated anew.

    That client alone, with the spouse. An address that was made up calculates nobody, and takes nothing away
    of what was saved. Source: debitering-ao, page 33; spec CF-25.
    """
    number = request.GET.get("recalculate", "")
    if number and request.actor.may(Permission.RUN_FEES):
        try:
            month = month_in(request.GET.get("period", ""))
            if month is not None:
                calculation.calculate_client(request.actor, number=number, month=month, today=request.today)
                messages.success(request, _("%(number)s is calculated anew.") % {"number": number})
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, problem_text(problem))
        except (Http404, NotAllowed):
            pass
    return see_other(request, way_back(request, url))


def note_read(request: Request, action: str, person_ids: Iterable[int], *, number: str = "") -> None:
    """Record that the actor saw these persons, of one client where one is named."""
    subject = (clients.SUBJECT, number) if number else ("", "")
    audit.record_read(f"care_fees.{action}", request.actor, person_ids=person_ids, subject=subject)
