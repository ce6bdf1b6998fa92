"""Model fields that say what they hold."""

from django.db import models


class MoneyField(models.BigIntegerField):  # type: ignore[type-arg]
    """Whole öre, exact on both databases."""

    description = "whole öre"


class IdentityNumberField(models.CharField):  # type: ignore[type-arg]
    """A personal, coordination or reserve number in its stored form of twelve characters."""

    description = "identity number in twelve characters"

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Fix the length at twelve."""
        kwargs["max_length"] = 12
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
