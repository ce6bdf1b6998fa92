"""The clients of a selection as the page of the run lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import FaultKind, Lamp, MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth
from kvitt.modules.care_fees.queries import runs as queries
from kvitt.registers.people import queries as people

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


_Faults = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ClientRow:
    """A client of the selection; `lamps` are his own and the spouse's, `fee` is empty while he is red."""

    person_id: int
    number: str
    name: str
    area: str
    lamps: Sequence[Lamp]
    remark: str
    fee: Ore | None
    url: str
    calculate_url: str

    @property
    def lamp(self) -> Lamp:
        """His own lamp."""
        return self.lamps[0]


@dataclass(frozen=True)
class RunClients:
    """The clients of a selection, nobody without a rule; `query` names the selection in addresses."""

    actor: "Actor"
    rule_id: int | None
    month: date
    lamp: Lamp | None
    query: str
    is_running: bool

    def found(self) -> QuerySet[Client]:
        """Return them with their lamps, red first; those of one lamp where one is asked for."""
        if self.rule_id is None:
            return Client.objects.none().annotate(lamp_place=Value(0))
        lamp = self.lamp.value if self.lamp else ""
        found = queries.selected_clients(self.actor, self.rule_id, self.month, lamp=lamp)
        places = [When(lamp=each, then=Value(place)) for place, each in enumerate(Lamp)]
        return found.annotate(lamp_place=Case(*places, default=Value(0), output_field=IntegerField()))

    def rows(self, listed: Sequence[Client]) -> list[ClientRow]:
        """Return a page of them with what it shows, in a constant number of statements."""
        faulty = ClientMonth.objects.filter(
            client_id__among=[client.pk for client in listed], month=self.month, status=MonthStatus.FAULTY
        )
        faults = dict(faulty.values_list("client_id", "faults"))
        told = queries.with_spouses(listed, self.actor, self.month)
        return [self._row(client, faults.get(client.pk, [])) for client in told]

    def _row(self, client: Any, faults: _Faults) -> ClientRow:  # noqa: ANN401 - annotated
        args = [client.number, f"{self.month:%Y-%m}"]
        lamp = Lamp(client.lamp)
        may_calculate = lamp is not Lamp.GREEN and not self.is_running
        calculate_url = f"{reverse('care_fees:calculate_client', args=args)}?{self.query}"
        return ClientRow(
            person_id=client.person_id,
            number=client.number,
            name=people.listed_name(client.person.merged_into or client.person),
            area=client.area_name or "",
            lamps=client.lamps,
            remark=_remark(lamp, client.status, faults),
            fee=None if lamp is Lamp.RED else client.total,
            url=reverse("care_fees:explanation", args=args),
            calculate_url=calculate_url if may_calculate else "",
        )


def _remark(lamp: Lamp, status: str | None, faults: _Faults) -> str:
    """Return why a client is red: the faults, or that something has changed since."""
    if lamp is not Lamp.RED or status is None:
        return ""
    if faults:
        kinds = [FaultKind(fault["kind"]) for fault in faults]
        return ", ".join(dict.fromkeys(gettext(kind.label) for kind in kinds))
    return gettext("Changed after the calculation")
