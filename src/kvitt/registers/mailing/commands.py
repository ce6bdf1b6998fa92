"""Write the choices of clinics, put messages in the outbox, and send them.

A message is written in the transaction of what it tells about, so neither is there without the other. It is
sent afterwards by a worker (decision 14): claimed, sent and marked, each by itself, so that no transaction
is open and no lock is held while the mail server answers or does not.
"""

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from kvitt.audit import commands as audit
from kvitt.audit.rules import calculate_difference
from kvitt.foundation import clock
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission, system_actor
from kvitt.registers.mailing import queries, rules
from kvitt.registers.mailing.lifecycle import MailEvent, MailFault, MailStatus, ensure_step
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from kvitt.registers.organisations.models import Authority, Clinic

_LANGUAGE = "sv"
_CANDIDATES = 20
_log = logging.getLogger(__name__)


class NoTransaction(Exception):  # noqa: N818 - reads as a sentence
    """A clinic was told something outside the transaction of what it was told about."""


# Choosing -----------------------------------------------------------------------------------------


def change_mail_choices(
    actor: Actor, *, today: date, clinic_id: int, addresses: str, events: Collection[MailEvent]
) -> None:
    """Choose which events give the clinic an e-mail, and where it goes. Raises Refused, NotAllowed, Http404.

    What still waits for an address that is no longer there is given up.
    Source: spec CO-29.
    """
    with transaction.atomic():
        clinic = _locked_clinic(actor, clinic_id)
        wanted = rules.split_addresses(addresses)
        refuse_if_any(rules.check_choices(wanted, events))
        before = queries.choices_of(clinic.pk)
        chosen = [event for event in MailEvent if event in events]
        difference = calculate_difference(
            _words(before.addresses, before.events), _words(wanted, chosen), leave_out=()
        )
        if not difference:
            return
        MailAddress.objects.filter(clinic=clinic).delete()
        MailAddress.objects.bulk_create(MailAddress(clinic=clinic, address=each) for each in wanted)
        _give_up(clinic, rules.remaining(before.addresses, without=wanted))
        MailChoice.objects.filter(clinic=clinic).exclude(event__in=chosen).delete()
        MailChoice.objects.bulk_create(
            MailChoice(clinic=clinic, event=event, chosen_on=today)
            for event in chosen
            if event not in before.events
        )
        audit.record(
            "mailing.change_mail_choices",
            actor,
            subject=("clinic", clinic.number),
            before=difference.before,
            after=difference.after,
        )


def queue_test_mail(actor: Actor, *, clinic_id: int) -> None:
    """Put a test message to each of the clinic's addresses in the outbox.

    Raises Refused, NotAllowed, Http404.
    Source: spec CO-29.
    """
    with transaction.atomic():
        clinic = _locked_clinic(actor, clinic_id)
        addresses = queries.choices_of(clinic.pk).addresses
        waiting, recent = queries.tested_addresses(clinic.pk, since=clock.now() - rules.TEST_PAUSE)
        refuse_if_any(rules.check_test(addresses, waiting=waiting, recent=recent))
        to = rules.remaining(addresses, without=[*waiting, *recent])
        OutgoingMail.objects.bulk_create(_messages(clinic, MailEvent.TEST, to))
        audit.record(
            "mailing.queue_test_mail",
            actor,
            subject=("clinic", clinic.number),
            after={"addresses": ", ".join(to)},
        )


def send_again(actor: Actor, *, mail_id: int) -> OutgoingMail:
    """Let the worker try a message again that it had given up. Raises Refused, NotAllowed, Http404.

    Source: spec CO-29, QU-14.
    """
    with transaction.atomic():
        mail = queries.mail_of(actor, mail_id, lock=True)
        ensure_step(mail.status, MailStatus.WAITING, command="send_again")
        mail.status, mail.tries, mail.next_try_at = MailStatus.WAITING, 0, clock.now()
        mail.save(update_fields=["status", "tries", "next_try_at"])
        audit.record(
            "mailing.send_again", actor, subject=("clinic", mail.clinic.number), after={"event": mail.event}
        )
        return mail


# Telling ------------------------------------------------------------------------------------------


def tell_clinic(
    clinic_id: int, event: MailEvent, *, path: str = "/", values: Mapping[str, int | date] | None = None
) -> None:
    """Put a message in the outbox if the clinic has chosen the event: a step of the command that did it.

    `path` is the list that the message leads to. Needs an open transaction and opens none.
    Source: spec CO-29.
    """
    if not connection.in_atomic_block:
        raise NoTransaction
    addresses = list(
        MailAddress.objects.filter(clinic_id=clinic_id, clinic__mail_choices__event=event).select_related(
            "clinic"
        )
    )
    if addresses:
        to = [each.address for each in addresses]
        OutgoingMail.objects.bulk_create(_messages(addresses[0].clinic, event, to, path=path, values=values))


def tell_of_windows(*, today: date, authority_id: int, window: Period, path: str) -> None:
    """Tell the authority's clinics that the invoicing period opens, or closes in two days; each of them once.

    May run any number of times a day, by several workers: they wait for one another here.
    Source: spec CO-29.
    """
    plans = rules.plan_window_mail(window, today=today)
    if not plans:
        return
    with transaction.atomic():
        Authority.objects.select_for_update(no_key=True).get(pk=authority_id)
        told: dict[str, object] = {}
        values = {"first": window.first, "last": window.last or window.first}
        for plan in plans:
            clinics = queries.clinics_to_tell(authority_id, plan, today=today)
            OutgoingMail.objects.bulk_create(
                mail
                for clinic, to in clinics.items()
                for mail in _messages(clinic, plan.event, to, path=path, values=values, day=plan.day)
            )
            if clinics:
                told[plan.event] = ", ".join(clinic.number for clinic in clinics)
        if told:
            audit.record("mailing.tell_of_windows", system_actor(authority_id), after=told)


