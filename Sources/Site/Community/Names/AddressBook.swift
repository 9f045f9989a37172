/// Addresses as people write them: `3栋/2单元/502`, `3栋2单元502`, `12-1-3`.
///
/// Dashes divide numbers alone: `b1-0076` is an id that may be mistyped, and must not become a flat 0076 of b1.
/// The book knows which building each spelling means, and which place stands at building, unit and room, whatever the
/// spelling: `3栋/2/502室` is `3栋/2单元/502`. It never guesses: a name of two buildings is ambiguous.
struct AddressBook {
    enum Match: Equatable {
        case none
        case ambiguous
        case one(PlaceID)
    }

    /// Full names of buildings, and those without 栋, 幢, 号楼; −1 stands for several.
    private var names = NameTable()
    private var buildingOfName: [Int32] = []
    private var shortNames = NameTable()
    private var buildingOfShortName: [Int32] = []
    /// Building, units and last part, as ``key(building:parts:)`` makes it.
    private var keys = NameTable()
    private var placeOfKey: [PlaceID] = []

    mutating func addBuilding(_ building: PlaceID, id: String, name: String) {
        AddressBook.add(Array(name.utf8), building, &names, &buildingOfName)
        for spelling in [AddressBook.short(id), AddressBook.short(name)] {
            AddressBook.add(spelling, building, &shortNames, &buildingOfShortName)
        }
    }

    private static func add(_ name: [UInt8], _ building: PlaceID, _ table: inout NameTable, _ owners: inout [Int32]) {
        let at = Int(table.insert(name[...]))
        if at == owners.count {
            owners.append(building.index)
        } else if owners[at] != building.index {
            owners[at] = -1
        }
    }

    /// By its name as it is written.
    func building(named name: String) -> Match { AddressBook.match(names.find(name), buildingOfName) }

    /// By its name or id without 栋, 幢, 号楼.
    func building(like name: String) -> Match {
        AddressBook.match(shortNames.find(AddressBook.short(name)[...]), buildingOfShortName)
    }

    private static func match(_ at: Int32, _ owners: [Int32]) -> Match {
        if at < 0 { return .none }
        return owners[Int(at)] < 0 ? .ambiguous : .one(PlaceID(index: owners[Int(at)]))
    }

    /// - Returns: the place that has this address already, else nil after entering the given one.
    mutating func enter(_ key: [UInt8], _ place: PlaceID) -> PlaceID? {
        let at = Int(keys.insert(key[...]))
        if at < placeOfKey.count { return placeOfKey[at] }
        placeOfKey.append(place)
        return nil
    }

    func place(_ key: [UInt8]) -> PlaceID? {
        let at = keys.find(key[...])
        return at < 0 ? nil : placeOfKey[Int(at)]
    }

    /// One part of an address below the building.
    struct Part: Equatable {
        var kind: PlaceKind
        var text: String
    }

    /// Floors do not count but at the end: 3栋/2单元/5层/502 is 3栋/2单元/502.
    static func key(building: PlaceID, parts: [Part]) -> [UInt8] {
        var key = Array(String(building.index).utf8)
        for (i, part) in parts.enumerated() where part.kind != .floor || i == parts.count - 1 {
            key.append(0x2F)
            key.append(part.kind == .unit ? 0x75 : part.kind == .floor ? 0x66 : 0x64)
            key.append(contentsOf: plain(part))
        }
        return key
    }

    private static func plain(_ part: Part) -> [UInt8] {
        let suffixes: [StaticString] =
            part.kind == .unit ? ["单元", "梯"] : part.kind == .floor ? ["楼", "层"] : ["室", "房", "号"]
        return without(suffixes, part.text)
    }

    static func short(_ building: String) -> [UInt8] {
        without(["号楼", "栋", "幢", "座", "楼", "#", "号"], building)
    }

    /// In lower case and without the first of the suffixes that it has, unless nothing were left.
    private static func without(_ suffixes: [StaticString], _ text: String) -> [UInt8] {
        let folded = text.utf8.map(CellList.lower)
        guard let suffix = suffixes.first(where: { CellList.ends(folded, with: $0) }),
            folded.count > suffix.utf8CodeUnitCount
        else { return folded }
        return folded.dropLast(suffix.utf8CodeUnitCount)
    }

    /// Divides an address: at slashes; else behind 栋, 幢, 座, 号楼, 单元, 层; else at dashes.
    /// - Returns: nil where it has not 2 to 4 parts, none of them empty.
    static func divide(_ text: String) -> (parts: [String], atDashes: Bool)? {
        let bytes = Array(text.utf8)[...]
        var parts = CellList.divide(bytes, at: .slashes, keepsEmpty: true)
        var atDashes = false
        if parts.count == 1 {
            parts = divideAtMarkers(bytes)
            if parts.count == 1 {
                guard bytes.allSatisfy({ $0 == 0x2D || ($0 >= 48 && $0 <= 57) }) else { return nil }
                parts = bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
                atDashes = true
            }
        }
        guard (2...4).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return (parts.map { String(decoding: $0, as: UTF8.self) }, atDashes)
    }

    private static func divideAtMarkers(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let markers: [StaticString] = ["栋", "幢", "座", "层", "号楼", "单元"]
        var parts: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        for i in text.indices where text[i] >= 0x80 {
            let part = text[start...i]
            guard part.count > 3, markers.contains(where: { CellList.ends(part.suffix(6), with: $0) }) else { continue }
            parts.append(trimmed(part))
            start = i + 1
        }
        if start < text.endIndex || parts.isEmpty { parts.append(trimmed(text[start...])) }
        return parts
    }

    /// What the parts below the building are. A unit that is a bare number gets its word where the building has one, so
    /// that 3栋 and 2 and 502 are read out as 3栋2单元502.
    static func parts(_ texts: [String], lastKind: PlaceKind?, buildingName: String) -> [Part] {
        let isChinese = buildingName.unicodeScalars.last.map { $0.value >= 0x2E80 } ?? false
        return texts.enumerated().map { (i, text) in
            let kind = kind(text, isLast: i == texts.count - 1, lastKind: lastKind)
            let isBare = kind == .unit && isChinese && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
            return Part(kind: kind, text: isBare ? text + "单元" : text)
        }
    }

    private static func kind(_ text: String, isLast: Bool, lastKind: PlaceKind?) -> PlaceKind {
        if isLast, let lastKind { return lastKind }
        let folded = text.utf8.map(CellList.lower)
        if CellList.ends(folded, with: "单元") || folded.starts(with: Array("unit".utf8)) { return .unit }
        if CellList.ends(folded, with: "层") || (CellList.ends(folded, with: "楼") && !isLast) { return .floor }
        return isLast ? .dwelling : .unit
    }
}
