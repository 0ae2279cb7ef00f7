/// Which parts of a file's columns are read.
///
/// The columns that a reader hands to a ``BatchProjector`` have exactly this shape: a struct holds
/// the chosen children only, in the order of the file.
indirect enum FileSelection: Hashable, Sendable {
  /// All of a column that has no parts, or whose parts are not looked at one by one.
  case all
  /// Of a struct, the children to read, in the order of the file. Without any, the struct still says
  /// which of its rows are null.
  case fields([Child])
  case list(FileSelection)
  case map(key: FileSelection, value: FileSelection)

  /// A chosen child of a struct, or a chosen column of a file.
  struct Child: Hashable, Sendable {
    /// The position among all children in the file.
    var index: Int
    /// What is read of it.
    var part: FileSelection
  }
}
