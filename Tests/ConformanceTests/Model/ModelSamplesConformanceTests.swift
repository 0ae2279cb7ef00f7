import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Documents from the unit tests of other implementations: schemas and types, specs, sort orders and
/// name mappings.
@Suite(.needsSharedFiles) struct ModelSamplesConformanceTests {
  static let kinds = [
    "schema", "struct-type", "list-type", "map-type", "nested-field", "partition-spec",
    "partition-field", "sort-order", "sort-field", "name-mapping",
  ]

  /// The documents that are to be refused, and what the message says.
  ///
  /// Dates and times as numbers, and bytes as Base64, are what one implementation takes although the
  /// format does not allow them.
  static let refused: [String: String] = [
    "schema TestUnmarshalSchemaRejectsDuplicateFieldIDs 1": "the id 1 is used more than once",
    "schema TestUnmarshalSchemaRejectsDuplicateFieldIDs 2": "the id 3 is used more than once",
    "schema TestUnmarshalSchemaRejectsMissingCollectionFieldIDs 1": "missing 'key-id'",
    "schema TestUnmarshalSchemaRejectsMissingCollectionFieldIDs 2": "missing 'value-id'",
    "schema FieldWithMismatchedDefaultValueFails 1": "whole number of 32 bits",
    "struct-type TestUnmarshalSchemaRejectsInvalidTopLevelShape 1": "'fields' must not be null",
    "struct-type TestUnmarshalSchemaRejectsInvalidTopLevelShape 2": "'fields' must be an array",
    "struct-type TestUnmarshalSchemaRejectsInvalidTopLevelShape 3": "'fields' must be an array",
    "struct-type TestUnmarshalTypeJSON 1": "missing 'id'",
    "struct-type TestUnmarshalTypeErrors 1": "'fields' must be an array",
    "list-type TestListTypeUnmarshalRequiresElement 1": "missing 'type'",
    "list-type ArrayWithElementId 1": "'array' is not a nested type",
    "map-type test_map_type 1": "missing 'key'",
    "map-type TestMapTypeUnmarshalRequiresKey 1": "missing 'type'",
    "map-type TestMapTypeUnmarshalRequiresValue 1": "missing 'type'",
    "nested-field TestFixedTypeInvalidParse 1": "is not a type",
    "nested-field TestFixedTypeInvalidParse 2": "is not a type",
    "nested-field TestFixedTypeInvalidParse 3": "is not a type",
    "nested-field TestDecimalTypeInvalidParse 1": "is not a type",
    "nested-field TestDecimalTypeInvalidParse 2": "the precision of a decimal is 1 to 38",
    "nested-field TestDecimalTypeInvalidParse 3": "is not a type",
    "nested-field TestDecimalTypeInvalidParse 4": "the precision of a decimal is 1 to 38",
    "nested-field TestDecimalTypeInvalidParse 5": "the scale is greater than the precision",
    "nested-field TestGeometryType 4": "is not a type",
    "nested-field TestGeographyType 5": "is not a type",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 1": "must be a string",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 2": "must be a string",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 3": "must be a string",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 4": "must be a string",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 9": "not a value of type binary",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 10": "not a value of type fixed",
    "nested-field TestToRequestedSchemaInitialDefaultJSONRoundTrip 15": "must be a string",
    "nested-field TestToRequestedSchemaWriteDefaultJSONRoundTrip 1": "must be a string",
    "nested-field TestToRequestedSchemaWriteDefaultJSONRoundTrip 2": "must be a string",
    "nested-field TestToRequestedSchemaWriteDefaultJSONRoundTrip 3": "must be a string",
    "nested-field TestToRequestedSchemaWriteDefaultJSONRoundTrip 4": "must be a string",
    "nested-field TestToRequestedSchemaWriteDefaultJSONRoundTrip 7": "not a value of type binary",
    "nested-field SchemaFieldRejectsNonUtcTimestamptzDefault 1": "not a value of type timestamptz",
    "partition-spec TestDeserializePartitionSpecRequiresTopLevelFields 1": "must not be null",
    "partition-spec TestDeserializePartitionSpecRequiresTopLevelFields 2": "must not be null",
    "partition-spec TestDeserializePartitionSpecRequiresTopLevelFields 3": "must be an array",
    "partition-spec TestDeserializePartitionSpecAssignsAfterExistingFieldIDs 1":
      "have no 'field-id'",
    "partition-spec TestPartitionSpecUnmarshalRejectsInvalidStructure 4": "must not be empty",
    "partition-spec TestPartitionSpecUnmarshalRejectsInvalidStructure 5": "is empty",
    "partition-spec TestPartitionSpecUnmarshalRejectsInvalidStructure 6": "used more than once",
    "partition-spec TestPartitionSpecUnmarshalRejectsInvalidStructure 7": "used more than once",
    "partition-spec TestPartitionSpecUnmarshalRejectsInvalidStructure 8": "must be 1 to 2147483647",
    "partition-field TestPartitionFieldUnmarshalJSON 3": "must not both be given",
    "partition-field TestPartitionFieldUnmarshalJSON 4": "must not be empty",
    "partition-field test_deserialize_partition_field_empty_source_ids_rejected 1":
      "must not be empty",
    "sort-order TestUnmarshalSortOrderRejectsInvalidSourceIDs 1": "missing 'source-id'",
    "sort-order TestUnmarshalInvalidSortTransform 1": "must be 1 to 2147483647",
    "sort-field TestSortFieldUnmarshalPreservesStateOnError 1": "must be 1 to 2147483647",
    "sort-field TestSortFieldUnmarshalPreservesStateOnError 3": "must be asc or desc",
    "sort-field TestSortFieldUnmarshalPreservesStateOnError 4": "must be nulls-first or nulls-last",
    "sort-field TestSortFieldMultiArgSourceIDs 2": "must not both be given",
    "sort-field TestSortFieldMultiArgSourceIDs 3": "missing 'source-id'",
    "sort-field TestSortFieldMultiArgSourceIDs 4": "must not be empty",
    "name-mapping MapIntToStringAsArray 1": "must be a string",
  ]

