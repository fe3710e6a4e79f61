"""Arithmetic."""

from __future__ import annotations

import operator
from typing import Any

from workbench.dataprep.expressions.native.parts import LEAST, WHOLE, Native, NotNative, Parts, any_failed, called, double, missing


class Numbers(Parts):
    """Arithmetic and roundings."""

    def _plus(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        left, right, kind = node.this, node.expression, self._kind(node)
        if kind == "DATE" and self._kind(left) == "DATE" and self._kind(right) in WHOLE and not isinstance(node, exp.Mul):
            date, days = self.part(left), self.part(right)
            name = "date_add" if isinstance(node, exp.Add) else "date_sub"
            value = function(name, ("date", "int32"), "date")(date.value, days.value.cast("int32"))
            return Native(value, any_failed(date, days))
        if kind == "BIGINT" and self._kind(left) == self._kind(right) == "DATE":
            one, other = self.part(left), self.part(right)
            return Native(function("datediff", ("date", "date"), "int64")(one.value, other.value), any_failed(one, other))
        if kind == "DOUBLE":
            one, other = self._as(left, "DOUBLE"), self._as(right, "DOUBLE")
            body = {exp.Add: operator.add, exp.Sub: operator.sub, exp.Mul: operator.mul}[type(node)]
            return Native(body(one.value, other.value), any_failed(one, other))
        if kind == "BIGINT":
            one, other = self._as(left, "BIGINT"), self._as(right, "BIGINT")
            name = {exp.Add: "try_add", exp.Sub: "try_subtract", exp.Mul: "try_multiply"}[type(node)]
            value = function(name, ("int64", "int64"), "int64")(one.value, other.value)
            return Native(value, any_failed(one, other, ~missing(one.value) & ~missing(other.value) & missing(value)))
        raise NotNative(f"{called(node)} of {self._kind(left)} and {self._kind(right)} is not known to be the same there.")

    def _negative(self, node: Any) -> Native:
        inner = self.part(node.this)
        if self._kind(node) == "DOUBLE":
            return Native(-inner.value, inner.failed)
        if self._kind(node) == "BIGINT":
            return Native(-inner.value, any_failed(inner, (inner.value == LEAST).fill_null(False)))
        raise NotNative(f"the negative of {self._kind(node)} is not known to be the same there.")

    def _divided(self, node: Any) -> Native:
        """IEEE division: Spark gives a missing value where the divisor is zero."""
        import ibis

        if self._kind(node) != "DOUBLE":
            raise NotNative("this division is not known to be the same there.")
        one, other = self._as(node.this, "DOUBLE"), self._as(node.expression, "DOUBLE")
        a, b = one.value, other.value
        minus = b.cast("string") == "-0.0"
        infinite = ibis.ifelse((a > 0) != minus, double("Infinity"), double("-Infinity"))
        at_zero = ibis.ifelse(missing(a), ibis.null("float64"), ibis.ifelse((a == 0) | a.isnan(), double("NaN"), infinite))
        return Native(ibis.ifelse(b == 0, at_zero, a / b), any_failed(one, other))

    def _whole_divided(self, node: Any) -> Native:
        from workbench.dataprep.operations import WholeDivision

        if not {self._kind(node.this), self._kind(node.expression), self._kind(node)} <= WHOLE:
            raise NotNative("whole division of such numbers is not known to be the same there.")
        one, other = self._as(node.this, "BIGINT"), self._as(node.expression, "BIGINT")
        made: Any = WholeDivision(one.value, other.value)
        over = (((one.value == LEAST) & (other.value == -1)) | (other.value == 0)).fill_null(False) & ~missing(one.value)
        return Native(made.to_expr(), any_failed(one, other, over))

    def _rest(self, node: Any) -> Native:
        if not {self._kind(node.this), self._kind(node.expression)} <= WHOLE:
            raise NotNative("the rest of a division of such numbers is not known to be the same there.")
        one, other = self._as(node.this, "BIGINT"), self._as(node.expression, "BIGINT")
        over = (((one.value == LEAST) & (other.value == -1)) | (other.value == 0)).fill_null(False) & ~missing(one.value)
        return Native(one.value % other.value, any_failed(one, other, over))

    def _power(self, node: Any) -> Native:
        one, other = self._as(node.this, "DOUBLE"), self._as(node.expression, "DOUBLE")
        return Native(one.value**other.value, any_failed(one, other))

    def _abs(self, node: Any) -> Native:
        inner = self.part(node.this)
        if self._kind(node) == "DOUBLE":
            return Native(inner.value.abs(), inner.failed)
        if self._kind(node) == "BIGINT":
            return Native(inner.value.abs(), any_failed(inner, (inner.value == LEAST).fill_null(False)))
        raise NotNative(f"abs of {self._kind(node)} is not known to be the same there.")

    def _rounded(self, node: Any) -> Native:
        from workbench.byexample.native.functions import function

        if self._kind(node) != "DOUBLE" or node.args.get("truncate") or node.args.get("decimals") is not None:
            raise NotNative("rounding to decimals is not known to be the same there.")
        inner = self._as(node.this, "DOUBLE")
        return Native(function("round", ("float64", "int32"), "float64")(inner.value, 0), inner.failed)

    def _floor(self, node: Any) -> Native:
        """Spark gives whole numbers, which hold less."""
        import ibis
        from sqlglot import exp

        if self._kind(node) != "DOUBLE" or node.args.get("decimals") is not None:
            raise NotNative("this rounding is not known to be the same there.")
        inner = self._as(node.this, "DOUBLE")
        value = inner.value
        found = (value.floor() if isinstance(node, exp.Floor) else value.ceil()).cast("float64")
        return Native(ibis.ifelse(value.abs() < 2.0**53, found, value), inner.failed)

    def _sqrt(self, node: Any) -> Native:
        inner = self._as(node.this, "DOUBLE")
        return Native(inner.value.sqrt(), inner.failed)

    def _log(self, node: Any) -> Native:
        import ibis

        inner = self._as(node.this, "DOUBLE")
        value = inner.value
        outside = ibis.ifelse(value == 0, double("-Infinity"), double("NaN"))
        return Native(ibis.ifelse((value <= 0) | value.isnan(), outside, value.ln()), inner.failed)
