"""Persons with the history of their numbers; their dated addresses, relations and contact persons."""

import uuid

from django.db import models
from django.db.models import F, Q

from kvitt.foundation.fields import IdentityNumberField
from kvitt.foundation.values.identity import IdentityKind, format_identity_number
from kvitt.registers.organisations.models import Authority, Clinic
from kvitt.registers.people.lifecycle import AddressKind, ContactKind, RelationKind


class Person(models.Model):
    """A person as one authority knows him or her.

    `merged_into` points from a record that turned out to be the same person to the one that remains.
    `sort_key` and `search_key` are made in Python, so both databases sort and find alike.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="persons")
    identity_number = IdentityNumberField()
    identity_kind = models.CharField(max_length=20)
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=210)
    search_key = models.CharField(max_length=210)
    born_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    died_on = models.DateField(null=True, blank=True)
    is_protected = models.BooleanField(default=False)
    area_clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    class Meta:
        """One record per number and authority, sorted by family name."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "identity_number"], name="person_number_once"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(identity_kind__in=list(IdentityKind)), name="person_number_kind"
            ),
        )
        indexes = (models.Index(fields=["authority", "sort_key", "id"], name="person_by_name"),)

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def name(self) -> str:
        """Given name and family name; the number of somebody whose name nobody has told."""
        name = f"{self.given_name} {self.family_name}".strip()
        return name or format_identity_number(self.identity_number)


class PersonNumber(models.Model):
    """A number that a person had before, and until when."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="former_numbers")
    identity_number = IdentityNumberField(db_index=True)
    last_on = models.DateField()

    def __str__(self) -> str:
        """Until when; never the number."""
        return f"number until {self.last_on}"


class Address(models.Model):
    """Where a person is registered or stays, from when to when; ended, never deleted."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=20, choices=AddressKind.choices)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    care_of = models.CharField(max_length=100, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    town = models.CharField(max_length=100)
    country = models.CharField(max_length=100, blank=True)

    class Meta:
        """At most one open address of a kind."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="address_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(AddressKind)), name="address_kind"),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(last_on__isnull=True), name="address_one_open"
            ),
        )

    def __str__(self) -> str:
        """The address on one line."""
        care_of = f"c/o {self.care_of}" if self.care_of else ""
        place = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (care_of, self.street, place, self.country) if part)


class Relation(models.Model):
    """How two persons of an authority belong together, from when to when; ended, never deleted.

    `kind` says what `other` is to `person`; one row stands for both. Source: spec CO-10.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relations_to")
    kind = models.CharField(max_length=20, choices=RelationKind.choices)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """Two persons, once of a kind at a time."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="relation_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(RelationKind)), name="relation_kind"),
            models.CheckConstraint(condition=~Q(person=F("other")), name="relation_of_two"),
            models.UniqueConstraint(
                fields=["person", "other", "kind"],
                condition=Q(last_on__isnull=True),
                name="relation_one_open",
            ),
        )

    def __str__(self) -> str:
        """`spouse from 2024-01-01`; never a name."""
        return f"{self.kind} from {self.first_on}"


class ContactPerson(models.Model):
    """Who speaks or pays for a person (*referensperson*), from when to when; ended, never deleted.

    Source: spec CO-11, CF-3, CF-4.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=20, choices=ContactKind.choices)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    organisation_number = models.CharField(max_length=10, blank=True)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """Kinds are held to the enumeration."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="contact_in_order"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ContactKind)), name="contact_kind"),
        )

    def __str__(self) -> str:
        """`relative from 2024-01-01`; never a name."""
        return f"{self.kind} from {self.first_on}"

    @property
    def address(self) -> str:
        """The address on one line, empty when nothing is known."""
        place = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (self.street, place, self.country) if part)
