"""Take the vouchers of a month out, once, for the economy system."""

from datetime import date

from django.db import transaction
from django.utils import translation

import kvitt
from kvitt.audit import commands as audit
from kvitt.foundation import clock
from kvitt.foundation.values.problems import refuse_if_any
from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority
from kvitt.settlement.exchange import write_vouchers
from kvitt.settlement.lifecycle import FileKind
from kvitt.settlement.models import OutgoingFile
from kvitt.settlement.queries import vouchers as queries
from kvitt.settlement.rules import outbox
from kvitt.settlement.rules import vouchers as rules

# The language of what stands in the books, whoever runs the program.
_LANGUAGE = "sv"


def export_vouchers(actor: Actor, *, today: date, period: date) -> OutgoingFile:
    """Make the voucher file of a month that has ended, once; one that is made already is returned.

    `period` is any day of the month. Raises NotAllowed, Refused. Source: decision 0022; spec SC-23.
    """
    actor.require(Permission.EXPORT_VOUCHERS)
    month = period.replace(day=1)
    with transaction.atomic():
        authority = Authority.objects.select_for_update(no_key=True).get(pk=actor.authority_id)
        made = queries.voucher_file(authority.pk, month)
        if made is not None:
            return made
        refuse_if_any(rules.check_period(month, today=today))
        with translation.override(_LANGUAGE):
            refuse_if_any(queries.month_problems(authority.pk, month))
            vouchers = queries.vouchers_of(authority.pk, month)
        refuse_if_any(rules.check_vouchers(vouchers, period=month))
        book = rules.VoucherBook(
            organisation_number=authority.organisation_number,
            name=authority.name,
            made_on=today,
            program_version=kvitt.__version__,
            vouchers=vouchers,
        )
        content = write_vouchers(book)
        file = OutgoingFile.objects.create(
            authority=authority,
            kind=FileKind.VOUCHERS,
            name=rules.calculate_voucher_file_name(authority.organisation_number, month),
            content=content,
            sha256=outbox.calculate_checksum(content),
            period=month,
            voucher_count=len(vouchers),
            made_at=clock.now(),
        )
        audit.record(
            "settlement.export_vouchers",
            actor,
            subject=("file", file.name),
            after={"period": f"{month:%Y-%m}", "vouchers": len(vouchers), "sha256": file.sha256},
        )
        return file
