"""Patient categories: those in use on a day, one of them, and the list of them."""

from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.http import Http404
from django.utils.translation import gettext

from kvitt.modules.special_care.lifecycle import SupportType
from kvitt.modules.special_care.models import PatientCategory
from kvitt.modules.special_care.rules.category import CategoryFacts, normalise_code
from kvitt.registers.access.rules import Actor, Permission


def categories_of(authority_id: int, *, on: date | None = None) -> QuerySet[Any]:
    """Return an authority's categories, N before F before S and F2 before F10; those in use on a day.

    Source: spec SC-1a.
    """
    supports = [When(support=support.value, then=Value(place)) for place, support in enumerate(SupportType)]
    found = PatientCategory.objects.filter(authority_id=authority_id).annotate(
        place=Case(*supports, output_field=IntegerField()), length=Length("code")
    )
    if on is not None:
        found = found.filter(Q(last_on__isnull=True) | Q(last_on__gte=on), first_on__lte=on)
    return found.order_by("place", "length", "code")


def search_categories(actor: Actor, *, support: str = "", on: date | None = None) -> QuerySet[Any]:
    """Return the categories that the filters let through, for those who see codes."""
    actor.require(Permission.SEE_CODES)
    found = categories_of(actor.authority_id, on=on)
    return found.filter(support=support) if support else found


def category_facts(authority_id: int, code: str) -> CategoryFacts | None:
    """Return the category of a code as the rules know it; None where there is none."""
    found = PatientCategory.objects.filter(authority_id=authority_id, code=normalise_code(code)).first()
    return None if found is None else found.facts()


def category_to_change(actor: Actor, code: str) -> CategoryFacts:
    """Return a category for the form that changes it. Raises NotAllowed, Http404."""
    actor.require(Permission.ADMINISTER)
    found = category_facts(actor.authority_id, code)
    if found is None:
        raise Http404
    return found


def category_names(authority_id: int) -> dict[str, str]:
    """Return what each category is called, by code: `N1, särskilt boende`."""
    return {row.code: str(row) for row in PatientCategory.objects.filter(authority_id=authority_id)}


def validity_text(category: PatientCategory | CategoryFacts) -> str:
    """Return how long certificates of a category hold as a rule; S dental care has none."""
    if category.support == SupportType.S:
        return gettext("No certificate")
    if category.valid_years is None:
        return gettext("Until further notice")
    return gettext("%(years)s years") % {"years": category.valid_years}


def facts_of_all(authority_id: int) -> list[CategoryFacts]:
    """Return every category of an authority as the rules know it, in the order of the list."""
    return [row.facts() for row in categories_of(authority_id)]
