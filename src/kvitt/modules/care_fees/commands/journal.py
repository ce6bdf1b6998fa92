"""Write that the billing journal of areas was opened, by whom and why."""

from datetime import date

from django.db import transaction

from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.modules.care_fees.models import AreaMonth
from kvitt.modules.care_fees.queries import area_months
from kvitt.modules.care_fees.queries import journal as queries
from kvitt.modules.care_fees.queries.journal import Wanted
from kvitt.modules.care_fees.rules.journal import check_opening, check_size
from kvitt.registers.access.rules import Actor


def open_journal(actor: Actor, *, wanted: Wanted, today: date, is_pdf: bool = False) -> None:
    """Note that the journal of these areas is read before approval (*Debiteringsjournal*), and why.

    Raises Refused, Http404 for an area of others, NotAllowed. Source: debitering-ao, pages 34-35; spec CF-27.
    """
    with transaction.atomic():
        areas = queries.areas_to_report(actor, wanted.area_ids)
        refuse_if_any(check_opening(wanted.month, wanted.reason, today=today))
        if is_pdf:
            refuse_if_any(check_size(area_months.placed(wanted.area_ids, wanted.month).count()))
        AreaMonth.objects.bulk_create(
            [AreaMonth(area=area, month=wanted.month) for area in areas], ignore_conflicts=True
        )
        opened = AreaMonth.objects.filter(area__in=areas, month=wanted.month)
        opened.update(journal_opened_at=clock.now())
        audit.record(
            "care_fees.open_journal",
            actor,
            subject=(queries.SUBJECT, f"{wanted.month:%Y-%m}"),
            after={"areas": ", ".join(area.name for area in areas), "reason": wanted.reason},
        )
