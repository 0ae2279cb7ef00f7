/// How far a rewrite of files has come.
public struct RewriteProgress: Hashable, Sendable {
  /// What is being done.
  public enum Step: Hashable, Sendable {
    /// Groups are being written.
    case rewriting
    /// Groups that are written are being committed.
    case committing
  }

  /// What is being done.
  public var step: Step
  /// The number of groups that are done: written, committed or failed.
  public var groupsDone: Int
  /// The number of groups altogether.
  public var groupsTotal: Int
  /// The size of the files of the groups that are done, in bytes.
  public var bytesDone: Int64
  /// The size of the files of all groups, in bytes.
  public var bytesTotal: Int64
}
