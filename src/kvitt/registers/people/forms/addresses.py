"""Input about where a person is registered and stays."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.foundation.values.problems import Problem
from kvitt.registers.people import queries, rules
from kvitt.registers.people.lifecycle import AddressKind

_ALL = "all"


class AddressForm(Form):
    """What is written of an address."""

    care_of = forms.CharField(
        label=_("c/o"),
        max_length=100,
        required=False,
        help_text=_("Whom the person lives with. Not the person's own name."),
    )
    has_confirmed_care_of = forms.BooleanField(
        label=_("Somebody of the same name lives there"), required=False, widget=forms.HiddenInput
    )
    street = forms.CharField(
        label=_("Street address"), max_length=200, error_messages={"required": _("Give the street address.")}
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=_("Town"), max_length=100, error_messages={"required": _("Give the town.")})
    country = forms.CharField(
        label=_("Country"), max_length=100, required=False, help_text=_("Empty for Sweden.")
    )

    columns = {"postcode": "kv-c3", "town": "kv-c3"}

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Show them; where c/o holds the person's own name, offer the box that lets it stand."""
        found = list(problems)
        if any(problem.code == rules.OWN_NAME for problem in found):
            self.fields["has_confirmed_care_of"].widget = forms.CheckboxInput()
        super().add_problems(found)


class NewAddressForm(AddressForm):
    """A new address, and whether related persons stay there too."""

    kind = forms.TypedChoiceField(
        label=_("Kind of address"), choices=choices(AddressKind), coerce=AddressKind, widget=forms.RadioSelect
    )
    first_on = DateField(
        label=_("From and including"),
        help_text=_("The open address of the same kind ends the day before."),
        error_messages={"required": _("Give the first day of the address.")},
    )
    share_with = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "Answer yes only if you are sure that they live together in ordinary housing or a serviced flat. "
            "Otherwise no."
        ),
    )

    field_order = ("kind", "first_on")
    columns = {**AddressForm.columns, "kind": "kv-c3", "first_on": "kv-c3"}

    def __init__(
        self, *args: Any, name: str, related: Sequence["queries.RelatedPerson"], **kwargs: Any
    ) -> None:
        """Ask the question where somebody may stay there too, No preset."""
        super().__init__(*args, **kwargs)
        self._codes = [row.person.code for row in related]
        if not related:
            del self.fields["share_with"]
            return
        self.fields["share_with"].label = gettext(
            "Do you want to add the same address of stay for persons related to %(name)s?"
        ) % {"name": name}
        offered = [("", gettext("No"))]
        offered += [(str(row.person.code), _yes_for(row)) for row in related]
        if len(related) > 1:
            offered.append((_ALL, gettext("Yes, for all of them")))
        self.offer("share_with", offered)
        self.initial.setdefault("share_with", "")

    def clean_share_with(self) -> list[UUID]:
        """Return the codes of who stays there too."""
        answer = self.cleaned_data["share_with"]
        if answer == _ALL:
            return self._codes
        return [UUID(answer)] if answer else []


class EndForm(Form):
    """The last day of what is ended."""

    last_on = DateField(label=_("To and including"), error_messages={"required": _("Give the last day.")})


class EndAddressForm(Form):
    """The last day of an address."""

    last_on = DateField(
        label=_("To and including"),
        error_messages={"required": _("Give the last day of the address.")},
    )


def _yes_for(row: "queries.RelatedPerson") -> str:
    words = {"name": row.person.name, "kind": gettext(row.kind.label)}
    return gettext("Yes, for %(name)s (%(kind)s)") % words
