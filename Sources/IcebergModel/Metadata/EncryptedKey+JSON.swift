package import IcebergBytes

extension EncryptedKey {
  /// Reads an encryption key as table metadata writes it.
  ///
  /// Spec: Encryption Keys.
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    let keyID = try reader.required("key-id").string()
    let encryptedKeyMetadata = try reader.required("encrypted-key-metadata").string()
    let encryptedByID = try reader.optional("encrypted-by-id")?.string()
    let properties = try reader.optional("properties")?.stringMap() ?? [:]
    self.init(
      keyID: keyID, encryptedKeyMetadata: encryptedKeyMetadata, encryptedByID: encryptedByID,
      properties: properties, unknownMembers: reader.unreadMembers)
  }

  /// The key as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("key-id", .string(keyID))
    object.append("encrypted-key-metadata", .string(encryptedKeyMetadata))
    object.append("encrypted-by-id", encryptedByID.map { .string($0) })
    if !properties.isEmpty { object.append("properties", JSONValue(stringMap: properties)) }
    object.append(unknown: unknownMembers)
    return .object(object)
  }
}
