"""Treatment plans of special care dentistry in the demo, in every state; two of them are claimed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from kvitt.foundation import clock
from kvitt.foundation.values import dates
from kvitt.ledger.lifecycle import InvoiceStatus
from kvitt.modules.special_care.commands import assessment, plans
from kvitt.modules.special_care.commands.assessment import Assessment
from kvitt.modules.special_care.commands.plans import NewPlanned
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PlannedProcedure
from kvitt.portal.management.demo_data import actor_of
from kvitt.portal.management.demo_special_care import CLINICS, DemoClaim, DemoLine, ore, pay, person_of, send
from kvitt.preauthorization.lifecycle import Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.rules import Grant, Validity
from kvitt.registers.access.rules import Actor

_DAY = timedelta(days=1)
_N, _S = SupportType.N, SupportType.S


def make(*, today: date) -> None:
    """Make everything, relative to the day."""
    _claimed(today=today)
    _others(today=today)


def _plan(
    by: str, name: str, support: SupportType, category: str, asked: Sequence[NewPlanned], *, on: date
) -> tuple[Actor, str]:
    """Make a plan for a patient, and return who did and its number."""
    actor = actor_of(by, CLINICS[by], today=on)
    number = plans.create_plan(
        actor, today=on, number=person_of(name).identity_number, support=support, category=category
    )
    for new in asked:
        plans.add_planned(actor, today=on, number=number, new=new)
    return actor, number


def _request(number: str, *, sent_on: date) -> Preauthorization:
    request = Preauthorization.objects.get(module="special_care", case_number=number)
    request.submissions.update(sent_at=datetime.combine(sent_on, time(9, 30), tzinfo=clock.STOCKHOLM))
    return request


def _ask_for(
    by: str,
    name: str,
    support: SupportType,
    category: str,
    asked: Sequence[NewPlanned],
    *,
    motivation: str,
    on: date,
) -> Preauthorization:
    actor, number = _plan(by, name, support, category, asked, on=on)
    plans.send_plan(actor, today=on, number=number, motivation=motivation)
    return _request(number, sent_on=on)


def _decide(request: Preauthorization, counts: Sequence[int | None], *, on: date, reason: str = "") -> str:
    """Approve so many of each procedure of a plan, as many as asked for or none, and return its number."""
    planned = PlannedProcedure.objects.filter(plan__number=request.case_number).order_by("pk")
    verdicts, grants = {}, {}
    for one, count in zip(planned, counts, strict=True):
        verdicts[one.pk] = Verdict.APPROVED if count else Verdict.REFUSED
        if count:
            grants[one.pk] = Grant(count, count * one.price)
    last_on = dates.day_before(dates.add_months(on, 12))
    assessment.decide_request(
        actor_of("frida", today=on),
        today=on,
        number=request.case_number,
        request_id=request.pk,
        assessment=Assessment(verdicts, reason, grants, Validity(on, last_on)),
    )
    return request.case_number


def _claimed(*, today: date) -> None:
    """Two that are decided, of one less than was asked for, and what is claimed of them."""
    sent_on = today - 50 * _DAY
    denture = _ask_for(
        *("lisa", "Ingrid", _S, "S2", [NewPlanned("825", "UK"), NewPlanned("101"), NewPlanned("837", "UK")]),
        motivation="Förlorade tänder efter tumörkirurgi i underkäken. Protes för tuggfunktion.",
        on=sent_on,
    )
    number = _decide(denture, (1, 1, 1), on=sent_on + 6 * _DAY)
    claim = DemoClaim("lisa", "Ingrid", "2024-44", "980921", (DemoLine("101"),), _S, 200, plan=number)
    pay(
        [send(replace(claim, category="S2"), on=today - 30 * _DAY)],
        proposed_on=today - 26 * _DAY,
        until=InvoiceStatus.PAID_OUT,
    )

    crowns = _ask_for(
        *(
            "sara",
            "Emma",
            _S,
            "S3",
            [NewPlanned("800S", "11"), NewPlanned("800S", "21"), NewPlanned("121", count=4)],
        ),
        motivation="Två framtänder frakturerade vid epileptiskt anfall.",
        on=sent_on + 5 * _DAY,
    )
    number = _decide(crowns, (1, None, 2), on=sent_on + 12 * _DAY, reason="Tand 21 kan lagas med fyllning.")
    lines = (DemoLine("800S", "11"), DemoLine("121", "11"))
    claim = DemoClaim("sara", "Emma", "SP-9", "S9001", lines, _S, 300, plan=number, category="S3")
    send(claim, on=today - 6 * _DAY)


def _others(*, today: date) -> None:
    """One that is refused, two that wait, one that is asked about, and one that is not sent."""
    refused = _ask_for(
        *("mats", "Arne", _N, "N3", [NewPlanned("800", "14")]),
        motivation="Stor lagning som går sönder.",
        on=today - 40 * _DAY,
    )
    _decide(refused, (None,), on=today - 33 * _DAY, reason="En fyllning är tillräcklig behandling.")

    for days, by, name, support, category, new, motivation in (
        (21, "lisa", "Greta", _N, "N1", NewPlanned("800", "13"), "Tanden är stödtand för protesen."),
        (9, "nora", "Ingrid", _S, "S4", NewPlanned("890", price=ore(6_400)), "Skena inför strålbehandling."),
    ):
        _ask_for(by, name, support, category, [new], motivation=motivation, on=today - days * _DAY)
    asked = _ask_for(
        *("mats", "Holger", _S, "S5", [NewPlanned("301", count=4)]),
        motivation="Lichen i munslemhinnan.",
        on=today - 14 * _DAY,
    )
    assessment.ask_for_completion(
        actor_of("frida", today=today - 11 * _DAY),
        number=asked.case_number,
        request_id=asked.pk,
        question="Bifoga ett foto av förändringen.",
        assessment=Assessment({}, "", {}, Validity(today, dates.add_months(today, 12))),
    )
    _plan("lisa", "Holger", _S, "S4", [NewPlanned("401", "46"), NewPlanned("402", "47")], on=today - _DAY)
