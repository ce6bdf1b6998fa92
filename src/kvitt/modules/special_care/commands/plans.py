"""Plans to be preauthorized: make and fill one, send it, take it back, answer, read what was decided."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values import teeth
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Refused, refuse_if_any
from kvitt.modules.special_care.commands.numbers import next_number
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.queries import claims, plan_page
from kvitt.modules.special_care.queries import plans as queries
from kvitt.modules.special_care.queries.documents import key_of
from kvitt.modules.special_care.rules import plan as rules
from kvitt.modules.special_care.rules.plan import PlannedEntry
from kvitt.preauthorization import rules as request_rules
from kvitt.preauthorization.commands import requests as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus
from kvitt.preauthorization.queries import documents
from kvitt.registers.access.rules import Actor
from kvitt.registers.people import commands as people
from kvitt.registers.people import queries as people_queries

if TYPE_CHECKING:
    from kvitt.preauthorization.models import Preauthorization


@dataclass(frozen=True)
class NewPlanned:
    """What the user typed of a procedure; `price` in öre, of one, only where it is paid at actual cost."""

    code: str
    location: str = ""
    count: int = 1
    price: Ore | None = None

    def entry(self) -> PlannedEntry:
        """Return it with the code and the place as they are stored."""
        place = teeth.parse_location(self.location)
        return PlannedEntry(
            code=(self.code.split() or [""])[0].upper(),
            location=str(place) if place else self.location.strip(),
            count=self.count,
            price=self.price,
        )


def create_plan(actor: Actor, *, today: date, number: str, support: SupportType, category: str) -> str:
    """Make a plan for the patient of a personal number, and return the plan's number. Raises Refused.

    Source: spec SC-2, SC-4.
    """
    clinic_id = claims.reporting_clinic(actor)
    [identity] = people_queries.numbers_in(actor, number, today=today)
    person = people_queries.find_by_number(actor, identity.digits)
    found = plan_page.support_choice(actor, person, support=support, category=category, today=today)
    if found.problems:
        # Before the transaction: what a refusal tells of a patient is logged although nothing is made.
        audit.record_read("special_care.check_plan", actor, person_ids=[person.pk] if person else [])
        raise Refused(found.problems)
    with transaction.atomic():
        [patient] = people.ensure_persons(actor.authority_id, [identity], today=today)
        plan = TreatmentPlan.objects.create(
            authority_id=actor.authority_id,
            number=rules.calculate_plan_number(today.year, next_number(actor.authority_id, "plan")),
            clinic_id=clinic_id,
            person=patient,
            support=support,
            category=found.category,
            created_on=today,
            changed_at=clock.now(),
            changed_by=actor.name,
        )
        audit.record("special_care.create_plan", actor, **queries.about(plan), after=_described(plan))
    return plan.number


def change_plan(actor: Actor, *, number: str, motivation: str) -> None:
    """Save why the treatment is needed, without sending the plan. Raises Refused.

    Source: spec SC-4.
    """
    with transaction.atomic():
        plan, _request = _open_plan(actor, number)
        before = {"motivation": plan.motivation}
        refuse_if_any(request_rules.check_draft(motivation))
        plan.motivation = motivation.strip()
        _touch(plan, actor)
        after = {"motivation": plan.motivation}
        audit.record("special_care.change_plan", actor, **queries.about(plan), before=before, after=after)


def add_planned(actor: Actor, *, today: date, number: str, new: NewPlanned) -> int:
    """Add a procedure to a plan and return its id. Raises Refused with every fault.

    Source: spec SC-4.
    """
    with transaction.atomic():
        plan, _request = _open_plan(actor, number)
        entry = new.entry()
        item = plan_page.item_of(plan, entry.code, today=today)
        problems = rules.check_planned(entry, item)
        if item is None or problems:
            raise Refused(problems)
        planned = PlannedProcedure.objects.create(
            plan=plan,
            code=item.code,
            text=item.name,
            location=entry.location,
            count=entry.count,
            price=rules.calculate_planned_price(entry, item),
        )
        _touch(plan, actor)
        audit.record("special_care.add_planned", actor, **queries.about(plan), after=_planned(planned))
    return planned.pk


def remove_planned(actor: Actor, *, number: str, planned_id: int) -> None:
    """Take a procedure out of a plan that waits for nothing. Raises Refused.

    Source: spec SC-4.
    """
    with transaction.atomic():
        plan, request = _open_plan(actor, number)
        planned = plan_page.planned_of(plan, planned_id)
        if request is not None:
            preauthorization.drop_procedure(queries.MODULE, planned.pk)
        _touch(plan, actor)
        audit.record("special_care.remove_planned", actor, **queries.about(plan), before=_planned(planned))
        planned.delete()


def send_plan(actor: Actor, *, today: date, number: str, motivation: str, seen: str = "") -> None:
    """Request preauthorization of a plan (*Begär förhandsbedömning*); what it holds is locked.

    `seen` is the mark of what the user had before him. Raises Refused with every fault.
    Source: behovspeng, chapter 6; spec SC-4, NA-18, NA-19.
    """
    with transaction.atomic():
        plan, request = _open_plan(actor, number)
        procedures = queries.procedures_of(plan, lock=True)
        mark = plan_page.mark_of(plan, procedures)
        refuse_if_any(rules.check_unchanged(seen, mark, who=plan.changed_by))
        refuse_if_any(plan_page.sending_problems(actor, plan, procedures, today=today))
        facts = [plan_page.facts_of(one) for one in procedures]
        if request is None:
            new = preauthorization.NewRequest(queries.MODULE, plan.number, plan.clinic_id, plan.person_id)
            request = preauthorization.create(
                actor, new, motivation=motivation, procedures=facts, today=today
            )
        else:
            preauthorization.change(request, motivation=motivation, procedures=facts)
        files, parcels = _attachments(actor, plan)
        preauthorization.send(actor, request, procedures=facts, documents=files, parcels=parcels, today=today)
        plan.motivation = motivation.strip()
        _touch(plan, actor)
        audit.record("special_care.send_plan", actor, **queries.about(plan), after=_asked(request, plan))


def withdraw_plan(actor: Actor, *, number: str) -> None:
    """Take a waiting plan back (*Återta*): it can be changed, and sent anew. Raises Refused.

    Source: spec SC-4, NA-19.
    """
    with transaction.atomic():
        plan = queries.plan_to_report(actor, number, lock=True)
        request = queries.sent_request_of(plan, lock=True)
        before = _asked(request, plan)
        preauthorization.withdraw(request)
        _touch(plan, actor)
        audit.record(
            "special_care.withdraw_plan",
            actor,
            **queries.about(plan),
            before=before,
            after=_asked(request, plan),
        )


def answer_plan(actor: Actor, *, number: str, text: str) -> None:
    """Answer what the assessor asked; documents added meanwhile go along. Raises Refused.

    Source: spec SC-4, NA-20.
    """
    with transaction.atomic():
        plan = queries.plan_to_report(actor, number, lock=True)
        request = queries.sent_request_of(plan, lock=True)
        before = _asked(request, plan)
        files, parcels = _attachments(actor, plan)
        preauthorization.answer(actor, request, text=text, documents=files, parcels=parcels)
        _touch(plan, actor)
        audit.record(
            "special_care.answer_plan",
            actor,
            **queries.about(plan),
            before=before,
            after=_asked(request, plan),
        )


def remove_plan(actor: Actor, *, number: str) -> None:
    """Remove a plan that is not sent; its number stays used. Raises Refused.

    Source: spec SC-4, NA-18.
    """
    with transaction.atomic():
        plan, request = _open_plan(actor, number)
        if request is not None:
            preauthorization.remove(request)
        plan.deleted_at = clock.now()
        _touch(plan, actor)
        audit.record("special_care.remove_plan", actor, **queries.about(plan), before=_described(plan))


def mark_decision_read(actor: Actor, *, number: str) -> None:
    """Take a decision off the count of unread ones (*Markera som läst*), with who and when. Raises Refused.

    Who marks it a second time changes nothing. A closed clinic reads its decisions too.
    Source: behovspeng, figure 20; spec SC-4, NA-22.
    """
    with transaction.atomic():
        plan = queries.plan_to_read(actor, number, lock=True)
        request = queries.sent_request_of(plan, lock=True)
        if preauthorization.mark_read(actor, request):
            audit.record(
                "special_care.mark_decision_read", actor, **queries.about(plan), after=_asked(request, plan)
            )


# Steps that they share ----------------------------------------------------------------------------


def _open_plan(actor: Actor, number: str) -> tuple[TreatmentPlan, "Preauthorization | None"]:
    """Return a plan that can be changed, locked, with its request. Raises Refused for one that is sent."""
    plan = queries.plan_to_report(actor, number, lock=True)
    request = queries.request_of(plan, lock=True)
    is_sent = request is not None and request.status != RequestStatus.NOT_SENT
    refuse_if_any(rules.check_open(is_sent=is_sent))
    return plan, request


def _touch(plan: TreatmentPlan, actor: Actor) -> None:
    plan.changed_at, plan.changed_by = clock.now(), actor.name
    plan.save()


def _attachments(
    actor: Actor, plan: TreatmentPlan
) -> tuple[list[preauthorization.Attachment], list[preauthorization.Attachment]]:
    """Return the documents and the parcels that go with a plan: all that it has."""
    key = key_of(plan)
    return (
        [preauthorization.Attachment(one.id, one.file_name) for one in documents.documents_of(key)],
        [preauthorization.Attachment(one.id, one.object_name) for one in documents.parcels_of(actor, key)],
    )


def _described(plan: TreatmentPlan) -> dict[str, object]:
    """Return what the event log tells of a plan."""
    return {"support": plan.support, "category": plan.category}


def _planned(planned: PlannedProcedure) -> dict[str, object]:
    """Return what the event log tells of a procedure of a plan."""
    return {"code": str(planned), "count": planned.count, "amount": planned.price}


def _asked(request: "Preauthorization", plan: TreatmentPlan) -> dict[str, object]:
    """Return what the event log tells of a request."""
    return {
        "codes": ", ".join(str(one) for one in queries.procedures_of(plan)),
        "status": RequestStatus(request.status).value,
    }
