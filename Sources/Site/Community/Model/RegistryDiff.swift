package import Diagnostics

/// What a new registry changes: who and what was added, moved, or is gone. A value; names are masked in it.
package struct RegistryDiff: Equatable, Sendable {
    /// What changed of one sheet.
    package struct Changes: Equatable, Sendable {
        package var added: [String] = []
        package var moved: [String] = []
        package var gone: [String] = []

        package var isEmpty: Bool { added.isEmpty && moved.isEmpty && gone.isEmpty }
    }

    package var residents = Changes()
    package var devices = Changes()
    package var places = Changes()
    package var workers = Changes()
    /// Who was watched, and is not any more, though perhaps still there.
    package var unwatched: [String] = []
    /// Who is watched, and was not before.
    package var watchedAnew: [String] = []

    /// O(rows of both).
    package init(from old: Registry, to new: Registry) {
        residents = Changes(
            from: old.residents.indices.map { ($0, old.residents[$0].id) },
            to: new.residents.indices.map { ($0, new.residents[$0].id) },
            before: { old.told($0) }, after: { new.told($0) },
            where: { old.home($0) }, now: { new.home($0) })
        devices = Changes(
            from: old.devices.indices.map { ($0, old.devices[$0].id) },
            to: new.devices.indices.map { ($0, new.devices[$0].id) },
            before: { old.devices[$0].id }, after: { new.devices[$0].id },
            where: { old.placed(old.devices[$0].place) }, now: { new.placed(new.devices[$0].place) })
        places = Changes(
            from: old.rows.map { ($0, old.places[$0].id) }, to: new.rows.map { ($0, new.places[$0].id) },
            before: { old.places[$0].id }, after: { new.places[$0].id },
            where: { old.placed(old.places[$0].parent) }, now: { new.placed(new.places[$0].parent) })
        workers = Changes(
            from: old.workers.indices.map { ($0, old.workers[$0].id) },
            to: new.workers.indices.map { ($0, new.workers[$0].id) },
            before: { old.workers[$0].id }, after: { new.workers[$0].id },
            where: { old.named(old.workers[$0].grids) }, now: { new.named(new.workers[$0].grids) })
        let before = WatchedPeople(old)
        let after = WatchedPeople(new)
        unwatched = before.missing(in: after).map(old.told)
        watchedAnew = after.missing(in: before).map(new.told)
    }

    package var isEmpty: Bool {
        residents.isEmpty && devices.isEmpty && places.isEmpty && workers.isEmpty && unwatched.isEmpty
            && watchedAnew.isEmpty
    }

    /// A line a kind of change, each with at most `max` names.
    package func lines(max: Int = 10) -> [LocalizedText] {
        var lines: [LocalizedText] = []
        func add(_ what: LocalizedText, _ names: [String]) {
            guard !names.isEmpty else { return }
            let list = RegistryDiff.list(names, max: max)
            lines.append(
                LocalizedText(
                    zh: "\(what.zh)（\(names.count)）：\(list.zh)", en: "\(what.en) (\(names.count)): \(list.en)"))
        }
        add(LocalizedText(zh: "不再关注", en: "not watched any more"), unwatched)
        add(LocalizedText(zh: "新关注", en: "watched from now on"), watchedAnew)
        let sheets: [(LocalizedText, Changes)] = [
            (LocalizedText(zh: "居民", en: "residents"), residents), (LocalizedText(zh: "设备", en: "devices"), devices),
            (LocalizedText(zh: "场所", en: "places"), places), (LocalizedText(zh: "工作人员", en: "workers"), workers),
        ]
        for (name, changes) in sheets {
            add(LocalizedText(zh: name.zh + "新增", en: name.en + " added"), changes.added)
            add(LocalizedText(zh: name.zh + "变动", en: name.en + " moved"), changes.moved)
            add(LocalizedText(zh: name.zh + "删除", en: name.en + " gone"), changes.gone)
        }
        return lines
    }

    /// The first names, and how many more there are.
    package static func list(_ names: [String], max: Int) -> LocalizedText {
        let first = Array(names.prefix(max))
        let rest = names.count - first.count
        return LocalizedText(
            zh: first.joined(separator: "、") + (rest > 0 ? " 等" : ""),
            en: first.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : ""))
    }
}

extension RegistryDiff.Changes {
    /// - Parameter from: the rows before with their ids.
    /// - Parameter before: how a row is told; `where` and `now` are where it belongs.
    fileprivate init(
        from old: [(row: Int, id: String)], to new: [(row: Int, id: String)], before: (Int) -> String,
        after: (Int) -> String, where place: (Int) -> Registry.Home, now: (Int) -> Registry.Home
    ) {
        let known = Dictionary(old.map { ($0.id, $0.row) }, uniquingKeysWith: { first, _ in first })
        var kept: Set<String> = []
        for (row, id) in new {
            guard let earlier = known[id] else {
                added.append(after(row))
                continue
            }
            kept.insert(id)
            let (from, to) = (place(earlier), now(row))
            if from.key != to.key { moved.append("\(after(row)) (\(from.shown) → \(to.shown))") }
        }
        gone = old.filter { !kept.contains($0.id) }.map { before($0.row) }
    }
}

extension Registry {
    /// Places that have a row of their own.
    fileprivate var rows: [Int] { places.indices.filter { places[$0].line > 0 } }

    /// Where something belongs: as it is compared, and as it is shown.
    fileprivate struct Home {
        var key: String
        var shown: String
    }

    fileprivate func home(_ resident: Int) -> Home { placed(residents[resident].dwelling) }

    fileprivate func placed(_ place: PlaceID?) -> Home {
        guard let place else { return Home(key: "", shown: "-") }
        return Home(key: address(of: place), shown: places[Int(place.index)].displayName)
    }

    fileprivate func named(_ grids: [GridID]) -> Home {
        let names = grids.map { self.grids[Int($0.index)] }.sorted().joined(separator: "|")
        return Home(key: names, shown: names.isEmpty ? "-" : names)
    }
}
