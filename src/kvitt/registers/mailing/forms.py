"""The form of a clinic's choices."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import Form
from kvitt.registers.mailing.lifecycle import MailEvent


class ChoicesForm(Form):
    """Which events give an e-mail, and where it goes."""

    events = forms.TypedMultipleChoiceField(
        label=_("Events that give an e-mail"),
        coerce=MailEvent,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=3_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One on each line. Choose a mailbox that several read, so that nothing waits for one."),
    )

    def __init__(self, *args: Any, offered: Sequence[MailEvent], **kwargs: Any) -> None:
        """Offer the events that can happen at the clinic."""
        super().__init__(*args, **kwargs)
        self.offer("events", [(event.value, _(event.label)) for event in offered])
