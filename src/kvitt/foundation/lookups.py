"""Ways to ask the database beside Django's own."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, ForeignObject, Lookup
from django.db.models.sql.compiler import SQLCompiler


class Values:
    """Values that several statements ask for by `among`: Django does not look at each of them every time."""

    def __init__(self, values: Iterable[object]) -> None:
        """Keep them."""
        self.listed = [*values]


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`id__among=[...]`: as `in`, with one parameter for all values, which a thousand of them want."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Ask a database that knows lists in JSON."""
        column, parameters = self.process_lhs(compiler, connection)
        values = "(SELECT value FROM json_each(%s))"
        return f"{column} IN {values}", (*parameters, json.dumps(self._listed()))

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Ask PostgreSQL, which knows arrays.

        Numbers are given as text, so that the array is of the type of the column: only such a one is hashed.
        """
        column, parameters = self.process_lhs(compiler, connection)
        values = self._listed()
        are_numbers = bool(values) and all(type(value) is int for value in values)
        given = f"{{{','.join(map(str, values))}}}" if are_numbers else values
        return f"{column} = ANY(%s)", (*parameters, given)

    def _listed(self) -> list[object]:
        return self.rhs.listed if isinstance(self.rhs, Values) else [*self.rhs]
