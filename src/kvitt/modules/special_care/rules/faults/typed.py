"""What can be wrong with any claim, typed or read from a file."""

from collections.abc import Mapping

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.rules.faults.kinds import FaultKind, stops, warns
from kvitt.registers.price_lists.rules import AGE_MESSAGES, PLACE_MESSAGES

_CERTIFICATES = {
    "no_certificate": stops(
        "performed_on",
        _(
            "The patient has no valid certificate for %(support)s dental care. It is missing on the "
            "treatment date %(day)s. Check the date, or leave that care out: it is not paid without one."
        ),
    ),
    "unknown_certificate": stops(
        "certificate_number",
        _(
            "The patient has no certificate %(number)s for %(support)s dental care. Give the number that the "
            "certificate has, or leave it empty."
        ),
    ),
    "category_missing": stops(
        "category", _("The patient category is missing. Choose the group of illnesses that the care is for.")
    ),
    "category_unknown": stops(
        "category",
        _("There is no patient category %(category)s on %(day)s. Choose one that is valid on that date."),
    ),
    "category_support": stops(
        "category",
        _(
            "The patient category %(category)s does not belong to %(support)s dental care. Choose another "
            "category."
        ),
    ),
    "category_certificate": stops(
        "category",
        _(
            "The patient category %(category)s is not that of the certificate, %(certified)s. Give the "
            "category of the certificate."
        ),
    ),
    "care_model_missing": stops(
        "care_model", _("The care model is missing. Choose where the N dental care was given.")
    ),
    "care_model_unknown": stops(
        "care_model", _("There is no care model %(model)s. Give K, P, M1, M2 or M3.")
    ),
    "care_model_only_n": stops(
        "care_model", _("The care model is given for N dental care only. Leave it out.")
    ),
}

_PREAUTHORIZATIONS = {
    "needs_plan": stops(
        "plan_number",
        _(
            "S dental care needs a preauthorization. Choose the patient's preauthorization, or request one "
            "before the claim is sent in."
        ),
    ),
    "unknown_plan": stops(
        "plan_number",
        _(
            "The claim's preauthorization number %(number)s is invalid. Give the number of a "
            "preauthorization that the patient has at your care provider."
        ),
    ),
    "plan_support": stops(
        "plan_number",
        _(
            "Preauthorization %(number)s is for %(planned)s dental care, the claim for %(support)s. Choose "
            "another preauthorization, or make the claim for %(planned)s dental care."
        ),
    ),
    "plan_period": stops(
        "performed_on",
        _(
            "The treatment date %(day)s is outside preauthorization %(number)s, which holds %(first)s to "
            "%(last)s. Check the date, or request a new preauthorization."
        ),
    ),
    "mixed_care": stops(
        "code",
        _(
            "Code %(code)s is not in preauthorization %(number)s. Preauthorized and other care are never in "
            "one claim: split the claim in two."
        ),
    ),
    "not_in_plan": stops(
        "code",
        _(
            "Code %(code)s is not in preauthorization %(number)s. Choose another preauthorization, or none "
            "if the care needs none."
        ),
    ),
    "plan_location": stops(
        "location",
        _(
            "Code %(code)s is preauthorized for %(approved)s. Give that tooth or jaw, or request a new "
            "preauthorization."
        ),
    ),
    "plan_count": stops(
        "code",
        _(
            "Code %(code)s is claimed more times than preauthorization %(number)s has left (%(left)s). "
            "Remove the line, or request a new preauthorization."
        ),
    ),
    "plan_amount": stops(
        "price",
        _(
            "The price %(price)s of code %(code)s is above the %(left)s left of preauthorization %(number)s. "
            "Lower a price that you typed, or request a new preauthorization."
        ),
    ),
    "year_amount": stops(
        "plan_number",
        _(
            "The patient's care without preauthorization in %(year)s comes to %(amount)s, and the limit is "
            "%(limit)s. Remove lines, or request a preauthorization."
        ),
    ),
}

