"""What the pages of a plan show, what is asked before it is changed, and what it is checked against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import Http404
from django.utils.translation import gettext

from kvitt.audit import queries as audit
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.modules.special_care.lifecycle import SUPPORT_MEANINGS, SupportType
from kvitt.modules.special_care.models import Certificate, PatientCategory, PlannedProcedure, TreatmentPlan
from kvitt.modules.special_care.queries import documents, plans
from kvitt.modules.special_care.queries.certificates import certificates_of
from kvitt.modules.special_care.rules import plan as rules
from kvitt.modules.special_care.rules.claim import CertificateFacts
from kvitt.preauthorization import lifecycle
from kvitt.preauthorization import queries as preauthorization
from kvitt.preauthorization.lifecycle import RequestStatus, Verdict
from kvitt.preauthorization.models import Preauthorization
from kvitt.preauthorization.queries.documents import DocumentSection
from kvitt.preauthorization.rules import ProcedureFacts
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Clinic
from kvitt.registers.people import queries as people
from kvitt.registers.people.models import Person
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.rules import Item

# What is checked ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SupportChoice:
    """The category that a plan gets, and what speaks against the chosen support."""

    category: str
    problems: Sequence[Problem]


def support_choice(
    actor: Actor, person: Person | None, *, support: SupportType, category: str, today: date
) -> SupportChoice:
    """Return what the choice of support and category for a patient comes to today."""
    certificates = [] if person is None else [certificate_facts(one) for one in certificates_of(person)]
    problems = rules.check_support(
        support,
        category,
        certificates=certificates,
        categories=categories_on(actor.authority_id, on=today),
        on=today,
    )
    return SupportChoice(rules.calculate_category(support, category, certificates, on=today), problems)


def certificate_facts(found: Certificate) -> CertificateFacts:
    """Return a certificate as the rules need it."""
    return CertificateFacts(
        number=found.number,
        support=SupportType(found.support),
        category=found.category,
        first_on=found.first_on,
        last_on=found.last_on,
        revoked_on=found.revoked_on,
    )


def categories_on(authority_id: int, *, on: date) -> dict[str, SupportType]:
    """Return the support that each category in force on the day belongs to."""
    return {one.code: SupportType(one.support) for one in _categories(authority_id, on)}


def category_choices(actor: Actor, *, on: date) -> list[tuple[str, str]]:
    """Return the categories of S dental care that can be chosen on the day: `S2`, `S2, Defekt ...`."""
    found = _categories(actor.authority_id, on)
    return [(one.code, str(one)) for one in found if one.support == SupportType.S]


def _categories(authority_id: int, on: date) -> list[PatientCategory]:
    categories = PatientCategory.objects.filter(authority_id=authority_id, first_on__lte=on).order_by("code")
    return [one for one in categories if one.last_on is None or on <= one.last_on]


def item_of(plan: TreatmentPlan, code: str, *, today: date) -> Item | None:
    """Return the code as it stands today, None where there is none."""
    return price_lists.item_on(plan.authority_id, plans.MODULE, code, on=today) if code else None


def planned_of(plan: TreatmentPlan, planned_id: int) -> PlannedProcedure:
    """Return one of the plan's procedures. Raises Http404 for that of another plan."""
    found = plan.procedures.filter(pk=planned_id).first()
    if found is None:
        raise Http404
    return found


def sending_problems(
    actor: Actor, plan: TreatmentPlan, procedures: Sequence[PlannedProcedure], *, today: date
) -> list[Problem]:
    """Tell why the plan cannot be sent today: its certificate has ended, a code has, a price is another."""
    support = SupportType(plan.support)
    choice = support_choice(
        actor, plans.patient_of(plan), support=support, category=plan.category, today=today
    )
    problems = list(choice.problems)
    for one in procedures:
        item = item_of(plan, one.code, today=today)
        problems += rules.check_still_priced(one.code, one.price, item)
    return problems


def mark_of(plan: TreatmentPlan, procedures: Sequence[PlannedProcedure]) -> str:
    """Return what tells whether a plan is the same as when it was opened."""
    rows = [(one.pk, one.code, one.location, one.count, one.price) for one in procedures]
    return rules.calculate_mark(plan.motivation, rows)


def facts_of(one: PlannedProcedure) -> ProcedureFacts:
    """Return a planned procedure as a request asks about it."""
    return ProcedureFacts(one.pk, one.code, one.text, one.location, "", one.count * one.price, one.count)


