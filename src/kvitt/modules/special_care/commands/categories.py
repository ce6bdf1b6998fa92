"""Patient categories of an authority: a whole file of them, or one at a time.

Certificates and claims keep the code that they were written with, so nothing here alters them.
"""

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values.csv_rows import Fault
from kvitt.foundation.values.problems import Problem, Refused, refuse_if_any
from kvitt.modules.special_care import exchange
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PatientCategory
from kvitt.modules.special_care.rules import category as rules
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority

SUBJECT = "special_care.category"
_VALUES = ("support", "name", "valid_years", "first_on", "last_on")


@transaction.atomic
def load_categories(actor: Actor, *, content: bytes) -> int:
    """Take in categories from a CSV file: all of them or, at a fault, nothing; return how many it changed.

    A category that the file does not name stays as it is. The same file again changes nothing, and leaves
    no event. Source: spec SC-1a.
    """
    actor.require(Permission.ADMINISTER)
    found, faults = exchange.read_categories(content)
    _lock(actor)
    known = {row.code: row for row in PatientCategory.objects.filter(authority_id=actor.authority_id)}
    for row in found.values():
        if (old := known.get(row.facts.code)) is not None:
            faults += row.faults(rules.check_category(row.facts, support=SupportType(old.support)))
    in_order: list[Fault] = sorted(faults, key=lambda fault: fault.line)
    refuse_if_any(in_order)
    changed = {}
    for row in found.values():
        _category, difference = _apply(actor, known.get(row.facts.code), row.facts)
        if difference:
            changed[row.facts.code] = difference
    if changed:
        audit.record(
            "special_care.load_categories",
            actor,
            before={code: difference.before for code, difference in changed.items() if difference.before},
            after={code: difference.after for code, difference in changed.items()},
        )
    return len(changed)


@transaction.atomic
def save_category(actor: Actor, *, facts: rules.CategoryFacts, code: str = "") -> PatientCategory:
    """Make a category, or change everything about one but its support and its code. Raises Http404."""
    actor.require(Permission.ADMINISTER)
    _lock(actor)
    rows = PatientCategory.objects.filter(authority_id=actor.authority_id)
    category = rows.filter(code=code or facts.code).first()
    if code and category is None:
        raise Http404
    if not code and category is not None:
        raise Refused([Problem("code_exists", rules.CODE_EXISTS, "code", {"code": facts.code})])
    support = None if category is None else SupportType(category.support)
    refuse_if_any(rules.check_category(facts, support=support))
    category, difference = _apply(actor, category, facts)
    if difference:
        audit.record(
            "special_care.save_category",
            actor,
            subject=(SUBJECT, category.code),
            before=difference.before,
            after=difference.after,
        )
    return category


def _lock(actor: Actor) -> None:
    """Let one at a time change an authority's categories; other work with the authority goes on."""
    Authority.objects.select_for_update(no_key=True).get(id=actor.authority_id)


def _apply(
    actor: Actor, category: PatientCategory | None, facts: rules.CategoryFacts
) -> tuple[PatientCategory, Difference]:
    """Save a category if it is new or differs from the facts; return it with what the log keeps."""
    values = {name: getattr(facts, name) for name in _VALUES} | {"support": facts.support.value}
    old = {} if category is None else {name: getattr(category, name) for name in _VALUES}
    difference = calculate_difference(old, values)
    category = category or PatientCategory(authority_id=actor.authority_id, code=facts.code)
    if difference:
        for name, value in values.items():
            setattr(category, name, value)
        category.save()
    return category, difference
