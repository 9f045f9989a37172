import Vocabulary

/// JSON strings (RFC 8259 §7), written. Control characters are escaped, U+007F too; everything else stays as it is.
package enum JSONString {
    /// Appends `text` as a JSON string with its quotes. Control characters are escaped; everything else stays as it is,
    /// so the text must be valid UTF-8.
    package static func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        out.append(0x22)
        // Nearly every text has nothing to escape, and goes in as a whole.
        var isPlain = true
        for index in text.indices {
            let byte = unsafe text[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F { isPlain = false }
        }
        if isPlain {
            unsafe out.append(contentsOf: text)
        } else {
            for index in text.indices { append(unsafe text[index], to: &out) }
        }
        out.append(0x22)
    }

    package static func append(_ text: String, to out: inout [UInt8]) {
        out.append(0x22)
        for byte in text.utf8 { append(byte, to: &out) }
        out.append(0x22)
    }

    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5C: out.append(contentsOf: [0x5C, byte])
        case 0x0A: out.append(contentsOf: [0x5C, 0x6E])
        case 0x0D: out.append(contentsOf: [0x5C, 0x72])
        case 0x09: out.append(contentsOf: [0x5C, 0x74])
        case 0..<0x20, 0x7F:
            out.append(contentsOf: [0x5C, 0x75, 0x30, 0x30])
            Hex.append(byte, to: &out)
        default: out.append(byte)
        }
    }

    /// A text as a JSON string, with its quotes.
    package static func quoted(_ text: String) -> String {
        var out: [UInt8] = []
        append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
