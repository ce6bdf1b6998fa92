"""What a locked month turned out to be, brought with a later one."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kvitt.foundation.values.money import Ore
from kvitt.modules.care_fees.lifecycle import LineKind
from kvitt.modules.care_fees.rules.absence import AbsenceFacts, AbsenceTerms, count_absences
from kvitt.modules.care_fees.rules.explanation import Step, StepKind
from kvitt.modules.care_fees.rules.fee import FeeLine
from kvitt.modules.care_fees.rules.month_facts import LockedMonth

# What an amount belongs to: service (None is rent), unit, and percent of VAT.
_Key = tuple[int | None, int | None, int]


def find_differences(locked: LockedMonth, now: Sequence[FeeLine]) -> tuple[list[FeeLine], list[Step]]:
    """What a locked month comes to now, less what was billed of it so far: service by service.

    Both directions count, so the sum over all months is the same whatever the order of registration.
    Source: spec CF-17, CF-28.
    """
    before = _sums((line.service, line.unit, line.vat, line.amount) for line in locked.billed)
    after = _sums((line.service, line.unit, line.vat, line.amount) for line in now)
    if before == after:
        return [], []
    names = {line.service: line.name for line in now}
    month, services = locked.facts.month.isoformat(), locked.terms.services
    lines = []
    for key in {**before, **after}:
        amount = after.get(key, 0) - before.get(key, 0)
        if amount:
            service, unit, vat = key
            name = names.get(service, "")
            if service is not None:
                name = services[service].name
            lines.append(FeeLine(LineKind.DIFFERENCE, amount, name, "", service, unit, vat, about=month))
    billed, comes_to = sum(before.values()), sum(after.values())
    values = {"month": month, "before": billed, "after": comes_to, "amount": comes_to - billed}
    return lines, [Step(StepKind.DIFFERENCE, values)]


def find_reopened(
    absences: Sequence[AbsenceFacts], terms: Sequence[AbsenceTerms], *, through: date
) -> date | None:
    """An open planned absence turns out, with time, to have owed an earlier month: from when, None if none.

    It gives nothing until it is long enough, and then from its first counted day.
    Source: spec CF-15, CF-17.
    """
    for counted in count_absences(absences, terms=terms, through=through):
        if counted.facts.last_on is None and counted.facts.is_planned and counted.is_enough:
            enough_on = counted.counted_on + timedelta(days=counted.terms.shortest_days - 1)
            if enough_on.replace(day=1) > counted.counted_on.replace(day=1):
                return counted.counted_on
    return None


def _sums(amounts: Iterable[tuple[int | None, int | None, int, Ore]]) -> dict[_Key, Ore]:
    found = dict[_Key, Ore]()
    for service, unit, vat, amount in amounts:
        key = service, unit, vat
        found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}
