"""Persons with their numbers, dated addresses and relations."""