def _messages(
    clinic: Clinic,
    event: MailEvent,
    addresses: Iterable[str],
    *,
    path: str = "/",
    values: Mapping[str, int | date] | None = None,
    day: date | None = None,
) -> list[OutgoingMail]:
    """Return one message per address: one that cannot be reached does not stop the others."""
    figures = values or {}
    rules.check_content(path, figures)
    with translation.override(_LANGUAGE):
        subject, text = (gettext(part) % figures for part in rules.TEXTS[event])
        parts = [str(clinic), text, gettext(rules.CLOSING)]
        if settings.KVITT_BASE_URL:
            parts.insert(2, gettext(rules.LINK) % {"link": f"{settings.KVITT_BASE_URL}{path}"})
    now = clock.now()
    return [
        OutgoingMail(
            clinic=clinic,
            event=event,
            day=day,
            to=address,
            subject=f"Kvitt: {subject}",
            body="\n\n".join(parts) + "\n",
            created_at=now,
            next_try_at=now,
        )
        for address in addresses
    ]


# Sending ------------------------------------------------------------------------------------------


def send_mail(*, now: datetime) -> bool:
    """Send the next message that is due, and tell whether there was one.

    A failure is kept with the message, which is tried again later. A worker killed between the mail server's
    yes and the mark sends that one message again, with the same Message-ID.
    Source: spec CO-29, QU-14.
    """
    mail = _claim(now)
    if mail is None:
        return False
    fault = _deliver(mail)
    next_try_at = rules.calculate_next_try(mail.tries, now=now) if fault else None
    status = MailStatus.WAITING if next_try_at else MailStatus.GIVEN_UP if fault else MailStatus.SENT
    with transaction.atomic():
        changes = {
            "status": status,
            "next_try_at": next_try_at,
            "last_fault": fault or "",
            "sent_at": None if fault else clock.now(),
        }
        # Only while the claim holds: later another worker has taken the message over.
        held = OutgoingMail.objects.filter(pk=mail.pk, next_try_at=mail.next_try_at)
        if held.update(**changes) and status is not MailStatus.WAITING:
            is_sent = status is MailStatus.SENT
            ensure_step(mail.status, status, command="send_mail" if is_sent else "give_up")
            audit.record(
                "mailing.send_mail",
                system_actor(mail.clinic.authority_id),
                subject=("clinic", mail.clinic.number),
                after={"event": mail.event, "addresses": mail.to, "status": status},
            )
    return True


def _claim(now: datetime) -> OutgoingMail | None:
    """Take a due message for this worker: whoever moves its next try first has it, one statement long."""
    due = OutgoingMail.objects.filter(status=MailStatus.WAITING, next_try_at__lte=now)
    for mail in due.select_related("clinic").order_by("next_try_at", "id")[:_CANDIDATES]:
        until = now + rules.LEASE
        free = OutgoingMail.objects.filter(
            pk=mail.pk, status=MailStatus.WAITING, next_try_at=mail.next_try_at
        )
        if free.update(next_try_at=until, tries=mail.tries + 1):
            mail.next_try_at, mail.tries = until, mail.tries + 1
            return mail
    return None


def _deliver(mail: OutgoingMail) -> MailFault | None:
    """Hand the message to the mail server; return why it did not take it."""
    sender = settings.DEFAULT_FROM_EMAIL
    number = f"{mail.pk}.{mail.created_at:%Y%m%d%H%M%S%f}"
    headers = {
        "Message-ID": f"<{number}@{sender.rpartition('@')[2].strip('>')}>",
        "Auto-Submitted": "auto-generated",
    }
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to], headers=headers).send()
    except Exception as error:  # noqa: BLE001 - one message that cannot be sent must not stop the others
        _log.warning("message %s of %s: %s", mail.pk, mail.created_at, type(error).__name__)
        return rules.calculate_fault(error)
    return None


def _locked_clinic(actor: Actor, clinic_id: int) -> Clinic:
    """Return one of the actor's clinics, held until the end: whoever changes its choices at once waits."""
    actor.require(Permission.CHANGE_MAIL_CHOICES)
    return Clinic.objects.select_for_update(no_key=True).get(pk=queries.clinic_to_change(actor, clinic_id).pk)


def _give_up(clinic: Clinic, addresses: Collection[str]) -> None:
    """Try no longer to send what waits for these addresses of the clinic."""
    ensure_step(MailStatus.WAITING, MailStatus.GIVEN_UP, command="give_up")
    waiting = OutgoingMail.objects.filter(clinic=clinic, status=MailStatus.WAITING, to__in=list(addresses))
    waiting.update(status=MailStatus.GIVEN_UP, next_try_at=None, last_fault=MailFault.ADDRESS_GONE)


def _words(addresses: Iterable[str], events: Iterable[MailEvent]) -> dict[str, object]:
    """Return choices as the log keeps them."""
    return {"addresses": ", ".join(addresses), "events": [event.value for event in events]}
