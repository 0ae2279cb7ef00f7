import ExampleSupport
import Synchronization
import Testing

@Suite struct ProgressLineTests {
  /// What a line wrote.
  final class Terminal: Sendable {
    let written = Mutex<[String]>([])
    func write(_ text: String) { written.withLock { $0.append(text) } }
    var texts: [String] { written.withLock { $0 } }
  }

  @Test("a line is shown of long work only, changes now and then, and goes at the end")
  func line() {
    let terminal = Terminal()
    let start = ContinuousClock.now
    let line = ProgressLine(startingAt: start) { terminal.write($0) }
    for millis in [0, 499, 500, 550, 599, 601] {
      line.update(at: start + .milliseconds(millis)) { "\(millis)" }
    }
    #expect(terminal.texts == ["\r500\u{1B}[K", "\r601\u{1B}[K"])
    line.end()
    line.end()
    line.update(at: start + .seconds(9)) { "late" }
    #expect(terminal.texts.dropFirst(2) == ["\r\u{1B}[K"])
  }

  @Test("nothing is written for work that is over soon")
  func short() {
    let terminal = Terminal()
    let line = ProgressLine { terminal.write($0) }
    line.update { "working" }
    line.end()
    #expect(terminal.texts.isEmpty)
  }
}
