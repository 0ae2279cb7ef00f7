import decimal
import unittest

import pyarrow as pa

from interop import values


class ArrowValues(unittest.TestCase):
    def check(self, array, kind, expected):
        self.assertEqual(values.column(array, kind), expected)

    def test_dates_outside_the_years_that_python_knows(self):
        days = pa.array([0, -1, -719163, 2932897, 2**31 - 1, None], pa.int32()).cast(pa.date32())
        expected = ["1970-01-01", "1969-12-31", "0000-12-31", "10000-01-01", "5881580-07-11", None]
        self.check(days, "date", expected)

    def test_timestamps_before_1970_and_with_nanoseconds(self):
        self.check(pa.array([-1], pa.timestamp("us")), "timestamp", ["1969-12-31T23:59:59.999999"])
        self.check(pa.array([-1], pa.timestamp("ns")), "timestamp_ns", ["1969-12-31T23:59:59.999999999"])
        zoned = pa.array([0], pa.timestamp("us", tz="UTC"))
        self.check(zoned, "timestamptz", ["1970-01-01T00:00:00.000000+00:00"])

    def test_times(self):
        self.check(pa.array([86_399_999_999], pa.time64("us")), "time", ["23:59:59.999999"])

    def test_numbers_that_json_does_not_have(self):
        numbers = pa.array([float("nan"), float("inf"), float("-inf"), -0.0])
        self.check(numbers, "double", ["NaN", "Infinity", "-Infinity", -0.0])

    def test_a_float_is_widened(self):
        self.check(pa.array([0.1], pa.float32()), "float", [0.10000000149011612])

    def test_a_decimal_has_exactly_its_scale(self):
        wide = decimal.Decimal("9999999999999999999999999999.9999999999")
        self.check(pa.array([wide, decimal.Decimal(-1)], pa.decimal128(38, 10)), "decimal(38, 10)",
                   ["9999999999999999999999999999.9999999999", "-1.0000000000"])

    def test_a_slice_of_nested_values(self):
        kind = {"type": "list", "element": {"type": "map", "key": "string", "value": "int"}}
        array = pa.array([[[("x", 1)]], None, [[("b", 2), ("a", None)], None], []],
                         pa.list_(pa.map_(pa.string(), pa.int32())))
        self.check(array[1:], kind, [None, [[["a", None], ["b", 2]], None], []])

    def test_a_null_struct_is_no_struct_of_nulls(self):
        kind = {"type": "struct", "fields": [{"name": "x", "type": "int"}]}
        array = pa.array([{"x": None}, None], pa.struct([("x", pa.int32())]))
        self.check(array, kind, [{"x": None}, None])

    def test_a_column_that_is_not_in_the_schema_shows(self):
        rows = values.table_rows(pa.table({"a": [1], "b": [2]}), {"fields": [{"name": "a", "type": "int"}]})
        self.assertEqual(rows, [{"a": 1, "unknown column b": "2"}])


class JSONValues(unittest.TestCase):
    schema = {"fields": [{"name": "d", "type": "double"}, {"name": "m", "type": {
        "type": "map", "key": "string", "value": "double"}}]}

    def test_lines_of_two_writers_come_out_the_same(self):
        one = values.normal_lines(['{"d":1,"m":[["b",2],["a","NaN"]]}', ""], self.schema)
        other = values.normal_lines(['{"m":[["a","NaN"],["b",2.0]],"d":1.0}'], self.schema)
        self.assertEqual(one, other)
        self.assertEqual(one, ['{"d":1.0,"m":[["a","NaN"],["b",2.0]]}'])

    def test_a_missing_member_is_null(self):
        self.assertEqual(values.normal_lines(["{}"], self.schema), ['{"d":null,"m":null}'])


if __name__ == "__main__":
    unittest.main()
