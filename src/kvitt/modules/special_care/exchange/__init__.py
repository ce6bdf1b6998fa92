"""Files of special care dentistry to facts: patient categories, and claims as XML or CSV."""

from kvitt.modules.special_care.exchange.categories import CATEGORIES, COLUMNS, Categories, read_categories
from kvitt.modules.special_care.exchange.claims_file import ClaimsReader

__all__ = ["CATEGORIES", "COLUMNS", "Categories", "ClaimsReader", "read_categories"]
