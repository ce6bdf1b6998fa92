"""The municipality: its clients and what is registered of them, one function for each part of care fees."""

from datetime import date

from kvitt.modules.care_fees.commands import corrections
from kvitt.modules.care_fees.models import ServicePrice
from kvitt.modules.care_fees.rules.corrections import NewCorrection
from tests.journeys.sample.sample import Sample


def make_clients(sample: Sample) -> None:
    """Clients of both areas, as `pages/care_fees.py` says, and one whose identity is protected."""
    care, ids = sample.care, sample.ids
    hidden = care.make_client("194107039804", "Vera", "Skyddström", care.north)
    hidden.person.is_protected = True
    hidden.person.save(update_fields=["is_protected"])
    ids |= {
        "client": care.astrid.number,
        "client of south": care.greta.number,
        "partly seen client": care.birger.number,
        "protected client": hidden.number,
        "billing area": care.north.pk,
        "care unit": care.north_care.pk,
    }


def make_services(sample: Sample) -> None:
    """What Astrid is granted, and the price of it that begins next year."""
    care = sample.care
    next_year = date(care.today.year + 1, 1, 1)
    ServicePrice.objects.create(service=care.services["OMV"], first_on=next_year, amount=190_000)
    sample.ids |= {
        "service": care.services["OMV"].pk,
        "day of service price": next_year.isoformat(),
        "granted service": care.astrid.granted.get().pk,
    }


def make_housing(sample: Sample) -> None:
    """Dwellings and contracts."""


def make_registrations(sample: Sample) -> None:
    """What the units did."""


def make_corrections(sample: Sample) -> None:
    """A correction of Astrid's, in the month that is billed."""
    care = sample.care
    new = NewCorrection(care.services["KNAPP"].pk, care.north_care.pk, 51_000, "Förlorad larmknapp")
    made = corrections.add_correction(
        care.actor("karla"), today=care.today, number=care.astrid.number, new=new
    )
    sample.ids["correction"] = made.pk


def make_absences(sample: Sample) -> None:
    """Absences and reminders."""


# In this order: what is made late may use the keys of what is made before it.
MAKERS = (
    make_clients,
    make_services,
    make_housing,
    make_registrations,
    make_corrections,
    make_absences,
)
