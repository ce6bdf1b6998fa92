"""Read care providers for the administrator's pages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from kvitt.foundation.tables import Crumb
from kvitt.foundation.values import identity
from kvitt.foundation.values.text import search_key
from kvitt.registers.organisations.lifecycle import AuthorityKind
from kvitt.registers.organisations.models import CareProvider, Clinic
from kvitt.registers.organisations.queries import authority_kind, clinics_of, providers_of, units_title
from kvitt.registers.organisations.rules import ADMINISTER

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor


@dataclass(frozen=True)
class ProviderPage:
    """Everything `provider.html` shows."""

    id: int
    title: str
    lead: str
    crumbs: list[Crumb]
    units_title: str
    clinics: list[Clinic]


def search_providers(actor: "Actor", *, text: str = "") -> QuerySet[CareProvider]:
    """Return the care providers that the filter lets through, each with its number of clinics."""
    actor.require(ADMINISTER)
    providers = providers_of(actor)
    if text:
        providers = providers.filter(search_key__contains=search_key(text))
    clinics = (
        Clinic.objects.filter(provider=OuterRef("pk"), closed_on__isnull=True)
        .order_by()
        .values("provider")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return providers.annotate(clinic_count=Coalesce(Subquery(clinics), 0))


def provider_page(actor: "Actor", provider_id: int) -> ProviderPage:
    """Return one care provider with its clinics, for the administrator."""
    provider = provider_to_change(actor, provider_id)
    return ProviderPage(
        id=provider.id,
        title=provider.name,
        lead=identity.format_organisation_number(provider.organisation_number),
        crumbs=[
            Crumb(gettext("Care providers"), reverse("organisations:search_providers")),
            Crumb(provider.name),
        ],
        units_title=units_title(authority_kind(actor.authority_id) is AuthorityKind.MUNICIPALITY),
        clinics=list(clinics_of(actor).filter(provider=provider)),
    )


def provider_to_change(actor: "Actor", provider_id: int) -> CareProvider:
    """Return a care provider to the administrator. Raises Http404 for one he may not see."""
    found = providers_of(actor).filter(id=provider_id).first()
    if found is None:
        raise Http404
    actor.require(ADMINISTER)
    return found


def provider_choices(actor: "Actor") -> list[tuple[int, str]]:
    """Return the care providers as choices: number of the row, and name."""
    return list(providers_of(actor).values_list("id", "name"))
