"""Users with their settings, and the roles they hold at a unit."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from kvitt.foundation.values.text import search_key, sort_key
from kvitt.registers.access.lifecycle import Density, Theme
from kvitt.registers.access.rules import Role
from kvitt.registers.organisations.models import Authority, BillingArea, CareProvider, Clinic


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them, by user names in small letters."""

    def create_user(self, *, username: str, name: str, password: str, **fields: object) -> "User":
        """Store a user with the keys that sort and find the name."""
        user = self.model(username=username.strip().lower(), name=name, **fields)
        user.sort_key, user.search_key = name_keys(name, user.username, user.email, user.hsa_id)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the user of a user name, however it is typed."""
        return self.get(username=(username or "").strip().lower())


def name_keys(name: str, username: str, email: str, hsa_id: str = "") -> tuple[str, str]:
    """Return how a user is sorted and found."""
    return sort_key(name)[:200], search_key(f"{name} {username} {email} {hsa_id}".rstrip())[:600]


class User(AbstractBaseUser):
    """Somebody who can sign in. What he may do stands in his grants, nowhere else."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    sort_key = models.CharField(max_length=200, db_index=True)
    search_key = models.CharField(max_length=600)
    email = models.EmailField(blank=True)
    hsa_id = models.CharField(max_length=31, blank=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="users")
    is_active = models.BooleanField(default=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(max_length=10, choices=Density.choices, default=Density.NORMAL)
    has_shortcuts = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        """An HSA-id is one user's."""

        constraints = (
            models.UniqueConstraint(fields=["hsa_id"], condition=~Q(hsa_id=""), name="user_once_hsa_id"),
        )

    def __str__(self) -> str:
        """The name of the person."""
        return self.name


class TwoStep(models.Model):
    """That a user signs in with a code from an authenticator app too (*tvåstegsinloggning*)."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="two_step")
    secret = models.TextField()  # what the app shares, encrypted
    last_step = models.BigIntegerField()  # the half minute of the last code taken: none is taken twice
    wrong_count = models.PositiveIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """`Two-step sign-in of stina`."""
        return f"Two-step sign-in of {self.user.username}"


class RecoveryCode(models.Model):
    """A code that signs a user in once when the authenticator app is lost; only its fingerprint is kept."""

    two_step = models.ForeignKey(TwoStep, on_delete=models.CASCADE, related_name="recovery_codes")
    fingerprint = models.CharField(max_length=64)

    class Meta:
        """A code is its user's once."""

        constraints = (
            models.UniqueConstraint(fields=["two_step", "fingerprint"], name="recovery_code_once"),
        )

    def __str__(self) -> str:
        """`Recovery code of stina`."""
        return f"Recovery code of {self.two_step.user.username}"


_SCOPES = ("clinic", "area", "provider", "authority")


class RoleGrant(models.Model):
    """A role that a user holds at one clinic, one billing area, one care provider or one authority."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    clinic = models.ForeignKey(Clinic, null=True, blank=True, on_delete=models.PROTECT)
    area = models.ForeignKey(BillingArea, null=True, blank=True, on_delete=models.PROTECT)
    provider = models.ForeignKey(CareProvider, null=True, blank=True, on_delete=models.PROTECT)
    authority = models.ForeignKey(Authority, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        """A grant has exactly one scope and is given once."""

        constraints = (
            models.CheckConstraint(condition=Q(role__in=list(Role)), name="grant_role"),
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (Q(**{f"{other}__isnull": other != scope for other in _SCOPES}) for scope in _SCOPES),
                ),
                name="grant_one_scope",
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", "role", scope],
                    condition=Q(**{f"{scope}__isnull": False}),
                    name=f"grant_once_{scope}",
                )
                for scope in _SCOPES
            ),
        )

    def __str__(self) -> str:
        """`dental_basic at 1111 - Ekens Tandvård Ryd`."""
        return f"{self.role} at {self.clinic or self.area or self.provider or self.authority}"
