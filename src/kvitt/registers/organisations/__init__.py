"""Authorities, care providers, clinics with their rights, practitioners."""
