"""Kvitt settles publicly funded care: one ledger, four schemes, right to the öre."""

__version__ = "0.1.0"
