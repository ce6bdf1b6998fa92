"""What the page of a begun claim shows: what can be chosen, its lines, its sum, what is left to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext

from kvitt.foundation.forms import problem_text
from kvitt.foundation.values import dates, municipalities
from kvitt.foundation.values.money import Ore
from kvitt.foundation.values.problems import Problem
from kvitt.modules.special_care.lifecycle import ClaimStatus, SupportType
from kvitt.modules.special_care.models import Claim, ClaimLine, PatientCategory, TreatmentPlan
from kvitt.modules.special_care.queries import certificates, claims, known, plans, register
from kvitt.modules.special_care.rules import claim as claim_rules
from kvitt.modules.special_care.rules import faults, money
from kvitt.modules.special_care.rules.facts import FEE_CODE, FEE_TEXT, CardFacts, ClaimFacts, Known
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people
from kvitt.registers.price_lists import queries as price_lists
from kvitt.registers.price_lists.lifecycle import Demand

SPLITTING = frozenset({"mixed_care"})
MOST_SIMILAR = 8
_REFERENCE = "special_care.invoice_reference"


@dataclass(frozen=True)
class Offer:
    """What can be chosen on a claim; each choice is a value with its words."""

    proposed_reference: str
    support: SupportType
    own_region: str
    categories: Sequence[tuple[str, str]]
    plans: Sequence[tuple[str, str]]
    counties: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class FaultRow:
    """What is left to do, in words, with the field or line that it leads to."""

    text: str
    href: str = ""
    about: str = ""


@dataclass(frozen=True)
class LineRow:
    """A line as the list *Ersättningar* shows it."""

    id: int
    performed_on: date
    code: str
    text: str
    location: str
    amount: Ore
    comment: str
    faults: Sequence[str]
    warnings: Sequence[str]

    @property
    def object_name(self) -> str:
        """What a row's button acts on, for those who hear the page."""
        return f"{self.code} {self.text} {self.performed_on}"


@dataclass(frozen=True)
class ClaimState:
    """What a claim comes to, and what is left to do before it can be sent in."""

    rows: Sequence[LineRow]
    total: Ore
    left_of_year: Sequence[tuple[int, Ore]]
    faults: Sequence[FaultRow]
    warnings: Sequence[FaultRow]
    stopping: Sequence[Problem]
    may_split: bool


@dataclass(frozen=True)
class DraftPage:
    """Everything `draft.html` shows beside its forms."""

    title: str
    number: str
    person_id: int
    patient: people.ShownPerson
    support: SupportType
    certificate: register.CertificateRow | None
    offer: Offer
    category: str
    initial: Mapping[str, object]
    next_date: date
    state: ClaimState
    changed_at: object
    changed_by: str
    is_sent: bool = False
    demands: Mapping[str, str] = field(default_factory=dict)


def is_sent(actor: Actor, number: str) -> bool:
    """Tell whether a claim of the actor's clinic is sent in already. Raises as `draft_page`."""
    return claims.claim_to_report(actor, number).status != ClaimStatus.DRAFT


def draft_page(
    actor: Actor,
    number: str,
    *,
    today: date,
    session: SessionBase,
    head: Mapping[str, object] | None = None,
    typed_code: str = "",
    performed_on: str = "",
) -> DraftPage:
    """Return a begun claim of the actor's clinic; `head` is what is typed and not saved.

    Raises Http404 for one out of sight, NotAllowed where the actor sends in no claims.
    Source: fakturaportalen, pages 3-4; spec SC-5, SC-7 - SC-9.
    """
    claim = claims.claim_to_report(actor, number)
    lines = list(claim.lines.order_by("performed_on", "id"))
    newest = max(lines, key=lambda line: line.pk, default=None)
    held = [one for one in certificates.certificates_of(claim.person) if one.pk == claim.certificate_id]
    offer = _offer(claim, today=today)
    return DraftPage(
        title=gettext("Register dental care claim"),
        number=claim.number,
        person_id=claim.person_id,
        patient=people.shown_person(session, claim.person, day=today),
        support=offer.support,
        certificate=next(iter(register.certificate_rows(held, today=today)), None),
        offer=offer,
        category=claim.category,
        initial=_initial(claim, session, is_new=not lines),
        next_date=newest.performed_on if newest else today,
        state=claim_state(claim, lines, head, today=today),
        changed_at=claim.changed_at,
        changed_by=claim.changed_by,
        is_sent=claim.status != ClaimStatus.DRAFT,
        demands=code_demands(claim.authority_id, typed_code, performed_on, today=today),
    )


def remember_invoice_reference(actor: Actor, session: SessionBase, typed: str) -> None:
    """Let the number stand in the next claim of this session at this clinic. Source: spec SC-8."""
    if typed.strip():
        session[f"{_REFERENCE}:{actor.unit_id}"] = typed.strip()


