"""The files that leave, limited to what the actor may see, and what the bank is asked to pay."""

from collections import defaultdict
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.http import Http404

from kvitt.registers.access.rules import Actor, Permission
from kvitt.registers.organisations.models import Authority
from kvitt.settlement.lifecycle import MODULE_FILES, FileKind, OutboxStatus, PaymentStatus
from kvitt.settlement.models import OutgoingFile, PayingAccount, Payment, PaymentRun, SettledInvoice
from kvitt.settlement.rules import orders
from kvitt.settlement.rules.orders import PaymentFacts, PaymentOrder, RemittanceLine

# Who may see files of a kind, and who sends them again.
_OF_MODULES = dict.fromkeys(MODULE_FILES, Permission.MANAGE_BILLING)
_SEERS = {
    FileKind.PAYMENTS: Permission.PROPOSE_PAYMENTS,
    FileKind.VOUCHERS: Permission.EXPORT_VOUCHERS,
    **_OF_MODULES,
}
RESENDERS = {
    FileKind.PAYMENTS: Permission.APPROVE_PAYMENTS,
    FileKind.VOUCHERS: Permission.EXPORT_VOUCHERS,
    **_OF_MODULES,
}


def folder() -> Path:
    """Return where files that leave are put."""
    return Path(settings.KVITT_OUTBOX)


def files_of(actor: Actor) -> QuerySet[OutgoingFile]:
    """Return the files that the actor may see, the newest first, without their content.

    Each says whether a payment of it `is_answered`: nobody sends it again then.
    Raises NotAllowed for who sees none.
    """
    kinds = [kind for kind, permission in _SEERS.items() if actor.may(permission)]
    if not kinds:
        actor.require(Permission.PROPOSE_PAYMENTS)
    answered = Payment.objects.filter(netting__run=OuterRef("run")).exclude(status=PaymentStatus.ORDERED)
    files = OutgoingFile.objects.filter(authority_id=actor.authority_id, kind__in=kinds)
    files = files.exclude(status=OutboxStatus.HELD)
    files = files.annotate(is_answered=Exists(answered))
    return files.select_related("run").defer("content").order_by("-made_at", "-id")


def file_of(actor: Actor, file_id: int) -> OutgoingFile:
    """Return a file that the actor may see. Raises Http404 for any other, NotAllowed for who sees none."""
    found = files_of(actor).filter(pk=file_id).first()
    if found is None:
        raise Http404
    return found


def files_about(authority_id: int, subject: str) -> QuerySet[OutgoingFile]:
    """Return the files, held ones too, whose subject begins with this, in the order in which they were made.

    Without their content. Source: spec CF-29.
    """
    files = OutgoingFile.objects.filter(authority_id=authority_id, subject__startswith=subject)
    return files.defer("content").order_by("pk")


def vouchers_before(authority_id: int, kind: FileKind) -> int:
    """Return how many vouchers the files of a kind have: those of the next go on from there."""
    files = OutgoingFile.objects.filter(authority_id=authority_id, kind=kind)
    return files.aggregate(count=Sum("voucher_count"))["count"] or 0


def persons_of(file: OutgoingFile) -> list[int]:
    """Return whom a file of a module is about.

    The settlement does not know the modules: each app that makes files tells.
    """
    if not file.subject:
        return []
    asked = (getattr(app, "persons_of_file", None) for app in apps.get_app_configs())
    found = (persons(file.authority_id, file.kind, file.subject) for persons in asked if persons is not None)
    return [person_id for persons in found for person_id in persons]


def unsent_files(
    *, kind: FileKind | None = None, authority_id: int | None = None, run_number: int | None = None
) -> list[OutgoingFile]:
    """Return the files that wait or are being sent, the oldest first, without their content."""
    files = OutgoingFile.objects.filter(status__in=[OutboxStatus.WAITING, OutboxStatus.SENDING])
    if kind is not None:
        files = files.filter(kind=kind)
    if authority_id is not None:
        files = files.filter(authority_id=authority_id)
    if run_number is not None:
        files = files.filter(run__number=run_number)
    return list(files.select_related("run", "authority").defer("content").order_by("id"))


def is_waiting(payment: Payment) -> bool:
    """Tell whether the file that orders a payment has yet to leave, a first time or once more."""
    waiting = OutgoingFile.objects.filter(run__nettings=payment.netting_id, status=OutboxStatus.WAITING)
    return waiting.exists()


def locked_statuses(file: OutgoingFile) -> list[PaymentStatus]:
    """Lock the payments that a file orders, by id, and return where they stand."""
    payments = Payment.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    found = payments.filter(netting__run=file.run_id) if file.run_id else payments.none()
    return [PaymentStatus(status) for status in found.values_list("status", flat=True)]


def payment_order(run: PaymentRun, account: PayingAccount) -> PaymentOrder:
    """Return what the bank is asked to pay for a run, in the order of its payments."""
    authority = Authority.objects.get(pk=run.authority_id)
    payments = list(Payment.objects.filter(netting__run=run).order_by("pk"))
    lines = defaultdict(list)
    settled = SettledInvoice.objects.filter(payment__netting__run=run, is_void=False)
    settled = settled.select_related("invoice").order_by("invoice__invoice_date", "invoice_id")
    for one in settled:
        reference = one.invoice.external_reference or str(one.invoice_id)
        lines[one.payment_id].append(RemittanceLine(reference, one.amount))
    return PaymentOrder(
        message_id=orders.calculate_message_id(authority.organisation_number, run.number),
        created_at=run.decided_at or run.proposed_at,
        debtor_name=authority.name,
        organisation_number=authority.organisation_number,
        iban=account.iban,
        bic=account.bic,
        pay_on=run.pay_on,
        payments=[
            PaymentFacts(
                end_to_end_id=payment.end_to_end_id,
                payee_name=payment.payee_name,
                account_kind=payment.account_kind,
                account_number=payment.account_number,
                amount=payment.amount,
                lines=tuple(lines[payment.pk]),
            )
            for payment in payments
        ],
    )
