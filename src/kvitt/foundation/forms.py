"""Forms: typed dates, amounts and numbers, and problems shown at their fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from kvitt.foundation import clock
from kvitt.foundation.values import dates, identity, money
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.problems import Problem, Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


T = TypeVar("T")

# What somebody typed before the session ended, while the page is made that shows it again.
_typed_again: ContextVar[QueryDict | None] = ContextVar("typed_again", default=None)


@contextmanager
def typed_again(typed: QueryDict | None) -> Iterator[None]:
    """Let every form made inside show this where nothing is sent; `give_back` tells what."""
    token = _typed_again.set(typed)
    try:
        yield
    finally:
        _typed_again.reset(token)


def give_back(typed: QueryDict) -> None:
    """Fill the forms of the page that is being made with what was typed before."""
    _typed_again.set(typed)


def given_back() -> QueryDict | None:
    """Return what was typed before, for a page that fills something else than forms with it."""
    return _typed_again.get()


def problem_text(problem: Problem) -> str:
    """Return the problem in the reader's language, its values filled in; a value may be a problem itself."""
    message = gettext(problem.message)
    values = {
        name: problem_text(value) if isinstance(value, Problem) else value
        for name, value in problem.values.items()
    }
    return message % values if values else message


def choices(labels: type[Labelled], *, empty: "StrOrPromise | None" = None) -> list[tuple[str, Any]]:
    """Return the members of an enumeration as translated choices, after an empty one where asked for."""
    translated: list[tuple[str, Any]] = [(value, gettext_lazy(label)) for value, label in labels.choices()]
    return translated if empty is None else [("", empty), *translated]


class Form(forms.Form):
    """A form that takes a command's problems and shows them at their fields."""

    # A field that has something better to say gives an error message of its own.
    required_text = gettext_lazy("The field is empty. Fill it in.")
    # The filters of a list go in the address, unless one of them may not stand there.
    is_posted = False
    # The button of a list's filters, where it is not called Search.
    search_label: "StrOrPromise" = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave out the colon after labels; the pages set them above the fields."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = self.required_text

    def offer(
        self, name: str, choices: Iterable[tuple[Any, Any]], *, empty: "StrOrPromise | None" = None
    ) -> None:
        """Let a field offer these choices, after an empty one where asked for."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [*choices] if empty is None else [("", empty), *choices]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:  # noqa: ANN401 - Django's own
        """Show what was typed before the session ended, where this form was filled in then."""
        typed = _typed_again.get()
        names = {self.add_prefix(name) for name in self.fields}
        if typed is None or isinstance(field, forms.FileField) or names.isdisjoint(typed):
            return super().get_initial_for_field(field, field_name)
        return field.widget.value_from_datadict(typed, MultiValueDict(), self.add_prefix(field_name))

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field, or above the form where it has none here."""
        for problem in problems:
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, forms.ValidationError(problem_text(problem), code=problem.code))


class DateField(forms.CharField):
    """A date typed as 2025-03-20, 20250320, 250320 or `idag`."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        """Mark the control so that the page gives it a date picker."""
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "data-date": ""})

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the date, or None when nothing is typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return dates.parse_date(text, today=clock.today())
        except ValueError as fault:
            message = gettext("%(text)s is not a date. Write it as year, month and day: 2025-03-20.")
            raise forms.ValidationError(message % {"text": text}, code="not_a_date") from fault

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Show a date as 2025-03-20, and what was typed as it was typed."""
        return value.isoformat() if isinstance(value, date) else value


# More öre than this no database adds up.
_LARGEST_STORED = 10**15


class KronorField(forms.CharField):
    """An amount typed in kronor; the cleaned value is whole öre."""

    def __init__(self, **kwargs: Any) -> None:
        """Ask for a number on telephones."""
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the öre, or None when nothing is typed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            amount: money.Ore | None = money.parse_kronor(text)
        except ValueError:
            amount = None
        if amount is None or abs(amount) > _LARGEST_STORED:
            message = gettext("%(text)s is not an amount. Write kronor with at most two decimals: 1 235,50.")
            raise forms.ValidationError(message % {"text": text}, code="not_an_amount")
        return amount

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Show öre as kronor without the unit, and what was typed as it was typed."""
        return money.format_kronor(value).removesuffix("kr").strip() if isinstance(value, int) else value


class IdentityField(forms.CharField):
    """A personal, coordination or reserve number in any form; the cleaned value is twelve characters.

    Ten digits without a sign that fit two persons are refused with the question which one is meant.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Mark the control so that the page shows the number with its dash."""
        self.reserve_patterns = identity.DEFAULT_RESERVE_PATTERNS
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "data-identity": ""})

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the twelve characters, or None when nothing is typed."""
        text = super().clean(value)
        if not text:
            return None
        found = identity.parse_identity_number(
            text, today=clock.today(), reserve_patterns=self.reserve_patterns
        )
        if len(found) == 1:
            return found[0].digits
        if found:
            message = gettext(
                "The number fits two persons: %(first)s and %(second)s. Write it with the century."
            )
            first, second = (identity.format_identity_number(number.digits) for number in found[:2])
            raise forms.ValidationError(message % {"first": first, "second": second}, code="two_persons")
        problems = identity.check_identity_number(
            text, today=clock.today(), reserve_patterns=self.reserve_patterns
        )
        raise forms.ValidationError([problem_text(problem) for problem in problems])


def carry_out(form: Form, command: Callable[..., T]) -> T | None:
    """Carry out the command with what the form holds; a refusal is shown in the form."""
    if not form.is_valid():
        return None
    try:
        return command(**form.cleaned_data)
    except Refused as refused:
        form.add_problems(refused.problems)
        return None


@dataclass(frozen=True)
class FormPage:
    """Everything `form.html` and `dialog.html` show: one form or question, its button and the way back."""

    title: Any
    form: Form
    submit: Any
    cancel_url: str
    lead: Any = ""
    crumbs: Sequence[Any] = ()
    note: Any = ""
    question: Any = ""
    cancel: Any = ""
    is_danger: bool = False
