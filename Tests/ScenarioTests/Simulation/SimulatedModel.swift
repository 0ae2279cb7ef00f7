/// What a table of a simulation holds when its changes are done one after the other.
struct SimulatedModel {
  struct File: Equatable {
    var partition: Int32
    /// The names of the delete files that apply to it.
    var deletes: Set<String> = []
  }

  private(set) var files: [String: File] = [:]
  /// Whether deletes by position are vectors, of which a file has one.
  let hasVectors: Bool
  /// The files that were there once and went for good, not for others in their place.
  private var deleted: Set<String> = []
  /// The files that each file's rows come from, rewrites being undone.
  private var origins: [String: Set<String>] = [:]

  init(hasVectors: Bool) { self.hasVectors = hasVectors }

  /// Does a change; returns what is impossible about it.
  mutating func replay(_ change: SimulatedChange) -> String? {
    if let impossible = impossible(about: change) { return impossible }
    let origin = Set(change.removed.flatMap { origins[$0] ?? [] })
    switch change.kind {
    case .append, .addColumn, .widen: break
    case .overwrite, .replacePartition:
      files = files.filter { $0.value.partition != change.partition }
    case .deletePartition:
      deleted.formUnion(names(in: change.partition))
      files = files.filter { $0.value.partition != change.partition }
    case .deleteFiles, .rewrite, .update:
      for name in change.removed { files[name] = nil }
      if change.kind == .deleteFiles { deleted.formUnion(change.removed) }
    case .deleteByKey:
      for delete in change.deletes {
        for name in names(in: change.partition) { files[name]?.deletes.insert(delete.name) }
      }
    case .deleteRows, .updateRows: break
    }
    for file in change.added {
      guard files.updateValue(File(partition: file.partition), forKey: file.name) == nil else {
        return "it added \(file.name), which was there"
      }
      origins[file.name] = change.kind == .rewrite ? origin : [file.name]
    }
    // Deletes by position are about files of the same snapshot, too.
    if change.kind == .deleteRows || change.kind == .updateRows { delete(change) }
    return nil
  }

  private func names(in partition: Int32) -> Set<String> {
    Set(files.lazy.filter { $0.value.partition == partition }.map(\.key))
  }

  private mutating func delete(_ change: SimulatedChange) {
    for delete in change.deletes {
      guard let about = delete.about else {
        for name in names(in: change.partition) { files[name]?.deletes.insert(delete.name) }
        continue
      }
      if hasVectors, let old = files[about].map({ Self.vectors($0.deletes) }) {
        files[about]?.deletes.subtract(old)
      }
      files[about]?.deletes.insert(delete.name)
    }
  }

  /// Those of some deletes that are by position.
  static func vectors(_ deletes: Set<String>) -> Set<String> {
    deletes.filter { $0.contains("d") }
  }

  /// What is impossible about a change at this place.
  private func impossible(about change: SimulatedChange) -> String? {
    switch change.kind {
    case .append, .overwrite, .replacePartition, .deletePartition, .deleteByKey, .addColumn, .widen:
      return nil
    case .deleteFiles:
      return change.removed.first { files[$0] == nil }.map {
        "it removed \($0), which was not there"
      }
    case .update:
      let there = names(in: change.partition)
      if there != Set(change.removed) {
        return
          "it replaced \(change.removed) when partition \(change.partition) had \(there.sorted())"
      }
      return changed(change)
    case .rewrite: return changed(change)
    case .deleteRows:
      for (name, deletes) in change.read {
        guard let file = files[name] else {
          if deleted.contains(name) { continue }
          return "it deleted rows of \(name), which others had changed"
        }
        if hasVectors, Self.vectors(file.deletes) != Self.vectors(deletes) {
          return "it replaced \(deletes) of \(name), which had \(file.deletes)"
        }
      }
      return nil
    case .updateRows:
      let known = Set(change.read.keys.flatMap { origins[$0] ?? [] })
      for name in names(in: change.partition) where origins[name]?.isSubset(of: known) != true {
        return "it did not see the rows of \(name)"
      }
      for name in change.deletes.compactMap(\.about) + change.removed where files[name] == nil {
        return "it updated rows of \(name), which was not there"
      }
      for (name, deletes) in change.read {
        if let file = files[name], file.deletes != deletes {
          return "it saw \(deletes) of \(name), which had \(file.deletes)"
        }
      }
      return nil
    }
  }

  /// What is impossible about a change whose files must be as it has read them.
  private func changed(_ change: SimulatedChange) -> String? {
    for name in change.removed {
      guard let file = files[name] else { return "it removed \(name), which was not there" }
      guard let read = change.read[name], read == file.deletes else {
        return "it replaced \(name) without \(file.deletes), which had been deleted from it"
      }
    }
    return nil
  }
}
