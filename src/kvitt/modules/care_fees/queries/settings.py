"""The settings of a client as his page shows them, and what is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client, ClientSettings
from kvitt.modules.care_fees.queries import clients, search
from kvitt.modules.care_fees.queries.new_client import PARTNERS
from kvitt.modules.care_fees.rules import settings as rules
from kvitt.modules.care_fees.rules.settings import ParishTerms, SettingsValues
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class SettingsRow:
    """What held from a day on; `is_current` is what holds today."""

    period: Period
    fee_type: FeeType
    accepts_cap: bool
    parish_code: str
    is_current: bool


@dataclass(frozen=True)
class SettingsPanel:
    """Everything `panels/settings.html` shows."""

    rows: Sequence[SettingsRow]
    may_change: bool
    notice: str = ""
    notice_url: str = ""


def settings_panel(actor: "Actor", client: Client, *, today: date, is_whole: bool) -> SettingsPanel | None:
    """Return the settings of a client, the newest first; None for who sees only a part of him.

    Source: spec CF-5.
    """
    if not is_whole:
        return None
    rows = list(client.settings.order_by("-first_on"))
    may_change = actor.may(Permission.REGISTER_CARE)
    notice, url = _single_notice(client, rows) if may_change else ("", "")
    return SettingsPanel(
        rows=[_row(row, today) for row in rows], may_change=may_change, notice=notice, notice_url=url
    )


def partner_died_on(person: Person) -> date | None:
    """Return when the person's last spouse or cohabitant died, None for who has a living one, or has none.

    Source: spec CF-5.
    """
    partners = [row for row in people.relations_of(person) if row.kind in PARTNERS]
    if any(row.last_on is None and row.person.died_on is None for row in partners):
        return None
    lost = (
        row.person.died_on
        for row in partners
        if row.person.died_on is not None and (row.last_on is None or row.last_on >= row.person.died_on)
    )
    return max(lost, default=None)


def _single_notice(client: Client, rows: Sequence[ClientSettings]) -> tuple[str, str]:
    """Return the proposal to who is left alone, and the way to the change; empty for others."""
    person = search.person_of(client)
    if not rows or person.died_on is not None or rows[0].fee_type != FeeType.COUPLE:
        return "", ""
    died_on = partner_died_on(person)
    day = rules.propose_single(FeeType(rows[0].fee_type), partner_died_on=died_on)
    if day is None:
        return "", ""
    text = gettext("The other of the couple died %(died)s. Single is proposed from %(day)s.")
    query = urlencode({"first_on": day.isoformat(), "fee_type": FeeType.SINGLE.value})
    url = reverse("care_fees:change_settings", args=[client.number])
    return text % {"died": died_on, "day": day}, f"{url}?{query}"


@dataclass(frozen=True)
class SettingsChoice:
    """What the dialog of the settings shows beside its form."""

    person_id: int
    identity_number: str
    lead: str
    note: str
    initial: Mapping[str, object]


def settings_to_change(
    actor: "Actor", number: str, *, session: "SessionBase", today: date, wanted: Mapping[str, str]
) -> SettingsChoice:
    """Return the settings that a change begins with: those of today, or of the day that is proposed.

    `wanted` may hold what is proposed: `first_on` and `fee_type`. Raises Http404, NotAllowed.
    Source: spec CF-5.
    """
    client = clients.client_of(actor, number, on=today)
    actor.require(Permission.REGISTER_CARE)
    rows = list(client.settings.order_by("-first_on"))
    held = next((row for row in rows if row.first_on <= today), rows[-1] if rows else None)
    initial: dict[str, object] = {"first_on": today.replace(day=1)}
    if held is not None:
        initial |= asdict(values_of(held))
    initial |= {name: wanted[name] for name in ("first_on", "fee_type") if wanted.get(name)}
    return SettingsChoice(
        person_id=client.person_id,
        identity_number=search.person_of(client).identity_number,
        lead=clients.lead_of(session, client, today=today),
        note=gettext("What you change holds from the day on, also where later rows say otherwise."),
        initial=initial,
    )


def parish_terms(authority_id: int) -> ParishTerms:
    """Return the codes of the municipality that parish codes are checked by."""
    authority = organisations.authority(authority_id)
    return ParishTerms(municipality=authority.municipality_code, own=authority.parish_code)


def parish_problems(authority_id: int, code: str) -> list[Problem]:
    """Return what is wrong with a parish code that was fetched; there may be none to fetch."""
    if not code:
        return [Problem("no_parish_code", rules.NO_PARISH_CODE, "parish_code")]
    return rules.check_parish_code(code, parish_terms(authority_id))


def values_of(row: ClientSettings) -> SettingsValues:
    """Return what a row says."""
    return SettingsValues(FeeType(row.fee_type), row.accepts_cap, row.parish_code)


def _row(row: ClientSettings, today: date) -> SettingsRow:
    period = Period(row.first_on, row.last_on)
    return SettingsRow(
        period=period,
        fee_type=FeeType(row.fee_type),
        accepts_cap=row.accepts_cap,
        parish_code=row.parish_code,
        is_current=period.contains(today),
    )
