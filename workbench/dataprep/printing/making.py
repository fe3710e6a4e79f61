"""Steps that make columns by a function of a row's values: the same program for pandas and Polars but for how columns are held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from workbench.dataprep.columns import TEXT, ColumnInfo, ColumnType, find, names
from workbench.dataprep.printing.code import Code
from workbench.dataprep.printing.helpers.creating import (
    cut,
    fields_of,
    in_parts,
    items_of,
    joined,
    joined_all,
    joined_whole,
    json_value,
    json_values,
    piece_of,
)
from workbench.dataprep.printing.helpers.frames_pandas import present
from workbench.dataprep.printing.literals import PANDAS_TYPES, listing, polars_type, text, value
from workbench.dataprep.steps import (
    Combine,
    CombineByExample,
    Derive,
    ExpandJson,
    ExpandList,
    ExpandStruct,
    ExtractByExample,
    ParseJson,
    Split,
    SplitByExample,
    SplitWidths,
    StepBase,
)
from workbench.dataprep.steps.creating import jsontext
from workbench.dataprep.steps.creating.programs import ByProgram

Texts = Callable[[Code, str, ColumnType], str]
Convert = Callable[[Code, str, ColumnType], None]


class Maker:
    """The printers of a language. `as_text`: a column as texts; `convert`: a line that turns a text column into another type."""

    def __init__(self, as_text: Texts, convert: Convert) -> None:
        self._as_text = as_text
        self._convert = convert
        self.printers: dict[type[StepBase], Callable[[Any, Code], None]] = {
            Derive: self._program, CombineByExample: self._program, ExtractByExample: self._program,
            SplitByExample: self._split_by_example, Split: self._split, SplitWidths: self._cut, Combine: self._combine,
            ExpandJson: self._expand_json, ParseJson: self._parse_json, ExpandList: self._expand_list,
            ExpandStruct: self._expand_struct,
        }  # fmt: skip

    # what each step does

    def _program(self, step: ByProgram, code: Code) -> None:
        derive = code.define(step.load_program().to_python(step.inputs), "derive")
        call = derive
        if isinstance(step, ExtractByExample):
            call = code.fresh("find")
            code.line(f"{call} = lambda text: {code.helper(piece_of)}(text, {derive})")
        self._make(code, [self._texts(code, name) for name in step.inputs], call, [step.column], kinds=["string"])
        if step.type not in TEXT:
            self._convert(code, step.column, step.type)
        code.order()

    def _split_by_example(self, step: SplitByExample, code: Code) -> None:
        split = code.define(step.load_splitter().to_python(), "split_text")
        self._parts(step, code, split)

    def _split(self, step: Split, code: Code) -> None:
        self._parts(step, code, f"lambda text: {code.helper(in_parts)}(text, {text(step.delimiter)}, {step.parts})")

    def _cut(self, step: SplitWidths, code: Code) -> None:
        self._parts(step, code, f"lambda text: {code.helper(cut)}(text, {listing(step.cuts)}, trim={step.trim})")

    def _parts(self, step: Split | SplitWidths | SplitByExample, code: Code, call: str) -> None:
        self._make(code, [self._texts(code, step.column)], call, step.new_columns(code.names))
        self._ended(code)

    def _combine(self, step: Combine, code: Code) -> None:
        if broken := [name for name in step.columns if name in code.errors]:
            code.cannot(f"{broken[0]} may hold error cells, which are missing values there.")
        join = {"skip": joined, "empty": joined_all, "nothing": joined_whole}[step.missing]
        call = f"lambda *texts: {code.helper(join)}(texts, {text(step.separator)})"
        self._make(code, [self._texts(code, name) for name in step.columns], call, [step.column], kinds=["string"])
        self._ended(code)

    def _expand_json(self, step: ExpandJson, code: Code) -> None:
        level = code.helper(jsontext.level)
        call = f"lambda text: {code.helper(json_values)}(text, {level}, {listing(step.keys)})"
        self._make(code, [self._texts(code, step.column)], call, step.new_columns(code.names))
        self._ended(code)

    def _parse_json(self, step: ParseJson, code: Code) -> None:
        parse, shaped = code.helper(jsontext.parsed), code.helper(jsontext.shaped)
        call = f"lambda text: {code.helper(json_value)}(text, {parse}, {value(step.shape)}, {shaped})"
        name = step.to or step.column
        self._make(code, [self._texts(code, step.column)], call, [name], single=True)
        code.order()

    def _expand_list(self, step: ExpandList, code: Code) -> None:
        call = f"lambda items: {code.helper(items_of)}(items, {step.count})"
        new = [name for name in names(code.after) if name not in code.names or (name == step.column and not step.keep_source)]
        self._make(code, [self._values(code, step.column)], call, new)
        self._ended(code)

    def _expand_struct(self, step: ExpandStruct, code: Code) -> None:
        import ibis

        kind: Any = ibis.dtype(code.column(step.column).ibis_type)
        fields = step.fields or tuple(kind.names)
        call = f"lambda record: {code.helper(fields_of)}(record, {listing(fields)})"
        self._make(code, [self._values(code, step.column)], call, [name for name in names(code.after) if name not in code.names])
        self._ended(code)

    # how columns are held

    def _texts(self, code: Code, name: str) -> str:
        """The texts of a column as a list."""
        kind = code.type(name)
        return self._values(code, name) if kind in TEXT else self._listed(code, self._as_text(code, name, kind))

    def _values(self, code: Code, name: str) -> str:
        """The values of a column as a list."""
        return self._listed(code, f"df[{text(name)}]") if code.language == "pandas" else f"df[{text(name)}].to_list()"

    @staticmethod
    def _listed(code: Code, column: str) -> str:
        if code.language == "pandas":
            return f"{code.helper(present)}({column})"
        return f"df.select({column}).to_series().to_list()"

    def _make(
        self,
        code: Code,
        inputs: Sequence[str],
        call: str,
        new: Sequence[str],
        *,
        kinds: Sequence[ColumnType] = (),
        single: bool = False,
    ) -> None:
        """Lines that put what `call` makes of the inputs of each row into new columns; `kinds`: their types before a conversion."""
        single = single or bool(kinds)
        made = code.fresh("made")
        if call.startswith("lambda"):
            name = code.fresh("make")
            code.line(f"{name} = {call}")
            call = name
        if len(inputs) == 1:
            code.line(f"{made} = [{call}(value) for value in {inputs[0]}]")
        else:
            code.line(f"{made} = [{call}(*row) for row in zip({', '.join(inputs)}, strict=True)]")
        columns = []
        for place, name in enumerate(new):
            column = ColumnInfo(name, kinds[place]) if kinds else find(code.after, name)
            if column is None:
                code.cannot(f"There is no column {name}.")
            items = made if single else f"[row[{place}] for row in {made}]"
            if code.language == "pandas":
                code.line(f"df[{text(name)}] = pd.Series({items}, index=df.index, dtype={text(PANDAS_TYPES[column.type])})")
            else:
                columns.append(f"pl.Series({text(name)}, {items}, dtype={polars_type(column)})")
        if columns:
            code.line(f"df = df.with_columns({', '.join(columns)})")

    @staticmethod
    def _ended(code: Code) -> None:
        """The columns that go, and the order of the others."""
        gone = [name for name in code.names if name not in names(code.after)]
        if gone:
            code.line(f"df = df.drop({'columns=' if code.language == 'pandas' else ''}{listing(gone)})")
        code.order()
