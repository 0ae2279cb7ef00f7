from timing import measure, path

from pyiceberg.table.metadata import TableMetadataUtil

with open(path("large.metadata.json"), "rb") as file:
    data = file.read()
text = data.decode()
measure("metadata-parse of PyIceberg", len(data) / 1e6, "MB", lambda: TableMetadataUtil.parse_raw(text), rounds=3)
