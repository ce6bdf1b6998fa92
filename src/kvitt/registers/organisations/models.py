"""Authorities, care providers, clinics with dated rights, practitioners with dated posts."""

from django.db import models
from django.db.models import F, Q

from kvitt.registers.organisations.lifecycle import AuthorityKind, GiroKind, Scheme, UnitKind


class Authority(models.Model):
    """A region or a municipality (*huvudman*): it owns everything that is not common law.

    A municipality has its code, and a parish code (*församlingskod*) to use for who comes from another one.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=AuthorityKind.choices)
    organisation_number = models.CharField(max_length=10, unique=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(blank=True)
    bankgiro = models.CharField(max_length=8, blank=True)
    county = models.CharField(max_length=2, blank=True)
    municipality_code = models.CharField(max_length=4, blank=True)
    parish_code = models.CharField(max_length=6, blank=True)
    letter_text = models.TextField(blank=True)
    reserve_number_patterns = models.TextField(blank=True)

    class Meta:
        """Kinds are held to the enumeration."""

        constraints = (
            models.CheckConstraint(condition=Q(kind__in=list(AuthorityKind)), name="authority_kind"),
        )

    def __str__(self) -> str:
        """The name."""
        return self.name

    @property
    def contact(self) -> str:
        """Whom to contact, as messages say it: `Tandvårdsenheten, 010-103 00 00`."""
        return ", ".join(part for part in (self.contact_name or self.name, self.contact_phone) if part)


class CareProvider(models.Model):
    """A company or public body that runs clinics (*vårdgivare*)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="providers")
    organisation_number = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200, db_index=True)
    search_key = models.CharField(max_length=400)

    class Meta:
        """One provider per organisation number and authority."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "organisation_number"], name="provider_number_once"),
        )

    def __str__(self) -> str:
        """`556000-0019 - Ekens Tandvård AB`."""
        return f"{self.organisation_number[:6]}-{self.organisation_number[6:]} - {self.name}"


class BillingArea(models.Model):
    """The clients that a municipality bills together (*debiteringsområde*); `closed_on` is its last day.

    New clients come to the one for intake (*Nytt ärende ej placerad*). Source: spec CF-1, CF-5.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="areas")
    name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=100)
    is_intake = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        """A name stands once in an authority; one area is for intake."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "name"], name="area_name_once"),
            models.UniqueConstraint(
                fields=["authority"], condition=Q(is_intake=True), name="area_one_for_intake"
            ),
        )

    def __str__(self) -> str:
        """The name."""
        return self.name


class Clinic(models.Model):
    """A unit that gives care and is paid for it (*mottagning*); `closed_on` is its last day.

    A specialist clinic (*specialistklinik*) has prices and limits of its own in special care dentistry. A
    care unit of a municipality (*utförarenhet*) has a kind and a billing area.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="clinics")
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="clinics")
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200, db_index=True)
    search_key = models.CharField(max_length=400)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    town = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    giro_kind = models.CharField(max_length=10, choices=GiroKind.choices, blank=True)
    giro_number = models.CharField(max_length=20, blank=True)
    is_specialist = models.BooleanField(default=False)
    unit_kind = models.CharField(max_length=20, choices=UnitKind.choices, blank=True)
    area = models.ForeignKey(
        BillingArea, null=True, blank=True, on_delete=models.PROTECT, related_name="units"
    )
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        """A clinic number is used once in an authority."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="clinic_number_once"),
            models.CheckConstraint(condition=Q(giro_kind__in=["", *GiroKind]), name="clinic_giro_kind"),
            models.CheckConstraint(condition=Q(unit_kind__in=["", *UnitKind]), name="clinic_unit_kind"),
        )

    def __str__(self) -> str:
        """`1111 - Ekens Tandvård Ryd`."""
        return f"{self.number} - {self.name}"

    @property
    def address(self) -> str:
        """The address on one line, empty when nothing is known."""
        place = f"{self.postcode} {self.town}".strip()
        return ", ".join(part for part in (self.street, place) if part)


class ClinicRight(models.Model):
    """What a clinic is connected to, from when to when."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="rights")
    scheme = models.CharField(max_length=30, choices=Scheme.choices)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A right ends no earlier than it begins."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="right_in_order"
            ),
            models.CheckConstraint(condition=Q(scheme__in=list(Scheme)), name="right_scheme"),
        )

    def __str__(self) -> str:
        """`needs_allowance 2024-01-01 -`."""
        return f"{self.scheme} {self.first_on} - {self.last_on or ''}".rstrip()


class Practitioner(models.Model):
    """A person who gives care at a clinic, from when to when (*behandlare*)."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="practitioners")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100, blank=True)
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        """A post ends no earlier than it begins."""

        constraints = (
            models.CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")), name="post_in_order"
            ),
        )

    def __str__(self) -> str:
        """`Karin Testberg, tandläkare`."""
        return f"{self.name}, {self.title}" if self.title else self.name
