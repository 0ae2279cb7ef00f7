import Testing

/// Words that have no place in some or all of the code.
@Suite struct ForbiddenWordTests {
  static let belowIceberg = [
    "IcebergBytes", "IcebergColumns", "IcebergAvro", "IcebergParquet", "IcebergModel",
  ]
  static let belowModel = ["IcebergBytes", "IcebergColumns", "IcebergAvro", "IcebergParquet"]

  @Test("nothing waits below Iceberg", arguments: belowIceberg)
  func waiting(module: String) {
    let words: Set = ["async", "await", "actor", "Task", "TaskGroup"]
    for file in SourceTree.module(module) {
      for word in file.words where words.contains(word.text) && !word.isMember {
        Issue.record("\(file.path):\(word.line) says \(word.text)")
      }
    }
  }

  @Test("the model takes the time, chance and files from its caller")
  func purity() {
    let words: Set = [
      "Date", "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "FileManager",
      "FileHandle", "ProcessInfo",
    ]
    for file in SourceTree.module("IcebergModel") {
      for word in file.words where words.contains(word.text) {
        Issue.record("\(file.path):\(word.line) says \(word.text)")
      }
    }
  }

  @Test("file formats do not know the tables they are used for", arguments: belowModel)
  func tableWords(module: String) {
    for file in SourceTree.module(module) {
      for (number, line) in file.uncommentedLines.enumerated() {
        let line = line.lowercased()
        for word in ["snapshot", "manifest", "partition"] where line.contains(word) {
          Issue.record("\(file.path):\(number + 1) says \(word)")
        }
      }
    }
  }

  @Test("no source file can stop the process with a force")
  func traps() {
    for file in SourceTree.sources {
      for (number, line) in file.codeLines.enumerated() {
        for trap in ["try!", " as! ", "fatalError("] where line.contains(trap) {
          Issue.record("\(file.path):\(number + 1) has \(trap)")
        }
      }
    }
  }

  @Test("tests see what a package may see, so that a release build runs them too")
  func testableImports() {
    let mark = "@test" + "able"
    for file in SourceTree.tests where file.lines.contains(where: { $0.contains(mark) }) {
      Issue.record("\(file.path) has \(mark)")
    }
  }

  @Test("nothing is left to be done later in a comment")
  func leftovers() {
    let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
    for file in SourceTree.sources + SourceTree.tests {
      for (number, line) in file.lines.enumerated() {
        for mark in marks where line.contains(mark) {
          Issue.record("\(file.path):\(number + 1) has \(mark)")
        }
      }
    }
  }

  @Test(
    "no type and no file is named after what it is not", arguments: ["Utils", "Helper", "Manager"])
  func vagueNames(word: String) {
    for file in SourceTree.sources {
      #expect(!file.path.contains(word))
      for type in file.topLevelTypes { #expect(!type.contains(word), "\(file.path)") }
    }
  }
}
