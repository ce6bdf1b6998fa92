"""Change a municipality's billing areas."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import calculate_difference
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import sort_key
from kvitt.registers.organisations import rules
from kvitt.registers.organisations.commands import apply_values
from kvitt.registers.organisations.models import Authority, BillingArea
from kvitt.registers.organisations.queries import areas
from kvitt.registers.organisations.rules import ADMINISTER

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

NAME_IS_TAKEN = _("There is a billing area called %(name)s already. Choose another name.")
_KEYS = ("sort_key",)


@transaction.atomic
def create_area(actor: "Actor", *, name: str, is_intake: bool = False) -> BillingArea:
    """Add a billing area; the one for intake, where new clients come, is this one from now on if told so."""
    _hold_municipality(actor)
    _check_name(actor, name)
    if is_intake:
        _end_intake(actor)
    values = {"name": name, "sort_key": sort_key(name)[:100], "is_intake": is_intake}
    area = BillingArea.objects.create(authority_id=actor.authority_id, **values)
    after = calculate_difference({}, values, leave_out=_KEYS).after
    audit.record("organisations.create_area", actor, subject=("area", area.name), after=after)
    return area


@transaction.atomic
def change_area(
    actor: "Actor", *, area_id: int, name: str, is_intake: bool = False, closed_on: date | None = None
) -> BillingArea:
    """Change a billing area's name or last day, or make it the one for intake.

    No client and no open unit is left in an area that closes.
    """
    _hold_municipality(actor)
    area = areas.area_to_change(actor, area_id)
    _check_name(actor, name, but=area)
    refuse_if_any(
        rules.check_intake(was_intake=area.is_intake, is_intake=is_intake, closed_on=closed_on)
        or rules.check_area_closing(
            closed_on,
            units=areas.open_units(area.pk, after=closed_on) if closed_on else (),
            clients=areas.clients_in_area(area.pk, after=closed_on) if closed_on else 0,
        )
    )
    if is_intake and not area.is_intake:
        _end_intake(actor)
    values = {
        "name": name,
        "sort_key": sort_key(name)[:100],
        "is_intake": is_intake,
        "closed_on": closed_on,
    }
    if difference := apply_values(area, values):
        audit.record(
            "organisations.change_area",
            actor,
            subject=("area", area.name),
            before=difference.before,
            after=difference.after,
        )
    return area


def _hold_municipality(actor: "Actor") -> None:
    """Let one at a time change the areas. Raises Http404 in a region, NotAllowed."""
    actor.require(ADMINISTER)
    if not areas.is_municipality(actor):
        raise Http404
    Authority.objects.select_for_update().get(pk=actor.authority_id)


def _check_name(actor: "Actor", name: str, but: BillingArea | None = None) -> None:
    refuse_if_any(rules.check_area_name(name))
    others = BillingArea.objects.filter(authority_id=actor.authority_id, name=name)
    if but is not None:
        others = others.exclude(pk=but.pk)
    if others.exists():
        refuse_if_any([Problem("name_is_taken", NAME_IS_TAKEN, "name", {"name": name})])


def _end_intake(actor: "Actor") -> None:
    BillingArea.objects.filter(authority_id=actor.authority_id, is_intake=True).update(is_intake=False)
