"""Input about certificates and patient categories, to facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kvitt.foundation.forms import DateField, Form, choices
from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.queries.categories import validity_text
from kvitt.modules.special_care.rules import category as category_rules
from kvitt.modules.special_care.rules import certificate as rules
from kvitt.modules.special_care.rules.category import CategoryFacts
from kvitt.modules.special_care.rules.certificate import CertificateContent
from kvitt.registers.people.forms import NumberForm

USUAL, UNTIL, OPEN = "usual", "until", "open"
Choices = list[tuple[str, str]]


def _with_certificates(categories: Sequence[CategoryFacts]) -> dict[str, CategoryFacts]:
    return {row.code: row for row in categories if row.support is not SupportType.S}


class CertificateFilter(Form):
    """What certificates are searched by; a personal number is not one: it would stand in the address."""

    number = forms.CharField(
        label=_("Certificate number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "kv-w-s", "autocomplete": "off"}),
    )
    support = forms.ChoiceField(label=_("Support type"), required=False)
    category = forms.ChoiceField(label=_("Patient category"), required=False)
    on = DateField(label=_("Valid on"), required=False)
    state = forms.ChoiceField(label=_("Revoked"), required=False)

    def __init__(self, data: Mapping[str, Any], *, categories: Sequence[CategoryFacts]) -> None:
        """Offer the authority's categories that have certificates."""
        # Dialogs open over the list, with fields of the same names.
        super().__init__(data, auto_id="filter_%s")
        labels: Choices = [
            (code, f"{code}, {row.name}") for code, row in _with_certificates(categories).items()
        ]
        supports: Choices = [(each.value, gettext(each.label)) for each in (SupportType.N, SupportType.F)]
        states: Choices = [
            ("", gettext("Revoked or not")),
            ("kept", gettext("Not revoked")),
            ("revoked", gettext("Revoked")),
        ]
        self._offer("support", [("", gettext("N and F dental care")), *supports])
        self._offer("category", [("", gettext("All categories")), *labels])
        self._offer("state", states)

    def _offer(self, name: str, offered: Choices) -> None:
        self.offer(name, offered)

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class CertificateFields(Form):
    """What a certificate says: its category, its days, and who issued it."""

    columns = {"first_on": "kv-c3", "last_on": "kv-c3"}

    category = forms.ChoiceField(
        label=_("Patient category"), error_messages={"required": _("Choose the patient's category.")}
    )
    validity = forms.ChoiceField(
        label=_("Holds"),
        widget=forms.RadioSelect,
        choices=[
            (USUAL, _("As is usual for the category")),
            (UNTIL, _("To and including a day")),
            (OPEN, _("Until further notice")),
        ],
        initial=USUAL,
    )
    first_on = DateField(
        label=_("First day"),
        help_text=_("It may lie in the past: care since then is covered."),
        error_messages={"required": _("Give the day from which the certificate holds.")},
    )
    last_on = DateField(
        label=_("Last day"), required=False, help_text=_("Only for a certificate to and including a day.")
    )
    issued_by = forms.CharField(
        label=_("Issued by"),
        max_length=rules.LONGEST_ISSUER,
        help_text=_("Name or title of who issued it."),
        error_messages={"required": _(rules.NO_ISSUER)},
    )

    def __init__(self, *args: Any, categories: Sequence[CategoryFacts], **kwargs: Any) -> None:
        """Offer these categories, each with how long its certificates hold as a rule."""
        super().__init__(*args, **kwargs)
        self._categories = _with_certificates(categories)
        groups = [
            (
                gettext(support.label),
                [
                    (code, f"{code}, {row.name} ({validity_text(row).lower()})")
                    for code, row in self._categories.items()
                    if row.support is support
                ],
            )
            for support in (SupportType.N, SupportType.F)
        ]
        offered = [("", gettext("Choose a category")), *((name, rows) for name, rows in groups if rows)]
        self.offer("category", offered)

    def clean(self) -> dict[str, Any]:
        """Ask for the last day exactly where the certificate has one."""
        given = super().clean() or self.cleaned_data
        validity, last_on = given.get("validity"), given.get("last_on")
        if validity == UNTIL and last_on is None and "last_on" not in self.errors:
            self.add_error(
                "last_on", gettext("The last day is missing. Give it, or choose how long it holds.")
            )
        if validity != UNTIL and last_on is not None:
            self.add_error("last_on", gettext("Choose to and including a day, or leave the last day empty."))
        return given

    def content(self, *, number: str) -> CertificateContent:
        """Return what was filled in, of the certificate of this number."""
        given = self.cleaned_data
        category = self._categories[given["category"]]
        last_on: date | None = given["last_on"]
        if given["validity"] == USUAL:
            last_on = rules.calculate_last_day(category, first_on=given["first_on"])
        return CertificateContent(
            number=rules.normalise_number(number),
            support=category.support,
            category=category.code,
            first_on=given["first_on"],
            last_on=last_on,
            issued_by=" ".join(given["issued_by"].split()),
        )