_LINES = {
    "no_lines": stops("lines", _("The claim has no procedure. Add what was done at the visit.")),
    "in_future": stops(
        "performed_on", _("The treatment date %(day)s is in the future. Give today's date or an earlier one.")
    ),
    "too_old": stops(
        "performed_on",
        _(
            "The treatment date %(day)s is more than %(months)s months ago, and such care is not paid. Check "
            "the date, or leave that care out."
        ),
    ),
    "after_death": stops(
        "performed_on",
        _(
            "The treatment date %(day)s is after the patient's death on %(died_on)s. Give a date no later "
            "than that."
        ),
    ),
    "unknown_code": stops(
        "code",
        _(
            "There is no code %(code)s on the treatment date %(day)s. Choose a code of the price list, and "
            "check the date."
        ),
    ),
    "no_price": stops(
        "code", _("Code %(code)s has no price on the treatment date %(day)s. Choose another code or date.")
    ),
    "price_typed": stops(
        "price",
        _("Code %(code)s has a fixed price, %(price)s. Leave the price empty: it is typed for actual cost."),
    ),
    "price_missing": stops(
        "price", _("Code %(code)s is paid at actual cost. Type the price that the care cost.")
    ),
    "price_out_of_range": stops(
        "price",
        _("The price of code %(code)s is not possible. Type an amount above 0 kr, and check the digits."),
    ),
    **{code: stops("location", message) for code, message in PLACE_MESSAGES.items()},
    **{f"patient_{code}": stops("code", message) for code, message in AGE_MESSAGES.items()},
    "combination_day": stops(
        "code",
        _(
            "Codes %(code)s and %(other)s cannot be claimed for the same day, %(day)s. Remove one of them, "
            "or check the date."
        ),
    ),
    "combination_period": stops(
        "code",
        _("Codes %(code)s and %(other)s cannot be claimed in the same claim. Remove one of them."),
    ),
    "combination_tooth": stops(
        "code",
        _(
            "Codes %(code)s and %(other)s cannot be claimed for the same tooth, %(location)s. Remove one of "
            "them, or check the tooth."
        ),
    ),
    "too_many": stops(
        "code", _("Code %(code)s is claimed more than %(limit)s times, which is the most. Remove a line.")
    ),
    "comment_long": stops(
        "comment", _("The comment of the line is too long. Write at most %(longest)s characters.")
    ),
    "claimed_before": warns(
        "code",
        _(
            "Code %(code)s is already claimed for the patient on %(day)s with the same tooth or jaw, in "
            "another claim. Check that it is not the same treatment."
        ),
    ),
}

_FEES = {
    "fee_missing": stops("price", _("The patient fee is missing. Type what the patient paid for the visit.")),
    "fee_negative": stops(
        "price", _("The patient fee has a minus. Write the fee without minus, for example 200.")
    ),
    "fee_out_of_range": stops(
        "price", _("The patient fee is not possible. Type an amount above 0 kr, and check the digits.")
    ),
    "fee_location": stops("location", _("The patient fee has neither tooth nor jaw. Leave the field empty.")),
    "fee_without_procedure": stops(
        "performed_on",
        _(
            "The patient fee of %(day)s has no procedure that day. Add the procedure, or check the date of "
            "the fee."
        ),
    ),
    "fee_twice": stops(
        "performed_on",
        _("The patient fee of %(day)s is given twice. Keep one fee for each visit."),
    ),
    "fee_above_prices": stops(
        "price",
        _(
            "The patient fees are more than the procedures cost. Check the fees, and that no "
            "procedure is left out."
        ),
    ),
    "fee_and_card": stops(
        "price",
        _(
            "The exemption card is valid on %(day)s, and a patient fee is given that day. Remove the fee, or "
            "check the card's dates."
        ),
    ),
    "fee_above_highest": warns(
        "price",
        _("The patient fee of %(day)s is above the highest fee, %(highest)s. Check what the patient paid."),
    ),
    "no_fee": warns(
        "performed_on",
        _(
            "The visit on %(day)s has neither a patient fee nor an exemption card. Add the fee if the "
            "patient paid one."
        ),
    ),
    "card_number_missing": stops(
        "card_number", _("The number of the exemption card is missing. Type it, or leave the card out.")
    ),
    "card_number_long": stops(
        "card_number", _("The number of the exemption card is too long. Type at most %(longest)s characters.")
    ),
    "card_dates_missing": stops(
        "card_first_on", _("The dates of the exemption card are missing. Type from when to when it is valid.")
    ),
    "card_in_order": stops(
        "card_last_on",
        _("The exemption card's last day is before its first, %(first)s. Check the dates of the card."),
    ),
}

_REFERENCES = {
    "invoice_reference_missing": stops(
        "invoice_reference", _("The OCR or invoice number is missing. Type the number of your invoice.")
    ),
    "invoice_reference_long": stops(
        "invoice_reference", _("The OCR or invoice number is too long. Type at most %(longest)s characters.")
    ),
    "invoice_reference_is_personal": stops(
        "invoice_reference",
        _("The OCR or invoice number is the patient's personal number. Type the number of your invoice."),
    ),
    "reference_is_personal": stops(
        "reference",
        _("The claim reference is the patient's personal number. Give another one, or leave it empty."),
    ),
    "reference_characters": stops(
        "reference",
        _("The claim reference %(reference)s has other characters than letters and digits. Remove them."),
    ),
    "reference_long": stops(
        "reference", _("The claim reference is too long. Type at most %(longest)s letters and digits.")
    ),
    "reference_used": stops("reference", _("The claim reference has already been used, use another one")),
    "unknown_county": stops(
        "county", _("There is no county %(county)s. Choose the patient's home region from the list.")
    ),
    "own_county": stops(
        "county",
        _(
            "The patient's home region is your own. Leave the home region empty: it is given for patients "
            "of other regions."
        ),
    ),
}

TYPED_FAULTS: Mapping[str, FaultKind] = {
    **_CERTIFICATES,
    **_PREAUTHORIZATIONS,
    **_LINES,
    **_FEES,
    **_REFERENCES,
}
