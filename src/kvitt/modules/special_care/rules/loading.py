"""What may be done with a claims file that was checked."""

from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


def check_load(*, is_check_only: bool) -> list[Problem]:
    """A file that was handed in to be checked only (*Endast granska*) is never taken in.

    Source: fakturaportalen, page 6; spec SC-14, SC-15.
    """
    message = _("The file was handed in to be checked only. Hand it in again to have its claims taken in.")
    return [Problem("only_checked", message)] if is_check_only else []
