import Diagnostics
import Timekeeping

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
        if !role.isEmpty, !Worker.roles.contains(role), !role.hasPrefix("department:") {
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
