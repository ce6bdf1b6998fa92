"""Read how a client's month came about, step by step."""

from datetime import date

from kvitt.modules.care_fees.lifecycle import MonthStatus
from kvitt.modules.care_fees.models import Client, ClientMonth
from kvitt.modules.care_fees.queries.sentences import sentence


def steps_of(client_month: ClientMonth, *, sees_income: bool = True) -> list[str]:
    """Return the steps of a calculation as sentences in the reader's language.

    Who may not see what clients earn is told the fee and what limits it. Source: spec CO-4, CF-22.
    """
    told = (sentence(kind, values, sees_income=sees_income) for kind, values in client_month.explanation)
    return [each for each in told if each]


def month_of(client: Client, month: date) -> ClientMonth | None:
    """Return what stands of a client's month: calculated, with faults or approved; or None."""
    rows = ClientMonth.objects.filter(client=client, month=month.replace(day=1))
    return rows.exclude(status=MonthStatus.VOIDED).first()
