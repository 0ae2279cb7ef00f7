"""Rows as canonical JSON, so that what two engines read can be compared as text.

int and long are numbers; float and double are numbers (a float widened to double), or "NaN", "Infinity",
"-Infinity"; a decimal is a string with exactly its scale; dates and times are ISO 8601 with six digits (nine for
the nanosecond types) and "+00:00" when zoned; a uuid is in lower case; fixed, binary, geometry and geography are
lower-case hexadecimal; a struct is an object in schema order, a list an array, a map an array of [key, value] sorted
by key; a variant is JSON. A table is one JSON object a row, sorted as text.
"""

import datetime
import decimal
import json
import math
import uuid

NANOSECONDS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1, "D": 86_400_000_000_000}
DAY = NANOSECONDS["D"]


def line(row):
    """One row as text."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def lines(rows):
    """Rows as sorted text."""
    return sorted(line(row) for row in rows)


# -- JSON in, canonical out ---------------------------------------------------------------------------------------


def normal(value, kind):
    """A canonical value that was written by another program, with its numbers and map entries put in our form."""
    if value is None:
        return None
    if isinstance(kind, dict):
        if kind["type"] == "struct":
            return {f["name"]: normal(value.get(f["name"]), f["type"]) for f in kind["fields"]}
        if kind["type"] == "list":
            return [normal(element, kind["element"]) for element in value]
        if kind["type"] == "map":
            return entries((normal(k, kind["key"]), normal(v, kind["value"])) for k, v in value)
    if kind in ("float", "double") and not isinstance(value, str):
        return float(value)
    return value


def normal_lines(texts, schema):
    """Lines of canonical JSON, normalised and sorted."""
    struct = {"type": "struct", "fields": schema["fields"]}
    return lines(normal(json.loads(text), struct) for text in texts if text.strip())


def entries(pairs):
    """The entries of a map, sorted by key."""
    return sorted(([k, v] for k, v in pairs), key=lambda entry: line(entry[0]))


# -- Arrow in, canonical out --------------------------------------------------------------------------------------


def table_rows(table, schema):
    """The rows of a pyarrow Table that was read from an Iceberg table of the given schema.

    A column that the schema does not know shows in the rows, so that it is noticed."""
    columns = {}
    for field in schema["fields"]:
        if field["name"] in table.column_names:
            columns[field["name"]] = column(table[field["name"]], field["type"])
    for name in table.column_names:
        if name not in columns:
            columns["unknown column " + name] = [repr(v) for v in table[name].to_pylist()]
    return [dict(zip(columns, row)) for row in zip(*columns.values())] if columns else []


def column(array, kind):
    """The canonical values of a pyarrow array, as a list."""
    import pyarrow as pa

    if isinstance(array, pa.ChunkedArray):
        return [value for chunk in array.chunks for value in column(chunk, kind)]
    if isinstance(array.type, pa.BaseExtensionType):
        return column(array.storage, kind)
    if pa.types.is_dictionary(array.type):
        return column(array.dictionary_decode(), kind)
    if pa.types.is_null(array.type):
        return [None] * len(array)
    if isinstance(kind, dict):
        return {"struct": struct_column, "list": list_column, "map": map_column}[kind["type"]](array, kind)
    return primitive_column(array, kind)


def struct_column(array, kind):
    names = [array.type.field(i).name for i in range(array.type.num_fields)]
    children = [
        (field["name"], column(array.field(names.index(field["name"])), field["type"]))
        for field in kind["fields"]
        if field["name"] in names
    ]
    valid = array.is_valid().to_pylist()
    return [{name: child[i] for name, child in children} if valid[i] else None for i in range(len(array))]


def list_column(array, kind):
    return [
        column(array[i].values, kind["element"]) if valid else None
        for i, valid in enumerate(array.is_valid().to_pylist())
    ]


def map_column(array, kind):
    def one(scalar):
        pairs = scalar.values
        return entries(zip(column(pairs.field(0), kind["key"]), column(pairs.field(1), kind["value"])))

    return [one(array[i]) if valid else None for i, valid in enumerate(array.is_valid().to_pylist())]


def primitive_column(array, kind):
    import pyarrow as pa

    unit = None
    if pa.types.is_date32(array.type):
        unit, array = "D", array.cast(pa.int32())
    elif pa.types.is_date64(array.type):
        unit, array = "ms", array.cast(pa.int64())
    elif pa.types.is_timestamp(array.type) or pa.types.is_time64(array.type):
        unit, array = array.type.unit, array.cast(pa.int64())
    elif pa.types.is_time32(array.type):
        unit, array = array.type.unit, array.cast(pa.int32())
    values = array.to_pylist()
    if unit is not None:
        return [None if v is None else moment(v * NANOSECONDS[unit], kind) for v in values]
    return [None if v is None else scalar(v, kind) for v in values]


def scalar(value, kind):
    """A Python value that is neither nested nor a time."""
    if kind in ("float", "double"):
        return number(float(value))
    if kind.startswith("decimal"):
        scale = int(kind.rstrip(")").split(",")[1])
        with decimal.localcontext() as context:
            context.prec = 80
            return format(decimal.Decimal(value).quantize(decimal.Decimal((0, (1,), -scale))), "f")
    if kind == "uuid":
        return str(uuid.UUID(bytes=bytes(value)) if isinstance(value, (bytes, bytearray)) else uuid.UUID(str(value)))
    if kind == "boolean":
        return bool(value)
    if kind == "variant" and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "backslashreplace") if kind == "string" else value.hex()
    return value


def number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def moment(nanoseconds, kind):
    """A date, time or timestamp as text, from nanoseconds since midnight or 1970-01-01."""
    days, rest = divmod(nanoseconds, DAY)
    if kind == "date":
        return date(days)
    digits = 9 if kind.endswith("_ns") else 6
    seconds, fraction = divmod(rest, 1_000_000_000)
    clock = "%02d:%02d:%02d.%0*d" % (
        seconds // 3600,
        seconds // 60 % 60,
        seconds % 60,
        digits,
        fraction // 10 ** (9 - digits),
    )
    if kind == "time":
        return clock
    return date(days) + "T" + clock + ("+00:00" if kind.startswith("timestamptz") else "")


def date(days):
    """A day since 1970-01-01 as text. The calendar repeats after 400 years, which Python's own does not reach beyond."""
    cycles, rest = divmod(days, 146_097)
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=rest)
    return "%04d-%02d-%02d" % (day.year + 400 * cycles, day.month, day.day)
