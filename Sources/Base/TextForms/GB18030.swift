import Glibc

/// Text in GB18030, in which Chinese devices send and Chinese spreadsheet programs save by default.
package enum GB18030 {
    /// What stands in the text where bytes could not be read.
    package static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// - Returns: UTF-8, with U+FFFD for each byte that could not be read, and how many these were; nil where the C
    ///   library has no table for it.
    package static func decode(_ bytes: [UInt8]) -> (text: [UInt8], damaged: Int)? {
        // Two constant C strings; the descriptor is closed below. Its failure is the pointer −1.
        let converter = unsafe iconv_open("UTF-8", "GB18030")
        guard let converter = unsafe converter, unsafe converter != iconv_t(bitPattern: -1) else { return nil }
        defer { unsafe _ = iconv_close(converter) }
        var input = bytes
        // One byte becomes at most 3 (a broken one becomes U+FFFD); two become 3, four become 4.
        let room = bytes.count * 3 + 16
        var damaged = 0
        let text = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, written in
            unsafe input.withUnsafeMutableBytes { source in
                // Both pointers are moved by iconv within the counts given beside them.
                var from = unsafe source.baseAddress?.assumingMemoryBound(to: CChar.self)
                var left = source.count
                unsafe output.withMemoryRebound(to: CChar.self) { target in
                    var to = target.baseAddress
                    var free = room
                    while left > 0 {
                        if unsafe iconv(converter, &from, &left, &to, &free) != -1 { break }
                        guard left > 0, free >= 3 else { break }
                        damaged += 1
                        for byte in replacement {
                            // `free` was at least 3.
                            unsafe to?.pointee = CChar(bitPattern: byte)
                            unsafe to = to?.advanced(by: 1)
                        }
                        free -= 3
                        // `left` was at least 1.
                        unsafe from = from?.advanced(by: 1)
                        left -= 1
                    }
                    written = room - free
                }
            }
        }
        return (text, damaged)
    }
}
