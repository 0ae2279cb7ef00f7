import json
import tempfile
import unittest

from interop.matrix import FAIL, OK, UNSUPPORTED, Matrix
from interop.readers import Answer
from interop.tables import Read


class FakeTable:
    name = "t"
    features = {"v3", "type variant"}

    def delete_features(self, snapshot):
        return set()


class Judging(unittest.TestCase):
    def setUp(self):
        data = {"engines": {"old": {"unsupported": [{"features": ["type variant"], "reason": "no variant"}]},
                            "odd": {"unsupported": [{"features": ["v3"], "reason": "no", "sometimes": True}]}}}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(data, file)
            file.flush()
            self.matrix = Matrix(file.name)
        self.read = Read(FakeTable(), None, [])

    def judge(self, engine, answer):
        return self.matrix.judge(engine, self.read, answer, ["a"]).outcome

    def test_equal_rows_are_asked_of_an_engine_that_can(self):
        self.assertEqual(self.judge("new", Answer(rows=["a"])), OK)
        self.assertEqual(self.judge("new", Answer(rows=["b"])), FAIL)
        self.assertEqual(self.judge("new", Answer(error="no")), FAIL)

    def test_an_engine_that_cannot_must_not(self):
        self.assertEqual(self.judge("old", Answer(error="no")), UNSUPPORTED)
        self.assertEqual(self.judge("old", Answer(rows=["b"])), UNSUPPORTED)
        self.assertEqual(self.judge("old", Answer(rows=["a"])), FAIL)

    def test_what_depends_on_the_values_may_go_either_way(self):
        self.assertEqual(self.judge("odd", Answer(rows=["a"])), OK)
        self.assertEqual(self.judge("odd", Answer(rows=["b"])), UNSUPPORTED)