# The page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedRow:
    """A procedure as the table shows it; what was approved, used and is left from the decision on."""

    id: int
    code: str
    text: str
    location: str
    count: int
    price: Ore
    amount: Ore
    verdict: Verdict | None
    approved_count: int | None
    approved_amount: Ore | None
    used_count: int
    used_amount: Ore

    @property
    def name(self) -> str:
        """What a row's button acts on."""
        return " ".join(filter(None, (self.code, self.text, self.location)))

    @property
    def is_off(self) -> bool:
        """Whether it was refused."""
        return self.verdict is Verdict.REFUSED

    @property
    def left_count(self) -> int:
        """How many claims can still take."""
        return (self.approved_count or 0) - self.used_count

    @property
    def left_amount(self) -> Ore:
        """What claims can still take, in öre."""
        return (self.approved_amount or 0) - self.used_amount


@dataclass(frozen=True)
class PlanPage:
    """A plan with everything that was sent and decided, and what the actor may do with it."""

    number: str
    patient: people.ShownPerson
    person_id: int
    clinic: Clinic
    support: SupportType
    support_text: str
    category: str
    certificate: str
    status: RequestStatus
    motivation: str
    rows: Sequence[PlannedRow]
    total: Ore
    approved_total: Ore
    desk: preauthorization.Desk | None
    documents: DocumentSection
    events: Sequence[audit.LogRow]
    is_decided: bool
    is_sent: bool
    is_unread: bool
    validity: str
    decided_on: date | None
    read_at: datetime | None
    may_change: bool
    may_withdraw: bool
    may_answer: bool
    may_mark_read: bool
    assess_id: int | None

    @property
    def has_approved(self) -> bool:
        """Whether anything was approved."""
        return bool(self.approved_total)


def plan_page(actor: Actor, number: str, *, today: date, session: SessionBase) -> PlanPage:
    """Return a plan as the actor sees it in this session. Raises Http404 when he may not.

    Source: spec SC-4, SC-5, NA-21, NA-22.
    """
    plan = plans.plan(actor, number)
    request = plans.request_of(plan)
    status = RequestStatus(request.status) if request else RequestStatus.NOT_SENT
    may_report = plans.may_report(actor, plan)
    is_decided = request is not None and request.is_decided
    rows = _rows(plan, request)
    support = SupportType(plan.support)
    return PlanPage(
        number=plan.number,
        patient=people.shown_person(session, plan.person, day=today),
        person_id=plan.person_id,
        clinic=plan.clinic,
        support=support,
        support_text=gettext(SUPPORT_MEANINGS[support]),
        category=category_text(plan),
        certificate=certificate_text(plan, today=today),
        status=status,
        motivation=plan.motivation,
        rows=rows,
        total=sum(row.amount for row in rows),
        approved_total=sum(row.approved_amount or 0 for row in rows),
        desk=None if request is None else preauthorization.desk(request, {}, today=today, may_change=True),
        documents=documents.section(actor, plan, is_decided=is_decided),
        events=audit.event_log(actor, plans.SUBJECT, plan.number),
        is_decided=is_decided,
        is_sent=status in lifecycle.SENT,
        is_unread=request is not None and request.is_unread,
        validity=validity_text(plan),
        decided_on=request.decided_on if request else None,
        read_at=request.read_at if request else None,
        may_change=may_report and status is RequestStatus.NOT_SENT,
        may_withdraw=may_report and status in lifecycle.SENT,
        may_answer=may_report and status is RequestStatus.COMPLETION_REQUESTED,
        may_mark_read=plans.may_mark_read(actor, plan) and request is not None and request.is_unread,
        assess_id=request.pk if request and status in lifecycle.SENT and plans.may_assess(actor) else None,
    )


def validity_text(plan: TreatmentPlan) -> str:
    """Return from when to when the decision holds, empty where it approves nothing."""
    return str(Period(plan.first_on, plan.last_on)) if plan.first_on else ""


def category_text(plan: TreatmentPlan) -> str:
    """Return the category with its name: `S2, Defekt av sjukdom i käke eller ansikte`."""
    found = PatientCategory.objects.filter(authority_id=plan.authority_id, code=plan.category).first()
    return str(found) if found else plan.category


def certificate_text(plan: TreatmentPlan, *, today: date) -> str:
    """Return the certificate of today for the plan's support, in words; empty for S dental care."""
    if plan.support == SupportType.S:
        return ""
    facts = [certificate_facts(one) for one in certificates_of(plans.patient_of(plan))]
    held = rules.calculate_certificate(SupportType(plan.support), facts, on=today)
    if held is None:
        return gettext("No certificate holds today.")
    until = f"{held.first_on} - {held.last_on}" if held.last_on else gettext("until further notice")
    return f"{held.number} ({until})"


