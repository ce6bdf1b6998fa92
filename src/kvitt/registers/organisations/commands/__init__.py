"""Change the authority, its care providers and clinics, their rights and their practitioners."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction
from django.http import Http404

from kvitt.audit import commands as audit
from kvitt.audit.rules import Difference, calculate_difference
from kvitt.foundation.values import identity
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.problems import Problem, refuse_if_any
from kvitt.foundation.values.text import gettext_noop as _
from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.organisations import queries, rules
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, ClinicRight, Practitioner
from kvitt.registers.organisations.rules import ADMINISTER, Dated

if TYPE_CHECKING:
    from kvitt.registers.access.rules import Actor

Row = TypeVar("Row", bound=models.Model)

# How a row is sorted and found follows from its name; the log leaves it out.
_KEYS = ("sort_key", "search_key")
NUMBER_IS_TAKEN = _("%(number)s is in use already. Check the number.")


@transaction.atomic
def change_authority(
    actor: "Actor",
    *,
    name: str,
    organisation_number: str,
    contact_name: str = "",
    contact_phone: str = "",
    contact_email: str = "",
    bankgiro: str = "",
    county: str = "",
    municipality_code: str = "",
    parish_code: str = "",
    letter_text: str = "",
    reserve_number_patterns: str = "",
) -> Authority:
    """Change what the authority says about itself: names, contact, account, codes, letters, numbers."""
    actor.require(ADMINISTER)
    authority = Authority.objects.select_for_update().get(id=actor.authority_id)
    refuse_if_any(
        rules.check_authority(
            name=name,
            organisation_number=organisation_number,
            bankgiro=bankgiro,
            county=county,
            municipality_code=municipality_code,
            parish_code=parish_code,
            reserve_patterns=reserve_number_patterns,
        )
    )
    digits = identity.normalise_organisation_number(organisation_number)
    refuse_if_any(_taken(Authority.objects.exclude(id=authority.id), organisation_number=digits))
    values = {
        "name": name,
        "organisation_number": digits,
        "contact_name": contact_name,
        "contact_phone": contact_phone,
        "contact_email": contact_email,
        "bankgiro": identity.normalise_bankgiro(bankgiro),
        "county": county,
        "municipality_code": municipality_code,
        "parish_code": parish_code,
        "letter_text": letter_text.replace("\r\n", "\n"),
        "reserve_number_patterns": reserve_number_patterns.replace("\r\n", "\n"),
    }
    if difference := apply_values(authority, values):
        audit.record(
            "organisations.change_authority",
            actor,
            subject=("authority", authority.organisation_number),
            before=difference.before,
            after=difference.after,
        )
    return authority


@transaction.atomic
def create_provider(actor: "Actor", *, name: str, organisation_number: str) -> CareProvider:
    """Add a care provider to the authority."""
    actor.require(ADMINISTER)
    values = _provider_values(name=name, organisation_number=organisation_number)
    taken = CareProvider.objects.filter(authority_id=actor.authority_id)
    refuse_if_any(_taken(taken, organisation_number=values["organisation_number"]))
    provider = CareProvider.objects.create(authority_id=actor.authority_id, **values)
    after = calculate_difference({}, values, leave_out=_KEYS).after
    audit.record(
        "organisations.create_provider",
        actor,
        subject=("provider", provider.organisation_number),
        after=after,
    )
    return provider


@transaction.atomic
def change_provider(actor: "Actor", *, provider_id: int, name: str, organisation_number: str) -> CareProvider:
    """Change the name or the number of a care provider."""
    actor.require(ADMINISTER)
    provider = _locked(CareProvider.objects.filter(authority_id=actor.authority_id), provider_id)
    values = _provider_values(name=name, organisation_number=organisation_number)
    taken = CareProvider.objects.filter(authority_id=actor.authority_id).exclude(id=provider.id)
    refuse_if_any(_taken(taken, organisation_number=values["organisation_number"]))
    if difference := apply_values(provider, values):
        audit.record(
            "organisations.change_provider",
            actor,
            subject=("provider", provider.organisation_number),
            before=difference.before,
            after=difference.after,
        )
    return provider


@transaction.atomic
def create_clinic(
    actor: "Actor",
    *,
    provider_id: int,
    giro_kind: str = "",
    giro_number: str = "",
    is_specialist: bool = False,
    unit_kind: str = "",
    area_id: int | None = None,
    **details: str,
) -> Clinic:
    """Add a clinic of a care provider, or a care unit; another account takes two persons later (SC-24)."""
    actor.require(ADMINISTER)
    names = {"number": details["number"], "name": details["name"]}
    refuse_if_any(rules.check_clinic(**names, giro_kind=giro_kind, giro_number=giro_number))
    values = {
        **_clinic_values(**details),
        "giro_kind": giro_kind,
        "giro_number": rules.normalise_account(giro_kind, giro_number),
        "is_specialist": is_specialist,
        **_unit_values(actor, unit_kind, area_id),
    }
    provider = _locked(CareProvider.objects.filter(authority_id=actor.authority_id), provider_id)
    refuse_if_any(_taken(Clinic.objects.filter(authority_id=actor.authority_id), number=details["number"]))
    clinic = Clinic.objects.create(authority_id=actor.authority_id, provider=provider, **values)
    after = calculate_difference({}, {**values, "provider_id": provider.id}, leave_out=_KEYS).after
    audit.record("organisations.create_clinic", actor, subject=("clinic", clinic.number), after=after)
    return clinic


@transaction.atomic
def change_clinic(
    actor: "Actor",
    *,
    clinic_id: int,
    provider_id: int,
    is_specialist: bool = False,
    unit_kind: str = "",
    area_id: int | None = None,
    **details: str,
) -> Clinic:
    """Change a clinic's number, name, address, telephone, e-mail, kind, billing area or care provider.

    Its account takes two persons: see `clinic_administration`.
    """
    actor.require(ADMINISTER)
    clinic = _locked_clinic(actor, clinic_id)
    refuse_if_any(rules.check_clinic_names(number=details["number"], name=details["name"]))
    values = {
        **_clinic_values(**details),
        "is_specialist": is_specialist,
        **_unit_values(actor, unit_kind, area_id),
    }
    provider = _locked(CareProvider.objects.filter(authority_id=actor.authority_id), provider_id)
    taken = Clinic.objects.filter(authority_id=actor.authority_id).exclude(id=clinic.id)
    refuse_if_any(_taken(taken, number=details["number"]))
    if difference := apply_values(clinic, {**values, "provider_id": provider.id}):
        audit.record(
            "organisations.change_clinic",
            actor,
            subject=("clinic", clinic.number),
            before=difference.before,
            after=difference.after,
        )
    return clinic


@transaction.atomic
def change_contact(
    actor: "Actor",
    *,
    clinic_id: int,
    street: str = "",
    postcode: str = "",
    town: str = "",
    phone: str = "",
    email: str = "",
) -> Clinic:
    """Change how a clinic is reached: its own administrator may, its name and number stay the authority's.

    Source: spec SC-24.
    """
    queries.clinic_to_manage(actor, clinic_id)
    clinic = _locked_clinic(actor, clinic_id)
    contact = {"street": street, "postcode": postcode, "town": town, "phone": phone, "email": email}
    values = _clinic_values(number=clinic.number, name=clinic.name, **contact)
    if difference := apply_values(clinic, values):
        audit.record(
            "organisations.change_contact",
            actor,
            subject=("clinic", clinic.number),
            before=difference.before,
            after=difference.after,
        )
    return clinic


@transaction.atomic
def close_clinic(actor: "Actor", *, today: date, clinic_id: int, closed_on: date) -> Clinic:
    """Give a clinic its last day: its rights, its practitioners' posts and its listings end with it.

    `listings` reads the day where it asks how long a listing holds. Cases stay readable, credits still run.
    """
    actor.require(ADMINISTER)
    clinic = _locked_clinic(actor, clinic_id)
    rights = [Dated(row.id, Period(row.first_on, row.last_on)) for row in clinic.rights.all()]
    posts = [Dated(row.id, Period(row.first_on, row.last_on), row.name) for row in clinic.practitioners.all()]
    refuse_if_any(
        rules.check_closing(closed_on, today=today, already=clinic.closed_on, rights=rights, posts=posts)
    )
    plan = rules.plan_closing(closed_on, rights=rights, posts=posts)
    clinic.rights.filter(id__in=plan.rights_to_end).update(last_on=closed_on)
    clinic.rights.filter(id__in=plan.rights_to_remove).delete()
    clinic.practitioners.filter(id__in=plan.posts_to_end).update(last_on=closed_on)
    clinic.closed_on = closed_on
    clinic.save(update_fields=["closed_on"])
    after = {
        "closed_on": closed_on.isoformat(),
        "rights_ended": len(plan.rights_to_end),
        "rights_removed": len(plan.rights_to_remove),
        "posts_ended": len(plan.posts_to_end),
    }
    audit.record("organisations.close_clinic", actor, subject=("clinic", clinic.number), after=after)
    return clinic


@transaction.atomic
def reopen_clinic(actor: "Actor", *, clinic_id: int) -> Clinic:
    """Take back a clinic's last day; rights and posts that ended with it are given anew by hand."""
    actor.require(ADMINISTER)
    clinic = _locked_clinic(actor, clinic_id)
    if clinic.closed_on is None:
        refuse_if_any([Problem("not_closed", rules.NOT_CLOSED)])
    if difference := apply_values(clinic, {"closed_on": None}):
        audit.record(
            "organisations.reopen_clinic",
            actor,
            subject=("clinic", clinic.number),
            before=difference.before,
            after=difference.after,
        )
    return clinic


