"""What an authority tells its users, and what they ask."""

from django.db import models
from django.db.models import Q

from kvitt.portal.lifecycle import QuestionStatus
from kvitt.registers.organisations.models import Authority, Clinic


class NewsItem(models.Model):
    """A piece of news on the start page, from when to when."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    text = models.TextField()
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """The title."""
        return self.title


class FaqEntry(models.Model):
    """A question that many ask, with its answer (*frågor och svar*)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=300)
    answer = models.TextField()
    position = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The question."""
        return self.question


class SupportContact(models.Model):
    """Whom to ask about a subject, and when."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    position = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """The subject."""
        return self.subject


class Question(models.Model):
    """A question to the authority from a user at a unit, and its answer.

    `search_key` is made of subject, user and unit; at `read_at` the one who asked marked the answer as read.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, null=True, on_delete=models.PROTECT, related_name="+")
    asked_by_id = models.BigIntegerField()
    asked_by = models.CharField(max_length=200)
    unit = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    subject = models.CharField(max_length=200)
    search_key = models.CharField(max_length=620)
    text = models.TextField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        """An answer has a time, and is read after it; lists are newest first."""

        constraints = (
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="", read_at__isnull=True)
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answered_with_text",
            ),
        )
        indexes = (
            models.Index(fields=["authority", "-id"], name="question_newest"),
            models.Index(fields=["asked_by_id", "-id"], name="question_of_user"),
        )

    def __str__(self) -> str:
        """The subject."""
        return self.subject

    @property
    def status(self) -> QuestionStatus:
        """Whether it is answered."""
        return QuestionStatus.ANSWERED if self.answered_at else QuestionStatus.SENT_IN

    @property
    def has_unread_answer(self) -> bool:
        """Whether the one who asked has an answer that is not marked as read."""
        return self.answered_at is not None and self.read_at is None