def _rows(plan: TreatmentPlan, request: Preauthorization | None) -> list[PlannedRow]:
    decided = preauthorization.procedures_of(request) if request is not None and request.is_decided else []
    verdicts = {one.key: Verdict(one.verdict) for one in decided if one.verdict}
    return [
        PlannedRow(
            id=one.pk,
            code=one.code,
            text=one.text,
            location=one.location,
            count=one.count,
            price=one.price,
            amount=one.count * one.price,
            verdict=verdicts.get(one.pk),
            approved_count=one.approved_count,
            approved_amount=one.approved_amount,
            used_count=one.used_count,
            used_amount=one.used_amount,
        )
        for one in plans.procedures_of(plan)
    ]


# The dialogs --------------------------------------------------------------------------------------


def find_codes(actor: Actor, number: str, *, text: str, today: date) -> list[price_lists.CodeHit]:
    """Return the codes that begin with the digits, or whose names hold the letters, today.

    Source: spec SC-4, NA-12.
    """
    plan = plans.plan_to_report(actor, number)
    items = price_lists.search_items(plan.authority_id, plans.MODULE, text, on=today)
    return [price_lists.code_hit(item, note=price_lists.place_note(item)) for item in items]


@dataclass(frozen=True)
class PlanDialog:
    """What a form or question about a plan needs; `problems` are why nothing can be done at all."""

    number: str
    patient_name: str
    person_id: int
    problems: Sequence[Problem]
    question: str = ""
    name: str = ""
    demands: Mapping[str, str] = field(default_factory=dict)
    initial: Mapping[str, object] = field(default_factory=dict)


def change(
    actor: Actor, number: str, *, today: date, session: SessionBase, typed_code: str = ""
) -> PlanDialog:
    """Return what the forms of a plan that is not sent need, and what it is now.

    Raises Http404 for a plan out of sight, NotAllowed where the actor cannot report.
    """
    plan = plans.plan_to_report(actor, number)
    code = typed_code.split(maxsplit=1)[0] if typed_code.strip() else ""
    item = item_of(plan, code.upper(), today=today)
    choice = _open_dialog(plan, today=today, session=session)
    return replace(
        choice,
        demands={} if item is None else _demands(item),
        initial={"motivation": plan.motivation, "seen": mark_of(plan, plans.procedures_of(plan))},
    )


def _open_dialog(plan: TreatmentPlan, *, today: date, session: SessionBase) -> PlanDialog:
    """Return whose plan it is, and why it cannot be changed now."""
    request = plans.request_of(plan)
    is_sent = request is not None and request.status != RequestStatus.NOT_SENT
    return PlanDialog(
        number=plan.number,
        patient_name=people.shown_person(session, plan.person, day=today).name,
        person_id=plan.person_id,
        problems=rules.check_open(is_sent=is_sent),
    )


def _demands(item: Item) -> dict[str, str]:
    """Return what the code demands, its cost too, as the picker reads it."""
    return {**price_lists.demands_of(item), "price": price_lists.code_hit(item).asks_price}


def removal(actor: Actor, number: str, planned_id: int, *, today: date, session: SessionBase) -> PlanDialog:
    """Return what the question before *Ta bort* of a procedure needs. Raises as `change`."""
    plan = plans.plan_to_report(actor, number)
    found = planned_of(plan, planned_id)
    return replace(_open_dialog(plan, today=today, session=session), name=str(found))


def question(actor: Actor, number: str, *, command: str, today: date, session: SessionBase) -> PlanDialog:
    """Return what the question before *Återta*, and the answer, need. Raises as `change`."""
    plan = plans.plan_to_report(actor, number)
    request = plans.sent_request_of(plan)
    return PlanDialog(
        number=plan.number,
        patient_name=people.shown_person(session, plan.person, day=today).name,
        person_id=plan.person_id,
        problems=_step_problems(request, _OUTCOMES[command], command=command),
        question=request.question,
    )


_OUTCOMES = {"withdraw": RequestStatus.NOT_SENT, "answer": RequestStatus.AWAITING_REVIEW}


def _step_problems(request: Preauthorization, to: RequestStatus, *, command: str) -> Sequence[Problem]:
    """Tell why a request cannot take the step any more, or nothing."""
    try:
        lifecycle.ensure_step(request.status, to, command=command)
    except Refused as refused:
        return refused.problems
    return []
