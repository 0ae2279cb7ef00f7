"""Tests of what is found out about tables."""

import json
import os
import tempfile
import unittest

from interop.tables import Table


class DeleteFeatures(unittest.TestCase):
    def table(self, properties):
        snapshots = [
            {"snapshot-id": 1, "summary": {"operation": "append"}},
            {"snapshot-id": 2, "parent-snapshot-id": 1, "summary": {"added-position-delete-files": "1"}},
            {"snapshot-id": 3, "parent-snapshot-id": 2, "summary": {"added-dvs": "2"}},
            {"snapshot-id": 4, "parent-snapshot-id": 1, "summary": {"added-equality-delete-files": "1"}},
        ]
        metadata = {"format-version": 3, "current-snapshot-id": 3, "snapshots": snapshots, "properties": properties,
                    "schemas": [{"schema-id": 0, "fields": []}], "partition-specs": []}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "v1.metadata.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(metadata, file)
            return Table("t", path)

    def test_a_snapshot_has_the_deletes_of_those_before_it(self):
        table = self.table({})
        self.assertEqual(table.delete_features(1), set())
        self.assertEqual(table.delete_features(2), {"position deletes", "position deletes parquet"})
        self.assertEqual(table.delete_features(), table.delete_features(2) | {"deletion vectors"})
        self.assertEqual(table.delete_features(4), {"equality deletes", "equality deletes parquet"})

    def test_delete_files_may_be_of_a_format_of_their_own(self):
        table = self.table({"write.delete.format.default": "AVRO"})
        self.assertIn("position deletes avro", table.delete_features())


if __name__ == "__main__":
    unittest.main()
