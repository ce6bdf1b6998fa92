"""Dated codes, prices and parameters."""
