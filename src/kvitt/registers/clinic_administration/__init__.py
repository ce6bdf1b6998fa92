"""Klinikadministration: a clinic's own details, its account and its users."""
