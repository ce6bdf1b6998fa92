"""What a code may demand, with the names of the choices."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class Demand(Labelled):
    """Whether tooth, jaw or surface is given. Tooth and jaw both *must* means: one of the two."""

    NO = "no", _("Not given")
    MAY = "may", _("May be given")
    MUST = "must", _("Must be given")


class Dentition(Labelled):
    """Which teeth a code is for."""

    ANY = "any", _("All teeth")
    PERMANENT = "permanent", _("Permanent teeth only")
    PRIMARY = "primary", _("Primary teeth only")


class PreauthorizationNeed(Labelled):
    """When a code needs preauthorization."""

    NEVER = "never", _("Never")
    ALWAYS = "always", _("Always")
    FROM_COUNT = "from_count", _("From the n-th in the period")


class Pricing(Labelled):
    """Where the price of a code comes from."""

    FIXED = "fixed", _("Fixed price")
    ACTUAL = "actual", _("Actual cost")


class Participants(Labelled):
    """Whether those who took part are given, as a number or by name. Source: spec PH-2."""

    NONE = "none", _("Not given")
    COUNTED = "counted", _("Number of participants")
    NAMED = "named", _("Personal numbers of the participants")


class CombinationScope(Labelled):
    """Within what two codes may not stand together for one patient."""

    DAY = "day", _("Same day")
    PERIOD = "period", _("Same period")
    TOOTH = "tooth", _("Same tooth")


# How lists say where in the mouth a code is reported, by what it demands of tooth and jaw.
PLACES: dict[tuple[Demand, Demand], str] = {
    (Demand.NO, Demand.NO): "",
    (Demand.MUST, Demand.NO): _("Tooth"),
    (Demand.NO, Demand.MUST): _("Jaw"),
    (Demand.MUST, Demand.MUST): _("Tooth or jaw"),
    (Demand.MAY, Demand.NO): _("Tooth, optional"),
    (Demand.NO, Demand.MAY): _("Jaw, optional"),
    (Demand.MAY, Demand.MAY): _("Tooth or jaw, optional"),
}
