"""How a user may have his own pages look, with the names of the choices."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class Theme(Labelled):
    """How the pages are coloured."""

    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    AUTO = "auto", _("As the computer")


class Density(Labelled):
    """How close the rows of a table stand."""

    NORMAL = "normal", _("Normal")
    COMPACT = "compact", _("Compact")
