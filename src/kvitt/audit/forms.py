"""What the administrator types to search the log."""

from django import forms
from django.utils.translation import gettext, gettext_lazy

from kvitt.audit import queries
from kvitt.foundation.forms import DateField, Form
from kvitt.foundation.values.text import sort_key


class SearchEvents(Form):
    """The filters of the audit log."""

    first_on = DateField(label=gettext_lazy("From date"), required=False)
    last_on = DateField(label=gettext_lazy("To date"), required=False)
    user_name = forms.CharField(label=gettext_lazy("User"), required=False, max_length=200)
    action = forms.ChoiceField(label=gettext_lazy("Event"), required=False)
    subject_key = forms.CharField(
        label=gettext_lazy("Concerns"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Its number, for example the number of a case"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("change", gettext_lazy("Alterations")),
            ("read", gettext_lazy("Readings")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Offer the events that the apps have words for, in the reader's order."""
        super().__init__(*args, **kwargs)
        labels = {action: gettext(label) for action, label in queries.action_labels().items()}
        ordered = sorted(labels.items(), key=lambda item: sort_key(item[1]))
        self.offer("action", ordered, empty=gettext("All"))
