import Foundation
import TestSupport
import Testing

@testable import RecordLog

@Suite struct Base64Tests {
    private func encoded(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        unsafe bytes.withUnsafeBufferPointer { unsafe Base64.encode($0, into: &out) }
        return String(decoding: out, as: UTF8.self)
    }

    private func decoded(_ text: String) -> [UInt8]? {
        let scratch = ScratchBytes(capacity: 1)
        let ok = unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe Base64.decode($0, into: scratch) }
        return ok ? unsafe Array(scratch.bytes) : nil
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 hold`(_ text: String, _ base64: String) {
        #expect(encoded(Array(text.utf8)) == base64)
        #expect(decoded(base64) == Array(text.utf8))
    }

    @Test func `it agrees with another implementation`() {
        var random = SeededRandom(for: "Base64Tests")
        for _ in 0..<500 {
            let bytes = (0..<random.int(0...70)).map { _ in UInt8(random.int(0...255)) }
            let text = encoded(bytes)
            #expect(text == Data(bytes).base64EncodedString(), "seed \(random.seed)")
            #expect(decoded(text) == bytes, "seed \(random.seed)")
        }
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "=", "====", "=Zg=", "Z===", "Zg=a", "Zg==Zg==", "Zm9-", "Zm9\n", "Zm 9", "Zm9v\n",
    ])
    func `what is not whole groups of the alphabet is refused`(_ text: String) {
        #expect(decoded(text) == nil)
    }
}
