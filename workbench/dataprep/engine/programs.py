"""Learned programs inside a query: each is a macro of the database, whose body is chosen when the rows are known.

Where the inputs take few different values, the program itself has answered each of them once, and the macro looks the answers up;
else the macro is the program in the database's own terms, where these give the same on the first rows, or a Python function.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.base.ids import new_id
from workbench.dataprep.columns import quoted
from workbench.dataprep.control import Cancel
from workbench.dataprep.conversion import function
from workbench.dataprep.engine.store import SCRATCH, Store

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from workbench.byexample import Program

_TRIED = 500
"""On how many rows a program's native form is compared with the program itself."""
_FEW = 20_000
"""Up to so many different inputs are answered one by one."""
_OFTEN = 10
"""Each of them stands in so many rows at least, or looking up is no gain."""


@dataclass(frozen=True)
class _Pending:
    """A macro whose body is still to be chosen, with the texts that the program gets."""

    macro: str
    program: Program
    inputs: ir.Table
    places: tuple[tuple[str, str], ...] | None
    """The table and column that each input comes from as it is; None where one was computed."""


class Programs:
    """The programs of one query. `lookups`: whether the rows are sorted in the end, since looking up may mix their order."""

    def __init__(
        self, store: Store, cancel: Cancel | None, remark: Callable[[str], None], *, lookups: bool, deferred: bool
    ) -> None:
        self._store = store
        self._cancel = cancel
        self._remark = remark
        self._lookups = lookups
        self._deferred = deferred
        self._pending: list[_Pending] = []
        self._made: list[str] = []

    def call(self, program: Program, table: ir.Table, columns: Sequence[str]) -> ir.Value:
        """What the program says of each row, as a call of its macro."""
        macro = f"program_{new_id()}"
        values: list[Any] = [table[name] for name in columns]
        texts = {f"c{number}": _text(value) for number, value in enumerate(values)}
        places = [_place(value) for value in values]
        known = None if any(place is None for place in places) else tuple(place for place in places if place is not None)
        pending = _Pending(macro, program, table.select(**texts), known)
        if self._deferred:
            # only for the plan: it shows which columns are looked at
            self._make(macro, len(values), " || ".join(f"CAST({each} AS VARCHAR)" for each in _arguments(len(values))))
            self._pending.append(pending)
        else:
            self._define(pending)
        called: ir.Value = function(macro, [str(value.type()) for value in values], "string")(*values)
        return called

    def define(self) -> None:
        """Chooses the bodies of those that waited for the rows."""
        pending, self._pending = self._pending, []
        for each in pending:
            self._define(each)

    def drop(self) -> None:
        """Removes what was made."""
        for what in reversed(self._made):
            self._store.rows(f"DROP {what}")
        self._made.clear()

    def _make(self, macro: str, arguments: int, body: str) -> None:
        self._store.rows(f"CREATE OR REPLACE MACRO {macro}({', '.join(_arguments(arguments))}) AS ({body})")
        if f"MACRO IF EXISTS {macro}" not in self._made:
            self._made.append(f"MACRO IF EXISTS {macro}")

    def _define(self, pending: _Pending) -> None:
        count = len(pending.inputs.columns)
        if self._lookups and (body := self._looked_up(pending)):
            self._make(pending.macro, count, body)
            return
        native = self._native(pending)
        if native is None:
            name = program_name(pending.program, count)
            self._store.add_function(name, remembering(pending.program, count), count)
            native = f"{name}({', '.join(f'CAST({each} AS VARCHAR)' for each in _arguments(count))})"
        self._make(pending.macro, count, native)

    def _looked_up(self, pending: _Pending) -> str:
        """Answers each of the different inputs and keeps them in a table; empty where there are too many, or they are computed."""
        import pyarrow as pa

        if pending.places is None or len({table for table, _ in pending.places}) > 1:
            return ""
        table = pending.places[0][0]
        columns = [quoted(column) for _, column in pending.places]
        shown = ", ".join(columns)
        rows = self._store.one(f"SELECT count(*) FROM {table}")[0]  # noqa: S608
        few = min(_FEW, rows // _OFTEN)
        with self._store.cursor() as cursor:
            found = cursor.sql(f"SELECT DISTINCT {shown} FROM {table} LIMIT {few + 1}").to_arrow_table()  # noqa: S608
            if found.num_rows > few or not found.num_rows:
                return ""
            cursor.register("keys", found)
            texts = cursor.execute(f"SELECT {', '.join(f'CAST({column} AS VARCHAR)' for column in columns)} FROM keys").fetchall()  # noqa: S608
            answers = pa.array([pending.program.run(row) for row in texts], pa.string())
            names = [f"k{number}" for number in range(len(columns))]
            cursor.register("answers", found.rename_columns(names).append_column("answer", answers))
            name = f"{SCRATCH}.answers_{new_id()}"
            cursor.execute(f"CREATE TABLE {name} AS SELECT * FROM answers")  # noqa: S608
        self._made.append(f"TABLE IF EXISTS {name}")
        wanted = " AND ".join(f"k{number} IS NOT DISTINCT FROM {each}" for number, each in enumerate(_arguments(len(columns))))
        return f"SELECT answer FROM {name} WHERE {wanted}"  # noqa: S608

    def _native(self, pending: _Pending) -> str | None:
        """The program in SQL over the macro's arguments; None where it has none that gives the same."""
        import ibis

        kinds = dict.fromkeys(pending.inputs.columns, "string")
        table = ibis.table(kinds, name="arguments")
        value = pending.program.to_ibis([table[name] for name in kinds])
        if value is None or not self._agrees(pending):
            return None
        sql = str(ibis.to_sql(table.select(value=value), dialect="duckdb", pretty=False))
        body = sql.removeprefix("SELECT ").rpartition(' AS "value" FROM ')[0]
        for number, argument in enumerate(_arguments(len(kinds))):
            body = body.replace(f'"t0"."c{number}"', f"CAST({argument} AS VARCHAR)")
        return body

    def _agrees(self, pending: _Pending) -> bool:
        """Whether the native form gives what the program gives on the first rows; each program is tried once on the same rows."""
        import duckdb
        import ibis

        from workbench.byexample.native import agrees

        name = program_name(pending.program, len(pending.inputs.columns))
        sql = str(ibis.to_sql(pending.inputs.limit(_TRIED), dialect="duckdb"))
        agreements = self._store.agreements
        if (name, sql) not in agreements:
            rows = list(dict.fromkeys(self._store.run(sql, cancel=self._cancel)))
            try:
                agreements[name, sql] = agrees(pending.program, rows) is None
            except duckdb.Error:  # it would fail on these rows, as the function does not
                agreements[name, sql] = False
        if not agreements[name, sql]:
            self._remark("Runs as a Python function: the database gives other results on these rows.")
        return agreements[name, sql]


def _arguments(count: int) -> list[str]:
    return [f"__a{number}__" for number in range(count)]


def _text(value: Any) -> Any:
    return value if value.type().is_string() else value.cast("string")


def _place(value: Any) -> tuple[str, str] | None:
    """The table and column that a value is taken from unchanged; None for a computed one."""
    import ibis.expr.operations as ops

    node: Any = value.op()
    while isinstance(node, ops.Field):
        parent: Any = node.rel
        if isinstance(parent, ops.UnboundTable):
            return parent.name, node.name
        if isinstance(parent, ops.Project):
            node = parent.values[node.name]
        elif isinstance(parent, ops.Filter | ops.Sort | ops.Limit):
            node = ops.Field(parent.parent, node.name)
        else:
            return None
    return None


def program_name(program: Program, arguments: int) -> str:
    """The SQL name of a program as a function of so many text columns."""
    text = json.dumps(program.to_json(), sort_keys=True)
    return f"derive_{hashlib.sha256(text.encode()).hexdigest()[:16]}_{arguments}"


def remembering(program: Program, arguments: int) -> Callable[..., Any]:
    """The program as a function of so many Arrow arrays; it computes each distinct input once."""
    import inspect

    import pyarrow as pa

    known: dict[tuple[str | None, ...], str | None] = {}

    def call(*columns: Any) -> Any:
        answers: list[str | None] = []
        for row in zip(*(column.to_pylist() for column in columns), strict=True):
            if row in known:
                answers.append(known[row])
                continue
            answer = program.run(row)
            if len(known) < 500_000:
                known[row] = answer
            answers.append(answer)
        return pa.array(answers, pa.string())

    parameters = [inspect.Parameter(f"a{number}", inspect.Parameter.POSITIONAL_ONLY) for number in range(arguments)]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # DuckDB counts them
    return call
