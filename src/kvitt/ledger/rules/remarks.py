"""What the program remarks on an invoice, for the reviewer to look at before it is approved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from statistics import median_low

from kvitt.foundation.values import dates
from kvitt.foundation.values.dates import Period
from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.money import Ore, format_kronor
from kvitt.foundation.values.problems import Problem
from kvitt.foundation.values.text import gettext_noop as _


class RemarkKind(Labelled):
    """What a remark is about, in a word or two for the list."""

    MISSING_ACCOUNT = "missing_account", _("Account string missing")
    LARGE_TOTAL = "large_total", _("Unusually large")
    NEGATIVE_TOTAL = "negative_total", _("Negative total")
    REPEATED_PROCEDURE = "repeated_procedure", _("Same procedure twice")
    SEVERAL_CASES = "several_cases", _("Patient with several cases")
    OLD_PROCEDURE = "old_procedure", _("Old procedure")
    RECALCULATED_CASE = "recalculated_case", _("Recalculated case")


@dataclass(frozen=True)
class RemarkLimits:
    """From where on something is remarked, on the date of the invoice."""

    factor: int
    months: int
    least_invoices: int
    old_after_months: int


@dataclass(frozen=True)
class InvoicedCase:
    """A case on the invoice: its patient, the first day of what is charged, whether it is credited too.

    Only a case that lasts a time of its own has a patient here: an activity is nobody's, whoever took part;
    and of claims a patient may have as many as visits.
    """

    case_number: str
    person_id: int | None
    first_on: date | None
    is_recalculated: bool = False


@dataclass(frozen=True)
class TreatedCase:
    """A case of a patient: from when to when what is invoiced in it was performed."""

    case_number: str
    person_id: int
    period: Period


@dataclass(frozen=True)
class RepeatedProcedure:
    """A procedure on the invoice that is invoiced once more for the same patient on the same day."""

    case_number: str
    code: str
    text: str
    performed_on: date


@dataclass(frozen=True)
class RemarkFacts:
    """What remarks are made of; `earlier_totals` are the clinic's invoices before this one, in öre."""

    total: Ore
    invoice_date: date
    earlier_totals: Sequence[Ore] = ()
    cases: Sequence[InvoicedCase] = ()
    treated: Sequence[TreatedCase] = ()
    repeated: Sequence[RepeatedProcedure] = field(default=())


def calculate_usual_total(totals: Sequence[Ore], *, least: int) -> Ore | None:
    """A clinic's usual total is the median of its earlier invoices, the lower one of two; None of too few.

    Source: decision 0011; spec NA-28.
    """
    return median_low(totals) if len(totals) >= max(least, 1) else None


def calculate_remarks(facts: RemarkFacts, limits: RemarkLimits) -> list[Problem]:
    """What the reviewer should look at: amounts out of the ordinary, repetitions, old and recalculated care.

    A remark hinders nothing; a missing account string, which hinders the attest, stands among them in the
    lists. Its code is a RemarkKind. Source: decision 0011; spec NA-28.
    """
    return [
        *_total_remarks(facts, limits),
        *_repeated_remarks(facts),
        *_several_cases_remarks(facts),
        *_old_remarks(facts, limits),
        *_recalculated_remarks(facts),
    ]


def _total_remarks(facts: RemarkFacts, limits: RemarkLimits) -> list[Problem]:
    if facts.total < 0:
        message = _("The total is negative: %(total)s is to be paid back.")
        return [Problem(RemarkKind.NEGATIVE_TOTAL, message, values={"total": format_kronor(-facts.total)})]
    usual = calculate_usual_total(facts.earlier_totals, least=limits.least_invoices)
    if usual is None or facts.total <= usual * limits.factor:
        return []
    return [
        Problem(
            RemarkKind.LARGE_TOTAL,
            _(
                "The total %(total)s is more than %(factor)s times the clinic's usual %(usual)s "
                "(the median of %(count)s invoices in %(months)s months)."
            ),
            values={
                "total": format_kronor(facts.total),
                "factor": limits.factor,
                "usual": format_kronor(usual),
                "count": len(facts.earlier_totals),
                "months": limits.months,
            },
        )
    ]


def _repeated_remarks(facts: RemarkFacts) -> list[Problem]:
    def case_of(procedure: RepeatedProcedure) -> str:
        return procedure.case_number

    remarks = []
    for case_number, found in groupby(sorted(set(facts.repeated), key=_repeated_order), key=case_of):
        listed = [f"{each.code} {each.text} {each.performed_on}" for each in found]
        remarks.append(
            Problem(
                RemarkKind.REPEATED_PROCEDURE,
                _("%(case)s: invoiced more than once for the same patient and day: %(procedures)s."),
                values={"case": case_number, "procedures": ", ".join(listed)},
            )
        )
    return remarks


def _repeated_order(procedure: RepeatedProcedure) -> tuple[str, date, str, str]:
    return procedure.case_number, procedure.performed_on, procedure.code, procedure.text


def _several_cases_remarks(facts: RemarkFacts) -> list[Problem]:
    remarks = []
    here = {case.case_number: case.person_id for case in facts.cases if case.person_id is not None}
    for number, person_id in sorted(here.items()):
        own = [case.period for case in facts.treated if case.case_number == number]
        others = sorted(
            {
                case.case_number
                for case in facts.treated
                if case.person_id == person_id
                and case.case_number != number
                and case.case_number not in here
                and any(case.period.overlaps(period) for period in own)
            }
        )
        beside = sorted(other for other, whose in here.items() if whose == person_id and other > number)
        for message, found in (
            (_("%(case)s: the patient has more cases on this invoice: %(others)s."), beside),
            (_("%(case)s: the patient is invoiced for the same time in %(others)s too."), others),
        ):
            if found:
                values = {"case": number, "others": ", ".join(found)}
                remarks.append(Problem(RemarkKind.SEVERAL_CASES, message, values=values))
    return remarks


def _old_remarks(facts: RemarkFacts, limits: RemarkLimits) -> list[Problem]:
    limit = dates.add_months(facts.invoice_date, -limits.old_after_months)
    return [
        Problem(
            RemarkKind.OLD_PROCEDURE,
            _("%(case)s: performed on %(day)s, more than %(months)s months before the date of the invoice."),
            values={"case": case.case_number, "day": case.first_on, "months": limits.old_after_months},
        )
        for case in sorted(facts.cases, key=_case_order)
        if case.first_on is not None and case.first_on < limit
    ]


def _recalculated_remarks(facts: RemarkFacts) -> list[Problem]:
    return [
        Problem(
            RemarkKind.RECALCULATED_CASE,
            _("%(case)s: lines of the case have been credited or entered anew."),
            values={"case": case.case_number},
        )
        for case in sorted(facts.cases, key=_case_order)
        if case.is_recalculated
    ]


def _case_order(case: InvoicedCase) -> str:
    return case.case_number
