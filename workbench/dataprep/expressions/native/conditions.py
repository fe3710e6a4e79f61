"""Comparisons, truth values, and choices by them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from workbench.dataprep.expressions.native.parts import KINDS, Native, NotNative, Parts, any_failed, missing


class Conditions(Parts):
    """Comparisons, truth values, and choices by them."""

    def _compared(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._pair(node.this, node.expression)
        body = {
            exp.EQ: operator.eq, exp.NEQ: operator.ne, exp.LT: operator.lt, exp.LTE: operator.le, exp.GT: operator.gt,
            exp.GTE: operator.ge,
        }[type(node)]  # fmt: skip
        return Native(body(one.value, other.value), any_failed(one, other))

    def _same(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._pair(node.this, node.expression)
        same = one.value.identical_to(other.value)
        return Native(same if isinstance(node, exp.NullSafeEQ) else ~same, any_failed(one, other))

    def _joined(self, node: Any) -> Native:
        from sqlglot import exp

        one, other = self._as(node.this, "BOOLEAN"), self._as(node.expression, "BOOLEAN")
        return Native(one.value & other.value if isinstance(node, exp.And) else one.value | other.value, any_failed(one, other))

    def _is(self, node: Any) -> Native:
        from sqlglot import exp

        inner = self.part(node.this)
        if isinstance(node.expression, exp.Null):
            return Native(missing(inner.value), inner.failed)
        if isinstance(node.expression, exp.Boolean) and self._kind(node.this) == "BOOLEAN":
            wanted = inner.value if node.expression.this else ~inner.value
            return Native(wanted.fill_null(False), inner.failed)
        raise NotNative(f"{node.sql()} is not known to be the same there.")

    def _between(self, node: Any) -> Native:
        value, low = self._pair(node.this, node.args["low"])
        again, high = self._pair(node.this, node.args["high"])
        return Native((value.value >= low.value) & (again.value <= high.value), any_failed(value, low, high))

    def _in(self, node: Any) -> Native:
        import ibis

        items = node.args.get("expressions") or []
        if not items or node.args.get("query") or node.args.get("unnest"):
            raise NotNative("this kind of IN is not known to be the same there.")
        pairs = [self._pair(node.this, item) for item in items]
        tests = [one.value == other.value for one, other in pairs]
        return Native(ibis.or_(*tests), any_failed(*(each for pair in pairs for each in pair)))

    def _case(self, node: Any) -> Native:
        kind = self._kind(node)
        branches = node.args.get("ifs") or []
        arms: list[tuple[Native, Native]] = []
        for branch in branches:
            if node.this is not None:
                one, other = self._pair(node.this, branch.this)
                test = Native(one.value == other.value, any_failed(one, other))
            else:
                test = self._as(branch.this, "BOOLEAN")
            arms.append((test, self._as(branch.args["true"], kind)))
        return self._chosen(arms, node.args.get("default"), kind)

    def _if(self, node: Any) -> Native:
        kind = self._kind(node)
        arms = [(self._as(node.this, "BOOLEAN"), self._as(node.args["true"], kind))]
        return self._chosen(arms, node.args.get("false"), kind)

    def _chosen(self, arms: Sequence[tuple[Native, Native]], default: Any, kind: str) -> Native:
        import ibis

        if kind not in KINDS:
            raise NotNative(f"choosing among values of the type {kind} is not known to be the same there.")
        last = self._as(default, kind) if default is not None else Native(ibis.null(KINDS[kind]))
        value = ibis.cases(*((test.value.fill_null(False), then.value) for test, then in arms), else_=last.value)
        failed = None
        no = ibis.literal(False)
        if any(part.failed is not None for pair in arms for part in pair) or last.failed is not None:
            own = [(test.value.fill_null(False), no if then.failed is None else then.failed) for test, then in arms]
            tests = [test.failed for test, _ in arms if test.failed is not None]
            failed = ibis.or_(ibis.cases(*own, else_=no if last.failed is None else last.failed), *tests)
        return Native(value, failed)

    def _coalesce(self, node: Any) -> Native:
        import ibis

        kind = self._kind(node)
        parts = [self._as(each, kind) for each in (node.this, *node.expressions)]
        failed, before = None, None
        for part in parts:
            if part.failed is not None:
                reached = part.failed if before is None else part.failed & before
                failed = reached if failed is None else failed | reached
            before = missing(part.value) if before is None else before & missing(part.value)
        return Native(ibis.coalesce(*(part.value for part in parts)), failed)

    def _nullif(self, node: Any) -> Native:
        import ibis

        one, other = self._pair(node.this, node.expression)
        own = self.part(node.this)
        equal = (one.value == other.value).fill_null(False)
        return Native(ibis.ifelse(equal, ibis.null(own.value.type()), own.value), any_failed(one, other))

    def _largest(self, node: Any) -> Native:
        from sqlglot import exp

        from workbench.byexample.native.functions import function

        kind = self._kind(node)
        parts = [self._as(each, kind) for each in (node.this, *node.expressions)]
        if len(parts) < 2:
            raise NotNative("it needs at least two values.")
        name, wanted = "greatest" if isinstance(node, exp.Greatest) else "least", KINDS[kind]
        value = function(name, (wanted,) * len(parts), wanted)(*(part.value for part in parts))
        return Native(value, any_failed(*parts))
