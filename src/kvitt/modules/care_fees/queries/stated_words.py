"""What a client has stated, in words: each income, and what the home costs."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext

from kvitt.foundation.values.dates import last_day_of_month
from kvitt.foundation.values.money import format_kronor
from kvitt.modules.care_fees.lifecycle import HomeKind, IncomeKind, IncomePace
from kvitt.modules.care_fees.models import Income, IncomeStatement
from kvitt.modules.care_fees.queries.clients import holds
from kvitt.modules.care_fees.queries.incomes import ROWS
from kvitt.modules.care_fees.rules.income import HousingTerms


def statements_in(client_ids: Collection[int], month: date) -> dict[int, IncomeStatement]:
    """Return the statement that holds in a month, with its incomes, by client; in two statements."""
    rows = IncomeStatement.objects.filter(
        holds(last_day_of_month(month)), client_id__among=list(client_ids)
    ).prefetch_related(ROWS)
    return {row.client_id: row for row in rows}


def sentences_of(statement: IncomeStatement, terms: HousingTerms, *, with_spouse: bool) -> list[str]:
    """Return a sentence for each income and one for the home. Source: spec CF-22."""
    rows = [row for row in statement.rows.all() if with_spouse or not row.is_of_spouse]
    return [*(_income(row) for row in rows), _home(statement, terms)]


def _income(row: Income) -> str:
    is_yearly = row.pace == IncomePace.YEARLY
    if row.is_of_spouse:
        text = (
            gettext("%(kind)s of the spouse: %(amount)s a year, of which tax %(tax)s.")
            if is_yearly
            else gettext("%(kind)s of the spouse: %(amount)s a month, of which tax %(tax)s.")
        )
    else:
        text = (
            gettext("%(kind)s: %(amount)s a year, of which tax %(tax)s.")
            if is_yearly
            else gettext("%(kind)s: %(amount)s a month, of which tax %(tax)s.")
        )
    kind = gettext(IncomeKind(row.kind).label)
    return text % {"kind": kind, "amount": format_kronor(row.amount), "tax": format_kronor(row.tax)}


def _home(statement: IncomeStatement, terms: HousingTerms) -> str:
    if statement.home == HomeKind.RENTED:
        return gettext("Home: rent %(rent)s a month.") % {"rent": format_kronor(statement.rent)}
    values = {
        "percent": terms.own_home_interest_percent,
        "interest": format_kronor(statement.interest),
        "metres": statement.square_metres,
        "standard": format_kronor(terms.standard_cost_square_metre),
    }
    if statement.operating is None:
        text = gettext(
            "Home of one's own: %(percent)s percent of the interest, %(interest)s a year, and %(metres)s "
            "square metres at the standard cost, %(standard)s a year."
        )
        return text % values
    text = gettext(
        "Home of one's own: %(percent)s percent of the interest, %(interest)s a year, and %(operating)s a "
        "month to run it."
    )
    return text % (values | {"operating": format_kronor(statement.operating)})
