"""Debitering: what clients of municipal elderly care pay."""
