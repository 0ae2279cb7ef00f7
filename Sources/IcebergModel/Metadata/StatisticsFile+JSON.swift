package import IcebergBytes

extension StatisticsFile {
  /// Reads a statistics file as table metadata writes it.
  ///
  /// Spec: Table Statistics.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let snapshotID = try reader.required("snapshot-id").int64()
    let location = try reader.required("statistics-path").string()
    let fileSizeInBytes = try reader.required("file-size-in-bytes").int64()
    let fileFooterSizeInBytes = try reader.required("file-footer-size-in-bytes").int64()
    let keyMetadata = try reader.optional("key-metadata")?.string()
    let blobs = try reader.required("blob-metadata").array { node throws(IcebergError) in
      try Blob(json: node)
    }
    self.init(
      snapshotID: snapshotID, location: location, fileSizeInBytes: fileSizeInBytes,
      fileFooterSizeInBytes: fileFooterSizeInBytes, keyMetadata: keyMetadata, blobs: blobs,
      unknownMembers: reader.unreadMembers)
  }

  /// The statistics file as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("snapshot-id", .integer(snapshotID))
    object.append("statistics-path", .string(location))
    object.append("file-size-in-bytes", .integer(fileSizeInBytes))
    object.append("file-footer-size-in-bytes", .integer(fileFooterSizeInBytes))
    object.append("key-metadata", keyMetadata.map { .string($0) })
    object.append("blob-metadata", .array(blobs.map(\.json)))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}

extension StatisticsFile.Blob {
  /// Reads one blob of a statistics file.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let type = try reader.required("type").string()
    let snapshotID = try reader.required("snapshot-id").int64()
    let sequenceNumber = try reader.required("sequence-number").int64()
    let fieldIDs = try reader.required("fields").array { node throws(IcebergError) in
      try node.int()
    }
    let properties = try reader.optional("properties")?.stringMap() ?? [:]
    self.init(
      type: type, snapshotID: snapshotID, sequenceNumber: sequenceNumber, fieldIDs: fieldIDs,
      properties: properties, unknownMembers: reader.unreadMembers)
  }

  /// The blob as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("type", .string(type))
    object.append("snapshot-id", .integer(snapshotID))
    object.append("sequence-number", .integer(sequenceNumber))
    object.append("fields", .array(fieldIDs.map { .integer(Int64($0)) }))
    if !properties.isEmpty { object.append("properties", JSONValue(stringMap: properties)) }
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}

extension PartitionStatisticsFile {
  /// Reads a partition statistics file as table metadata writes it.
  ///
  /// Spec: Partition Statistics.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let snapshotID = try reader.required("snapshot-id").int64()
    let location = try reader.required("statistics-path").string()
    let fileSizeInBytes = try reader.required("file-size-in-bytes").int64()
    self.init(
      snapshotID: snapshotID, location: location, fileSizeInBytes: fileSizeInBytes,
      unknownMembers: reader.unreadMembers)
  }

  /// The partition statistics file as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("snapshot-id", .integer(snapshotID))
    object.append("statistics-path", .string(location))
    object.append("file-size-in-bytes", .integer(fileSizeInBytes))
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
