"""What the statistics of care fees are added up by."""

from kvitt.foundation.values.labels import Labelled
from kvitt.foundation.values.text import gettext_noop as _


class Grouping(Labelled):
    """What a row of the statistics is of. Source: spec CF-32."""

    SERVICE = "service", _("Service")
    AREA = "area", _("Billing area")
    MONTH = "month", _("Month")
    SERVICE_MONTH = "service-month", _("Service and month")
    AREA_MONTH = "area-month", _("Billing area and month")

    @property
    def parts(self) -> tuple[str, ...]:
        """What tells a row from the others, in its order."""
        return tuple(self.value.split("-"))
