import IcebergBytes

/// The table properties that name columns, after the columns have changed.
enum ColumnProperties {
  /// What such properties begin with; the name of the column follows.
  static let prefixes = [
    TableProperties.metricsColumnPrefix, TableProperties.parquetBloomFilterEnabledPrefix,
    TableProperties.parquetBloomFilterProbabilityPrefix,
    TableProperties.parquetBloomFilterDistinctCountPrefix,
    TableProperties.parquetStatisticsEnabledPrefix, TableProperties.parquetDictionaryEnabledPrefix,
  ]

  /// What to set and what to remove so that the properties mean for `new` what they mean for `old`:
  /// those of deleted columns go, those of renamed ones are renamed, and the name mapping knows the
  /// new names.
  ///
  /// A name mapping that cannot be read stays as it is.
  static func changes(
    of properties: [String: String], from old: Schema, to new: Schema
  ) -> (set: [String: String], removed: [String]) {
    var set: [String: String] = [:]
    var removed: [String] = []
    let (before, after) = (old.index, new.index)
    for (key, value) in properties {
      guard let prefix = prefixes.first(where: key.hasPrefix),
        let id = before.id(named: String(key.dropFirst(prefix.count)))
      else { continue }
      guard let name = after.name(of: id) else {
        removed.append(key)
        continue
      }
      // A name that still leads to the column, maybe a short one, stays.
      if after.id(named: String(key.dropFirst(prefix.count))) == id { continue }
      set[prefix + name] = value
      removed.append(key)
    }
    removed = removed.filter { set[$0] == nil }.sorted()
    if let text = properties[NameMapping.propertyName],
      let mapping = try? NameMapping(parsing: text)
    {
      let updated = mapping.updated(from: old, to: new)
      if updated != mapping, let text = updated.json.serialized().utf8String {
        set[NameMapping.propertyName] = text
      }
    }
    return (set, removed)
  }
}
