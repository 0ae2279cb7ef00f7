public import IcebergBytes

/// A key that encrypts files of the table, itself encrypted.
///
/// Spec: Encryption Keys (v3).
public struct EncryptedKey: Hashable, Sendable {
  /// The id of the key.
  public var keyID: String
  /// The encrypted key and its metadata, Base64.
  public var encryptedKeyMetadata: String
  /// The id of the key that encrypts this one; nil when not recorded.
  public var encryptedByID: String?
  /// More about the key.
  public var properties: [String: String]
  /// Members of the JSON object that this library does not know; kept when written.
  public var unknownMembers: JSONObject

  /// A key of the given parts.
  public init(
    keyID: String, encryptedKeyMetadata: String, encryptedByID: String? = nil,
    properties: [String: String] = [:], unknownMembers: JSONObject = JSONObject()
  ) {
    self.keyID = keyID
    self.encryptedKeyMetadata = encryptedKeyMetadata
    self.encryptedByID = encryptedByID
    self.properties = properties
    self.unknownMembers = unknownMembers
  }
}
