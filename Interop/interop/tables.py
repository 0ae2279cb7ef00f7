"""Tables on disk: their metadata, what they use, and the rows that are expected of them."""

import gzip
import json
import os
import re


class Read:
    """One state of a table, with the rows that every engine has to find in it."""

    def __init__(self, table, snapshot, expected):
        self.table = table
        self.snapshot = snapshot
        self.expected = expected

    @property
    def name(self):
        return self.table.name + ("" if self.snapshot is None else "@%d" % self.snapshot)

    @property
    def schema(self):
        return self.table.schema(self.snapshot)

    @property
    def features(self):
        travel = {"time-travel"} if self.snapshot is not None else set()
        return self.table.features | travel | self.table.delete_features(self.snapshot)


class Table:
    """An Iceberg table, by its metadata file."""

    def __init__(self, name, metadata_path):
        self.name = name
        self.path = os.path.abspath(metadata_path)
        with open(self.path, "rb") as file:
            data = file.read()
        self.is_compressed = data[:2] == b"\x1f\x8b"
        self.metadata = json.loads(gzip.decompress(data) if self.is_compressed else data)

    @property
    def directory(self):
        return os.path.dirname(os.path.dirname(self.path))

    def schema(self, snapshot=None):
        """The schema that the rows of a snapshot, or of the current state, are read with."""
        schemas = {s.get("schema-id", 0): s for s in self.metadata.get("schemas") or [self.metadata["schema"]]}
        wanted = self.metadata.get("current-schema-id", 0)
        for candidate in self.metadata.get("snapshots", []):
            if candidate["snapshot-id"] == snapshot:
                wanted = candidate.get("schema-id", wanted)
        return schemas[wanted]

    @property
    def features(self):
        """What an engine needs to know in order to read the table, each in one word."""
        found = {"v%d" % self.metadata["format-version"]}
        for schema in self.metadata.get("schemas") or [self.metadata["schema"]]:
            struct_features(schema["fields"], found)
        sources = {}
        for schema in self.metadata.get("schemas") or [self.metadata["schema"]]:
            types_by_id(schema["fields"], sources)
        specs = self.metadata.get("partition-specs") or [{"fields": self.metadata.get("partition-spec", [])}]
        for spec in specs:
            for field in spec["fields"]:
                transform = re.sub(r"\[.*", "", field["transform"])
                found.add("transform " + transform)
                source = field.get("source-id") or (field.get("source-ids") or [None])[0]
                found.add("transform %s of %s" % (transform, sources.get(source, "?")))
        if len([spec for spec in specs if spec["fields"]]) > 1:
            found.add("partition evolution")
        if len(self.metadata.get("schemas") or []) > 1:
            found.add("schema evolution")
        if self.metadata.get("format-version", 1) > 1 and any(
            not snapshot.get("sequence-number") for snapshot in self.metadata.get("snapshots") or []
        ):
            found.add("snapshot of version 1")
        if self.is_compressed:
            found.add("gzip metadata")
        properties = self.metadata.get("properties", {})
        if "schema.name-mapping.default" in properties:
            found.add("name mapping")
        found.add("data " + properties.get("write.format.default", "parquet").lower())
        codec = properties.get("write.parquet.compression-codec")
        if codec:
            found.add("codec " + codec.lower())
        return found

    def delete_features(self, snapshot=None):
        """The kinds of delete files of a snapshot, or of the current state: those that it or one before it added."""
        snapshots = {s["snapshot-id"]: s for s in self.metadata.get("snapshots", [])}
        current = snapshots.get(self.metadata.get("current-snapshot-id") if snapshot is None else snapshot)
        format = self.metadata.get("properties", {}).get("write.delete.format.default", "parquet").lower()
        found = set()
        while current is not None:
            summary = current.get("summary", {})
            if "added-position-delete-files" in summary:
                found |= {"position deletes", "position deletes " + format}
            if "added-equality-delete-files" in summary:
                found |= {"equality deletes", "equality deletes " + format}
            if "added-dvs" in summary:
                found.add("deletion vectors")
            current = snapshots.get(current.get("parent-snapshot-id"))
        return found


def struct_features(fields, found, inside=None):
    for field in fields:
        if "initial-default" in field:
            found.add("default")
        type_features(field["type"], found, inside)


def type_features(kind, found, inside=None):
    if not isinstance(kind, dict):
        found.add("type " + re.sub(r"[\[(].*", "", kind))
        return
    found.add("type " + kind["type"])
    if inside:
        found.add("%s in %s" % (kind["type"], inside))
    if kind["type"] == "struct":
        struct_features(kind["fields"], found, "struct")
    elif kind["type"] == "list":
        type_features(kind["element"], found, "list")
    else:
        type_features(kind["key"], found, "map")
        type_features(kind["value"], found, "map")


def types_by_id(fields, found):
    for field in fields:
        kind = field["type"]
        found[field["id"]] = kind["type"] if isinstance(kind, dict) else re.sub(r"[\[(].*", "", kind)
        if isinstance(kind, dict) and kind["type"] == "struct":
            types_by_id(kind["fields"], found)


def current_metadata(directory):
    """The newest metadata file of a table that was written by one catalog: the one with the highest version."""
    folder = os.path.join(directory, "metadata")
    versions = []
    for name in os.listdir(folder):
        match = re.match(r"v?(\d+).*\.metadata\.json$", name)
        if match:
            versions.append((int(match.group(1)), name))
    if not versions:
        raise FileNotFoundError("no metadata file in " + folder)
    return os.path.join(folder, max(versions)[1])


def written_tables(directory):
    """The reads of all tables in a folder that a writer filled.

    Each table has `expected.jsonl`, the rows of its current state, and may have `expected-ID.jsonl` for snapshots."""
    reads = []
    for name in sorted(os.listdir(directory)):
        place = os.path.join(directory, name)
        if not os.path.isdir(os.path.join(place, "metadata")):
            continue
        table = Table(name, current_metadata(place))
        for file in sorted(os.listdir(place)):
            match = re.match(r"expected(?:-(\d+))?\.jsonl$", file)
            if match:
                with open(os.path.join(place, file), encoding="utf-8") as rows:
                    snapshot = int(match.group(1)) if match.group(1) else None
                    reads.append(Read(table, snapshot, rows.read().split("\n")))
    return reads
