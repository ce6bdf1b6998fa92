"""What the region sees of files: those that leave, those the bank sends, and the accounts that pay."""

from django.db.models import QuerySet

from kvitt.registers.access.rules import Actor, Permission
from kvitt.settlement.lifecycle import FileKind, OutboxStatus
from kvitt.settlement.models import BankFile, OutgoingFile, PayingAccount
from kvitt.settlement.queries import outbox


def may_resend(actor: Actor, file: OutgoingFile) -> bool:
    """Tell whether the actor may send a file of the list again."""
    is_begun = file.status != OutboxStatus.WAITING and not vars(file)["is_answered"]
    return is_begun and actor.may(outbox.RESENDERS[FileKind(file.kind)])


def require_resending(actor: Actor, file: OutgoingFile) -> None:
    """Raise NotAllowed unless the actor may send files of this kind again."""
    actor.require(outbox.RESENDERS[FileKind(file.kind)])


def undecided_files(actor: Actor) -> list[OutgoingFile]:
    """Return the files of which nobody here knows whether they were sent: a person has to decide."""
    return list(outbox.files_of(actor).filter(status=OutboxStatus.SENDING)[:20])


def bank_files(actor: Actor) -> QuerySet[BankFile]:
    """Return what the bank has sent. Raises NotAllowed."""
    actor.require(Permission.PROPOSE_PAYMENTS)
    return BankFile.objects.filter(authority_id=actor.authority_id)


def accounts(actor: Actor) -> QuerySet[PayingAccount]:
    """Return the accounts that the actor's authority pays from. Raises NotAllowed."""
    actor.require(Permission.ADMINISTER)
    return PayingAccount.objects.filter(authority_id=actor.authority_id)
