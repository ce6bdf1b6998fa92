"""The kinds of authorities, schemes and giro accounts, with their names."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class AuthorityKind(Labelled):
    """What kind of public body pays (*huvudman*)."""

    REGION = "region", _("Region")
    MUNICIPALITY = "municipality", _("Municipality")


class Scheme(Labelled):
    """What a clinic can be connected to (*rättigheter*). Source: spec CO-3."""

    NEEDS_ALLOWANCE = "needs_allowance", _("Needs allowance")
    POPULATION_HEALTH = "population_health", _("Population responsibility")
    SPECIAL_CARE = "special_care", _("Special care dentistry")


class UnitKind(Labelled):
    """What a municipal care unit gives (*utförarenhet*). Source: spec CF-6."""

    HOME_CARE = "home_care", _("Home care")
    CARE_HOME = "care_home", _("Care home")
    SERVICED_HOUSING = "serviced_housing", _("Serviced housing")
    SHORT_STAY = "short_stay", _("Short stay")
    RESPITE = "respite", _("Respite care")
    DAY_CARE = "day_care", _("Day care")


class GiroKind(Labelled):
    """Where a clinic is paid."""

    BANKGIRO = "bankgiro", _("Bankgiro")
    PLUSGIRO = "plusgiro", _("Plusgiro")
    ACCOUNT = "account", _("Bank account")
