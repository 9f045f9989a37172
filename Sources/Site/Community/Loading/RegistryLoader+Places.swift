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

    func address(_ row: SheetRow, whole: SheetField) -> Address {
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

/// `places.csv`: rows in any order, so a parent may stand below its children.
extension RegistryLoader {
    /// A row that has an id and a kind, before it is known whether its parent exists.
    struct PlaceDraft {
        enum Parent {
            case none
            case draft(Int)
            /// An address above it that has no row: resolved when all rows are in place.
            case address(ArraySlice<UInt8>)
        }

        var row: SheetRow
        var id: ArraySlice<UInt8>
        var kind: PlaceKind
        var parent = Parent.none
    }

    mutating func loadPlaces(_ sheet: Sheet?) {
        guard let sheet else { return }
        let rows = rows(of: sheet)
        var drafts: [PlaceDraft] = []
        var names = NameTable()
        var draftOfName: [Int] = []
        for row in rows {
            guard let draft = placeDraft(row) else {
                if !row[.id].isEmpty { leftOutPlaces[row.text(.id)] = row.line }
                continue
            }
            let at = Int(names.insert(draft.id))
            if at < draftOfName.count {
                let id = String(decoding: draft.id, as: UTF8.self)
                tell(.duplicateID(id, firstLine: drafts[draftOfName[at]].row.line), row, .id)
                continue
            }
            draftOfName.append(drafts.count)
            drafts.append(draft)
        }
        hasBuildingRows = drafts.contains { $0.kind == .building }
        findParents(&drafts, names, draftOfName)
        cutCycles(&drafts)
        appendPlaces(drafts)
    }

    /// - Returns: nil where the row is left out, which is told.
    private mutating func placeDraft(_ row: SheetRow) -> PlaceDraft? {
        let kindText = row.text(.kind)
        let columns = RegistryLoader.joined([row[.building], row[.unit], row[.room]])
        if row.isGivenUp(.id) { return nil }
        var id = row[.id]
        let isDerived = id.isEmpty
        if isDerived {
            // What would be missing in it was told.
            if row.isGivenUp(.building) || row.isGivenUp(.unit) || row.isGivenUp(.room) { return nil }
            id = columns
        }
        if id.isEmpty {
            tell(.missingID(.places), row, .id)
            return nil
        }
        if isDerived, row[.building].isEmpty {
            tell(.incompleteAddress(), row, .building)
            return nil
        }
        if row.isGivenUp(.kind) { return nil }
        if let kind = PlaceKind(written: kindText) { return PlaceDraft(row: row, id: id, kind: kind) }
        guard kindText.isEmpty else {
            let nearest = nearest(to: kindText, among: PlaceKind.names)
            tell(.unknownKind(kindText, nearest: nearest), row, .kind)
            return nil
        }
        // An address with a room says by itself that it is a dwelling.
        let isAddress = row.sheet.has(.room) ? !row[.room].isEmpty : id.contains(0x2F)
        guard isAddress else {
            tell(.missingKind(), row, .kind)
            return nil
        }
        return PlaceDraft(row: row, id: id, kind: .dwelling)
    }

    private mutating func findParents(_ drafts: inout [PlaceDraft], _ names: NameTable, _ draftOfName: [Int]) {
        var book = AddressBook()
        for (i, draft) in drafts.enumerated() where draft.kind == .building {
            let id = String(decoding: draft.id, as: UTF8.self)
            book.addBuilding(PlaceID(index: Int32(i)), id: id, name: draft.row.text(.name))
        }
        for i in drafts.indices {
            let draft = drafts[i]
            let written = draft.row[.parent]
            let isPart = draft.kind == .dwelling || draft.kind == .unit || draft.kind == .floor
            if written.isEmpty {
                // 3栋/2单元/502 without a parent lies in 3栋/2单元.
                guard isPart, let slash = draft.id.lastIndex(of: 0x2F) else { continue }
                let above = draft.id[..<slash]
                let at = names.find(above)
                drafts[i].parent = at >= 0 ? .draft(draftOfName[Int(at)]) : .address(above)
                continue
            }
            let text = draft.row.text(.parent)
            let at = names.find(written)
            if at >= 0 {
                drafts[i].parent = .draft(draftOfName[Int(at)])
            } else if let line = leftOutPlaces[text] {
                tellNoParent(text, line: line, draft.row)
            } else if isPart, let first = AddressBook.divide(text)?.parts.first,
                book.building(named: first) != .none || book.building(like: first) != .none || !hasBuildingRows
            {
                drafts[i].parent = .address(written)
            } else {
                let ids = drafts.prefix(5000).map { String(decoding: $0.id, as: UTF8.self) }
                tell(.unknownParent(text, nearest: nearest(to: text, among: ids)), draft.row, .parent)
            }
        }
    }

    private mutating func tellNoParent(_ id: String, line: Int, _ row: SheetRow) {
        let lost = LocalizedText(zh: "此行按没有上级处理", en: "the row is read as if it had no parent")
        tell(.leftOutReference(id, line: line, lost), row, .parent)
    }

    /// The first row of each circle stays without its parent.
    private mutating func cutCycles(_ drafts: inout [PlaceDraft]) {
        // 0 not visited, else the number of the walk that came by: meeting one's own number closes a circle.
        var walks = [Int](repeating: 0, count: drafts.count)
        for start in drafts.indices where walks[start] == 0 {
            var at = start
            while walks[at] == 0 {
                walks[at] = start + 1
                guard case .draft(let parent) = drafts[at].parent else { break }
                guard walks[parent] != start + 1 else {
                    cut(circleFrom: parent, &drafts)
                    break
                }
                at = parent
            }
        }
    }

    private mutating func cut(circleFrom start: Int, _ drafts: inout [PlaceDraft]) {
        var members = [start]
        var at = start
        while case .draft(let parent) = drafts[at].parent, parent != start {
            members.append(parent)
            at = parent
        }
        guard let least = members.min(), let turn = members.firstIndex(of: least) else { return }
        let ordered = members[turn...] + members[..<turn] + [least]
        let chain = ordered.map { String(decoding: drafts[$0].id, as: UTF8.self) }
        tell(.cycle(chain), drafts[least].row, .parent)
        drafts[least].parent = .none
    }

    private mutating func appendPlaces(_ drafts: [PlaceDraft]) {
        registry.places.reserveCapacity(drafts.count)
        for (i, draft) in drafts.enumerated() {
            var parent: PlaceID?
            if case .draft(let above) = draft.parent { parent = PlaceID(index: Int32(above)) }
            let grid = draft.row[.grid].isEmpty ? nil : grid(draft.row[.grid])
            registry.places.append(
                Place(
                    id: String(decoding: draft.id, as: UTF8.self), kind: draft.kind, parent: parent,
                    name: RegistryLoader.placeName(draft), grid: grid, building: nil, dwelling: nil, displayName: "",
                    line: draft.row.line))
            alias(draft.id, PlaceID(index: Int32(i)))
        }
        for (i, place) in registry.places.enumerated() where place.kind == .building {
            addresses.addBuilding(PlaceID(index: Int32(i)), id: place.id, name: place.name)
        }
        enterAddresses(drafts)
    }

    private static func placeName(_ draft: PlaceDraft) -> String {
        let name = draft.row.text(.name)
        if !name.isEmpty { return name }
        let isPart = draft.kind == .dwelling || draft.kind == .unit || draft.kind == .floor
        guard isPart, let slash = draft.id.lastIndex(of: 0x2F) else { return String(decoding: draft.id, as: UTF8.self) }
        return String(decoding: draft.id[(slash + 1)...], as: UTF8.self)
    }

    /// Lets addresses find the rows, and gives rows that are addresses what lies above them: units before dwellings.
    private mutating func enterAddresses(_ drafts: [PlaceDraft]) {
        var waiting: [(row: SheetRow, above: ArraySlice<UInt8>, place: PlaceID)] = []
        for (i, draft) in drafts.enumerated() {
            let place = PlaceID(index: Int32(i))
            guard case .address(let above) = draft.parent else {
                enterAddress(of: place, draft.row)
                continue
            }
            waiting.append((draft.row, above, place))
        }
        waiting.sort { $0.above.count(where: { $0 == 0x2F }) < $1.above.count(where: { $0 == 0x2F }) }
        for (row, above, place) in waiting {
            switch above.contains(0x2F)
                ? resolve(above, lastKind: RegistryLoader.kind(above: place, in: registry))
                : building(String(decoding: above, as: UTF8.self), mayMake: true)
            {
            case .place(let parent):
                // A place that was made from a sibling's address meanwhile may not become its own ancestor.
                if !isAncestor(place, of: parent) { registry.places[Int(place.index)].parent = parent }
            case .leftOut(let line): tellNoParent(String(decoding: above, as: UTF8.self), line: line, row)
            case .ambiguousBuilding(let text): tell(.ambiguousBuilding(text).asWarning, row, .parent)
            case .unknown:
                let text = String(decoding: above, as: UTF8.self)
                tell(.unknownParent(text, nearest: nearestPlace(text)).asWarning, row, .parent)
            }
            enterAddress(of: place, row)
        }
    }

    private static func kind(above place: PlaceID, in registry: Registry) -> PlaceKind? {
        registry.places[Int(place.index)].kind == .dwelling ? .unit : nil
    }

    private func isAncestor(_ place: PlaceID, of other: PlaceID) -> Bool {
        var at: PlaceID? = other
        while let current = at {
            if current == place { return true }
            at = registry.places[Int(current.index)].parent
        }
        return false
    }

    private mutating func enterAddress(of place: PlaceID, _ row: SheetRow) {
        var parts: [AddressBook.Part] = []
        var at: PlaceID? = place
        while let current = at {
            let here = registry.places[Int(current.index)]
            if here.kind == .building {
                guard !parts.isEmpty else { return }
                let key = AddressBook.key(building: current, parts: parts.reversed())
                if let first = addresses.enter(key, place) {
                    tell(.duplicateAddress(line: registry.places[Int(first.index)].line), row, .name)
                }
                return
            }
            guard [.unit, .floor, .dwelling].contains(here.kind) else { return }
            parts.append(AddressBook.Part(kind: here.kind, text: here.name))
            at = here.parent
        }
    }
}

extension UnplacedDiagnostic {
    /// The same, where the row is kept without what was wrong.
    var asWarning: UnplacedDiagnostic {
        var copy = self
        copy.severity = .warning
        return copy
    }
}
