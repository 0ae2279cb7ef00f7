import ExampleSupport

/// Settings that people know from engines, and what they are for a table.
enum PropertyAdvice {
  /// The properties as a table has them: names of Athena's are translated where the meaning is the
  /// same.
  ///
  /// Throws ``TextError`` for those that would have no effect in a table, saying what has.
  static func checked(_ properties: [String: String]) throws(TextError) -> [String: String] {
    var checked: [String: String] = [:]
    for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
      if let reason = refusal(of: key) { throw TextError(reason) }
      for (key, value) in try translated(key, value, properties) {
        if let other = checked[key], other != value {
          throw TextError("'\(key)' is set to '\(other)' and to '\(value)'")
        }
        checked[key] = value
      }
    }
    return checked
  }

  /// Why a setting has no place in a table; nil when it may have.
  static func refusal(of key: String) -> String? {
    let lower = key.lowercased()
    if lower.hasPrefix("spark.sql.iceberg.commit.retry.") {
      let name = lower.dropFirst("spark.sql.iceberg.".count)
      return """
        '\(key)' is not read by anything: retries are a setting of the table, '\(name)' \
        (commit.retry.num-retries, .min-wait-ms, .max-wait-ms, .total-timeout-ms)
        """
    }
    if lower.contains("manifest-cache") || lower.contains("manifest.cache") {
      return """
        '\(key)' has no effect in a table: programs give 'io.manifest.cache-enabled' and \
        'io.manifest.cache.max-total-bytes' to ManifestCache(properties:), for their scans
        """
    }
    if lower.hasPrefix("spark.") {
      return "'\(key)' is a setting of a Spark session and has no effect in a table"
    }
    return nil
  }

  private static func translated(
    _ key: String, _ value: String, _ all: [String: String]
  ) throws(TextError) -> [(String, String)] {
    switch key.lowercased() {
    // What an Iceberg table is anyway.
    case "table_type", "classification":
      guard value.lowercased() == "iceberg" else {
        throw TextError("'\(key)' is '\(value)': only Iceberg tables are made")
      }
      return []
    case "format": return [("write.format.default", value.lowercased())]
    case "write_compression":
      let format = (all["format"] ?? all["write.format.default"] ?? "parquet").lowercased()
      return [("write.\(format).compression-codec", value.lowercased())]
    case "vacuum_max_snapshot_age_seconds":
      guard let seconds = Int64(value), let millis = product(seconds, 1000) else {
        throw TextError("'\(key)' needs a number of seconds, not '\(value)'")
      }
      return [("history.expire.max-snapshot-age-ms", "\(millis)")]
    case "vacuum_min_snapshots_to_keep":
      return [("history.expire.min-snapshots-to-keep", value)]
    case "vacuum_max_metadata_files_to_keep":
      return [("write.metadata.previous-versions-max", value)]
    default: return [(key, value)]
    }
  }

  private static func product(_ left: Int64, _ right: Int64) -> Int64? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }
}