@dataclass(frozen=True)
class Discarding:
    """What the question before *Ta bort utkastet* needs."""

    patient_name: str
    person_id: int
    is_sent: bool


def discarding(actor: Actor, number: str, *, today: date, session: SessionBase) -> Discarding:
    """Return what is asked before a draft is taken away. Raises as `draft_page`."""
    claim = claims.claim_to_report(actor, number)
    return Discarding(
        patient_name=people.shown_person(session, claim.person, day=today).name,
        person_id=claim.person_id,
        is_sent=claim.status != ClaimStatus.DRAFT,
    )


def _initial(claim: Claim, session: SessionBase, *, is_new: bool) -> dict[str, object]:
    """Return what stands in the fields: what is saved, and at first the session's invoice number."""
    remembered = session.get(f"{_REFERENCE}:{claim.clinic_id}", "") if is_new else ""
    return {
        "has_card": bool(claim.has_card or claim.card_number or claim.card_first_on or claim.card_last_on),
        "card_number": claim.card_number,
        "card_first_on": claim.card_first_on,
        "card_last_on": claim.card_last_on,
        "care_model": claim.care_model,
        "category": claim.category,
        "plan_number": claim.plan.number if claim.plan else "",
        "county": claim.county,
        "invoice_reference": claim.invoice_reference or remembered,
        "reference": claim.reference,
        "comment": claim.comment,
    }


# What can be chosen -------------------------------------------------------------------------------


def _offer(claim: Claim, *, today: date) -> Offer:
    authority = organisations.authority(claim.authority_id)
    support = SupportType(claim.support)
    valid = plans.valid_plans(claim.person, on=today, provider_id=claim.provider_id)
    own = [one for one in valid if one.support == claim.support]
    if claim.plan is not None and claim.plan not in own:
        own.append(claim.plan)
    categories = PatientCategory.objects.filter(authority=authority, support=support).order_by("pk")
    return Offer(
        proposed_reference=claim_rules.calculate_reference(claim.number),
        support=support,
        own_region=gettext("%(region)s (own)") % {"region": authority.name},
        categories=[(one.code, str(one)) for one in categories if _is_offered(one, claim, today=today)],
        plans=[(one.number, _plan_text(one)) for one in own],
        counties=[
            (code, name) for code, name in municipalities.counties().items() if code != authority.county
        ],
    )


def _is_offered(category: PatientCategory, claim: Claim, *, today: date) -> bool:
    """Tell whether a category is in use; the one that the claim has stays."""
    period = dates.Period(category.first_on, category.last_on)
    return period.contains(today) or category.code == claim.category


def _plan_text(plan: TreatmentPlan) -> str:
    """Return a preauthorization in words: its number, its last day, what is left of it."""
    [facts] = plans.plan_facts([plan])
    left = ", ".join(
        " ".join(
            part
            for part in (
                one.code,
                one.location,
                gettext("(%(count)s left)") % {"count": one.count_left} if one.count_left > 1 else "",
            )
            if part
        )
        for one in facts.procedures
        if one.count_left > 0
    )
    values = {"number": facts.number, "last": facts.period.last, "left": left or gettext("used up")}
    return gettext("%(number)s, valid to and including %(last)s: %(left)s") % values


# Sum and faults -----------------------------------------------------------------------------------


def claim_state(
    claim: Claim, lines: Sequence[ClaimLine], head: Mapping[str, object] | None, *, today: date
) -> ClaimState:
    """Return what a claim comes to and what is left to do, with what is typed in place of what is saved.

    Source: spec SC-4a, SC-9, SC-11.
    """
    facts = _with_head(known.facts_of(claim), head)
    about = _known(claim, facts, today=today)
    found = claim_rules.check_claim(facts, about)
    stops = [fault for fault in found if fault.stops]
    warns = [fault for fault in found if not fault.stops]
    return ClaimState(
        rows=[_line_row(line, index, stops, warns) for index, line in enumerate(lines)],
        total=money.calculate_sum(facts, about),
        left_of_year=_left_of_year(facts, about),
        faults=_fault_rows(stops, lines),
        warnings=_fault_rows([fault for fault in warns if fault.line is None], lines),
        stopping=[faults.problem_of(fault) for fault in stops],
        may_split=any(fault.code in SPLITTING for fault in found),
    )


def _known(claim: Claim, facts: ClaimFacts, *, today: date) -> Known:
    person = claim.person.merged_into or claim.person
    return known.known_of(claim.authority_id, claim.clinic, person, facts, today=today)


