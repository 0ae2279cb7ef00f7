import IcebergBytes
import Testing

@Suite struct JSONWriterTests {
  @Test("writes without white space, members in their order")
  func compact() {
    let value: JSONValue = ["b": [1, true, nil], "a": ["x": .number("1.50")], "e": [], "o": [:]]
    #expect(
      value.serialized().utf8String == #"{"b":[1,true,null],"a":{"x":1.50},"e":[],"o":{}}"#)
  }

  @Test("writes a line for every member and element when it is to be read")
  func pretty() {
    let value: JSONValue = ["b": [1, 2], "e": [], "o": [:]]
    #expect(
      value.serialized(pretty: true).utf8String == """
        {
          "b": [
            1,
            2
          ],
          "e": [],
          "o": {}
        }
        """)
  }

  @Test("escapes quotes, backslashes and controls, nothing else")
  func escapes() {
    let value: JSONValue = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é€😀"
    #expect(
      value.serialized().utf8String == #""\"\\/\b\f\n\r\t\u0000\u001f\#u{7f}é€😀""#)
  }
}
