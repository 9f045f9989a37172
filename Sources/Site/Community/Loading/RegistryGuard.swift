package import Diagnostics

/// Whether a registry may take the place of the last one that was accepted, or is more likely a sheet in the middle of
/// a save, cut by a power failure, or gone: then nobody would be watched any more, and nobody would be told.
///
/// Pure: bytes and what they were understood as, against the same of the last accepted one.
package struct RegistryGuard {
    /// Why a registry is not taken by itself.
    package enum Reason: Equatable, Sendable {
        /// There is no such file any more.
        case gone(SheetKind, rows: Int)
        /// The file has no row that could be read; the last accepted one had so many.
        case empty(SheetKind, rows: Int)
        /// It is the beginning of the last accepted one.
        case cut(SheetKind, rows: Int, of: Int)
        /// Its last line has no line feed, and fewer cells than the header.
        case torn(SheetKind, cells: Int, headers: Int)
        /// So many of the watched would not be watched any more.
        case unwatched(Int, of: Int)
    }

    package var reasons: [Reason] = []
    /// Who would not be watched any more, as messages name them.
    package var unwatched: [String] = []

    /// A change may leave so many unwatched without being asked: two, or a tenth.
    package static func mayLose(_ count: Int, of watched: Int) -> Bool {
        count < watched && (count <= 2 || count * 10 <= watched)
    }

    /// Judges a registry against the last accepted one. O(bytes of both).
    package init(
        files: RegistryFiles, registry: Registry, accepted: RegistryFiles, acceptedRegistry: Registry
    ) {
        // Who stands in for whom is changed daily, and lets nobody go unwatched.
        for kind in SheetKind.allCases where kind != .shifts {
            let new = files.bytes(of: kind)
            guard let old = accepted.bytes(of: kind) else {
                // One that is new may be in the middle of its first save.
                guard let new else { continue }
                let after = SheetShape(kind, new)
                if let torn = after.torn { reasons.append(.torn(kind, cells: torn.cells, headers: after.headers)) }
                continue
            }
            let before = SheetShape(kind, old)
            guard let new else {
                if before.rows > 0 { reasons.append(.gone(kind, rows: before.rows)) }
                continue
            }
            if new == old { continue }
            let after = SheetShape(kind, new)
            if after.rows == 0 {
                if before.rows > 0 { reasons.append(.empty(kind, rows: before.rows)) }
            } else if RegistryGuard.isCut(new, old) || RegistryGuard.isCut(after, before) {
                reasons.append(.cut(kind, rows: after.rows, of: before.rows))
            } else if let torn = after.torn, torn.line != before.torn?.line {
                reasons.append(.torn(kind, cells: torn.cells, headers: after.headers))
            }
        }
        let before = WatchedPeople(acceptedRegistry)
        let missing = before.missing(in: WatchedPeople(registry))
        unwatched = missing.map(acceptedRegistry.told)
        if !missing.isEmpty, !RegistryGuard.mayLose(missing.count, of: before.people.count) {
            reasons.append(.unwatched(missing.count, of: before.people.count))
        }
    }

    private static func isCut(_ new: [UInt8], _ old: [UInt8]) -> Bool {
        new.count < old.count && old.starts(with: new)
    }

    /// The same in another encoding, or with other line ends. What ends with a line feed within a line of the old one
    /// was not cut there: somebody emptied the last cells of the last row.
    private static func isCut(_ new: SheetShape, _ old: SheetShape) -> Bool {
        isCut(new.text, old.text) && (!new.endsLine || old.text[new.text.count] == 0x0A)
    }

    /// Whether a second reload of the same sheets, minutes later, says enough: not of sheets that are empty or gone.
    package var mayBeTakenBySignal: Bool {
        reasons.allSatisfy { reason in
            switch reason {
            case .gone, .empty: false
            case .cut, .torn, .unwatched: true
            }
        }
    }
}

extension RegistryGuard.Reason {
    /// For people: what is wrong with which sheet.
    package var phrase: LocalizedText {
        switch self {
        case .gone(let kind, let rows):
            LocalizedText(
                zh: "\(kind.fileName) 不见了（原有\(rows)行）", en: "\(kind.fileName) is gone (it had \(rows) rows)")
        case .empty(let kind, let rows):
            LocalizedText(
                zh: "\(kind.fileName) 里一行也读不到（原有\(rows)行）",
                en: "\(kind.fileName) has no row that can be read (it had \(rows))")
        case .cut(let kind, let rows, let before):
            LocalizedText(
                zh: "\(kind.fileName) 像是被截断了：与原文件开头相同，只有\(rows)行（原有\(before)行）",
                en: "\(kind.fileName) seems to be cut off: it is the beginning of the last one, "
                    + "\(rows) of \(before) rows")
        case .torn(let kind, let cells, let headers):
            LocalizedText(
                zh: "\(kind.fileName) 的最后一行不完整（\(cells)格，表头\(headers)格，没有换行）",
                en: "the last line of \(kind.fileName) is not whole (\(cells) of \(headers) cells, no line feed)")
        case .unwatched(let count, let all):
            LocalizedText(
                zh: "原来关注的\(all)人中有\(count)人将不再关注",
                en: "\(count) of the \(all) who are watched would not be watched any more")
        }
    }
}

/// What a guard looks at in a sheet.
private struct SheetShape {
    /// As UTF-8 without a mark, with line feeds alone, and without those at the end.
    var text: [UInt8] = []
    /// Whether it has a line feed at its end.
    var endsLine = false
    var rows = 0
    var headers = 0
    /// A last line without a line feed that has fewer cells than the header.
    var torn: (line: [UInt8], cells: Int)?

    init(_ kind: SheetKind, _ bytes: [UInt8]) {
        guard bytes.count <= RegistryFiles.fileMax, let decoded = SheetShape.decode(bytes) else { return }
        text = SheetShape.plain(decoded)
        endsLine = decoded.last == 0x0A || decoded.last == 0x0D
        var reader = SheetReader(kind: kind, path: kind.fileName)
        guard let sheet = reader.read(bytes) else { return }
        headers = (sheet.headers.lastIndex { !$0.isEmpty } ?? -1) + 1
        let filled = sheet.table.rows.dropFirst(sheet.firstRow).filter { row in
            row.fault != nil || (0..<Int(row.cellCount)).contains { !sheet.content(row, column: $0).isEmpty }
        }
        rows = filled.count
        guard let last = filled.last, let end = decoded.last, end != 0x0A, end != 0x0D else { return }
        // Behind the last row nothing but blanks may stand.
        guard last.position == sheet.table.rows.last?.position, Int(last.cellCount) < headers else { return }
        torn = (Array(decoded[Int(last.position)...]), Int(last.cellCount))
    }

    private static func decode(_ bytes: [UInt8]) -> [UInt8]? {
        do throws(TextEncoding.Refusal) { return try TextEncoding.decode(bytes) } catch { return nil }
    }

    private static func plain(_ text: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(text.count)
        for (i, byte) in text.enumerated() {
            if byte == 0x0A, i > 0, text[i - 1] == 0x0D { continue }
            plain.append(byte == 0x0D ? 0x0A : byte)
        }
        while plain.last == 0x0A { plain.removeLast() }
        return plain
    }
}

extension RegistryFiles {
    /// The content of a sheet; nil where there is no such file.
    package func bytes(of kind: SheetKind) -> [UInt8]? { files.first { $0.name == kind.fileName }?.bytes }
}
