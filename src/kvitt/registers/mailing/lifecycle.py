"""What gives an e-mail, how far a message has come, and why one did not leave."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.registers.organisations.lifecycle import Scheme


class MailEvent(Labelled):
    """What gives an e-mail. Source: spec CO-29."""

    DECISION_MADE = "decision_made", _("Decision on preauthorization")
    COMPLETION_REQUESTED = "completion_requested", _("Completion requested")
    INVOICE_RETURNED = "invoice_returned", _("Invoice returned")
    CLAIM_QUESTION = "claim_question", _("Question about a claim")
    CLAIM_VOIDED = "claim_voided", _("Claim voided")
    CLAIMS_FILE_RECEIVED = "claims_file_received", _("Claims file received")
    WINDOW_OPENS = "window_opens", _("The invoicing period opens")
    WINDOW_CLOSES = "window_closes", _("The invoicing period closes in two days")
    ACCOUNT_CHANGE_REQUESTED = "account_change_requested", _("Another account asked for")
    ACCOUNT_CHANGE_DECIDED = "account_change_decided", _("Another account decided")
    TEST = "test", _("Test message")


# What a clinic chooses among; a test message is asked for each time.
CHOSEN = tuple(event for event in MailEvent if event is not MailEvent.TEST)
# What happens only at clinics that are connected to a scheme.
OF_SCHEME = {
    MailEvent.CLAIM_QUESTION: Scheme.SPECIAL_CARE,
    MailEvent.CLAIM_VOIDED: Scheme.SPECIAL_CARE,
    MailEvent.CLAIMS_FILE_RECEIVED: Scheme.SPECIAL_CARE,
}


class MailStatus(Labelled):
    """How far a message has come."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    GIVEN_UP = "given_up", _("Could not be sent")


class MailFault(Labelled):
    """Why the last try failed, in words that a clinic can act on."""

    NO_ANSWER = "no_answer", _("The mail server does not answer.")
    BAD_ADDRESS = "bad_address", _("The mail server does not take the address. Check it.")
    NO_SIGN_IN = "no_sign_in", _("The mail server does not let Kvitt in. Support knows more.")
    REFUSED = "refused", _("The mail server did not take the message.")
    ADDRESS_GONE = "address_gone", _("The address has been removed from the settings.")


STEPS: dict[tuple[MailStatus, MailStatus], str] = {
    (MailStatus.WAITING, MailStatus.SENT): "send_mail",
    (MailStatus.WAITING, MailStatus.GIVEN_UP): "give_up",
    (MailStatus.GIVEN_UP, MailStatus.WAITING): "send_again",
}


def ensure_step(before: str, after: MailStatus, *, command: str) -> None:
    """Raise Refused unless the command may take a message from one status to the other."""
    if STEPS.get((MailStatus(before), after)) != command:
        message = _("The message has already been sent, or is about to be. There is nothing to do.")
        raise Refused([Problem("step_not_allowed", message)])