@transaction.atomic
def add_right(
    actor: "Actor", *, clinic_id: int, scheme: str, first_on: date, last_on: date | None = None
) -> ClinicRight:
    """Connect a clinic to a scheme, from a day on."""
    actor.require(ADMINISTER)
    clinic = _locked_clinic(actor, clinic_id)
    others = [
        Period(row.first_on, row.last_on) for row in clinic.rights.filter(scheme=scheme).order_by("first_on")
    ]
    refuse_if_any(rules.check_right(Period(first_on, last_on), others=others, closed_on=clinic.closed_on))
    right = ClinicRight.objects.create(clinic=clinic, scheme=scheme, first_on=first_on, last_on=last_on)
    after = calculate_difference({}, {"scheme": scheme, "first_on": first_on, "last_on": last_on}).after
    audit.record("organisations.add_right", actor, subject=("clinic", clinic.number), after=after)
    return right


@transaction.atomic
def end_right(actor: "Actor", *, right_id: int, last_on: date | None) -> ClinicRight:
    """Give a right its last day, another last day, or none at all."""
    right = queries.right_to_change(actor, right_id)
    clinic = _locked_clinic(actor, right.clinic_id)
    others = [
        Period(row.first_on, row.last_on)
        for row in clinic.rights.filter(scheme=right.scheme).exclude(id=right.id).order_by("first_on")
    ]
    problems = rules.check_right(Period(right.first_on, last_on), others=others, closed_on=clinic.closed_on)
    refuse_if_any(problems)
    if difference := apply_values(right, {"last_on": last_on}):
        before = {"scheme": right.scheme, **difference.before}
        after = {"scheme": right.scheme, **difference.after}
        audit.record(
            "organisations.end_right", actor, subject=("clinic", clinic.number), before=before, after=after
        )
    return right


