import BenchmarkSupport
import Foundation

// How long the tool takes until it has said something: the whole process, from start to end.

guard let tool = CommandLine.arguments.dropFirst().first else {
  print("tool-startup: left out, no path of the tool was given")
  exit(0)
}
var benchmark = Benchmark("tool-startup")
benchmark.rounds = 40
try benchmark.measure(1, nil, note: "iceberg --version") {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: tool)
  process.arguments = ["--version"]
  process.standardOutput = FileHandle.nullDevice
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    let message = "tool-startup: the tool ended with \(process.terminationStatus)\n"
    FileHandle.standardError.write(Data(message.utf8))
    exit(1)
  }
}
