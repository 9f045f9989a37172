import Diagnostics

/// Finding the place that a cell means, and making the dwellings and units that addresses name.
extension RegistryLoader {
    enum Resolution {
        case place(PlaceID)
        /// It names a row of places that was left out.
        case leftOut(line: Int)
        case ambiguousBuilding(String)
        case unknown
    }

    /// - Parameter lastKind: what the last part of an address is, where the row says so.
    mutating func resolve(_ written: ArraySlice<UInt8>, lastKind: PlaceKind? = nil) -> Resolution {
        let known = registry.placeNames.find(written)
        if known >= 0 { return .place(registry.placeOfName[Int(known)]) }
        let text = String(decoding: written, as: UTF8.self)
        if let line = leftOutPlaces[text] { return .leftOut(line: line) }
        guard let (texts, atDashes) = AddressBook.divide(text) else { return .unknown }
        switch building(texts[0], mayMake: !atDashes) {
        case .place(let building):
            let place = place(at: building, written: texts, lastKind: lastKind)
            alias(written, place)
            return .place(place)
        case let other: return other
        }
    }

    /// The building that the first part of an address names: by id, by name, by either without 栋.
    mutating func building(_ text: String, mayMake: Bool) -> Resolution {
        if let place = registry.place(text), registry.places[Int(place.index)].kind == .building {
            return .place(place)
        }
        for match in [addresses.building(named: text), addresses.building(like: text)] {
            switch match {
            case .one(let building): return .place(building)
            case .ambiguous: return .ambiguousBuilding(text)
            case .none: break
            }
        }
        if let line = leftOutPlaces[text] { return .leftOut(line: line) }
        guard mayMake, !hasBuildingRows, registry.place(text) == nil else { return .unknown }
        let sites = registry.places.filter { $0.kind == .site }.count
        let parent = sites == 1 ? registry.places.firstIndex { $0.kind == .site } : nil
        let building = make(id: text, .building, name: text, parent: parent.map { PlaceID(index: Int32($0)) })
        addresses.addBuilding(building, id: text, name: text)
        return .place(building)
    }

    /// The place at an address of a known building; it and what lies between are made where nobody named them before.
    private mutating func place(at building: PlaceID, written: [String], lastKind: PlaceKind?) -> PlaceID {
        let row = registry.places[Int(building.index)]
        // The address as it is written is the id; a building that was only recognised is written out.
        let isExact = row.id == written[0] || row.name == written[0]
        var id = isExact ? written[0] : row.name
        let parts = AddressBook.parts(Array(written.dropFirst()), lastKind: lastKind, buildingName: row.name)
        var parent = building
        for (i, part) in parts.enumerated() {
            id += "/" + part.text
            let key = AddressBook.key(building: building, parts: Array(parts[...i]))
            if let known = registry.place(id) ?? addresses.place(key) {
                parent = known
                continue
            }
            parent = make(id: id, part.kind, name: part.text, parent: parent)
            _ = addresses.enter(key, parent)
        }
        return parent
    }

    private mutating func make(id: String, _ kind: PlaceKind, name: String, parent: PlaceID?) -> PlaceID {
        let place = PlaceID(index: Int32(registry.places.count))
        registry.places.append(
            Place(
                id: id, kind: kind, parent: parent, name: name, grid: nil, building: nil, dwelling: nil,
                displayName: name, line: 0))
        alias(Array(id.utf8)[...], place)
        return place
    }

    mutating func alias(_ name: ArraySlice<UInt8>, _ place: PlaceID) {
        if Int(registry.placeNames.insert(name)) == registry.placeOfName.count { registry.placeOfName.append(place) }
    }

    /// What the columns of a row say about an address: the whole, or building, unit and room.
    enum Address {
        case none
        /// It cannot be read, which was told.
        case destroyed
        case incomplete
        case written(ArraySlice<UInt8>)
    }

    func address(_ row: SheetRow, whole: Field) -> Address {
        if row.isGivenUp(whole) { return .destroyed }
        let written = row[whole]
        if !written.isEmpty { return .written(written) }
        if row.isGivenUp(.building) || row.isGivenUp(.unit) || row.isGivenUp(.room) { return .destroyed }
        let building = row[.building]
        let room = row[.room]
        if building.isEmpty, room.isEmpty, row[.unit].isEmpty { return .none }
        if building.isEmpty || room.isEmpty { return .incomplete }
        return .written(RegistryLoader.joined([building, row[.unit], room]))
    }

    static func joined(_ parts: [ArraySlice<UInt8>]) -> ArraySlice<UInt8> {
        var joined: [UInt8] = []
        for part in parts where !part.isEmpty {
            if !joined.isEmpty { joined.append(0x2F) }
            joined.append(contentsOf: part)
        }
        return joined[...]
    }

    /// What somebody who wrote an unknown place may have meant.
    mutating func nearestPlace(_ written: String) -> String? {
        if let (parts, _) = AddressBook.divide(written), case .unknown = building(parts[0], mayMake: false) {
            let buildings = registry.places.filter { $0.kind == .building }
            if let building = nearest(to: parts[0], among: buildings.flatMap { [$0.id, $0.name] }) {
                return ([building] + parts.dropFirst()).joined(separator: "/")
            }
        }
        let places = registry.places
        return nearest(to: written, among: places.prefix(5000).map(\.id))
    }

    /// Buildings, dwellings, grids and display names of all places, after the last address was read.
    mutating func finishPlaces() {
        for i in registry.places.indices {
            var place = registry.places[i]
            var path: [String] = []
            var at: PlaceID? = PlaceID(index: Int32(i))
            // Cycles were cut when the rows were read, so the walk ends at the top.
            while let current = at {
                let ancestor = registry.places[Int(current.index)]
                if place.grid == nil { place.grid = ancestor.grid }
                if place.dwelling == nil, ancestor.kind == .dwelling { place.dwelling = current }
                let isNamed = ancestor.kind != .floor || path.isEmpty
                if place.building == nil, isNamed { path.append(ancestor.name) }
                if place.building == nil, ancestor.kind == .building { place.building = current }
                at = ancestor.parent
            }
            place.displayName = place.building == nil ? place.name : RegistryLoader.displayName(path.reversed())
            registry.places[i] = place
        }
    }

    /// Concatenates names from the building down. A digit never meets a digit: 3 and 502 are 3-502, not 3502. A
    /// name that already says where it lies is not told twice.
    static func displayName(_ names: [String]) -> String {
        var text = ""
        for name in names {
            let isWhole = !text.isEmpty && name.utf8.starts(with: text.utf8) && text.utf8.contains { $0 >= 0x80 }
            if isWhole {
                text = name
                continue
            }
            if let last = text.utf8.last, let first = name.utf8.first {
                let digits: ClosedRange<UInt8> = 48...57
                if digits.contains(last), digits.contains(first) {
                    text += "-"
                } else if last < 0x80, first < 0x80, text.utf8.contains(0x20) || name.utf8.contains(0x20) {
                    text += " "
                }
            }
            text += name
        }
        return text
    }
}
