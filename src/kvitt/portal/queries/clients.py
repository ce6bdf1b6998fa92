"""Find clients of care fees from the header: anybody by number, those whom one reaches by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries import clients, search
from kvitt.portal.queries.patients import LONGEST, MOST_SHOWN, NOTHING_TYPED, NUMBER_NOT_FOUND, TOO_LONG
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people

_FOUND = "portal.found_clients"
_OUR_NUMBER = re.compile(r"[dD] ?[0-9]{4}-[0-9]+")

HINT = _("A number finds any client of the municipality, a name your own clients.")
NAME_NOT_FOUND = _("None of your clients' names holds %(text)s. Search by personal identity number instead.")
NOT_A_CLIENT = _("%(number)s is not a client. Check the number, or contact %(contact)s.")


@dataclass(frozen=True)
class FoundClients:
    """What a search found; `only_url` leads to the one client, several are kept for the results page."""

    person_ids: Sequence[int] = ()
    only_url: str = ""
    fault: Problem | None = None
    nobody: Problem | None = None


@dataclass(frozen=True)
class ClientRow:
    """A found client; `url` is empty where another area alone may open the page."""

    person_id: int
    client_number: str
    number: str
    name: str
    area: str
    url: str


@dataclass(frozen=True)
class FoundClientsPage:
    """Everything the results page shows; the search form stands above it."""

    title: str
    lead: str
    rows: Sequence[ClientRow]
    typed: str
    empty: str
    more: str


def find_clients(actor: Actor, session: SessionBase, text: str, *, today: date) -> FoundClients:
    """Return whom the text means: a full number any client, a name those whom the actor reaches.

    Raises NotAllowed for who sees no clients. Source: spec CO-13, CF-1.
    """
    actor.require(Permission.SEE_CLIENTS)
    typed = " ".join(text.replace("\0", " ").split())
    if not typed:
        return FoundClients(fault=Problem("nothing_typed", NOTHING_TYPED, field="q"))
    if len(typed) > LONGEST:
        return FoundClients(fault=Problem("too_long", TOO_LONG, field="q", values={"count": LONGEST}))
    if re.search(r"[0-9]", typed) and not _OUR_NUMBER.fullmatch(typed):
        return _by_number(actor, session, typed, today=today)
    wanted = search.Wanted(text=typed.replace(" ", "") if _OUR_NUMBER.fullmatch(typed) else typed)
    ordered = search.search_clients(actor, wanted, today=today).order_by("person__sort_key", "pk")
    found = list(ordered[: MOST_SHOWN + 1])
    if not found:
        return FoundClients(nobody=Problem("name_not_found", NAME_NOT_FOUND, values={"text": typed}))
    return _found(actor, session, found, typed=typed, today=today)


def found_page(actor: Actor, session: SessionBase, *, today: date) -> FoundClientsPage:
    """Return the session's last result, for the unit it was searched at. Raises as `find_clients` does."""
    actor.require(Permission.SEE_CLIENTS)
    kept = session.get(_FOUND, {})
    is_own = kept.get("unit") == _unit(actor)
    rows = _rows(actor, kept["clients"], today=today) if is_own else []
    lead = ngettext("%(count)s client found", "%(count)s clients found", len(rows))
    more = gettext("Only the first %(count)s are shown. Write more of the name.") % {"count": MOST_SHOWN}
    return FoundClientsPage(
        title=gettext("Search client"),
        lead=lead % {"count": len(rows)} if rows else gettext(HINT),
        rows=rows,
        typed=kept["typed"] if is_own else "",
        empty=gettext("There is no search result. Search by name or number."),
        more=more if is_own and kept["has_more"] else "",
    )


def nobody_page(found: FoundClients) -> FoundClientsPage:
    """Return the results page of a search that found nobody, with the reason in words."""
    problem = found.nobody
    empty = gettext(problem.message) % problem.values if problem else ""
    return FoundClientsPage(
        title=gettext("Search client"), lead=gettext(HINT), rows=[], typed="", empty=empty, more=""
    )


def _by_number(actor: Actor, session: SessionBase, typed: str, *, today: date) -> FoundClients:
    numbers = people.numbers_in(actor, typed, today=today)
    if not numbers:
        patterns = people.reserve_patterns(actor.authority_id)
        [problem, *_others] = identity.check_identity_number(typed, today, patterns)
        return FoundClients(fault=replace(problem, field="q"))
    owners = [people.find_by_number(actor, number.digits) for number in numbers]
    persons = list({owner.pk: owner for owner in owners if owner is not None}.values())
    values = {
        "number": " / ".join(map(str, numbers)),
        "contact": organisations.authority(actor.authority_id).contact,
    }
    if not persons:
        return FoundClients(nobody=Problem("number_not_found", NUMBER_NOT_FOUND, values=values))
    records = [record_id for person in persons for record_id in people.record_ids(person)]
    of_the_municipality = Client.objects.filter(authority_id=actor.authority_id)
    found = list(of_the_municipality.filter(person_id__in=records).order_by("pk"))
    if not found:
        return FoundClients(nobody=Problem("not_a_client", NOT_A_CLIENT, values=values))
    return _found(actor, session, found, typed="", today=today)


def _found(
    actor: Actor, session: SessionBase, found: Sequence[Client], *, typed: str, today: date
) -> FoundClients:
    person_ids = [client.person_id for client in found[:MOST_SHOWN]]
    if len(found) == 1:
        [client] = found
        if clients.reached_clients(actor, on=today).filter(pk=client.pk).exists():
            return FoundClients(person_ids, only_url=reverse("care_fees:case", args=[client.number]))
    session[_FOUND] = {
        "unit": _unit(actor),
        "clients": [client.pk for client in found[:MOST_SHOWN]],
        "has_more": len(found) > MOST_SHOWN,
        "typed": typed,
    }
    return FoundClients(person_ids)


def _rows(actor: Actor, client_ids: Sequence[int], *, today: date) -> list[ClientRow]:
    found = Client.objects.filter(authority_id=actor.authority_id, pk__in=client_ids)
    reached = set(
        clients.reached_clients(actor, on=today).filter(pk__in=client_ids).values_list("pk", flat=True)
    )
    return [
        ClientRow(
            person_id=client.person_id,
            client_number=client.number,
            number=search.person_of(client).identity_number,
            name=people.listed_name(search.person_of(client)),
            area=getattr(client, "area_name", "") or "",
            url=reverse("care_fees:case", args=[client.number]) if client.pk in reached else "",
        )
        for client in search.with_area(found, today=today).order_by("person__sort_key", "pk")
    ]


def _unit(actor: Actor) -> str:
    return f"{actor.user_id} {actor.scope.value}:{actor.unit_id}"
