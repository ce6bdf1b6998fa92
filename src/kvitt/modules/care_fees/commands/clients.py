"""Make a person a client: with a number, in the area for intake, with settings."""

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.care_fees.commands import numbers, steps
from kvitt.modules.care_fees.models import AreaRequest, Client, ClientSettings, Placement
from kvitt.modules.care_fees.queries import areas
from kvitt.modules.care_fees.queries import settings as settings_queries
from kvitt.modules.care_fees.rules import dated, settings
from kvitt.modules.care_fees.rules.settings import SettingsValues
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.people import queries as people

ALREADY_CLIENT = _("The person is a client already, %(number)s. Search for the number.")
NO_INTAKE = _("There is no billing area for new cases. Ask the system administrator to make one.")
DIED_BEFORE = _("The person died %(date)s. Give that day or an earlier one.")


def create_client(
    actor: Actor,
    *,
    today: date,
    person_code: UUID,
    first_on: date,
    values: SettingsValues,
    area_id: int | None = None,
    has_confirmed_parish: bool = False,
) -> Client:
    """Make a person a client, in the area for intake; `area_id` is the one that asks to have him.

    Raises Refused, NotAllowed, Http404 for a person of another authority.
    """
    with transaction.atomic():
        actor.require(Permission.REGISTER_CARE)
        person = people.person_of(actor, person_code)
        terms = settings_queries.parish_terms(actor.authority_id)
        problems = dated.check_first_day(first_on, today=today)
        problems += settings.check_parish_code(values.parish_code, terms, is_confirmed=has_confirmed_parish)
        if person.died_on is not None and person.died_on < first_on:
            problems.append(Problem("died_before", DIED_BEFORE, "first_on", {"date": person.died_on}))
        intake = areas.intake_area(actor.authority_id)
        if intake is None:
            raise Refused([*problems, Problem("no_intake", NO_INTAKE)])
        refuse_if_any(problems)
        client = _saved(actor, person_id=person.pk, record_ids=people.record_ids(person), today=today)
        Placement.objects.create(client=client, area=intake, first_on=first_on)
        ClientSettings.objects.create(
            client=client,
            first_on=first_on,
            fee_type=values.fee_type,
            accepts_cap=values.accepts_cap,
            parish_code=values.parish_code,
        )
        area = None
        if area_id is not None:
            area = areas.open_area(actor.authority_id, area_id, on=today)
            AreaRequest.objects.create(client=client, area=area, asked_at=clock.now(), asked_by=actor.name)
        audit.record(
            "care_fees.create_client",
            actor,
            **steps.about(client),
            after={
                "number": client.number,
                "first_on": first_on.isoformat(),
                "fee_type": values.fee_type.value,
                "accepts_cap": values.accepts_cap,
                "parish_code": values.parish_code,
                **({"wanted_area": area.name} if area else {}),
            },
        )
        return client


def _saved(actor: Actor, *, person_id: int, record_ids: list[int], today: date) -> Client:
    """Save a client; somebody else may have made one of the person just now."""
    of_person = Client.objects.filter(person_id__in=record_ids)
    if (known := of_person.first()) is None:
        number = numbers.next_number(actor.authority_id, "client", year=today.year)
        made = Client(authority_id=actor.authority_id, number=number, person_id=person_id, created_on=today)
        try:
            with transaction.atomic():
                made.save()
        except IntegrityError:
            known = of_person.get()
        else:
            return made
    raise Refused([Problem("already_client", ALREADY_CLIENT, "number", {"number": known.number})])