def _with_head(saved: ClaimFacts, head: Mapping[str, object] | None) -> ClaimFacts:
    """Return the claim as it would be with what is typed now."""
    if head is None:
        return saved
    card = CardFacts(head["card_number"], head["card_first_on"], head["card_last_on"])  # type: ignore[arg-type]
    has_card = head["has_card"] or any(vars(card).values())
    named = ["care_model", "plan_number", "invoice_reference", "reference", "county"]
    if saved.support is SupportType.S:  # else it is the certificate's
        named.append("category")
    typed: dict[str, object] = {name: head[name] for name in named}
    return replace(saved, card=card if has_card else None, **typed)  # type: ignore[arg-type]


def _left_of_year(facts: ClaimFacts, about: Known) -> list[tuple[int, Ore]]:
    """Return what is left of the amount of each year of treatment that has a limit."""
    years = sorted({line.performed_on.year for line in facts.lines} | {about.today.year})
    found = [(year, money.calculate_left_of_year(facts, about, year=year)) for year in years]
    return [(year, left) for year, left in found if left is not None]


def _line_row(
    line: ClaimLine, index: int, stops: Sequence[faults.Fault], warns: Sequence[faults.Fault]
) -> LineRow:
    def said(found: Sequence[faults.Fault]) -> list[str]:
        return [problem_text(faults.problem_of(fault)) for fault in found if fault.line == index]

    return LineRow(
        id=line.pk,
        performed_on=line.performed_on,
        code=line.code,
        text=line.text,
        location=line.location,
        amount=line.price,
        comment=line.comment,
        faults=said(stops),
        warnings=said(warns),
    )


def _fault_rows(found: Sequence[faults.Fault], lines: Sequence[ClaimLine]) -> list[FaultRow]:
    """Return what is left to do; what is wrong with a line is said at the line, and named here once."""
    rows: dict[FaultRow, None] = {}
    for fault in found:
        problem = faults.problem_of(fault)
        if fault.line is None:
            row = FaultRow(text=problem_text(problem), href=_place_of(problem.field))
        else:
            line = lines[fault.line]
            row = FaultRow(
                text=gettext("Correct as the list says."),
                href=f"#line-{line.pk}",
                about=f"{line.code} {line.performed_on}",
            )
        rows[row] = None
    return list(rows)


def _place_of(element: str) -> str:
    """Return where on the page an element is put right."""
    if element == "plan_number":
        return "#id_plan_number_0"
    named = {"care_model", "category", "county", "invoice_reference", "reference", "card_number"}
    if element in named | {"card_first_on", "card_last_on"}:
        return f"#id_{element}"
    return "#id_line-code"


# The code picker ----------------------------------------------------------------------------------


def find_codes(actor: Actor, *, text: str, performed_on: str, today: date) -> list[price_lists.CodeHit]:
    """Return the codes of the day that match what is typed, the patient fee first where it matches.

    Source: fakturaportalen, page 4; spec SC-9.
    """
    claims.reporting_clinic(actor)
    day = _day_typed(performed_on, today=today)
    items = price_lists.search_items(actor.authority_id, claims.MODULE, text, on=day)
    hits = [price_lists.code_hit(item, note=price_lists.place_note(item)) for item in items]
    typed = text.strip().casefold()
    is_fee = FEE_CODE.casefold().startswith(typed) or typed in FEE_TEXT.casefold()
    return [_fee_hit(), *hits] if is_fee else hits


def similar_codes(actor: Actor, text: str, performed_on: str, *, today: date) -> str:
    """Return the codes that what was typed may mean, in words: for who has no list to choose from."""
    hits = find_codes(actor, text=text, performed_on=performed_on, today=today)
    return "; ".join(f"{hit.code} {hit.name}" for hit in hits[:MOST_SIMILAR])


def code_demands(authority_id: int, typed: str, performed_on: str, *, today: date) -> dict[str, str]:
    """Return what a typed code demands; before one is typed nothing, so that its fields wait."""
    code = typed.split(maxsplit=1)[0] if typed.strip() else ""
    no = {"tooth": "no", "jaw": "no", "surface": "no", "price": "no"}
    if not code or code.casefold() == FEE_CODE.casefold():
        return {**no, "price": "must"} if code else no
    day = _day_typed(performed_on, today=today)
    item = price_lists.item_on(authority_id, claims.MODULE, code, on=day)
    if item is None:
        return {}
    hit = price_lists.code_hit(item)
    return {"tooth": hit.tooth, "jaw": hit.jaw, "surface": hit.surface, "price": hit.asks_price}


def _fee_hit() -> price_lists.CodeHit:
    no = Demand.NO.value
    return price_lists.CodeHit(
        code=FEE_CODE,
        name=FEE_TEXT,
        price=None,
        note="",
        tooth=no,
        jaw=no,
        surface=no,
        price_text=gettext("Type the price"),
        asks_price=Demand.MUST.value,
    )


def _day_typed(performed_on: str, *, today: date) -> date:
    """Return the treatment date while somebody types it; today as long as it is none."""
    try:
        return dates.parse_date(performed_on, today=today)
    except ValueError:
        return today
