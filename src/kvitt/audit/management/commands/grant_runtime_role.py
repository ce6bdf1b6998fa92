"""Grant the role that the program runs as everything it needs, and nothing that could change the log."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction

from kvitt.audit.commands import PROTECTED_TABLES

REFUSED = ("UPDATE", "DELETE", "TRUNCATE")


class Command(BaseCommand):
    """Run after every migration, as the owner of the tables; running it again changes nothing."""

    help = (
        "Grants a PostgreSQL role what the program needs to run: reading and writing every table, but no "
        "UPDATE, DELETE or TRUNCATE on the audit log. Run it as the owner of the tables, after every migrate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the role, which exists already: CREATE ROLE kvitt_run LOGIN")

    def handle(self, *_args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Roles exist on PostgreSQL only; this database is SQLite.")
        name = options["name"]
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [name])
                found = cursor.fetchone()
                if found is None:
                    raise CommandError(f"There is no role {name}. Create it first: CREATE ROLE {name} LOGIN")
                cursor.execute("SELECT quote_ident(current_schema())")
                (schema,) = cursor.fetchone()
                for statement in _statements(connection.ops.quote_name(name), schema):
                    cursor.execute(statement)
                for table in PROTECTED_TABLES:
                    _prove(cursor, name, table)
        except DatabaseError as fault:
            raise CommandError(f"PostgreSQL refused: {str(fault).strip()}") from fault
        self.stdout.write(f"{name} may run the program; the audit log it can only read and add to.")


def _statements(role: str, schema: str) -> list[str]:
    """Return the grants, for the tables of the schema that this connection works in."""
    protected = ", ".join(PROTECTED_TABLES)
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {protected} FROM {role}",
    ]


def _prove(cursor: Any, name: str, table: str) -> None:  # noqa: ANN401 - Django's cursor
    """Raise where the role may change the log after all: as a superuser, an owner, or by another role."""
    for privilege in REFUSED:
        cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [name, table, privilege])
        if cursor.fetchone()[0]:
            raise CommandError(
                f"{name} may {privilege} {table} all the same: as a superuser, as its owner, or by another "
                "role. Use a role of its own."
            )
