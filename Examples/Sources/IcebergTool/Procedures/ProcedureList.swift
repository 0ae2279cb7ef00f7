extension Procedure {
  /// All procedures, in the order in which the help lists them.
  static let all: [Procedure] = maintenance + history + [registerTable]

  /// Those that keep tables small and quick: commands of their own.
  static let maintenance: [Procedure] = [
    expireSnapshots, rewriteDataFiles, rewriteManifests, rewritePositionDeleteFiles,
    removeDanglingDeletes, removeOrphanFiles, deleteReachableFiles, ancestorsOf, check,
  ]

  /// Those that say which snapshot is current: commands, too, beside those with more options.
  static let history: [Procedure] = [
    rollbackToSnapshot, rollbackToTimestamp, setCurrentSnapshot, cherrypickSnapshot,
    publishChanges, fastForward,
  ]
}
