"""Input about persons to typed values."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, problem_text
from kvitt.foundation.values import identity

# Without data-identity: a dash put into ten digits would answer the question below for the user.
_NUMBER = {"class": "kv-w-m", "inputmode": "numeric", "autocomplete": "off"}


class NameFilter(Form):
    """The filter of the administrator's list of persons."""

    name = forms.CharField(label=_("Name or part of it"), max_length=100, required=False)


class NumberForm(Form):
    """A number in any form; where ten digits fit two persons, the question which one is meant (spec CO-8)."""

    number = forms.CharField(
        label=_("Personal identity number"),
        max_length=30,
        help_text=_("With or without century and dash. Coordination and reserve numbers are taken too."),
        error_messages={"required": _(identity.NO_NUMBER)},
        widget=forms.TextInput(attrs=_NUMBER),
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        patterns: Sequence[str],
        **kwargs: Any,
    ) -> None:
        """Add the question where what was typed fits two persons."""
        super().__init__(*args, **kwargs)
        self._today, self._patterns = today, patterns
        found = self._read(self.data.get("number", "")) if self.is_bound else ()
        if len(found) > 1:
            question = forms.ChoiceField(
                label=_("Which person is meant?"),
                choices=[(number.digits, str(number)) for number in found],
                widget=forms.RadioSelect,
                error_messages={"required": _("The number fits two persons. Choose which one is meant.")},
            )
            rest = {name: field for name, field in self.fields.items() if name != "number"}
            self.fields = {"number": self.fields["number"], "which": question, **rest}

    def clean(self) -> dict[str, Any]:
        """Leave the twelve characters in `digits`."""
        cleaned = super().clean() or self.cleaned_data
        written = cleaned.get("number")
        if written and "which" in self.fields:
            cleaned["digits"] = cleaned.get("which")
        elif written:
            found = self._read(written)
            cleaned["digits"] = found[0].digits if found else None
            if not found:
                problems = identity.check_identity_number(written, self._today, self._patterns)
                self.add_error("number", [problem_text(problem) for problem in problems])
        return cleaned

    def _read(self, written: str) -> tuple[identity.IdentityNumber, ...]:
        return identity.parse_identity_number(written, self._today, self._patterns)


class PersonForm(Form):
    """What is known of a person, but for the number."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=100, error_messages={"required": _("Give the given name.")}
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=100, error_messages={"required": _("Give the family name.")}
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "kv-w-m", "inputmode": "tel", "autocomplete": "off"}),
    )
    born_on = DateField(
        label=_("Date of birth"),
        required=False,
        help_text=_("Needed only with a reserve number that has no date in it."),
    )
    died_on = DateField(label=_("Date of death"), required=False)
    area_clinic_id = forms.TypedChoiceField(
        label=_("Area-responsible clinic"), coerce=int, empty_value=None, required=False
    )
    is_protected = forms.BooleanField(
        label=_("Protected identity"),
        required=False,
        help_text=_("Name and address are hidden. Whoever opens them gives a reason, and that is logged."),
    )

    columns = {"given_name": "kv-c3", "family_name": "kv-c3", "born_on": "kv-c3", "died_on": "kv-c3"}

    def __init__(
        self,
        *args: Any,
        clinics: Sequence[tuple[str, str]],
        asks_birth_date: bool = True,
        **kwargs: Any,
    ) -> None:
        """Offer the authority's clinics; leave the date of birth out where the number tells it."""
        super().__init__(*args, **kwargs)
        self.offer("area_clinic_id", clinics, empty=_("No clinic"))
        if not asks_birth_date:
            del self.fields["born_on"]


class NewPersonForm(PersonForm, NumberForm):
    """A person who is not registered yet."""


class ReasonForm(Form):
    """Why a protected identity is opened."""

    reason = forms.CharField(
        label=_("Reason for opening"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason is kept in the log with your name, and the person may read it."),
        error_messages={
            "required": _(
                "Say why you need to see the details, for example that the patient is being treated today."
            )
        },
    )
