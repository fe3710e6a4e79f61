"""Types, and the parts of dates."""

from __future__ import annotations

from typing import Any

from workbench.dataprep.expressions.native.parts import KINDS, WHOLE, Native, NotNative, Parts, any_failed


class Types(Parts):
    """Types, and the parts of dates."""

    def _cast(self, node: Any) -> Native:
        own, kind = self._kind(node.this), self._kind(node)
        inner = self.part(node.this)
        if own == kind:
            return inner
        if kind == "VARCHAR":
            return self._text(node.this)
        if (kind == "BIGINT" and own in WHOLE) or (kind in WHOLE and own == "BOOLEAN"):
            return Native(inner.value.cast("int64"), inner.failed)
        if kind == "DOUBLE" and own in WHOLE | {"BOOLEAN"}:
            return Native(inner.value.cast("float64"), inner.failed)
        if kind == "BOOLEAN" and own in WHOLE:
            return Native(inner.value != 0, inner.failed)
        if kind == "BIGINT" and own == "DOUBLE":
            from workbench.byexample.native.functions import function

            even = function("rint", ("float64",), "float64")(inner.value)
            inside = (inner.value >= -(2.0**63)) & (inner.value < 2.0**63) & ~inner.value.isnan()
            return Native(even.cast("int64"), any_failed(inner, ~inside.fill_null(True)))
        if (own, kind) in {("DATE", "TIMESTAMP"), ("TIMESTAMP", "DATE")}:
            return Native(inner.value.cast(KINDS[kind]), inner.failed)
        raise NotNative(f"CAST of {own} to {kind} is not known to be the same there.")

    def _extract(self, node: Any) -> Native:
        return self._field(node.this.name.lower(), node.expression)

    def _field(self, field: str, node: Any) -> Native:
        from workbench.byexample.native.functions import function

        inner = self.part(node)
        kind = self._kind(node)
        names = {
            "year": "year", "month": "month", "day": "day", "dayofmonth": "day", "quarter": "quarter", "dayofyear": "dayofyear",
            "doy": "dayofyear", "hour": "hour", "minute": "minute",
        }  # fmt: skip
        if kind not in {"DATE", "TIMESTAMP"} or field not in names or (kind == "DATE" and field in {"hour", "minute"}):
            raise NotNative(f"the {field} of a {kind} is not known to be the same there.")
        return Native(function(names[field], (KINDS[kind],), "int64")(inner.value).cast("int64"), inner.failed)
