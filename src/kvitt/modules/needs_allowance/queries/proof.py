"""What breaks the agreement between the cases and the ledger, over the whole database."""

from collections.abc import Iterator

from django.db.models import F, Q

from kvitt.modules.needs_allowance.models import Procedure


def breaches() -> Iterator[str]:
    """Say, one line each, which procedures differ from their ledger lines.

    Source: spec CO-23.
    """
    differing = Procedure.objects.filter(line__isnull=False).exclude(
        Q(code=F("line__code"))
        & Q(price=F("line__price"))
        & Q(quantity=F("line__quantity"))
        & Q(case__number=F("line__case_number"))
        & (
            Q(performed_on=F("line__performed_on"))
            | Q(performed_on__isnull=True, line__performed_on__isnull=True)
        )
    )
    for procedure_id, line_id in differing.values_list("pk", "line_id"):
        yield f"procedure {procedure_id}: differs from its ledger line {line_id}"
