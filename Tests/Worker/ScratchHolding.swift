import Iceberg
import IcebergBytes

/// `hold-scratch FOLDER`: makes a scratch folder in FOLDER with a file in it, and waits to be killed.
struct ScratchHolding {
  private let folder: String

  init(_ arguments: inout ArraySlice<String>) throws { folder = try arguments.next("FOLDER") }

  func run() async throws {
    try await ScratchFolder.with(in: folder) { scratch in
      let file = try await scratch.newFile()
      try await scratch.fileIO.write(Bytes(utf8: "rows"), to: file, mode: .createNew)
      try await Task.sleep(for: .seconds(600))
    }
  }
}
