"""Functions of texts."""

from __future__ import annotations

from typing import Any

from workbench.dataprep.expressions.native.parts import HELD, Native, NotNative, Parts, any_failed, missing


class Texts(Parts):
    """Functions of texts."""

    def _pipe(self, node: Any) -> Native:
        one, other = self._text(node.this), self._text(node.expression)
        return Native(one.value + other.value, any_failed(one, other))

    def _concat(self, node: Any) -> Native:
        """Missing values are left out."""
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        nodes = list(node.expressions)
        joiner: Any = ""
        if isinstance(node, exp.ConcatWs):
            joiner, nodes = self._given(nodes[0]), nodes[1:]
        parts = [self._text(each) for each in nodes]
        value = function("concat_ws", ("string",) * (len(parts) + 1), "string")(joiner, *(part.value for part in parts))
        return Native(value, any_failed(*parts))

    def _cased(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.binding import numbered
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        ours = engine("pyspark")
        with numbered():
            if isinstance(node, exp.Lower):
                return Native(ours.lower(inner.value), inner.failed)
            kept = ours.upper(inner.value.replace("ß", HELD))  # DuckDB has one capital for it
            return Native(kept.replace(HELD, "ẞ"), inner.failed)

    def _length(self, node: Any) -> Native:
        inner = self.part(node.this)
        if not (inner.value.type().is_string() or inner.value.type().is_array()):
            raise NotNative(f"the length of {self._kind(node.this)} is not known to be the same there.")
        import ibis

        length = inner.value.length().cast("int64")  # of a missing list it may be -1
        return Native(ibis.ifelse(missing(inner.value), ibis.null("int64"), length), inner.failed)

    def _trimmed(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        signs = " " if node.expression is None else self._given(node.expression)
        side = {"LEADING": "left", "TRAILING": "right"}.get(str(node.args.get("position") or "").upper(), "both")
        return Native(engine("pyspark").stripped(inner.value, signs, side), inner.failed)

    def _substring(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner = self._own_text(node.this)
        start = self._given(node.args["start"])
        length = self._given(node.args["length"]) if node.args.get("length") is not None else None
        if start < 1 or (length is not None and length < 0):
            raise NotNative("substring from the end is not known to be the same there.")
        return Native(engine("pyspark").from_(inner.value, start - 1, length), inner.failed)

    def _left(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine

        inner, count = self._own_text(node.this), self._given(node.expression)
        if count < 0:
            raise NotNative("left with a negative count is not known to be the same there.")
        return Native(engine("pyspark").from_(inner.value, 0, count), inner.failed)

    def _contains(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.engines import engine

        one, part = self._own_text(node.this), self._given(node.expression)
        ours = engine("pyspark")
        test = {exp.StartsWith: ours.starts, exp.EndsWith: ours.ends, exp.Contains: ours.contains}[type(node)]
        return Native(test(one.value, part), one.failed)

    def _like(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine
        from workbench.byexample.native.functions import literal

        one, pattern = self._own_text(node.this), self._given(node.expression)
        body = "".join({"%": ".*", "_": "."}.get(sign) or literal(sign) for sign in pattern)
        found = engine("pyspark").matches(one.value, rf"(?s)\A{body}\z")
        return Native(~found if node.args.get("negate") else found, one.failed)

    def _matches(self, node: Any) -> Native:
        from workbench.byexample.native.engines import engine
        from workbench.dataprep.patterns import for_java, pattern_problem

        one, pattern = self._own_text(node.this), self._given(node.expression)
        if node.args.get("flag") is not None or pattern_problem(pattern):
            raise NotNative("this regular expression is not known to be the same there.")
        return Native(engine("pyspark").matches(one.value, for_java(pattern)), one.failed)
