extension Procedure {
  /// All procedures, in the order in which the help lists them.
  static let all: [Procedure] = maintenance + history

  /// Those that keep tables small and quick: commands of their own.
  static let maintenance: [Procedure] = [
    rewriteDataFiles, rewriteManifests, rewritePositionDeleteFiles, removeDanglingDeletes,
    ancestorsOf,
  ]

  /// Those that say which snapshot is current: commands, too, beside those with more options.
  static let history: [Procedure] = [
    rollbackToSnapshot, rollbackToTimestamp, setCurrentSnapshot, cherrypickSnapshot,
    publishChanges, fastForward,
  ]
}
