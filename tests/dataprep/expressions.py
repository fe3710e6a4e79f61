"""SQL scalars over the table `VALUES` of the cases: those that Spark computes itself, and those that run through DuckDB there."""

NATIVE = (
    "i + j * 2 - 1", "i - j", "-i", "i / j", "x / y", "i // j", "i % j", "abs(i)", "abs(x)", "x + i * 0.5::double", "x * y - 1",
    "x ** 2", "round(x)", "floor(x)", "ceil(x)", "sqrt(y)", "ln(y)", "i > j", "x >= 1.5", "x = y", "i = x", "s < u", "b and i > 0",
    "not b or x is null", "i is not null", "b is true", "i is distinct from j", "i between 0 and j", "i in (1, 2, 3)",
    "u in ('x', '1')", "case when b then i when i > 0 then j else -1 end", "case i when 1 then 'one' when 0 then 'none' end",
    "if(b, s, u)", "coalesce(i, j, 0)", "nullif(i, 0)", "greatest(i, j)", "least(x, y, 1)", "s || u", "concat(s, u, i)",
    "concat_ws('-', s, i, b)", "upper(s)", "lower(u)", "length(s)", "len(l)", "trim(s)", "ltrim(s, ' 1')", "substring(u, 2, 2)",
    "left(u, 2)", "starts_with(u, 'a')", "contains(u, '%')", "u like 'a%c'", "u not like '_'", "regexp_matches(u, '^\\w')",
    "cast(i as varchar)", "i::double", "x::bigint", "b::integer", "d::timestamp", "t::date", "year(d)", "month(t)",
    "extract(day from d)",
    "quarter(d)", "hour(t)", "d + 7", "d - date '2000-01-01'", "d > '1970-01-01'", "t >= '2020-01-01 00:00:00'", "r.a + 1", "r.b",
    "1 + 1", "'constant'", "cast(i + j as double) / 2",
)  # fmt: skip
IN_BATCHES = (
    "cast(s as integer)", "try_cast(s as double)", "i * 1.5", "round(x, 1)", "strftime(d, '%d.%m.%Y')", "d + interval 1 month",
    "list_transform(l, lambda e: e || '!')", "string_split(u, 'b')", "date_trunc('month', t)", "{'a': i, 'b': s}", "reverse(u)",
    "strptime(s, '%d')", "l[-1]", "u[1]", "date_diff('month', d, date '2020-01-01')", "json_extract_string(u, '$.x')",
)  # fmt: skip
