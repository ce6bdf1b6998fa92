"""The columns of the administrator's lists."""

from django.utils.translation import gettext as _

from kvitt.foundation.columns import Column, Kind


def news() -> list[Column]:
    """Return the columns of the list of news."""
    return [
        Column("title", _("Heading"), lambda item: item.title, lead=True, sort=("title",)),
        Column("first_on", _("First day"), lambda item: item.first_on, kind=Kind.DATE, sort=("first_on",)),
        Column("last_on", _("Last day"), lambda item: item.last_on, kind=Kind.DATE, sort=("last_on",)),
    ]


def faq() -> list[Column]:
    """Return the columns of the list of questions and answers."""
    return [
        Column("question", _("Question"), lambda entry: entry.question, lead=True, sort=("question",)),
        Column("answer", _("Answer"), lambda entry: entry.answer, css="full"),
        Column(
            "position",
            _("Place in the list"),
            lambda entry: entry.position,
            kind=Kind.COUNT,
            sort=("position",),
        ),
    ]


def contacts() -> list[Column]:
    """Return the columns of the list of support contacts."""
    return [
        Column("subject", _("Subject"), lambda contact: contact.subject, lead=True, sort=("subject",)),
        Column("phone", _("Telephone"), lambda contact: contact.phone),
        Column("hours", _("Telephone hours"), lambda contact: contact.hours),
        Column("email", _("E-mail"), lambda contact: contact.email),
        Column(
            "position",
            _("Place in the list"),
            lambda contact: contact.position,
            kind=Kind.COUNT,
            sort=("position",),
        ),
    ]


def questions() -> list[Column]:
    """Return the columns of the authority's list of questions."""
    return [
        Column("subject", _("Subject"), lambda question: question.subject, lead=True, sort=("subject",)),
        Column(
            "asked_at", _("Asked"), lambda question: question.asked_at, kind=Kind.MOMENT, sort=("asked_at",)
        ),
        Column("asked_by", _("User"), lambda question: question.asked_by, sort=("asked_by",)),
        Column("unit", _("Unit"), lambda question: question.unit, sort=("unit",)),
        Column(
            "status", _("Status"), lambda question: question.status, kind=Kind.STATUS, sort=("answered_at",)
        ),
    ]
