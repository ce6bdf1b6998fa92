"""What a change of personal data means for the fees of clients."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from kvitt.modules.care_fees.commands import steps
from kvitt.modules.care_fees.models import Client
from kvitt.modules.care_fees.queries.partners import clients_related_to


def hold_changed(person_ids: Collection[int], since: date | None = None) -> None:
    """Hold the clients of these persons, and raise their versions: what is calculated turns red.

    So does what is calculated for a spouse or cohabitant. `since` is the day from which it is another.
    Needs the open transaction of the command that changes the persons. Source: spec CF-2, CF-17, CF-26.
    """
    is_theirs = Q(person_id__in=person_ids) | Q(person__merged_into_id__in=person_ids)
    own = Client.objects.filter(is_theirs).values_list("pk", flat=True)
    ids = {*own, *clients_related_to(person_ids)}
    if ids:
        steps.hold_clients(ids)
        steps.touch_all(ids, since=since)
