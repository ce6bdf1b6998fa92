"""Read what clinics have chosen, and what has become of their messages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation import clock
from kvitt.foundation.tables import Crumb
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.mailing.lifecycle import CHOSEN, OF_SCHEME, MailEvent, MailFault, MailStatus
from kvitt.registers.mailing.models import MailAddress, MailChoice, OutgoingMail
from kvitt.registers.mailing.rules import WindowMail
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.organisations.models import Clinic

SHOWN = 20


@dataclass(frozen=True)
class Choices:
    """What a clinic has chosen."""

    addresses: list[str]
    events: list[MailEvent]


@dataclass(frozen=True)
class MailRow:
    """A message on the page; `again_url` lets it be tried again."""

    at: datetime
    event: MailEvent
    to: str
    status: MailStatus
    detail: str
    again_url: str


@dataclass(frozen=True)
class MailPage:
    """Everything `mail.html` shows beside the form."""

    title: str
    lead: str
    crumbs: list[Crumb]
    clinic_id: int
    choices: Choices
    offered: Sequence[MailEvent]
    has_server: bool
    rows: list[MailRow]
    shown: int


# What commands ask --------------------------------------------------------------------------------


def choices_of(clinic_id: int) -> Choices:
    """Return what the clinic has chosen, events in their order."""
    chosen = set(MailChoice.objects.filter(clinic_id=clinic_id).values_list("event", flat=True))
    addresses = MailAddress.objects.filter(clinic_id=clinic_id).values_list("address", flat=True)
    return Choices(list(addresses), [event for event in CHOSEN if event in chosen])


def offered_events(clinic_id: int, chosen: Collection[MailEvent], *, on: date) -> list[MailEvent]:
    """Return what the clinic chooses among, in order: what can happen there, and what it has chosen already.

    Source: spec CO-29, SC-16.
    """
    rights = organisations.rights_of([clinic_id], on=on)
    return [
        event for event in CHOSEN if event in chosen or event not in OF_SCHEME or OF_SCHEME[event] in rights
    ]


def tested_addresses(clinic_id: int, *, since: datetime) -> tuple[list[str], list[str]]:
    """Return where test messages that have not failed are on their way, and where one was asked for since."""
    tests = OutgoingMail.objects.filter(clinic_id=clinic_id, event=MailEvent.TEST)
    waiting = tests.filter(status=MailStatus.WAITING, last_fault="").values_list("to", flat=True)
    return list(waiting), list(tests.filter(created_at__gt=since).values_list("to", flat=True))


def clinic_to_change(actor: Actor, clinic_id: int) -> Clinic:
    """Return one of the actor's clinics to who may change its choices. Raises NotAllowed, Http404."""
    actor.require(Permission.CHANGE_MAIL_CHOICES)
    return organisations.clinic_of(actor, clinic_id)


def mail_of(actor: Actor, mail_id: int, *, lock: bool = False) -> OutgoingMail:
    """Return a message of one of the actor's clinics. Raises NotAllowed, Http404."""
    actor.require(Permission.CHANGE_MAIL_CHOICES)
    mails = OutgoingMail.objects.select_related("clinic")
    if lock:
        mails = mails.select_for_update(no_key=True, of=("self",))
    mail = mails.filter(pk=mail_id, clinic__authority_id=actor.authority_id).first()
    if mail is None or not actor.sees_clinic(mail.clinic_id):
        raise Http404
    return mail


def clinics_to_tell(authority_id: int, plan: WindowMail, *, today: date) -> dict[Clinic, list[str]]:
    """Return the open clinics that chose the event in time and have not been told, with their addresses."""
    told = OutgoingMail.objects.filter(clinic_id=OuterRef("pk"), event=plan.event, day=plan.day)
    chosen = MailChoice.objects.filter(clinic_id=OuterRef("pk"), event=plan.event, chosen_on__lt=plan.since)
    is_open = Q(closed_on__isnull=True) | Q(closed_on__gte=today)
    clinics = Clinic.objects.filter(is_open, Exists(chosen), ~Exists(told), authority_id=authority_id)
    found = clinics.order_by("number").prefetch_related("mail_addresses")
    return {clinic: [each.address for each in clinic.mail_addresses.all()] for clinic in found}


# Pages --------------------------------------------------------------------------------------------


def clinics_with_choices(actor: Actor) -> QuerySet[Clinic]:
    """Return the actor's clinics with the numbers of addresses and events chosen. Raises NotAllowed."""
    actor.require(Permission.CHANGE_MAIL_CHOICES)
    return organisations.clinics_of(actor).annotate(
        addresses=Count("mail_addresses", distinct=True), events=Count("mail_choices", distinct=True)
    )


def mail_page(actor: Actor, clinic_id: int, *, today: date) -> MailPage:
    """Return the page of one clinic. Raises NotAllowed, Http404."""
    clinic = clinic_to_change(actor, clinic_id)
    choices = choices_of(clinic.pk)
    title = gettext("E-mail settings")
    crumbs = [Crumb(title, reverse("mailing:mail")), Crumb(str(clinic))]
    return MailPage(
        title=title,
        lead=str(clinic),
        crumbs=[] if actor.clinic_id else crumbs,
        clinic_id=clinic.pk,
        choices=choices,
        offered=offered_events(clinic.pk, choices.events, on=today),
        has_server=settings.KVITT_SENDS_EMAIL,
        rows=[_row(mail) for mail in OutgoingMail.objects.filter(clinic=clinic).order_by("-id")[:SHOWN]],
        shown=SHOWN,
    )


def _row(mail: OutgoingMail) -> MailRow:
    status = MailStatus(mail.status)
    has_failed = status is MailStatus.GIVEN_UP and mail.last_fault != MailFault.ADDRESS_GONE
    return MailRow(
        at=mail.sent_at or mail.created_at,
        event=MailEvent(mail.event),
        to=mail.to,
        status=status,
        detail=_detail(mail),
        again_url=reverse("mailing:send_again", args=[mail.pk]) if has_failed else "",
    )


def _detail(mail: OutgoingMail) -> str:
    """Return why the last try failed, and when the next one is."""
    if not mail.last_fault or mail.status == MailStatus.SENT:
        return ""
    reason = gettext(MailFault(mail.last_fault).label)
    if mail.next_try_at is None:
        return reason
    at = mail.next_try_at.astimezone(clock.STOCKHOLM)
    again = gettext("Next try at %(time)s.") % {"time": f"{at:%H.%M}"}
    return f"{reason} {again}"
