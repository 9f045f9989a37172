import Testing

@testable import Console

@Suite struct JSONReaderTests {
    @Test(arguments: [#"{"a":"\udc00"}"#, #"{"a":"\ud800"}"#, #"{"a":"\udedf\udb24\udedf"}"#, #"{"a":"\ud800x"}"#])
    func `half of a character is refused, whichever half it is`(_ text: String) {
        #expect(throws: (any Error).self) { try JSONValue(Array(text.utf8)) }
    }

    @Test func `both halves are one character`() throws {
        #expect(try JSONValue(Array(#"{"a":"\ud83d\udc75"}"#.utf8))["a"]?.text == "👵")
    }
}
