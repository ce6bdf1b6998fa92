"""What may stand in a text that everybody at the authority or a unit reads."""

import re
from datetime import date

from kvitt.foundation.values import identity
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _

_LIKE_A_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{2})?[0-9]{6}\s?[-+]?\s?[0-9]{4}(?![0-9])")


def check_text(text: str, *, field: str, today: date) -> list[Problem]:
    """A text that is read without a log of reads holds no personal identity number.

    Source: spec CO-30, pdl chapter 4
    """
    for found in _LIKE_A_NUMBER.finditer(text):
        if identity.parse_identity_number(found.group(), today):
            message = _(
                "The text holds something that looks like a personal identity number. "
                "Take it out; name the case number instead."
            )
            return [Problem("personal_number_in_text", message, field=field)]
    return []


def check_news_period(first_on: date, last_on: date | None) -> list[Problem]:
    """News is shown at least one day: the last day is not before the first.

    Source: spec CO-28
    """
    if last_on is not None and last_on < first_on:
        message = _("The last day is before the first, %(first)s. Give that day or a later one, or none.")
        return [Problem("days_out_of_order", message, field="last_on", values={"first": first_on})]
    return []


def check_contact(*, phone: str, email: str) -> list[Problem]:
    """A contact can be reached: by telephone, by e-mail, or both.

    Source: spec CO-26a
    """
    if phone or email:
        return []
    message = _("Nobody can be reached without a telephone number or an e-mail address. Give at least one.")
    return [Problem("no_way_to_reach", message, field="phone")]
