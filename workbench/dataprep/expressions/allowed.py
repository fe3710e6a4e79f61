"""What an SQL scalar may hold: functions that compute from their arguments alone, and nothing that looks outside of the row.

DuckDB itself parses the text that it will run, so that nothing can be read in another way than it runs. Functions are listed one by
one: new ones of a later DuckDB, which may read files or settings, are not among them.
"""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from typing import Any

from workbench.dataprep.scratch import scratch


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = _words("+ - * / // % ** ^ || ~~ !~~ ~~* !~~* ~~~ & | << >> ~ @ ! && @> <@ ^@ -> ->> != = < > <= >= __postfix")
TEXTS = _words("""
    ascii bar base64 bin bit_length chr concat concat_ws contains damerau_levenshtein editdist3 ends_with format
    format_bytes formatreadabledecimalsize formatreadablesize from_base64 from_hex hamming hex ilike_escape instr jaccard
    jaro_similarity jaro_winkler_similarity lcase left left_grapheme len length length_grapheme levenshtein like_escape
    lower lpad ltrim md5 mismatches nfc_normalize not_ilike_escape not_like_escape ord overlay parse_dirname parse_dirpath
    parse_filename parse_formatted_bytes parse_path path_join position prefix printf regexp_escape regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right
    right_grapheme rpad rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split
    string_split_regex string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix to_base
    to_base64 to_hex translate trim ucase unicode unhex upper url_decode url_encode
""")
NUMBERS = _words("""
    abs acos acosh add asin asinh atan atan2 atanh bit_count cbrt ceil ceiling cos cosh cot degrees divide even exp
    factorial fdiv floor fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan lcm least
    least_common_multiple lgamma ln log log10 log2 mod multiply nextafter pi pow power radians round round_even
    roundbankers sign signbit sin sinh sqrt subtract tan tanh trunc xor
""")
DATES = _words("""
    age century current_date current_localtime current_localtimestamp date_add date_diff date_part date_sub date_trunc
    datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms
    epoch_ns epoch_us era get_current_time get_current_timestamp hour isodow isoyear julian last_day make_date make_time
    make_timestamp make_timestamp_ms make_timestamp_ns make_timestamptz microsecond millennium millisecond minute month
    monthname nanosecond now quarter second strftime strptime time_bucket timezone to_centuries to_days to_decades
    to_hours to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp
    to_weeks to_years today transaction_timestamp try_strptime week weekday weekofyear year yearweek
""")
NESTED = _words("""
    apply array_append array_apply array_cat array_concat array_contains array_distinct array_extract array_filter
    array_has array_has_all array_has_any array_indexof array_intersect array_length array_pop_back array_pop_front
    array_position array_prepend array_push_back array_push_front array_resize array_reverse array_reverse_sort
    array_select array_slice array_sort array_to_string array_transform array_unique array_value array_where array_zip
    cardinality element_at filter flatten from_json from_json_strict generate_series json json_array json_array_length
    json_contains json_exists json_extract json_extract_path json_extract_path_text json_extract_string json_keys
    json_merge_patch json_object json_quote json_structure json_transform json_transform_strict json_type json_valid
    json_value list_any_value list_append list_apply list_avg list_bool_and list_bool_or list_cat list_concat
    list_contains list_count list_distinct list_element list_extract list_filter list_first list_has list_has_all
    list_has_any list_indexof list_intersect list_last list_max list_median list_min list_mode list_pack list_position
    list_prepend list_product list_resize list_reverse list_reverse_sort list_select list_slice list_sort list_stddev_pop
    list_stddev_samp list_string_agg list_sum list_transform list_unique list_value list_var_pop list_var_samp list_where
    list_zip map map_concat map_contains map_contains_entry map_contains_value map_entries map_extract map_extract_value
    map_from_entries map_keys map_values range row row_to_json struct_concat struct_contains struct_extract struct_insert
    struct_keys struct_pack struct_position struct_update struct_values to_json
""")
CHOOSING = _words("coalesce constant_or_null if ifnull nullif switch try typeof")
ALLOWED = OPERATORS | TEXTS | NUMBERS | DATES | NESTED | CHOOSING
CHANGING = frozenset({"random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed"})
"""Functions that give something else on each call."""
_NOW = frozenset({"current_date", "current_timestamp", "current_localtime", "current_localtimestamp", "get_current_time"})
SESSION = frozenset({"user", "current_user", "session_user", "current_role", "current_schema", "current_catalog"})
"""Words that DuckDB takes for functions where no column has that name."""
NOW = _NOW | {"get_current_timestamp", "now", "today", "transaction_timestamp", "localtime", "localtimestamp", "current_time"}
"""What gives the time of the run."""
_CLASSES = frozenset(
    {"FUNCTION", "COLUMN_REF", "CONSTANT", "OPERATOR", "CASE", "CAST", "COMPARISON", "CONJUNCTION", "BETWEEN", "LAMBDA", "TYPE"}
)
_QUERY = "The expression must compute a value from the row's columns; queries do not belong here."


