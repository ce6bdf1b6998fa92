"""What waits for somebody in care fees: work lists with their counts, for the desktop and the start page."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.modules.care_fees.lifecycle import ClientState, FeeType
from kvitt.modules.care_fees.models import Client, ClientSettings, EstateRespite, InvoiceRecipient
from kvitt.modules.care_fees.queries import areas, clients, search, time_plan
from kvitt.modules.care_fees.queries.new_client import PARTNERS
from kvitt.registers.access.rules import Permission
from kvitt.registers.people.lifecycle import ContactKind
from kvitt.registers.people.models import Relation

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

# So long before it ends a respite stands on the work list.
RESPITE_DAYS_AHEAD = 14


@dataclass(frozen=True)
class WorkNotice:
    """A work list with how many wait on it."""

    label: str
    count: int
    url: str


def notices(actor: "Actor", *, today: date) -> list[WorkNotice]:
    """Return the work lists of the actor with their counts; none for who sees no clients.

    Source: spec CF-1, CF-4, CF-5, CO-28.
    """
    if not actor.may(Permission.SEE_CLIENTS):
        return []
    asked = areas.waiting_requests(actor, on=today)
    lists: list[tuple[str, QuerySet[Any], str]] = [
        (gettext("Requests for another billing area"), asked, reverse("care_fees:area_requests")),
        (
            gettext("Deceased without an estate recipient"),
            estates(actor, today=today),
            reverse("care_fees:estates"),
        ),
        (
            gettext("Left alone, with the fee of a couple"),
            left_alone(actor, today=today),
            reverse("care_fees:left_alone"),
        ),
    ]
    if actor.may(Permission.MANAGE_BILLING):
        unplaced = search.Wanted(state=ClientState.UNPLACED.value)
        lists += [
            (
                gettext("New cases, not placed"),
                search.search_clients(actor, unplaced, today=today),
                f"{reverse('care_fees:search_clients')}?state={ClientState.UNPLACED}",
            ),
            (
                gettext("Respites that end"),
                ending_respites(actor, today=today),
                reverse("care_fees:respites"),
            ),
        ]
    found = [WorkNotice(label, rows.order_by().count(), url) for label, rows, url in lists]
    if actor.may(Permission.RUN_FEES):
        late = time_plan.overdue_count(actor, today=today)
        label = gettext("Billing areas that should be approved by now")
        found.append(WorkNotice(label, late, reverse("care_fees:billing_run")))
    return found


def estates(actor: "Actor", *, today: date) -> QuerySet[Client]:
    """Return the clients with a date of death and nobody who gets the invoices of the estate.

    Source: debitering-ao, page 8; spec CF-4.
    """
    recipients = InvoiceRecipient.objects.filter(client=OuterRef("pk"), contact__kind=ContactKind.ESTATE)
    still = recipients.filter(Q(last_on__isnull=True) | Q(last_on__gte=today))
    dead = clients.clients_of(actor, on=today).filter(
        Q(person__died_on__isnull=False) | Q(person__merged_into__died_on__isnull=False)
    )
    return dead.exclude(Exists(still)).select_related("person__merged_into")


def left_alone(actor: "Actor", *, today: date) -> QuerySet[Client]:
    """Return the living clients with the fee of a couple whose spouse or cohabitant is dead.

    Source: debitering-ao, page 10; spec CF-5.
    """
    couples = ClientSettings.objects.filter(
        client=OuterRef("pk"), fee_type=FeeType.COUPLE, last_on__isnull=True
    )
    partners = Relation.objects.filter(kind__in=PARTNERS)
    dead_partner = Exists(
        partners.filter(person=OuterRef("person_id"), other__died_on__isnull=False)
    ) | Exists(partners.filter(other=OuterRef("person_id"), person__died_on__isnull=False))
    found = clients.clients_of(actor, on=today).filter(person__died_on__isnull=True)
    return found.filter(Exists(couples), dead_partner).select_related("person__merged_into")


def ending_respites(actor: "Actor", *, today: date) -> QuerySet[EstateRespite]:
    """Return the respites that end within two weeks, or ended while nobody gets the estate's invoices.

    Source: spec CF-4.
    """
    found = EstateRespite.objects.filter(
        client__in=clients.clients_of(actor, on=today),
        last_on__lte=today + timedelta(days=RESPITE_DAYS_AHEAD),
    )
    waits = Q(last_on__gte=today) | Q(client__in=estates(actor, today=today))
    return found.filter(waits).select_related("client__person__merged_into")
