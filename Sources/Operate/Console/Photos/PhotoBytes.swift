/// Takes out of a photograph what says where, when and with what it was made, and leaves the picture alone.
///
/// A pure function over any bytes: what is no whole picture of its kind is nil, and nothing is ever read beyond its
/// end. Kept is what a picture needs to be shown: of JPEG all but the comments and the application segments 1 and 3 to
/// 13 and 15 (Exif, XMP, makers' notes, the index of further pictures behind the first), of PNG and WebP the chunks
/// that draw. What stands behind a picture's end goes. Cost: O(bytes).
package enum PhotoBytes {
    package static func stripped(_ bytes: [UInt8], _ kind: PhotoKind) -> [UInt8]? {
        switch kind {
        case .jpeg: jpeg(bytes)
        case .png: png(bytes)
        case .webp: webp(bytes)
        }
    }

    // MARK: JPEG (ITU-T T.81, annex B)

    private static func jpeg(_ bytes: [UInt8]) -> [UInt8]? {
        var out: [UInt8] = [0xFF, 0xD8]
        out.reserveCapacity(bytes.count)
        var at = 2
        var hasScan = false
        while true {
            guard at < bytes.count, bytes[at] == 0xFF else { return nil }
            // Fill bytes may stand before a marker.
            while at < bytes.count, bytes[at] == 0xFF { at += 1 }
            guard at < bytes.count else { return nil }
            let marker = bytes[at]
            at += 1
            switch marker {
            case 0xD9:
                guard hasScan else { return nil }
                out += [0xFF, 0xD9]
                return out
            case 0x00, 0xD8: return nil
            case 0x01, 0xD0...0xD7: out += [0xFF, marker]
            default:
                guard at + 2 <= bytes.count else { return nil }
                let length = Int(bytes[at]) << 8 | Int(bytes[at + 1])
                guard length >= 2, at + length <= bytes.count else { return nil }
                if isKept(jpeg: marker) {
                    out += [0xFF, marker]
                    out += bytes[at..<at + length]
                }
                at += length
                guard marker == 0xDA else { continue }
                hasScan = true
                guard let end = scanEnd(bytes, from: at) else { return nil }
                out += bytes[at..<end]
                at = end
            }
        }
    }

    /// JFIF, colour profiles and Adobe's note on colours are needed to show it rightly.
    private static func isKept(jpeg marker: UInt8) -> Bool {
        switch marker {
        case 0xE0, 0xE2, 0xEE: true
        case 0xE1...0xEF, 0xFE: false
        default: true
        }
    }

    /// Where the compressed picture is followed by a marker.
    private static func scanEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        while at + 1 < bytes.count {
            if bytes[at] == 0xFF, bytes[at + 1] != 0, !(0xD0...0xD7).contains(bytes[at + 1]) { return at }
            at += 1
        }
        return nil
    }

    // MARK: PNG (W3C)

    private static let pngKept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sRGB", "sBIT", "bKGD", "pHYs", "acTL",
        "fcTL", "fdAT",
    ]

    private static func png(_ bytes: [UInt8]) -> [UInt8]? {
        var out = Array(bytes.prefix(8))
        var at = 8
        var hasPicture = false
        while at + 12 <= bytes.count {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - at - 12 else { return nil }
            let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
            guard at > 8 || name == "IHDR" else { return nil }
            if name == "IDAT" { hasPicture = true }
            if pngKept.contains(name) { out += bytes[at..<at + 12 + length] }
            at += 12 + length
            if name == "IEND" { return hasPicture ? out : nil }
        }
        return nil
    }

    // MARK: WebP (RFC 9649)

    private static let webpKept: Set<String> = ["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]

    private static func webp(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 12 else { return nil }
        let size = little(bytes, at: 4)
        guard size >= 4, size <= bytes.count - 8 else { return nil }
        let end = 8 + size
        var chunks: [UInt8] = []
        var at = 12
        var hasPicture = false
        while at + 8 <= end {
            let length = little(bytes, at: at + 4)
            let padded = length + length % 2
            guard padded <= end - at - 8 else { return nil }
            let name = String(decoding: bytes[at..<at + 4], as: UTF8.self)
            if ["VP8 ", "VP8L", "ANMF"].contains(name) { hasPicture = true }
            if webpKept.contains(name) {
                var chunk = Array(bytes[at..<at + 8 + padded])
                // The marks that say that Exif (8) and XMP (4) follow.
                if name == "VP8X", length > 0 { chunk[8] &= ~0x0C }
                chunks += chunk
            }
            at += 8 + padded
        }
        guard hasPicture, at == end else { return nil }
        let total = UInt32(chunks.count + 4)
        let head = (0..<4).map { UInt8(truncatingIfNeeded: total >> (8 * UInt32($0))) }
        return Array("RIFF".utf8) + head + Array("WEBP".utf8) + chunks
    }

    private static func little(_ bytes: [UInt8], at index: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
    }
}
