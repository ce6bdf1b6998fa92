"""What the page of a client says of who it is."""

from datetime import date


def calculate_age(born_on: date | None, *, on: date, died_on: date | None = None) -> int | None:
    """A client is so many whole years old on a day; a dead one stays as old as on the day of death.

    Source: spec CF-1, CO-8.
    """
    if born_on is None:
        return None
    day = min(on, died_on) if died_on is not None else on
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
