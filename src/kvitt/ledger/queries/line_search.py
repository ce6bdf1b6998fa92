"""Read lines for those who look among all they have: in every module, at every clinic of theirs."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.db.models import QuerySet

from kvitt.ledger.lifecycle import LineStatus
from kvitt.ledger.models import Line
from kvitt.registers.access.rules import SEES_LINES, Actor, NotAllowed

# A case has a page as long as it has a line of these.
_LIVE = [status for status in LineStatus if status is not LineStatus.WITHDRAWN]


def lines_of(actor: Actor) -> QuerySet[Line]:
    """Return the lines the actor may see, of the modules that he reads at his clinics.

    Raises NotAllowed for who reads none. Source: spec CO-3, CO-4.
    """
    modules = actor.modules_where(SEES_LINES)
    if not modules:
        raise NotAllowed(", ".join(SEES_LINES.values()))
    lines = Line.objects.filter(authority_id=actor.authority_id)
    if len(modules) < len(SEES_LINES):
        lines = lines.filter(module__in=modules)
    if actor.clinic_ids is not None:
        lines = lines.filter(clinic_id__in=actor.clinic_ids)
    return lines


def search_lines(
    actor: Actor,
    *,
    first_on: date | None = None,
    last_on: date | None = None,
    created_from: date | None = None,
    created_to: date | None = None,
    code: str = "",
    status: str = "",
    module: str = "",
    clinic_id: int | None = None,
) -> QuerySet[Line]:
    """Return the actor's lines that every given filter lets through, removed ones too.

    A code is found by the whole of it: over an authority its beginning would be no help to any index.
    Source: befolkningsansvar, chapter 7; spec PH-11.
    """
    given = {
        "performed_on__gte": first_on,
        "performed_on__lte": last_on,
        "created_on__gte": created_from,
        "created_on__lte": created_to,
        "code": code.upper(),
        "status": status,
        "module": module,
        "clinic_id": clinic_id,
    }
    lines = lines_of(actor).filter(**{name: value for name, value in given.items() if value})
    return lines.select_related("person__merged_into", "clinic")


def look_up_cases(actor: Actor, lines: Iterable[Line]) -> None:
    """Say of each line whether its case has a page that the actor may open.

    A removed case has none: all its lines are withdrawn. Where a case lives on without lines, its module's
    app tells in `open_cases` which ones do.
    """
    modules = actor.modules_where(SEES_LINES)
    open_to_him = [line for line in lines if line.module in modules]
    unsure = [line for line in open_to_him if line.status == LineStatus.WITHDRAWN]
    live = _live_cases(actor.authority_id, {(line.module, line.case_number) for line in unsure})
    for line in open_to_him:
        is_removed = line.status == LineStatus.WITHDRAWN
        line.has_open_case = not is_removed or (line.module, line.case_number) in live


def _live_cases(authority_id: int, cases: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of the cases, by module and number, are not removed."""
    if not cases:
        return set()
    found = Line.objects.filter(
        authority_id=authority_id,
        module__in={module for module, _ in cases},
        case_number__in={number for _, number in cases},
        status__in=_LIVE,
    )
    live = set(found.order_by().values_list("module", "case_number").distinct())
    emptied = cases - live
    for module in sorted({module for module, _ in emptied}):
        open_cases = getattr(apps.get_app_config(module), "open_cases", None)
        if open_cases is not None:
            numbers = {number for of, number in emptied if of == module}
            live |= {(module, number) for number in open_cases(authority_id, numbers)}
    return live
