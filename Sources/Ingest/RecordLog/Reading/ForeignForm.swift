/// What a file is that is no record log, and what to do with it: told from its first bytes, so that the file is named
/// as what it is and not as a log of broken lines.
package struct ForeignForm: Equatable, Sendable {
    /// As `zstd`.
    package let name: String
    /// What to do, with `FILE` in place of the file's name.
    package let remedy: String

    /// How much of a file's text is looked at.
    package static let headMax = 512

    /// Chance: what is encrypted, or a log whose beginning lay in a damaged sector.
    static let binary = ForeignForm(
        name: "binary data (encrypted, or of a form that is not known)",
        remedy: "name a record log, as mosquitto_sub -F '%J' prints it")
    /// How much is looked at, at most, for the first record behind such a beginning.
    static let searchMax = 64 << 10

    /// - Parameter head: the first bytes of a log's text, unpacked where it is gzip; at most ``headMax`` are needed.
    /// - Returns: nil where it may be a log.
    package static func of(_ head: [UInt8]) -> ForeignForm? {
        text(head) ?? packed(head) ?? other(head)
    }

    private static func packed(_ head: [UInt8]) -> ForeignForm? {
        func piped(_ name: String, _ program: String) -> ForeignForm {
            ForeignForm(
                name: name + "-compressed", remedy: "unpack it on the way: \(program) FILE | shouwang replay - …")
        }
        switch head.first ?? 0 {
        case 0x1F where head.starts(with: [0x1F, 0x8B]):
            return ForeignForm(name: "gzip inside gzip", remedy: "unpack it once: gzip -dc < FILE > log.jsonl.gz")
        case 0x1F where head.starts(with: [0x1F, 0x9D]): return piped("Unix compress (.Z)", "zcat")
        case 0x28 where head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]): return piped("zstd", "zstd -dc")
        case 0x50...0x5F where isSkippable(head): return piped("zstd", "zstd -dc")
        case 0xFD where head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]): return piped("xz", "xz -dc")
        case 0x42 where head.starts(with: "BZh".utf8) && head.count > 3 && (0x31...0x39).contains(head[3]):
            return piped("bzip2", "bzip2 -dc")
        case 0x04 where head.starts(with: [0x04, 0x22, 0x4D, 0x18]): return piped("lz4", "lz4 -dc")
        case 0x4C where head.starts(with: "LZIP".utf8): return piped("lzip", "lzip -dc")
        case 0x5D where head.starts(with: [0x5D, 0x00, 0x00]): return piped("lzma", "xz --format=lzma -dc")
        case 0x50 where isZip(head): return zip(head)
        case 0x37 where head.starts(with: [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]):
            return ForeignForm(name: "a 7z archive", remedy: "unpack it first: 7z x FILE, and name the log inside")
        case 0x52 where head.starts(with: "Rar!".utf8):
            return ForeignForm(name: "a RAR archive", remedy: "unpack it first, and name the log inside")
        default: break
        }
        guard head.count >= 262, head[257..<262].elementsEqual("ustar".utf8) else { return nil }
        return ForeignForm(name: "a tar archive", remedy: "unpack it first: tar -xf FILE, and name the logs inside")
    }

    /// zstd may begin with a frame that is skipped.
    private static func isSkippable(_ head: [UInt8]) -> Bool {
        head.count > 8 && head[1..<4].elementsEqual([0x2A, 0x4D, 0x18])
    }

    private static func isZip(_ head: [UInt8]) -> Bool {
        [[0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x07, 0x08]].contains {
            head.starts(with: $0)
        }
    }

    private static func zip(_ head: [UInt8]) -> ForeignForm {
        if String(decoding: head, as: UTF8.self).contains("[Content_Types].xml") {
            return ForeignForm(name: "an Office document (zip)", remedy: "name the log itself, not a document of it")
        }
        return ForeignForm(name: "a zip archive", remedy: "unpack it on the way: unzip -p FILE | shouwang replay - …")
    }

    // MARK: Text in another encoding

    private static func text(_ head: [UInt8]) -> ForeignForm? {
        if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) { return wide("UTF-32") }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return wide("UTF-16") }
        // Without a mark: the first characters of a log are ASCII, whatever it tells later.
        guard head.count >= 8 else { return nil }
        let isZero = head.prefix(8).map { $0 == 0 }
        if isZero == [false, true, true, true, false, true, true, true] { return wide("UTF-32LE") }
        if isZero == [true, true, true, false, true, true, true, false] { return wide("UTF-32BE") }
        if isZero == [false, true, false, true, false, true, false, true] { return wide("UTF-16LE") }
        if isZero == [true, false, true, false, true, false, true, false] { return wide("UTF-16BE") }
        return nil
    }

    private static func wide(_ encoding: String) -> ForeignForm {
        ForeignForm(
            name: "\(encoding) text, as some programs of Windows write it",
            remedy: "convert it first: iconv -f \(encoding) -t UTF-8 FILE > log.jsonl")
    }

    /// What a line tells that begins in UTF-16: a log in UTF-8 to which another program went on writing.
    static func isWide(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        if line.count > 1, unsafe line[0] >= 0xFE, unsafe line[1] >= 0xFE, unsafe line[0] != line[1] {
            return true
        }
        return unsafe line.count > 5 && line[0] > 0x20 && line[1] == 0 && line[2] != 0 && line[3] == 0
    }

    // MARK: What holds no records at all

    private static func other(_ head: [UInt8]) -> ForeignForm? {
        func named(_ name: String) -> ForeignForm {
            ForeignForm(name: name, remedy: "name a record log, as mosquitto_sub -F '%J' prints it")
        }
        func locked(_ name: String) -> ForeignForm {
            ForeignForm(name: name, remedy: "decrypt it first, and name the log that comes out")
        }
        switch head.first ?? 0 {
        case 0x25 where head.starts(with: "%PDF-".utf8): return named("a PDF document")
        case 0x53 where head.starts(with: "Salted__".utf8): return locked("encrypted (openssl)")
        case 0x53 where head.starts(with: "SQLite format 3".utf8): return named("an SQLite database")
        case 0x61 where head.starts(with: "age-encryption.org/".utf8): return locked("encrypted (age)")
        case 0x2D where head.starts(with: "-----BEGIN PGP MESSAGE".utf8): return locked("encrypted (PGP)")
        case 0x2D where head.starts(with: "-----BEGIN AGE ENCRYPTED".utf8): return locked("encrypted (age)")
        case 0x50 where head.starts(with: "PAR1".utf8): return named("a Parquet file")
        case 0xD0 where head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]): return named("an old Office document")
        case 0x7F where head.starts(with: [0x7F, 0x45, 0x4C, 0x46]): return named("a program")
        case 0x3C where isPage(head): return named("a web page (HTML or XML)")
        default: return isBinary(head) ? binary : nil
        }
    }

    private static func isPage(_ head: [UInt8]) -> Bool {
        let start = String(decoding: head.prefix(15), as: UTF8.self).lowercased()
        return ["<!doctype html", "<html", "<?xml"].contains { start.hasPrefix($0) }
    }

    /// Chance, as what is encrypted looks like: far more control characters than text has, and no line that begins as
    /// a record does. NULs do not count: a power cut leaves them in real logs.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        guard head.count >= 64 else { return false }
        let controls = head.count { ($0 > 0 && $0 < 0x09) || ($0 > 0x0D && $0 < 0x20) || $0 == 0x7F }
        guard controls * 25 >= head.count else { return false }
        return !head.split(separator: 0x0A).contains { line in
            let start = line.drop { $0 <= 0x20 }.prefix(2)
            return start.elementsEqual("{\"".utf8) || (start.count == 2 && start.allSatisfy { (48...57).contains($0) })
        }
    }

    /// Whether a line begins as a record does, in more bytes than randomness leaves: an object's first key, or a time
    /// in seconds or by the calendar. The first line does not count, whose beginning is not there.
    static func hasRecord(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: 0x0A, omittingEmptySubsequences: false).dropFirst().contains { line in
            let start = line.drop { $0 <= 0x20 }.prefix(10)
            guard start.count == 10 else { return false }
            if start.starts(with: "{\"".utf8) { return start.allSatisfy { (0x20...0x7E).contains($0) } }
            return start.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D }
        }
    }
}
