"""Documents and physical attachments of a case; the register knows the case by module and number alone."""

from django.db import models
from django.db.models import Q

from kvitt.registers.documents.lifecycle import FORMATS, DocumentKind, ParcelStatus
from kvitt.registers.organisations.models import Authority


class Document(models.Model):
    """An uploaded file (*uppladdat dokument*): what it is called and where it lies.

    The file lies outside the database under a random name. A removed document is opened by nobody.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.CharField(max_length=30)
    case_number = models.CharField(max_length=20)
    kind = models.CharField(max_length=30, choices=DocumentKind.choices)
    file_name = models.CharField(max_length=150)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_name = models.UUIDField(unique=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Found by case; of a known kind and format, and never empty."""

        constraints = (
            models.CheckConstraint(condition=Q(kind__in=list(DocumentKind)), name="document_kind"),
            models.CheckConstraint(condition=Q(media_type__in=list(FORMATS)), name="document_media_type"),
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
        )
        indexes = (models.Index(fields=["authority", "module", "case_number"], name="document_of_case"),)

    def __str__(self) -> str:
        """`opg.png`."""
        return self.file_name

    @property
    def label(self) -> str:
        """What it is, as msgid: `X-ray image`."""
        return DocumentKind(self.kind).label


class Parcel(models.Model):
    """Something sent by post to a case (*fysisk bilaga*): what, how many, and whether it came."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.CharField(max_length=30)
    case_number = models.CharField(max_length=20)
    description = models.CharField(max_length=200)
    quantity = models.PositiveIntegerField()
    file_type = models.CharField(max_length=50)
    added_on = models.DateField()
    added_by = models.CharField(max_length=200)
    arrived_on = models.DateField(null=True)
    arrived_by = models.CharField(max_length=200, blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Found by case; at least one."""

        constraints = (models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_quantity"),)
        indexes = (models.Index(fields=["authority", "module", "case_number"], name="parcel_of_case"),)

    def __str__(self) -> str:
        """`Gipsmodell (2)`."""
        return f"{self.description} ({self.quantity})"

    @property
    def status(self) -> ParcelStatus:
        """Whether it must still be waited for."""
        return ParcelStatus.EXPECTED if self.arrived_on is None else ParcelStatus.ARRIVED
