/// Bytes as hexadecimal digits, two a byte.
package enum Hex {
    private static let lower = Array("0123456789abcdef".utf8)
    private static let upper = Array("0123456789ABCDEF".utf8)

    package static func string(_ bytes: some Sequence<UInt8>, uppercase: Bool = false) -> String {
        var text: [UInt8] = []
        for byte in bytes { append(byte, to: &text, uppercase: uppercase) }
        return String(decoding: text, as: UTF8.self)
    }

    package static func append(_ byte: UInt8, to out: inout [UInt8], uppercase: Bool = false) {
        out.append(digit(byte >> 4, uppercase: uppercase))
        out.append(digit(byte, uppercase: uppercase))
    }

    /// The digit of the lower four bits.
    package static func digit(_ nibble: UInt8, uppercase: Bool = false) -> UInt8 {
        (uppercase ? upper : lower)[Int(nibble & 15)]
    }
}
