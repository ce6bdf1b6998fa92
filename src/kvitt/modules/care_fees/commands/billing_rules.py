"""Keep the rules by which areas are billed together: made, changed, ended."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.models import BillingRule
from kvitt.modules.care_fees.queries import billing_rules as queries
from kvitt.modules.care_fees.rules import runs as rules
from kvitt.registers.access.rules import Actor
from kvitt.registers.organisations.models import Authority, BillingArea


@transaction.atomic
def save_rule(
    actor: Actor,
    *,
    today: date,
    name: str,
    area_ids: Collection[int],
    is_on_desktop: bool,
    rule_id: int | None = None,
) -> BillingRule:
    """Make a rule of the actor's own areas, or change one.

    Raises NotAllowed, Http404 for a rule or an area of others, Refused.
    Source: debitering-ao, pages 27-28; spec CF-23.
    """
    areas = _areas_of(actor, area_ids)
    _lock(actor)
    rule = None if rule_id is None else queries.rule_of(actor, rule_id)
    others = BillingRule.objects.filter(
        authority_id=actor.authority_id, name=name.strip(), last_on__isnull=True
    )
    is_taken = (others if rule is None else others.exclude(pk=rule.pk)).exists()
    refuse_if_any(rules.check_rule(name=name, has_areas=bool(areas), is_taken=is_taken))
    before = None if rule is None else _logged(rule)
    if rule is None:
        rule = BillingRule(authority_id=actor.authority_id, first_on=today)
    rule.name, rule.is_on_desktop = name.strip(), is_on_desktop
    rule.save()
    rule.areas.set(areas)
    after = _logged(rule)
    if after != before:
        audit.record(
            "care_fees.save_rule", actor, subject=(queries.SUBJECT, rule.pk), before=before, after=after
        )
    return rule


@transaction.atomic
def end_rule(actor: Actor, *, today: date, rule_id: int) -> BillingRule:
    """End a rule: nobody chooses it any more; what was run by it stays. Raises NotAllowed, Http404."""
    _lock(actor)
    rule = queries.rule_of(actor, rule_id)
    rule.last_on = max(today, rule.first_on)
    rule.save(update_fields=["last_on"])
    audit.record("care_fees.end_rule", actor, subject=(queries.SUBJECT, rule.pk), before=_logged(rule))
    return rule


def _lock(actor: Actor) -> None:
    """Let those who keep rules of the authority wait for one another: a name is given once."""
    Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)


def _areas_of(actor: Actor, area_ids: Collection[int]) -> list[BillingArea]:
    wanted = set(area_ids)
    areas = [area for area in queries.areas_to_choose(actor) if area.pk in wanted]
    if len(areas) != len(wanted):
        raise Http404
    return areas


def _logged(rule: BillingRule) -> dict[str, object]:
    return {
        "name": rule.name,
        "areas": [area.name for area in queries.areas_in(rule)],
        "is_on_desktop": rule.is_on_desktop,
    }
