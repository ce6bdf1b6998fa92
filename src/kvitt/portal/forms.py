"""What is typed on the portal's pages, as typed values."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, FormPage, choices
from kvitt.foundation.tables import Action
from kvitt.portal.lifecycle import QuestionStatus

_POSITION = forms.TextInput(attrs={"class": "kv-w-xs", "inputmode": "numeric", "autocomplete": "off"})
_LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class EditPage(FormPage):
    """A form page with a button in its heading: to remove or end what the form changes."""

    actions: Sequence[Action] = ()


@dataclass(frozen=True)
class ConfirmPage:
    """A question before something is done, for `dialog.html`."""

    title: str
    lead: str
    question: str
    submit: str
    cancel_url: str
    is_danger: bool = False


class PatientForm(Form):
    """The patient search on its results page; the query decides what the text means."""

    q = forms.CharField(
        label=_("Name or personal identity number"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class NewsForm(Form):
    """A piece of news and the days it is shown."""

    title = forms.CharField(label=_("Heading"), max_length=200)
    text = forms.CharField(
        label=_("Text"), max_length=_LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
    first_on = DateField(label=_("First day"))
    last_on = DateField(label=_("Last day"), required=False, help_text=_("Leave empty if it has no end."))

    columns = {"first_on": "kv-c3", "last_on": "kv-c3"}


class FaqForm(Form):
    """A question that many ask, its answer and its place."""

    question = forms.CharField(label=_("Question"), max_length=300)
    answer = forms.CharField(
        label=_("Answer"), max_length=_LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
    position = forms.IntegerField(
        label=_("Place in the list"), initial=1, min_value=0, max_value=9999, widget=_POSITION
    )


class ContactForm(Form):
    """Whom to ask about a subject, how and when."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-m", "inputmode": "tel", "autocomplete": "off"}),
    )
    hours = forms.CharField(
        label=_("Telephone hours"),
        max_length=200,
        required=False,
        help_text=_("For example: weekdays 9.00-11.30."),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    position = forms.IntegerField(
        label=_("Place in the list"), initial=1, min_value=0, max_value=9999, widget=_POSITION
    )


class AskForm(Form):
    """A question to the authority."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Question"),
        max_length=_LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Write no names or personal identity numbers of patients. Name the case number instead."),
    )


class AnswerForm(Form):
    """An answer to a question."""

    answer = forms.CharField(
        label=_("Answer"), max_length=_LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )


class QuestionFilter(Form):
    """The filters of the authority's list of questions."""

    text = forms.CharField(
        label=_("Subject, user or unit"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=choices(QuestionStatus, empty=_("All")),
        required=False,
        widget=forms.RadioSelect,
    )
