"""How a person belongs together with others."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kvitt.foundation.htmx import Request, typed
from kvitt.registers.people import commands, forms, queries
from kvitt.registers.people.lifecycle import RelationKind
from kvitt.registers.people.views.answers import answer_dialog, ask_for_reason

if TYPE_CHECKING:
    from datetime import date

    from kvitt.registers.access.rules import Actor


def add_relation(request: Request, code: UUID) -> HttpResponse:
    """Register what another person is to this one."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    form = forms.RelationForm(
        typed(request),
        initial={"first_on": request.today},
        today=request.today,
        patterns=queries.reserve_patterns(request.actor.authority_id),
    )
    return answer_dialog(
        request,
        person,
        form,
        _add_relation,
        title=_("Add relation"),
        done=lambda _relation: [_("The relation is added. It shows for both persons.")],
    )


def _add_relation(
    actor: "Actor",
    *,
    today: "date",
    code: UUID,
    digits: str,
    kind: RelationKind,
    first_on: "date",
    given_name: str,
    family_name: str,
    **_typed: object,
) -> object:
    return commands.add_relation(
        actor,
        today=today,
        code=code,
        number=digits,
        kind=kind,
        first_on=first_on,
        given_name=given_name,
        family_name=family_name,
    )


def end_relation(request: Request, code: UUID, relation_id: int) -> HttpResponse:
    """End a relation, for both persons."""
    person = queries.person_to_keep(request.actor, code, today=request.today)
    if queries.needs_reason(request.session, person):
        return ask_for_reason(request, code)
    relation = queries.relation_of(person, relation_id)
    other = queries.other_of(relation, person)
    return answer_dialog(
        request,
        person,
        forms.EndForm(typed(request), initial={"last_on": request.today}),
        partial(commands.end_relation, relation_id=relation.pk),
        title=_("End relation"),
        done=lambda _relation: [_("The relation is ended.")],
        lead=f"{person.name} – {queries.listed_name(other)}",
        also_shown=[other],
        note=_("It ends for both persons and stays in the history."),
    )
