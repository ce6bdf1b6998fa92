"""Write many new rows at once: COPY on PostgreSQL, which takes a fraction of the time of INSERT."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models

ROWS_PER_STATEMENT = 1_000
# Fewer than these go in by one INSERT, which is one statement; COPY needs a second one for the ids.
MANY = 500


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one model, in their order; each gets its id.

    What a row points at is written before the row is made. Columns that the database computes are left to it.
    """
    if not rows:
        return
    if connection.vendor == "postgresql" and len(rows) >= MANY:
        _copy(type(rows[0]), rows)
    else:
        type(rows[0])._base_manager.bulk_create(rows, batch_size=ROWS_PER_STATEMENT)  # noqa: SLF001 - Django documents it


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Draw the ids in one statement, and write the rows in another."""
    meta = model._meta  # noqa: SLF001 - Django's own way to a model's columns
    fields = [field for field in meta.concrete_fields if not field.generated]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields if field.column)
    copy = f"COPY {quoted(meta.db_table)} ({columns}) FROM STDIN"
    values_of = attrgetter(*(field.attname for field in fields))
    in_json = [(place, field) for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, len(rows)],
        )
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number
        with connection.wrap_database_errors, cursor.copy(copy) as lines:
            for row in rows:
                values = [*values_of(row)]
                for place, field in in_json:
                    values[place] = field.get_db_prep_save(values[place], connection)
                lines.write_row(values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as bulk_create leaves it


def draw_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Return ids for so many new rows, in one statement, inside the transaction that writes them.

    On SQLite that transaction has locked the database, so the ids after the last one are its own.
    """
    meta = model._meta  # noqa: SLF001 - Django's own way to a model's columns
    if not count:
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [meta.db_table, meta.pk.column, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write new rows as values of the named columns, without making objects of them: COPY on PostgreSQL.

    Dates are dates or text, JSON is text; what is not named is left to the database, so it is the id or has a
    default there.
    """
    if not rows:
        return
    quoted = connection.ops.quote_name
    table, named = quoted(model._meta.db_table), ", ".join(map(quoted, columns))  # noqa: SLF001 - as above
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                connection.wrap_database_errors,
                cursor.copy(f"COPY {table} ({named}) FROM STDIN") as lines,
            ):
                for row in rows:
                    lines.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)  # noqa: S608 - names of ours
