"""Change what books what: an account string from a day on, or until a day."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.problems import Refused, refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.accounting import exchange, queries, rules
from kvitt.registers.accounting.models import AccountString
from kvitt.registers.organisations.models import Authority


@transaction.atomic
def save_account_string(actor: Actor, *, today: date, new: rules.DatedString) -> AccountString:
    """Book something with an account string from a day on; the open one before it ends the day before.

    One that begins the same day is replaced, unless that day has passed. Raises NotAllowed, Refused.
    Source: spec SC-23.
    """
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    before, string = _save(actor, new, today=today)
    audit.record(
        "accounting.save_account_string",
        actor,
        subject=("account_string", string.pk),
        before=before,
        after=_told(string),
    )
    return string


@transaction.atomic
def load_account_strings(actor: Actor, *, today: date, content: bytes) -> int:
    """Take in account strings from a CSV file, all or, at a fault, nothing; return how many it changed.

    Those that the file does not name stay. The same file again changes nothing, and leaves no event.
    Raises NotAllowed, Refused. Source: spec SC-23.
    """
    actor.require(Permission.ADMINISTER)
    rows, faults = exchange.read_strings(content)
    _lock(actor)
    known = {string.dated() for string in queries.account_strings(actor)}
    changed = {}
    for row in rows:
        if row.facts in known or _is_ended_since(row.facts, known):
            continue
        try:
            _before, string = _save(actor, row.facts, today=today)
        except Refused as refused:
            faults += row.faults(list(refused.problems))
        else:
            changed[f"{string.use} {string.scheme} {string.code} {string.first_on}"] = _told(string)
    in_order: list[Fault] = sorted(faults, key=lambda fault: fault.line)
    refuse_if_any(in_order)
    if changed:
        audit.record("accounting.load_account_strings", actor, after=changed)
    return len(changed)


def _is_ended_since(facts: rules.DatedString, known: Collection[rules.DatedString]) -> bool:
    """Tell whether an open one is there already, and has been ended or succeeded."""
    return facts.period.last is None and any(
        each.key == facts.key and each.facts == facts.facts for each in known
    )


@transaction.atomic
def end_account_string(actor: Actor, *, today: date, string_id: int, last_on: date) -> AccountString:
    """Let an account string book for the last time on a day. Raises NotAllowed, Http404, Refused.

    Source: spec SC-23.
    """
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    string = queries.account_string(actor, string_id)
    dated = string.dated()
    same = queries.strings_for(actor.authority_id, dated.wanted).exclude(pk=string.pk)
    refuse_if_any(
        rules.check_end(dated.period, last_on=last_on, today=today, others=[each.dated() for each in same])
    )
    before = _told(string)
    string.last_on = last_on
    string.save(update_fields=["last_on"])
    audit.record(
        "accounting.end_account_string",
        actor,
        subject=("account_string", string.pk),
        before=before,
        after=_told(string),
    )
    return string


def _save(
    actor: Actor, new: rules.DatedString, *, today: date
) -> tuple[dict[str, object] | None, AccountString]:
    """Save one; return what it replaces, as the log has it, and what it is now. Raises Refused."""
    same = list(queries.strings_for(actor.authority_id, new.wanted))
    is_known = queries.is_known_code(actor.authority_id, new.wanted)
    uses = queries.uses_of(actor.authority_id)
    others = [each.dated() for each in same]
    refuse_if_any(rules.check_string(new, others, today=today, is_known_code=is_known, uses=uses))
    for other in same:
        other.last_on = rules.end_before(other.dated(), new).period.last
    AccountString.objects.bulk_update(same, ["last_on"])
    use, scheme, code = new.wanted
    replaced = next((each for each in same if each.first_on == new.period.first), None)
    before = None if replaced is None else _told(replaced)
    string = replaced or AccountString(
        authority_id=actor.authority_id, use=use, scheme=scheme, code=code, first_on=new.period.first
    )
    string.last_on = new.period.last
    string.account = new.facts.account
    string.cost_centre = new.facts.cost_centre
    string.activity = new.facts.activity
    string.save()
    return before, string


def _lock(actor: Actor) -> None:
    """Let one at a time change an authority's account strings; other work with the authority goes on."""
    Authority.objects.select_for_update(no_key=True).get(id=actor.authority_id)


def _told(string: AccountString) -> dict[str, object]:
    return {
        "use": string.use,
        "module": string.scheme,
        "code": string.code,
        "first_on": string.first_on.isoformat(),
        "last_on": string.last_on.isoformat() if string.last_on else "",
        "account": string.account,
        "cost_centre": string.cost_centre,
        "activity": string.activity,
    }