@transaction.atomic
def remove_right(actor: "Actor", *, today: date, right_id: int) -> Clinic:
    """Take away a right that has not begun."""
    right = queries.right_to_change(actor, right_id)
    clinic = _locked_clinic(actor, right.clinic_id)
    refuse_if_any(rules.check_removal(Period(right.first_on, right.last_on), today=today))
    values = {"scheme": right.scheme, "first_on": right.first_on, "last_on": right.last_on}
    right.delete()
    before = calculate_difference(values, {}).before
    audit.record("organisations.remove_right", actor, subject=("clinic", clinic.number), before=before)
    return clinic


@transaction.atomic
def add_practitioner(
    actor: "Actor", *, clinic_id: int, name: str, title: str = "", first_on: date, last_on: date | None = None
) -> Practitioner:
    """Say who gives care at a clinic, from when to when."""
    actor.require(ADMINISTER)
    clinic = _locked_clinic(actor, clinic_id)
    refuse_if_any(rules.check_post(name=name, period=Period(first_on, last_on), closed_on=clinic.closed_on))
    values = {"name": name, "title": title, "first_on": first_on, "last_on": last_on}
    practitioner = Practitioner.objects.create(clinic=clinic, **values)
    after = calculate_difference({}, values).after
    audit.record("organisations.add_practitioner", actor, subject=("clinic", clinic.number), after=after)
    return practitioner


