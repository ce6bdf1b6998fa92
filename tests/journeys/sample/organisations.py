"""Clinics and care providers."""

import datetime as dt

from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.organisations.models import CareProvider, Clinic, ClinicRight
from tests.journeys.sample.sample import Sample


def make_organisations(sample: Sample) -> None:
    """A closed clinic, and a right that ends before it begins anew; all can be found by their names."""
    world, ids = sample.world, sample.ids
    closed = world._clinic(world.bjorken, "2223", "Björkens Filial")
    Clinic.objects.filter(pk=closed.pk).update(closed_on=world.today - dt.timedelta(days=30))
    ending = ClinicRight.objects.filter(clinic=world.ryd, scheme="special_care")
    ending.update(last_on=world.today + dt.timedelta(days=29))
    coming = ClinicRight.objects.create(
        clinic=world.ryd, scheme="special_care", first_on=world.today + dt.timedelta(days=30)
    )
    for provider in CareProvider.objects.all():
        digits = provider.organisation_number
        provider.sort_key = sort_key(provider.name)
        provider.search_key = search_key(f"{digits} {digits[:6]}-{digits[6:]} {provider.name}")
        provider.save()
    for clinic in Clinic.objects.all():
        clinic.search_key = search_key(f"{clinic.number} {clinic.name} {clinic.town}")
        clinic.save()
    ids |= {
        "closed clinic": closed.pk,
        "right": world.ryd.rights.earliest("pk").pk,
        "coming right": coming.pk,
        "practitioner": world.karin.pk,
        "provider": world.eken.pk,
    }
