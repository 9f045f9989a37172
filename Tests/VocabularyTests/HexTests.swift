import Testing

@testable import Vocabulary

@Suite struct HexTests {
    @Test func `each byte is two digits, which read back`() {
        for byte in UInt8.min...UInt8.max {
            #expect(UInt8(Hex.string([byte]), radix: 16) == byte)
            #expect(Hex.string([byte]).utf8.count == 2)
        }
        #expect(Hex.string([0x0F, 0xA0], uppercase: true) == "0FA0")
        #expect(Hex.string([]) == "")
    }
}
