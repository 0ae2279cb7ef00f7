package import IcebergBytes
package import IcebergModel

/// A manifest that is not stored yet; its location is not known.
package struct ManifestDraft: Sendable {
  /// The file.
  package var bytes: Bytes
  /// Its description.
  package var manifest: ManifestFile
}

/// What one attempt of a change made of manifests of the table.
struct ManifestRewrite: Sendable {
  /// Why manifests are written anew.
  enum Purpose: Hashable, Sendable {
    /// Files are removed from one manifest.
    case removal
    /// Several manifests become one.
    case merge
    /// The entries of several manifests are put in another order.
    case regrouping
  }

  /// What the result depends on beside the manifests and the change.
  struct Conditions: Hashable, Sendable {
    var formatVersion: Int
    var schemaID: Int
    var minSequenceNumber: Int64 = 0
    var removedDataFiles: Set<ExactText> = []
  }

  /// A manifest that something was made of: once its rows have ids, what was made before has not.
  struct Source: Hashable, Sendable {
    var location: String
    var firstRowID: Int64?

    init(_ manifest: ManifestFile) {
      (location, firstRowID) = (manifest.location, manifest.firstRowID)
    }
  }

  /// Which result it is.
  struct Key: Hashable, Sendable {
    var change: Int
    var purpose: Purpose
    var sources: [Source]
    var conditions: Int
  }

  /// The manifests in place of the old ones; nil when the old ones stay.
  var manifests: [ManifestFile]?
  /// The files that were removed, each once; they have no metrics.
  var removed: [DataFile] = []
  /// How often a file was removed that had been removed from the same manifest already.
  var duplicates = 0
  /// The number of entries that were written.
  var entryCount = 0
}
