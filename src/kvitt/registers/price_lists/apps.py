"""Django's name for this app, and its words in the log."""

from typing import ClassVar

from django.apps import AppConfig

from kvitt.foundation.values.text import gettext_noop as _


class PriceListsConfig(AppConfig):
    """Dated codes, prices and parameters."""

    name = "kvitt.registers.price_lists"
    label = "price_lists"
    events: ClassVar[dict[str, str]] = {
        "load_catalogue": _("Loaded codes, prices and parameters"),
        "save_combination": _("Saved forbidden combination"),
        "save_item": _("Saved procedure code"),
        "set_parameter": _("Set parameter"),
        "set_price": _("Set price"),
    }
