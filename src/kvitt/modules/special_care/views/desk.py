"""What the views of the review share: the way here, and what is told of many at once."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kvitt.foundation import tables


def way_to_review(number: str) -> list[tables.Crumb]:
    """Return the way to what is done with a claim, for those who meet it as a page of its own."""
    return [
        tables.Crumb(_("Review claims"), reverse("special_care:review_claims")),
        tables.Crumb(number, reverse("special_care:case", args=[number])),
    ]


def way_to_question(number: str) -> list[tables.Crumb]:
    """Return the way to the answer to a question about a claim."""
    return [
        tables.Crumb(_("Questions from the region"), reverse("special_care:questions")),
        tables.Crumb(number, reverse("special_care:case", args=[number])),
    ]


def listed(text: str, items: Iterable[tuple[str, str]]) -> SafeString:
    """Return a sentence and, below it, what it is about: each thing, and what is said of it."""
    return format_html("{}<ul>{}</ul>", text, format_html_join("", "<li>{}: {}</li>", items))
