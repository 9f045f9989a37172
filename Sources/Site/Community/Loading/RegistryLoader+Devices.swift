import Diagnostics
import Timekeeping

/// `devices.csv`.
extension RegistryLoader {
    mutating func loadDevices(_ sheet: Sheet?) {
        guard let sheet else { return }
        let rows = rows(of: sheet)
        // All ids of the sheet, so that the second use of one is told even where the first row is left out.
        var seen = NameTable()
        var lines: [Int] = []
        var identityLines: [Int] = []
        for row in rows {
            let id = row[.id]
            if id.isEmpty {
                tell(.missingID(.devices), row, .id)
                continue
            }
            let at = Int(seen.insert(id))
            if at < lines.count {
                tell(.duplicateID(row.text(.id), firstLine: lines[at]), row, .id)
                continue
            }
            lines.append(row.line)
            var identity = row[.identity].isEmpty ? id : row[.identity]
            var known = registry.identities.find(identity)
            if known >= 0, !row[.identity].isEmpty, registry.identities.find(id) < 0 {
                let text = String(decoding: identity, as: UTF8.self)
                tell(.duplicateIdentity(text, firstLine: identityLines[Int(known)], .cell), row, .identity)
                (identity, known) = (id, -1)
            }
            if known >= 0 {
                let text = String(decoding: identity, as: UTF8.self)
                let field: SheetField = row[.identity].isEmpty ? .id : .identity
                tell(.duplicateIdentity(text, firstLine: identityLines[Int(known)], .row), row, field)
                continue
            }
            guard var device = device(row) else { continue }
            if identity == id { device.identity = nil }
            let index = registry.deviceNames.insert(id)
            registry.devices.append(device)
            _ = registry.identities.insert(identity)
            registry.deviceOfIdentity.append(DeviceID(index: index))
            identityLines.append(row.line)
        }
    }

    /// - Returns: nil where the row is left out, which is told: its place cannot be read.
    private mutating func device(_ row: SheetRow) -> Device? {
        let kind = Device.kind(written: row.text(.kind))
        var family = Device.family(ofKind: kind)
        let familyText = row.text(.family)
        if !familyText.isEmpty {
            if let written = Device.family(written: familyText) {
                family = written
            } else {
                let nearest = nearest(to: familyText, among: Device.families)
                tell(.unknownFamily(familyText, nearest: nearest), row, .family)
            }
        }
        let heartbeat = duration(row, .heartbeat)
        let direction = RegistryLoader.direction(row[.direction])
        if direction == nil { tell(.badDirection(row.text(.direction)), row, .direction) }
        var isGood = true
        let place = devicePlace(row, &isGood)
        guard isGood else { return nil }
        let name = row.text(.name)
        return Device(
            id: row.text(.id), place: place, family: family, kind: kind, heartbeat: heartbeat,
            identity: row[.identity].isEmpty ? nil : row.text(.identity), via: row[.via].isEmpty ? nil : row.text(.via),
            direction: direction ?? .payload, name: name.isEmpty ? row.text(.id) : name, line: row.line)
    }

    private mutating func devicePlace(_ row: SheetRow, _ isGood: inout Bool) -> PlaceID? {
        let written: ArraySlice<UInt8>
        switch address(row, whole: .place) {
        case .none:
            tell(.noPlace(), row, row.sheet.has(.place) ? .place : .building)
            return nil
        case .destroyed:
            isGood = false
            return nil
        case .incomplete:
            tell(.incompleteAddress(), row, row[.building].isEmpty ? .building : .room)
            isGood = false
            return nil
        case .written(let bytes): written = bytes
        }
        let field: SheetField = row[.place].isEmpty ? .building : .place
        let text = String(decoding: written, as: UTF8.self)
        switch resolve(written) {
        case .place(let place): return place
        case .leftOut(let line):
            let lost = LocalizedText(zh: "设备按没有位置处理", en: "the device is read as if it had no place")
            tell(.leftOutReference(text, line: line, lost), row, field)
            return nil
        case .ambiguousBuilding(let building): tell(.ambiguousBuilding(building), row, field)
        case .unknown: tell(.unknownPlace(text, nearest: nearestPlace(text)), row, field)
        }
        isGood = false
        return nil
    }

