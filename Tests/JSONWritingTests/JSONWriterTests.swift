import Foundation
import Testing

@testable import JSONWriting

@Suite struct JSONWriterTests {
    @Test func `keys stand in the order of the calls, objects and lists in one another`() {
        let text = JSONWriter.text { writer in
            writer.text("b", "x")
            writer.number("a", -3)
            writer.text("none", ifAny: nil)
            writer.list("list", [1, 2]) { writer, value in
                writer.element { writer in writer.number("n", value) }
            }
            writer.object("empty") { _ in }
            writer.texts("texts", ["p", "q"])
            writer.truth("c", false)
            writer.raw("raw", "[0.50]")
        }
        #expect(
            text == #"{"b":"x","a":-3,"list":[{"n":1},{"n":2}],"empty":{},"texts":["p","q"],"c":false,"raw":[0.50]}"#)
    }

    /// Every scalar below U+0100 and some beyond, in keys and values, against Foundation's reader.
    @Test func `what is written is read back by another program`() throws {
        let scalars = (0..<0x100).compactMap(Unicode.Scalar.init) + ["\u{2028}", "\u{FFFD}", "\u{1F6B2}", "守"]
        for scalar in scalars {
            let value = "a\(Character(scalar))b"
            let bytes = JSONWriter.object { $0.text(value, value) }
            let read = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
            #expect(read == [value: value], "U+\(String(scalar.value, radix: 16))")
        }
    }

    @Test func `control characters are escaped, the delete character too`() {
        #expect(JSONString.quoted("\u{0}\t\n\r\u{1F}\u{7F}\"\\") == #""\u0000\t\n\r\u001f\u007f\"\\""#)
    }
}
