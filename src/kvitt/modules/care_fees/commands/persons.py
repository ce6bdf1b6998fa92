"""What a change of personal data means for the fees of clients."""

from collections.abc import Collection

from django.db.models import F, Q

from kvitt.modules.care_fees.models import Client


def hold_changed(person_ids: Collection[int]) -> None:
    """Hold the clients of these persons, and raise their versions: what is calculated for them turns red.

    Needs the open transaction of the command that changes the persons. Source: spec CF-2, CF-26.
    """
    is_theirs = Q(person_id__in=person_ids) | Q(person__merged_into_id__in=person_ids)
    held = Client.objects.select_for_update(no_key=True, of=("self",)).filter(is_theirs).order_by("pk")
    Client.objects.filter(pk__in=[client.pk for client in held]).update(version=F("version") + 1)