@lru_cache(maxsize=256)
def refusal(sql: str) -> str:
    """Why an SQL scalar may not run; empty when it may. Columns and types are not looked at."""
    import duckdb

    from workbench.dataprep.engine.store import first_line

    with scratch() as connection:
        try:
            told = json.loads(connection.execute("SELECT json_serialize_sql(?)", [f"SELECT ({sql})"]).fetchall()[0][0])
        except duckdb.Error as error:
            return f"The expression is not valid SQL: {first_line(str(error))}."
    if told.get("error"):
        return f"The expression is not valid SQL: {first_line(str(told.get('error_message', '')))}."
    statements = told["statements"]
    if len(statements) != 1:
        return "The expression must be one SQL expression, without ';' or comments."
    node = statements[0]["node"]
    if node.get("type") != "SELECT_NODE" or len(node["select_list"]) != 1 or (node.get("from_table") or {}).get("type") != "EMPTY":
        return _QUERY
    return _refused(node["select_list"][0])


def _refused(node: Any) -> str:
    """Why a part of DuckDB's own tree may not run."""
    if isinstance(node, list):
        return next((reason for part in node if (reason := _refused(part))), "")
    if not isinstance(node, dict):
        return ""
    kind = node.get("class")
    if kind == "WINDOW":
        return "The expression looks at other rows: use the step Window for that."
    if kind is not None and kind not in _CLASSES:
        return _QUERY
    if kind == "FUNCTION" and (reason := _refused_function(node)):
        return reason
    return next((reason for part in node.values() if isinstance(part, dict | list) and (reason := _refused(part))), "")


def _refused_function(node: dict[str, Any]) -> str:
    name = str(node.get("function_name", "")).lower()
    if name not in ALLOWED and name not in _known():
        close = difflib.get_close_matches(name, ALLOWED - OPERATORS, n=3)
        return f"There is no function {name}." + (f" Did you mean {' or '.join(close)}?" if close else "")
    if node.get("schema") or node.get("catalog") or (name not in ALLOWED and name not in CHANGING and not _is_aggregate(name)):
        return f"The function {name} cannot be used here: expressions compute from the row's values alone."
    if name in CHANGING:
        return f"{name} gives other values on each run, so it cannot be used here."
    if name not in ALLOWED:
        return "The expression computes over many rows: use Summarize for totals."
    if node.get("distinct") or node.get("filter") or (node.get("order_bys") or {}).get("orders"):
        return "The expression computes over many rows: use Summarize for totals."
    return ""


@lru_cache(maxsize=1)
def _aggregates() -> frozenset[str]:

    with scratch() as connection:
        found = connection.execute("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'")
        return frozenset(row[0].lower() for row in found.fetchall())


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:

    with scratch() as connection:
        found = connection.execute("SELECT DISTINCT function_name FROM duckdb_functions()")
        return frozenset(row[0].lower() for row in found.fetchall()) | {"count_star", "read_text", "getenv"}


def _is_aggregate(name: str) -> bool:
    return name in _aggregates() or name == "count_star"


def tells_time(sql: str) -> bool:
    """Whether an expression takes the time of the run, so that its result changes from day to day."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, dialect="duckdb")
    kinds = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)
    if tree.find(*kinds):
        return True
    named = {node.name.lower() for node in tree.find_all(exp.Anonymous)}
    bare = {node.name.lower() for node in tree.find_all(exp.Column)}
    return bool(named & NOW) or bool(bare & (_NOW - {"current_date"}))