  @Test(
    "documents of other implementations parse and come back as they were, or are refused",
    arguments: kinds)
  func samples(kind: String) throws {
    try JSONSamples.run(kind: kind, refused: Self.refused) {
      try Self.rewrite($0, kind: kind)
    } check: { label, json, written in
      try #require(Self.normalised(written) == Self.normalised(json), "\(label)")
    }
  }

  /// The document after it was read and written.
  private static func rewrite(_ json: JSONValue, kind: String) throws -> JSONValue {
    switch kind {
    case "schema":
      let schema = try Schema(json: json)
      try schema.checkStructure()
      return try schema.json()
    case "struct-type", "list-type", "map-type":
      return try FieldType(json: JSONNode(json)).json()
    case "nested-field":
      return try Field(json: JSONNode(json)).json()
    case "partition-spec":
      return try PartitionSpec(json: json).json
    case "partition-field":
      let fields = try PartitionSpec.fields(json: JSONNode([json]))
      guard case .array(let values) = PartitionSpec(fields: fields).fieldsJSON else { return .null }
      return values.first ?? .null
    case "sort-order":
      return try TableSortOrder(json: json).json
    case "sort-field":
      return try SortField(json: JSONNode(json)).json
    default:
      return try NameMapping(json: json).json
    }
  }

  /// The document without what may differ: the order of members, spaces and case in the names of
  /// types, one source id as a list, empty identifier fields, and field ids that were left out.
  private static func normalised(_ json: JSONValue) -> JSONValue {
    switch json {
    case .array(let values):
      return .array(values.map(normalised))
    case .object(let object):
      var members: [JSONObject.Member] = []
      for member in object.members {
        switch (member.name, member.value) {
        case ("identifier-field-ids", .array([])), ("field-id", .null), ("field-id", 1_000):
          break
        case ("source-ids", .array(let ids)) where ids.count == 1:
          members.append(.init("source-id", ids[0]))
        case ("type", .string(let type)), ("element", .string(let type)):
          let text = type.lowercased().filter { $0 != " " }
          members.append(.init(member.name, .string(text)))
        default:
          members.append(.init(member.name, normalised(member.value)))
        }
      }
      return .object(JSONObject(members.sorted { $0.name < $1.name }))
    default:
      return json
    }
  }
}
