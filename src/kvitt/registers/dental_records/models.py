"""Care reports with their caries findings, and patient contacts."""

from django.db import models
from django.db.models import F, Q

from kvitt.registers.dental_records.lifecycle import ContactKind, Finding, ReportStatus, Risk
from kvitt.registers.dental_records.rules import ReportFacts, ToothFinding
from kvitt.registers.organisations.models import Authority, CareProvider, Clinic, Practitioner
from kvitt.registers.people.models import Person


class CareReportSeries(models.Model):
    """The last number given to a care report; a removed one's number stays spent."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="+")
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The number."""
        return str(self.last_number)


class CareReport(models.Model):
    """What an examination found and when the next one is due (*vårdrapport*).

    `version` counts the changes, so that nobody overwrites what he has not seen.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    created_on = models.DateField()
    created_by = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=ReportStatus.choices, default=ReportStatus.INCOMPLETE)
    examined_on = models.DateField(null=True)
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
    caries_risk = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    periodontal_risk = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    next_revision_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=200)
    settled_on = models.DateField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """Numbers are never repeated; what is settled is whole and stays; a report is corrected once."""

        constraints = (
            models.UniqueConstraint(fields=["authority", "number"], name="care_report_number_once"),
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(removed_at__isnull=True), name="care_report_corrected_once"
            ),
            models.CheckConstraint(condition=Q(status__in=list(ReportStatus)), name="care_report_status"),
            models.CheckConstraint(
                condition=Q(caries_risk__in=["", *Risk], periodontal_risk__in=["", *Risk]),
                name="care_report_risks",
            ),
            models.CheckConstraint(
                condition=Q(status="incomplete", settled_on__isnull=True)
                | (
                    Q(
                        status="settled",
                        settled_on__isnull=False,
                        removed_at__isnull=True,
                        practitioner__isnull=False,
                        examined_on__isnull=False,
                        next_revision_on__gt=F("examined_on"),
                    )
                    & ~Q(caries_risk="")
                    & ~Q(periodontal_risk="")
                ),
                name="care_report_settled_is_whole",
            ),
        )
        indexes = (models.Index(fields=["person", "-number"], name="care_report_of_person"),)

    def __str__(self) -> str:
        """The number."""
        return str(self.number)

    def facts(self) -> ReportFacts:
        """Return what the rules need."""
        return ReportFacts(
            examined_on=self.examined_on,
            has_practitioner=self.practitioner_id is not None,
            caries_risk=self.caries_risk,
            periodontal_risk=self.periodontal_risk,
            next_revision_on=self.next_revision_on,
        )


class CariesFinding(models.Model):
    """What was found on one surface of a tooth, or that the tooth is missing (*kariesregistrering*)."""

    report = models.ForeignKey(CareReport, on_delete=models.CASCADE, related_name="findings")
    tooth = models.CharField(max_length=2)
    surface = models.CharField(max_length=1, blank=True)
    finding = models.CharField(max_length=2, choices=Finding.choices)

    class Meta:
        """One finding for each surface; a missing tooth has no surface and everything else has one."""

        constraints = (
            models.UniqueConstraint(fields=["report", "tooth", "surface"], name="caries_finding_once"),
            models.CheckConstraint(condition=Q(finding__in=list(Finding)), name="caries_finding_kind"),
            models.CheckConstraint(
                condition=Q(finding="M", surface="") | (~Q(finding="M") & ~Q(surface="")),
                name="caries_finding_surface",
            ),
        )

    def __str__(self) -> str:
        """`16 O D3`."""
        return " ".join(filter(None, (self.tooth, self.surface, self.finding)))

    def facts(self) -> ToothFinding:
        """Return what the rules need."""
        return ToothFinding(self.tooth, self.surface, Finding(self.finding))


class PatientContact(models.Model):
    """That a patient was summoned, came, failed to come or cancelled (*patientkontakt*)."""

    provider = models.ForeignKey(CareProvider, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    contacted_on = models.DateField()
    kind = models.CharField(max_length=20, choices=ContactKind.choices)
    note = models.TextField(blank=True)
    created_by = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """Kinds are held to the enumeration; lists are newest first."""

        constraints = (
            models.CheckConstraint(condition=Q(kind__in=list(ContactKind)), name="patient_contact_kind"),
        )
        indexes = (models.Index(fields=["person", "-contacted_on", "-id"], name="patient_contact_newest"),)

    def __str__(self) -> str:
        """`2024-11-27 came`."""
        return f"{self.contacted_on} {self.kind}"
