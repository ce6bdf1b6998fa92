"""Let the worker take up a run of the calendar again."""

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.ledger import queries, rules
from kvitt.ledger.lifecycle import RunFault
from kvitt.ledger.models import InvoiceRun, InvoiceRunClinic
from kvitt.registers.access.rules import Actor


def repeat_run(actor: Actor, *, run_id: int) -> None:
    """Try again the clinics that got a fault in a run, and no others; who got an invoice keeps it.

    The run counts as begun now and unfinished, so that the worker takes it up.
    Raises NotAllowed, Http404, Refused. Source: spec PH-8, QU-23.
    """
    with transaction.atomic():
        queries.run(actor, run_id)
        run = InvoiceRun.objects.select_for_update(no_key=True).get(pk=run_id)
        faulty = InvoiceRunClinic.objects.filter(run=run).exclude(fault="")
        faults = list(faulty.order_by("clinic__sort_key", "pk").values_list("clinic__number", "fault"))
        refuse_if_any(rules.check_repeat(queries.run_state(run, faults=len(faults))))
        faulty.update(fault=RunFault.WAITING)
        run.started_at, run.finished_at, run.is_repeated = clock.now(), None, True
        run.save(update_fields=["started_at", "finished_at", "is_repeated"])
        audit.record(
            "ledger.repeat_run",
            actor,
            subject=("invoice_run", run.pk),
            before={"faults": [f"{number}: {fault}" for number, fault in faults]},
            after={"module": run.module, "due_on": str(run.due_on)},
        )
