"""What can be wrong with a claim of a file alone: how it is written, whose it is, and credits."""

from collections.abc import Mapping

from kvitt.foundation.values.text import gettext_noop as _
from kvitt.modules.special_care.rules.faults.kinds import FaultKind, stops

# The reasons of `file_entry`, by code: what is not written as the format says.
ENTRY_REASONS: Mapping[str, str] = {
    "unknown_element": _("%(element)s does not belong there."),
    "unexpected_element": _("%(element)s stands where %(wanted)s should."),
    "missing_element": _("%(wanted)s is missing in %(element)s."),
    "unknown_value": _("There is no attribute %(value)s in %(element)s."),
    "stray_content": _("There is something in %(element)s that belongs to no value."),
    "empty": _("%(element)s is empty."),
    "not_a_date": _("%(text)s is not a date from 1900 to 2199, as 2025-03-20, in %(element)s."),
    "not_an_amount": _("%(text)s is not kronor with two decimals, as 1235.50, in %(element)s."),
    "not_a_choice": _("%(text)s is none of %(choices)s in %(element)s."),
    "too_long": _("%(text)s is too long in %(element)s, which takes %(longest)s characters."),
    "wrong_value": _("%(text)s is not written as %(element)s should be."),
    "differs": _("%(text)s in %(element)s is not what the claim's first row says."),
}

FILED_FAULTS: Mapping[str, FaultKind] = {
    "file_entry": stops(
        "entry",
        _("%(reason)s Correct the export: the format's description says how the claim is written."),
    ),
    "reference_missing": stops(
        "reference",
        _("The claim reference is missing. Give every claim of a file a reference of your own."),
    ),
    "reference_twice": stops(
        "reference",
        _(
            "The claim reference %(reference)s stands in an earlier claim of the file. Give each claim a "
            "reference of its own."
        ),
    ),
    "clinic_unknown": stops(
        "clinic", _("There is no clinic %(clinic)s. Give the clinic's number in the region's register.")
    ),
    "other_clinic": stops(
        "clinic",
        _(
            "You may not send in claims for clinic %(clinic)s. Let somebody there do it, or ask for the "
            "right to."
        ),
    ),
    "clinic_not_connected": stops(
        "clinic",
        _(
            "Clinic %(clinic)s is not connected to special care dentistry. Ask the region, or give the "
            "clinic that is."
        ),
    ),
    "identity_number_wrong": stops(
        "identity_number",
        _("The personal number is missing or wrong. Check its digits: the last one proves the others."),
    ),
    "unknown_person": stops(
        "identity_number",
        _("The region knows nobody with that personal number. Check it, or ask the region for help."),
    ),
    "credit_unknown": stops(
        "reference",
        _(
            "The clinic has no claim %(reference)s to credit. Give the reference that the claim was sent in "
            "with."
        ),
    ),
    "credit_twice": stops(
        "reference",
        _("The claim %(reference)s is credited already. Remove the credit from the file."),
    ),
    "credit_not_possible": stops(
        "reference",
        _("The claim %(reference)s cannot be credited. %(reason)s"),
    ),
}
