"""What the letter of a fee decision says, in Swedish, every term in plain words."""

from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from kvitt.foundation.values.money import format_kronor
from kvitt.modules.care_fees.exchange.letter_pdf import Facts, Heading, Letter, Paragraph, Part
from kvitt.modules.care_fees.models import FeeDecision
from kvitt.modules.care_fees.queries import search
from kvitt.modules.care_fees.queries.decisions import ShownTerms, shown_terms
from kvitt.registers.organisations import queries as organisations
from kvitt.registers.people import queries as people


def letter_of(decision: FeeDecision, *, today: date) -> Letter:
    """Return the letter of a decision, to where the client is reached today.

    The amounts and the steps are those of the decision, whatever holds now. Source: spec CF-22.
    """
    authority = organisations.authority(decision.client.authority_id)
    person = search.person_of(decision.client)
    address = people.address_on(person, today)
    lines = (
        []
        if address is None
        else [
            *([f"c/o {address.care_of}"] if address.care_of else []),
            address.street,
            f"{address.postcode} {address.town}".strip(),
            *([address.country] if address.country else []),
        ]
    )
    with translation.override("sv"):
        return Letter(
            title=gettext("Decision on the fee for care"),
            authority=authority.name,
            contact=[line for line in (authority.contact_name, authority.contact_phone) if line],
            recipient=[person.name, *lines],
            facts=[
                (gettext("Number"), str(decision.number)),
                (gettext("Client number"), decision.client.number),
                (gettext("Holds from"), decision.first_on.isoformat()),
                (gettext("Decided"), decision.content["decided_on"]),
            ],
            parts=_parts(decision, shown_terms(decision.content)),
        )


def _parts(decision: FeeDecision, shown: ShownTerms) -> list[Part]:
    parts: list[Part] = [Paragraph(_what_it_means(decision, shown))]
    if shown.net_income is not None and shown.housing_cost is not None and shown.capacity is not None:
        parts += [Heading(gettext("How your fee capacity is reckoned")), _reckoning(shown)]
        if shown.adjusted:
            rows = [(each.reason, format_kronor(each.amount)) for each in shown.adjusted]
            parts += [Heading(gettext("Changes of your reserved amount"), 3), Facts(rows, is_money=True)]
        parts.append(Paragraph(_words(shown)))
    parts += [
        Heading(gettext("Step by step")),
        *(Paragraph(step) for step in shown.steps),
        Heading(gettext("The law")),
        Paragraph(gettext("The decision rests on: %(law)s.") % {"law": shown.law}),
        Heading(gettext("If your income or housing cost changes")),
        Paragraph(
            gettext(
                "Tell the municipality when your income, your housing cost or your household changes: the "
                "fee may then become another. You may ask to have the decision tried again, and appeal "
                "against it; the municipality tells you how."
            )
        ),
        Paragraph(gettext("Decided by: %(name)s") % {"name": decision.decided_by}),
    ]
    return parts


def _what_it_means(decision: FeeDecision, shown: ShownTerms) -> str:
    values = {"cap": format_kronor(shown.cap), "day": decision.first_on.isoformat()}
    if shown.capacity is None:
        return (
            gettext(
                "From %(day)s you pay at most %(cap)s a month for the care that counts under the fee cap. "
                "You have accepted the fee cap, so your income is not part of the reckoning."
            )
            % values
        )
    limit = shown.limit or 0
    values |= {"capacity": format_kronor(shown.capacity), "limit": format_kronor(limit)}
    if not limit:
        return (
            gettext(
                "From %(day)s you pay nothing for the care that counts under the fee cap: your income is not "
                "enough to pay a fee of it."
            )
            % values
        )
    if limit < shown.cap:
        return (
            gettext(
                "From %(day)s you pay at most %(limit)s a month for the care that counts under the fee cap. "
                "That is your fee capacity, %(capacity)s, in whole kronor. The fee cap is %(cap)s."
            )
            % values
        )
    return (
        gettext(
            "From %(day)s you pay at most the fee cap, %(cap)s a month, for the care that counts under it. "
            "Your fee capacity is %(capacity)s."
        )
        % values
    )


def _reckoning(shown: ShownTerms) -> Facts:
    rows = [
        (gettext("Your income a month after tax"), format_kronor(shown.net_income or 0)),
        (gettext("Less your housing cost"), format_kronor(-(shown.housing_cost or 0))),
        (gettext("Less your reserved amount"), format_kronor(-shown.reserved)),
    ]
    total = (gettext("Your fee capacity"), format_kronor(shown.capacity or 0))
    return Facts(rows, is_money=True, total=total)


def _words(shown: ShownTerms) -> str:
    return gettext(
        "The reserved amount is what you keep for food, clothes, telephone, household and the like before "
        "any fee is taken. It is reckoned from the price base amount of the year, %(base)s. Of a couple both "
        "incomes and the housing cost are added and halved, and each has the reserved amount of a couple. "
        "The fee capacity is what is left, and never less than 0."
    ) % {"base": format_kronor(shown.price_base_amount)}
