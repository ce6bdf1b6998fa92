"""Rows written as fast as a database takes them, and copies of a whole database."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

ROWS_PER_STATEMENT = 10_000
Row = Mapping[str, object]


def write(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Write rows as column and value, all of the same columns, dates as text.

    A column that is not named gets the model's default, and the number of the row the next.
    """
    whole = iter(rows)
    first = next(whole)
    unnamed = [
        field
        for field in model._meta.concrete_fields  # noqa: SLF001 - Django's own way to a model's columns
        if not (field.attname in first or field.generated or field.primary_key)
    ]
    columns = ", ".join([*first, *(field.attname for field in unnamed)])
    defaults = [field.get_db_prep_save(field.get_default(), connection) for field in unnamed]
    values = ([*(row[name] for name in first), *defaults] for row in chain([first], whole))
    _insert(model._meta.db_table, columns, values)  # noqa: SLF001 - as above


def _insert(table: str, columns: str, values: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as lines:
                for row in values:
                    lines.write_row(row)
            return
        marks = ", ".join("%s" for _ in columns.split(","))
        while batch := list(islice(values, ROWS_PER_STATEMENT)):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", batch)  # noqa: S608 - ours


def count_on() -> None:
    """Let the next row of every table get a number after those that were written with theirs."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


@contextmanager
def copy(name: str) -> Iterator[None]:
    """Work in a copy of the database in the block: what is written there is in nobody else's way.

    Two measurements that each begin with a copy find tables and indexes in the same state.
    """
    original = connection.settings_dict["NAME"]
    connection.creation.clone_test_db(name, verbosity=0, autoclobber=True)
    connection.close()
    connection.settings_dict["NAME"] = connection.creation.get_test_db_clone_settings(name)["NAME"]
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        connection.creation.destroy_test_db(suffix=name, verbosity=0)
