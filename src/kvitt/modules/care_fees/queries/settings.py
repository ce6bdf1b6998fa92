"""The settings of a client as his page shows them, and what is proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kvitt.foundation.values.dates import Period
from kvitt.modules.care_fees.lifecycle import FeeType
from kvitt.modules.care_fees.models import Client, ClientSettings
from kvitt.modules.care_fees.queries import clients
from kvitt.modules.care_fees.rules.settings import ParishTerms, SettingsValues
from kvitt.registers.access.rules import Permission
from kvitt.registers.organisations import queries as organisations

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


def settings_panel(actor: "Actor", client: Client, *, today: date, is_whole: bool) -> SettingsPanel | None:
    """Return the settings of a client, the newest first; None for who sees only a part of him.

    Source: spec CF-5.
    """
    if not is_whole:
        return None
    rows = client.settings.order_by("-first_on")
    return SettingsPanel(
        rows=[_row(row, today) for row in rows], may_change=actor.may(Permission.REGISTER_CARE)
    )


@dataclass(frozen=True)
class SettingsChoice:
    """What the dialog of the settings shows beside its form."""

    person_id: int
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
        lead=clients.lead_of(session, client, today=today),
        note=gettext("What you change holds from the day on, also where later rows say otherwise."),
        initial=initial,
    )


def parish_terms(authority_id: int) -> ParishTerms:
    """Return the codes of the municipality that parish codes are checked by."""
    authority = organisations.authority(authority_id)
    return ParishTerms(municipality=authority.municipality_code, own=authority.parish_code)


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
