"""Both databases are set up as the program relies on."""

import pytest
from django.db import connection
from django.db.utils import ConnectionHandler

from kvitt import settings

pytestmark = [pytest.mark.requirement("QU-2"), pytest.mark.django_db]


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1)])
def test_sqlite_file_is_opened_safely(tmp_path, pragma, value):
    database = ConnectionHandler({"default": settings._sqlite(tmp_path / "kvitt.sqlite3")})["default"]

    with database.cursor() as cursor:
        found = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
    database.close()

    assert found == value


def test_sqlite_transactions_take_the_lock_at_once(tmp_path):
    assert settings._sqlite(tmp_path / "kvitt.sqlite3")["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.postgres
def test_postgresql_is_15_or_newer():
    connection.ensure_connection()

    assert connection.pg_version >= 15_00_00


def test_address_of_a_postgresql_database_is_taken_apart():
    described = settings._database("postgresql://kvitt:s%40fe@db.example:5433/care?sslmode=require")

    assert (described["NAME"], described["USER"], described["PASSWORD"]) == ("care", "kvitt", "s@fe")
    assert (described["HOST"], described["PORT"]) == ("db.example", "5433")
    assert described["OPTIONS"]["sslmode"] == "require"
