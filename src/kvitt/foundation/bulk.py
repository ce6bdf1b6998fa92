"""Write many new rows at once: COPY on PostgreSQL, which takes a fraction of the time of INSERT."""

from collections.abc import Sequence
from operator import attrgetter

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
