"""Ask for another account of a clinic, and decide: two persons, one of them at the authority."""

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.clinic_administration import queries, rules
from kvitt.registers.clinic_administration.lifecycle import AccountChangeStatus, ensure_step
from kvitt.registers.clinic_administration.models import AccountChange
from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations import rules as organisation_rules
from kvitt.registers.organisations.models import Clinic


def request_account_change(
    actor: Actor, *, clinic_id: int, giro_kind: str, giro_number: str
) -> AccountChange:
    """Ask for another account of a clinic. Raises Refused, NotAllowed, Http404.

    Source: spec SC-24.
    """
    with transaction.atomic():
        organisations.clinic_to_manage(actor, clinic_id)
        clinics = Clinic.objects.select_for_update(no_key=True, of=("self",)).select_related("authority")
        clinic = clinics.get(pk=clinic_id)
        contact = clinic.authority.contact
        refuse_if_any(organisation_rules.check_open(clinic.closed_on, today=clock.today(), contact=contact))
        refuse_if_any(organisation_rules.check_account(giro_kind=giro_kind, giro_number=giro_number))
        digits = organisation_rules.normalise_account(giro_kind, giro_number)
        refuse_if_any(
            rules.check_request(
                wanted=(giro_kind, digits),
                current=(clinic.giro_kind, clinic.giro_number),
                waiting=queries.waiting_account(clinic_id),
            )
        )
        change = AccountChange.objects.create(
            clinic=clinic,
            giro_kind=giro_kind,
            giro_number=digits,
            old_kind=clinic.giro_kind,
            old_number=clinic.giro_number,
            requested_by_id=actor.user_id,
            requested_by=actor.name,
            requested_at=clock.now(),
        )
        mailing.tell_clinic(clinic_id, MailEvent.ACCOUNT_CHANGE_REQUESTED)
        audit.record(
            "clinic_administration.request_account_change",
            actor,
            subject=("clinic", clinic.number),
            before=_account(clinic.giro_kind, clinic.giro_number),
            after=_account(giro_kind, digits),
        )
        return change


def approve_account_change(actor: Actor, *, change_id: int) -> AccountChange:
    """Give the clinic the account that was asked for. Raises Refused, NotAllowed, Http404.

    Source: spec SC-24.
    """
    with transaction.atomic():
        change = _decide(actor, change_id, AccountChangeStatus.APPROVED, command="approve_account_change")
        clinic = change.clinic
        before = _account(clinic.giro_kind, clinic.giro_number)
        clinic.giro_kind, clinic.giro_number = change.giro_kind, change.giro_number
        clinic.save(update_fields=["giro_kind", "giro_number"])
        audit.record(
            "clinic_administration.approve_account_change",
            actor,
            subject=("clinic", clinic.number),
            before=before,
            after={**_account(change.giro_kind, change.giro_number), "requested_by": change.requested_by},
        )
        return change


def refuse_account_change(actor: Actor, *, change_id: int, reason: str) -> AccountChange:
    """Let the clinic keep its account, and say why. Raises Refused, NotAllowed, Http404.

    Source: spec SC-24.
    """
    with transaction.atomic():
        refuse_if_any(rules.check_reason(reason))
        change = _decide(
            actor, change_id, AccountChangeStatus.REFUSED, command="refuse_account_change", reason=reason
        )
        audit.record(
            "clinic_administration.refuse_account_change",
            actor,
            subject=("clinic", change.clinic.number),
            after={
                **_account(change.giro_kind, change.giro_number),
                "requested_by": change.requested_by,
                "reason": reason,
            },
        )
        return change


def withdraw_account_change(actor: Actor, *, change_id: int) -> AccountChange:
    """Take back a request that nobody has decided. Raises Refused, NotAllowed, Http404.

    Source: spec SC-24.
    """
    with transaction.atomic():
        change = _locked(actor, change_id)
        ensure_step(change.status, AccountChangeStatus.WITHDRAWN, command="withdraw_account_change")
        _save(actor, change, AccountChangeStatus.WITHDRAWN)
        audit.record(
            "clinic_administration.withdraw_account_change",
            actor,
            subject=("clinic", change.clinic.number),
            before=_account(change.giro_kind, change.giro_number),
        )
        return change


def _decide(
    actor: Actor, change_id: int, status: AccountChangeStatus, *, command: str, reason: str = ""
) -> AccountChange:
    """Decide as the second person, and tell the clinic."""
    change = _locked(actor, change_id)
    actor.require(Permission.ADMINISTER)
    ensure_step(change.status, status, command=command)
    refuse_if_any(rules.check_decision(requested_by_id=change.requested_by_id, decided_by_id=actor.user_id))
    change.reason = reason
    _save(actor, change, status)
    mailing.tell_clinic(change.clinic_id, MailEvent.ACCOUNT_CHANGE_DECIDED)
    return change


def _save(actor: Actor, change: AccountChange, status: AccountChangeStatus) -> None:
    change.status = status
    change.decided_by_id, change.decided_by, change.decided_at = actor.user_id, actor.name, clock.now()
    change.save()


def _locked(actor: Actor, change_id: int) -> AccountChange:
    """Return a request of a clinic that the actor manages, the clinic locked before it."""
    clinic_id = queries.account_change(actor, change_id).clinic_id
    clinic = Clinic.objects.select_for_update(no_key=True).get(pk=clinic_id)
    change = AccountChange.objects.select_for_update(no_key=True).filter(pk=change_id).first()
    if change is None:
        raise Http404
    change.clinic = clinic
    return change


def _account(giro_kind: str, giro_number: str) -> dict[str, object]:
    return {"giro_kind": giro_kind, "giro_number": giro_number}
