"""E-mail to a clinic."""

from django.db import transaction

from kvitt.registers.mailing import commands as mailing
from kvitt.registers.mailing.lifecycle import MailEvent
from kvitt.registers.mailing.models import OutgoingMail
from tests.journeys.sample.sample import Sample


def make_mail(sample: Sample) -> None:
    """The clinic in Ryd has chosen what it wants to be told of; a message waits, and one was given up."""
    world, ids = sample.world, sample.ids
    mailing.change_mail_choices(
        world.actor("anna"),
        today=world.today,
        clinic_id=world.ryd.pk,
        addresses="ryd@example.org",
        events=[MailEvent.INVOICE_RETURNED, MailEvent.WINDOW_OPENS],
    )
    with transaction.atomic():
        mailing.tell_clinic(world.ryd.pk, MailEvent.INVOICE_RETURNED)
    mailing.queue_test_mail(world.actor("anna"), clinic_id=world.ryd.pk)
    given_up = OutgoingMail.objects.earliest("pk")
    given_up.status, given_up.next_try_at, given_up.last_fault = "given_up", None, "bad_address"
    given_up.save()
    ids["mail"] = given_up.pk
