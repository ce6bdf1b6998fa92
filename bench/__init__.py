"""Measures how fast the system is with much in the database, each figure beside a floor of the same run."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kvitt.settings")
os.environ.setdefault("KVITT_SECRET_KEY", "only-for-measuring")
os.environ.setdefault("KVITT_WITHOUT_TLS", "1")
django.setup()
