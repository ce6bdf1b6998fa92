"""The only place that reads the clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def today() -> date:
    """Return the business date: `KVITT_TODAY` where it is set, else the date in Sweden.

    It governs rules and documents only, never audit moments, sessions or throttling.
    """
    fixed: date | None = settings.KVITT_TODAY
    return fixed or now().astimezone(STOCKHOLM).date()


def now() -> datetime:
    """Return the moment, in UTC; no setting moves it."""
    return datetime.now(tz=UTC)
