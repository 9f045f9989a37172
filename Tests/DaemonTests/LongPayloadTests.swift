import Foundation
import Testing

@testable import Daemon

@Suite struct LongPayloadTests {
    private static func shortened(_ text: String) -> String {
        var text = text
        return text.withUTF8 { unsafe String(decoding: LongPayload.shortened($0), as: UTF8.self) }
    }

    @Test func `long texts are cut by their length, and all else stays`() {
        let picture = String(repeating: "A", count: 5000)
        let text = "{\"type\":\"sos\",\"pic\":\"\(picture)\",\"n\":[1,\"x\\\"y\"],\"end\":\"\\\\\"}"
        #expect(
            LongPayloadTests.shortened(text)
                == "{\"type\":\"sos\",\"pic\":\"[5000 bytes]\",\"n\":[1,\"x\\\"y\"],\"end\":\"\\\\\"}")
        let short = "{\"a\":\"\(String(repeating: "b", count: 4096))\"}"
        #expect(LongPayloadTests.shortened(short) == short)
    }

    @Test func `a picture of thirty megabytes leaves a call for help that is still one`() throws {
        let text = "{\"type\":\"fall\",\"pic\":\"\(String(repeating: "/9j+", count: 8_000_000))\"}"
        let rest = LongPayloadTests.shortened(text)
        #expect(rest.utf8.count <= LongPayload.lineMax)
        let read = try #require(try JSONSerialization.jsonObject(with: Data(rest.utf8)) as? [String: String])
        #expect(read == ["type": "fall", "pic": "[32000000 bytes]"])
    }
}
