"""Where a question to the authority stands."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class QuestionStatus(Labelled):
    """A question is sent in until somebody has answered it. Source: spec CO-26a."""

    SENT_IN = "issued", _("Sent in")
    ANSWERED = "settled", _("Answered")
