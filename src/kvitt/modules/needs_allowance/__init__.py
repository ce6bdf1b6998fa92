"""Behovspeng: cases, procedures, deductible."""
