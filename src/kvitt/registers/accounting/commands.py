"""Change what books what: an account string from a day on, or until a day."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.accounting import queries, rules
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
    same = list(queries.strings_for(actor.authority_id, new.wanted))
    is_known = queries.is_known_code(actor.authority_id, new.wanted)
    refuse_if_any(
        rules.check_string(new, [each.dated() for each in same], today=today, is_known_code=is_known)
    )
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
    audit.record(
        "accounting.save_account_string",
        actor,
        subject=("account_string", string.pk),
        before=before,
        after=_told(string),
    )
    return string


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
