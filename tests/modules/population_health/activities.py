"""Activities written straight into the database, for the tests of what is counted."""

import itertools

from django.db import transaction

from kvitt.ledger import commands as ledger
from kvitt.ledger.commands import NewLine
from kvitt.ledger.models import Line
from kvitt.modules.population_health.models import Activity

TEXTS = {"901": "MVC", "902": "BVC", "911": "Tobaksavvänjning", "921": "Information i förskola"}
KINDS = {"901": "counted", "902": "counted", "911": "named", "921": "none"}
_numbers = itertools.count(1)


def make(
    clinic, practitioner, performed_on, code="901", count=5, *, municipality="0580", price=10_000, statuses=()
):
    """Make an activity with its lines and return it; `statuses` are those of the first lines."""
    activity = Activity.objects.create(
        authority=clinic.authority,
        number=f"A{performed_on.year}-{next(_numbers):06}",
        clinic=clinic,
        practitioner=practitioner,
        performed_on=performed_on,
        code=code,
        text=TEXTS[code],
        participants=KINDS[code],
        place="Familjecentralen",
        place_search_key="familjecentralen",
        municipality=municipality,
        created_on=performed_on,
        created_by="Jenny Provgren",
    )
    new = NewLine(
        "population_health",
        clinic.pk,
        None,
        activity.number,
        code,
        TEXTS[code],
        performed_on,
        price,
        performed_on,
    )
    with transaction.atomic():
        lines = ledger.approve_many(clinic.authority_id, [new] * count)
    for line, status in zip(lines, statuses, strict=False):
        Line.objects.filter(pk=line.pk).update(status=status)
    return activity
