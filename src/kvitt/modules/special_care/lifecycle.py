"""What kinds of support, care models and holds there are, and the statuses of a claim with their steps."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _


class SupportType(Labelled):
    """The three parts of special care dentistry. Source: fakturaportalen, page 1; spec SC-1, SC-6."""

    N = "n", _("N dental care")
    F = "f", _("F dental care")
    S = "s", _("S dental care")


# What each part is for, as it stands beside the choice.
SUPPORT_MEANINGS = {
    SupportType.N: _("Necessary dental care"),
    SupportType.F: _("in case of certain illness or disability"),
    SupportType.S: _("as part of treating a disease, during a limited time"),
}


class CareModel(Labelled):
    """Where N dental care is given. Source: fakturaportalen, page 3; spec SC-7."""

    K = "K", _("Conventional care at the clinic")
    P = "P", _("Permanent dental equipment")
    M1 = "M1", _("Mobile care at home 1")
    M2 = "M2", _("Mobile care at home 2")
    M3 = "M3", _("Mobile care at home 3")


class ClaimStatus(Labelled):
    """Where a claim stands before the ledger says more. Source: spec SC-19, SC-20, SC-22."""

    DRAFT = "draft", _("Not sent in")
    HELD = "held", _("The claim is under review")
    RELEASED = "released", _("Approved for payment")
    VOIDED = "voided", _("Voided")
    DELETED = "deleted", _("Deleted")


class HoldReason(Labelled):
    """Why a claim is held for quality review. Source: spec SC-22."""

    HIGH_AMOUNT = "high_amount", _("High amount")
    NEW_CLINIC = "new_clinic", _("New clinic")
    RANDOM = "random", _("Random check")
    MANY_CLAIMS = "many_claims", _("Patient with many claims")
    BY_HAND = "by_hand", _("Chosen by a reviewer")


class QuestionState(Labelled):
    """How far the region's question about a held claim has come. Source: spec SC-22."""

    NOT_ASKED = "not_asked", _("No question")
    ASKED = "asked", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered")


class FileFormat(Labelled):
    """How a claims file is written. Source: spec SC-12."""

    XML = "xml", _("XML")
    CSV = "csv", _("CSV")


class FileStatus(Labelled):
    """How far a claims file has come. Source: spec SC-13 - SC-15."""

    WAITING = "waiting", _("Waiting to be checked")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    LOADING = "loading", _("Being taken in")
    LOADED = "loaded", _("Taken in")
    DISCARDED = "discarded", _("Not taken in")
    REFUSED = "refused", _("Cannot be read")


STEPS: dict[tuple[ClaimStatus, ClaimStatus], frozenset[str]] = {
    (ClaimStatus.DRAFT, ClaimStatus.HELD): frozenset({"send_claim"}),
    (ClaimStatus.DRAFT, ClaimStatus.RELEASED): frozenset({"send_claim"}),
    (ClaimStatus.RELEASED, ClaimStatus.HELD): frozenset({"hold_claim"}),
    (ClaimStatus.HELD, ClaimStatus.RELEASED): frozenset({"release_claims"}),
    (ClaimStatus.HELD, ClaimStatus.VOIDED): frozenset({"void_claim"}),
    (ClaimStatus.HELD, ClaimStatus.DELETED): frozenset({"delete_claim"}),
    (ClaimStatus.RELEASED, ClaimStatus.DELETED): frozenset({"delete_claim"}),
}

# A checked file waits for its clinic where it has faults; a faultless one is taken in at once.
FILE_STEPS: dict[tuple[FileStatus, FileStatus], str] = {
    (FileStatus.WAITING, FileStatus.CHECKING): "check_file",
    (FileStatus.WAITING, FileStatus.REFUSED): "check_file",
    (FileStatus.CHECKING, FileStatus.REFUSED): "check_file",
    (FileStatus.CHECKING, FileStatus.CHECKED): "check_file",
    (FileStatus.CHECKING, FileStatus.LOADING): "check_file",
    (FileStatus.CHECKED, FileStatus.LOADING): "load_file",
    (FileStatus.CHECKED, FileStatus.DISCARDED): "discard_file",
    (FileStatus.LOADING, FileStatus.LOADED): "take_in_claims",
}

# What is handed in and neither voided nor deleted: it takes of the preauthorization and of the year's amount.
LIVE = frozenset({ClaimStatus.HELD, ClaimStatus.RELEASED})


class StepNotAllowed(Refused):
    """The transition table has no such step for this command: most often somebody else was faster."""

    def __init__(self, command: str, before: str, after: str) -> None:
        """Tell the user in words; the log gets `delete_claim: voided -> deleted`."""
        super().__init__(
            [
                Problem(
                    "step_not_allowed",
                    _("Somebody else has just changed the claim. Look at what it is now and try again."),
                )
            ]
        )
        self.add_note(f"{command}: {before} -> {after}")


def ensure_step(before: str, after: ClaimStatus, *, command: str) -> None:
    """Raise StepNotAllowed unless the command may take a claim from one status to the other."""
    if command not in STEPS.get((ClaimStatus(before), after), frozenset()):
        raise StepNotAllowed(command, before, after)


def ensure_file_step(before: str, after: FileStatus, *, command: str) -> None:
    """Raise Refused unless the command may take a claims file from one status to the other."""
    if FILE_STEPS.get((FileStatus(before), after)) != command:
        message = _("Somebody else has just decided about the file. Look at what it is now.")
        raise Refused([Problem("step_not_allowed", message)])
