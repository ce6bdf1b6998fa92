"""Change the account that an authority pays from."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority
from kvitt.settlement.models import PayingAccount
from kvitt.settlement.queries import accounts as queries
from kvitt.settlement.rules import outbox as rules


def save_paying_account(actor: Actor, *, first_on: date, iban: str, bic: str) -> PayingAccount:
    """Say which account the authority pays from, from a day on. Raises Refused, NotAllowed.

    Files that are made already keep theirs.
    Source: spec SC-23.
    """
    with transaction.atomic():
        actor.require(Permission.ADMINISTER)
        refuse_if_any(rules.check_paying_account(iban=iban, bic=bic))
        Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)
        before = queries.paying_account(actor.authority_id, first_on)
        account, _is_new = PayingAccount.objects.update_or_create(
            authority_id=actor.authority_id,
            first_on=first_on,
            defaults={"iban": rules.normalise_account(iban), "bic": rules.normalise_account(bic)},
        )
        audit.record(
            "settlement.save_paying_account",
            actor,
            subject=("authority", actor.authority_id),
            before={"iban": before.iban, "bic": before.bic} if before else None,
            after={"first_on": first_on.isoformat(), "iban": account.iban, "bic": account.bic},
        )
        return account