class NewCertificateForm(CertificateFields, NumberForm):
    """A certificate that is registered, and the personal number of whom it is for."""

    certificate_number = forms.CharField(
        label=_("Certificate number"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "kv-w-m", "autocomplete": "off"}),
        error_messages={"required": _(rules.NO_NUMBER)},
    )
    field_order = ("number", "which", "certificate_number", "category", "validity", "first_on", "last_on")


class ChangeCertificateForm(CertificateFields):
    """A certificate that is there: its number, its support and whom it is for stay."""

    def __init__(
        self, *args: Any, content: CertificateContent, categories: Sequence[CategoryFacts], **kwargs: Any
    ) -> None:
        """Begin with the certificate as it stands, and offer the categories of its support."""
        initial = {**vars(content), "validity": OPEN if content.last_on is None else UNTIL}
        same = [row for row in categories if row.support is content.support]
        super().__init__(*args, initial=initial, categories=same, **kwargs)


class RevokeForm(Form):
    """From when a certificate holds no longer, and why."""

    revoked_on = DateField(
        label=_("Revoked from"),
        help_text=_("Care from this day on is not covered. It may be a day to come."),
        error_messages={"required": _("Give the day from which the certificate holds no longer.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=rules.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _(rules.NO_REASON)},
    )


class CategoryFilter(Form):
    """What categories are searched by; the date is today unless another is given."""

    support = forms.ChoiceField(label=_("Support type"), required=False)
    on = DateField(label=_("Valid on"), required=False)

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        """Begin with those in use today."""
        given = {"on": today.isoformat(), **{name: data[name] for name in data}}
        super().__init__(given, auto_id="filter_%s")
        offered = [("", gettext("All support types")), *choices(SupportType)]
        self.offer("support", offered)

    def filters(self) -> dict[str, Any]:
        """Return the arguments of the query."""
        return dict(self.cleaned_data) if self.is_valid() else {}


class CategoryForm(Form):
    """What a category says, but for its support and its code."""

    columns = {"first_on": "kv-c3", "last_on": "kv-c3", "valid_years": "kv-c3"}

    name = forms.CharField(label=_("Name"), max_length=category_rules.LONGEST_NAME)
    valid_years = forms.IntegerField(
        label=_("Certificates hold, years"),
        required=False,
        help_text=_("Empty: until further notice. It is proposed when a certificate is registered."),
        widget=forms.TextInput(attrs={"class": "kv-w-xs", "inputmode": "numeric", "autocomplete": "off"}),
    )
    first_on = DateField(label=_("Valid from"))
    last_on = DateField(label=_("Valid to and including"), required=False)

    def facts(self, *, support: str, code: str) -> CategoryFacts:
        """Return what was filled in, of this category."""
        given = self.cleaned_data
        return CategoryFacts(
            support=SupportType(support),
            code=category_rules.normalise_code(code),
            name=" ".join(given["name"].split()),
            first_on=given["first_on"],
            last_on=given["last_on"],
            valid_years=given["valid_years"],
        )


class NewCategoryForm(CategoryForm):
    """A category that is not there yet."""

    support = forms.ChoiceField(
        label=_("Support type"), choices=choices(SupportType), widget=forms.RadioSelect, initial=SupportType.N
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        help_text=_("Letters and digits: N1, F11."),
        widget=forms.TextInput(attrs={"class": "kv-w-xs", "autocomplete": "off"}),
    )
    field_order = ("support", "code")
