"""Change what a client's fee is calculated by, from a day on."""

from dataclasses import asdict
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client, ClientSettings
from kvitt.modules.care_fees.queries import settings as queries
from kvitt.modules.care_fees.rules import dated
from kvitt.modules.care_fees.rules import settings as rules
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.access.rules import Actor


def change_settings(
    actor: Actor,
    *,
    today: date,
    number: str,
    first_on: date,
    values: SettingsValues,
    has_confirmed_parish: bool = False,
) -> None:
    """Let what differs hold from a day on, also where later rows say otherwise; what does not stays theirs.

    A day before the first row makes the client begin earlier. Raises Refused, NotAllowed, Http404.
    """
    with transaction.atomic():
        client = steps.hold_client(actor, number, today=today)
        rows = list(client.settings.order_by("first_on"))
        change = dated.plan_change([Period(row.first_on, row.last_on) for row in rows], first_on=first_on)
        places = [*([] if change.split is None else [change.split]), *change.changed]
        held = rows[places[0]] if places else None
        old = queries.values_of(held) if held is not None else None
        changed = _difference(old, values)
        problems = dated.check_first_day(first_on, today=today)
        if "parish_code" in changed:
            terms = queries.parish_terms(actor.authority_id)
            problems += rules.check_parish_code(values.parish_code, terms, is_confirmed=has_confirmed_parish)
        if not changed and not change.begins_earlier:
            problems.append(Problem("nothing_changed", rules.NOTHING_CHANGED))
        refuse_if_any(problems)
        before = [_logged(rows[place]) for place in places]
        after = [_logged(row) for row in _saved(client, rows, change, changed, first_on=first_on)]
        if change.begins_earlier:
            _begin_earlier(client, first_on)
        steps.touch(client, since=first_on)
        audit.record(
            "care_fees.change_settings",
            actor,
            **steps.about(client),
            before={"settings": before},
            after={"settings": after},
        )


def _saved(
    client: Client,
    rows: list[ClientSettings],
    change: dated.DatedChange,
    changed: dict[str, object],
    *,
    first_on: date,
) -> list[ClientSettings]:
    """Write the change to the rows it concerns, and return them."""
    saved = []
    if change.split is not None:
        old = rows[change.split]
        values = asdict(queries.values_of(old)) | changed
        last_on, old.last_on = old.last_on, dates.day_before(first_on)
        old.save(update_fields=["last_on"])
        saved.append(
            ClientSettings.objects.create(client=client, first_on=first_on, last_on=last_on, **values)
        )
    for place in change.changed:
        row = rows[place]
        for name, value in changed.items():
            setattr(row, name, value)
        row.first_on = first_on if place == 0 and change.begins_earlier else row.first_on
        row.save()
        saved.append(row)
    return saved


def _begin_earlier(client: Client, first_on: date) -> None:
    """Let the client's first area begin no later than his settings."""
    first = client.placements.order_by("first_on").first()
    if first is not None and first.first_on > first_on:
        first.first_on = first_on
        first.save(update_fields=["first_on"])


def _difference(old: SettingsValues | None, new: SettingsValues) -> dict[str, object]:
    values = asdict(new)
    return (
        values
        if old is None
        else {name: values[name] for name in values if values[name] != asdict(old)[name]}
    )


def _logged(row: ClientSettings) -> dict[str, object]:
    values = asdict(queries.values_of(row)) | {"first_on": row.first_on.isoformat()}
    return values | {"last_on": row.last_on.isoformat() if row.last_on else ""}