    /// nil where the cell is empty, and where it is wrong, which is told.
    mutating func duration(_ row: SheetRow, _ field: SheetField) -> Milliseconds? {
        if row[field].isEmpty { return nil }
        let text = row.text(field)
        if let length = CellReading.duration(text) { return length }
        tell(.badDuration(text), row, field)
        return nil
    }

    /// nil where the text is neither empty nor a direction nor a table of values.
    static func direction(_ cell: ArraySlice<UInt8>) -> DirectionRule? {
        if cell.isEmpty { return .payload }
        if let fixed = pass(cell) { return .fixed(fixed) }
        var entries: [DirectionRule.Entry] = []
        for item in CellList.divide(cell, at: .bars) {
            let sides = item.split(separator: 0x3D, omittingEmptySubsequences: false).map(trimmed)
            guard sides.count == 2, !sides[0].isEmpty, let direction = pass(sides[1]) else { return nil }
            let value = String(decoding: sides[0], as: UTF8.self)
            if entries.contains(where: { $0.value == value }) { return nil }
            entries.append(DirectionRule.Entry(value: value, direction: direction))
        }
        return entries.isEmpty ? nil : .table(entries)
    }

    private static func pass(_ cell: ArraySlice<UInt8>) -> PassDirection? {
        let inward: [StaticString] = ["in", "进", "入", "进门", "进入"]
        let outward: [StaticString] = ["out", "出", "出门", "外出"]
        if inward.contains(where: { CellList.isSame(cell, $0) }) { return .in }
        return outward.contains { CellList.isSame(cell, $0) } ? .out : nil
    }
}

/// `workers.csv`.
extension RegistryLoader {
    mutating func loadWorkers(_ sheet: Sheet?) {
        guard let sheet else { return }
        let rows = rows(of: sheet)
        var seen = NameTable()
        var lines: [Int] = []
        for row in rows {
            if row[.id].isEmpty {
                tell(.missingID(.workers), row, .id)
                continue
            }
            let at = Int(seen.insert(row[.id]))
            if at < lines.count {
                tell(.duplicateID(row.text(.id), firstLine: lines[at]), row, .id)
                continue
            }
            lines.append(row.line)
            _ = registry.workerNames.insert(row[.id])
            registry.workers.append(worker(row))
        }
    }

    private mutating func worker(_ row: SheetRow) -> Worker {
        if row[.name].isEmpty { tell(.missingName(), row, .name) }
        let phone = phone(row)
        let role = Worker.canonicalRole(row.text(.role))
        if !role.isEmpty, !Worker.roles.contains(role), !Worker.namedRoles.contains(where: role.hasPrefix) {
            tell(.unknownRole(row.text(.role), nearest: nearest(to: role, among: Worker.roles)), row, .role)
        }
        let channels = channels(row)
        var shift: WeekHours?
        if !row[.shift].isEmpty {
            shift = WeekHours(text: row.text(.shift))
            if shift == nil { tell(.badShift(row.text(.shift)), row, .shift) }
        }
        return Worker(
            id: row.text(.id), name: row.text(.name), role: role, phone: phone, grids: grids(row), channels: channels,
            shift: shift, line: row.line)
    }

    private mutating func grids(_ row: SheetRow) -> [GridID] {
        var grids: [GridID] = []
        for bytes in RegistryLoader.items(row, .grid) {
            let name = String(decoding: bytes, as: UTF8.self)
            if registry.grid(name) == nil {
                let known = registry.grids
                tell(.unknownGrid(name, nearest: nearest(to: name, among: known)), row, .grid)
            }
            let grid = grid(bytes)
            if !grids.contains(grid) { grids.append(grid) }
        }
        return grids
    }

    private mutating func channels(_ row: SheetRow) -> [ChannelAddress] {
        var channels: [ChannelAddress] = []
        for item in RegistryLoader.items(row, .channels) {
            let (channel, address) = CellList.pair(item)
            if channel.isEmpty || address?.isEmpty == true {
                tell(.badChannel(), row, .channels)
                continue
            }
            channels.append(
                ChannelAddress(
                    channel: String(decoding: channel, as: UTF8.self),
                    address: address.map { String(decoding: $0, as: UTF8.self) }))
        }
        return channels
    }
}