@transaction.atomic
def change_practitioner(
    actor: "Actor",
    *,
    practitioner_id: int,
    name: str,
    title: str = "",
    first_on: date,
    last_on: date | None = None,
) -> Practitioner:
    """Change a practitioner's name or title, or the days at the clinic."""
    practitioner = queries.practitioner_to_change(actor, practitioner_id)
    clinic = _locked_clinic(actor, practitioner.clinic_id)
    refuse_if_any(rules.check_post(name=name, period=Period(first_on, last_on), closed_on=clinic.closed_on))
    values = {"name": name, "title": title, "first_on": first_on, "last_on": last_on}
    if difference := apply_values(practitioner, values):
        before = {"practitioner": practitioner.id, **difference.before}
        after = {"practitioner": practitioner.id, **difference.after}
        audit.record(
            "organisations.change_practitioner",
            actor,
            subject=("clinic", clinic.number),
            before=before,
            after=after,
        )
    return practitioner


def _provider_values(*, name: str, organisation_number: str) -> dict[str, str]:
    refuse_if_any(rules.check_provider(name=name, organisation_number=organisation_number))
    digits = identity.normalise_organisation_number(organisation_number)
    return {
        "name": name,
        "organisation_number": digits,
        "sort_key": sort_key(name)[:200],
        "search_key": search_key(f"{digits} {identity.format_organisation_number(digits)} {name}")[:400],
    }


def _clinic_values(
    *,
    number: str,
    name: str,
    street: str = "",
    postcode: str = "",
    town: str = "",
    phone: str = "",
    email: str = "",
) -> dict[str, object]:
    return {
        "number": number,
        "name": name,
        "sort_key": sort_key(name)[:200],
        "search_key": search_key(f"{number} {name} {town}")[:400],
        "street": street,
        "postcode": postcode,
        "town": town,
        "phone": phone,
        "email": email,
    }


def _unit_values(actor: "Actor", unit_kind: str, area_id: int | None) -> dict[str, object]:
    """Return what a care unit has and a clinic has not. Raises Http404 for an area that is not there."""
    kind = queries.authority_kind(actor.authority_id)
    refuse_if_any(rules.check_care_unit(of=kind, unit_kind=unit_kind, has_area=area_id is not None))
    if area_id is not None:
        _locked(queries.areas_of(actor), area_id)
    return {"unit_kind": unit_kind, "area_id": area_id}


def _taken(rows: models.QuerySet[Any], **number: str) -> list[Problem]:
    """Return a problem at the field when another row has the number already."""
    ((field, value),) = number.items()
    return (
        [Problem("number_is_taken", NUMBER_IS_TAKEN, field, {"number": value})]
        if rows.filter(**number).exists()
        else []
    )


def _locked(rows: models.QuerySet[Row], row_id: int) -> Row:
    row = rows.select_for_update(of=("self",)).filter(id=row_id).first()
    if row is None:
        raise Http404
    return row


def _locked_clinic(actor: "Actor", clinic_id: int) -> Clinic:
    return _locked(queries.clinics_of(actor), clinic_id)


def apply_values(row: models.Model, values: Mapping[str, object]) -> Difference:
    """Write what is new, and return it for the log; nothing is written when nothing is new."""
    before = {name: getattr(row, name) for name in values}
    if before != values:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
    return calculate_difference(before, values, leave_out=_KEYS)
