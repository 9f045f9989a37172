/// Who is watched, as far as two registries can be compared: by person, else by dwelling.
///
/// Somebody who moved is watched as before. Somebody whose id is another now is the same where the dwelling has
/// somebody watched who was not there before. Dwellings are compared as addresses, however they are written.
struct WatchedPeople {
    /// Indices of residents.
    let people: [Int]
    private let registry: Registry

    init(_ registry: Registry) {
        self.registry = registry
        people = registry.residents.indices.filter { registry.residents[$0].isWatched }
    }

    /// Those that are not watched in a later registry; indices of this one's residents.
    func missing(in later: WatchedPeople) -> [Int] {
        let before = Set(people.map { registry.residents[$0].id })
        let after = Set(later.people.map { later.registry.residents[$0].id })
        var newcomers: [String: Int] = [:]
        for person in later.people where !before.contains(later.registry.residents[person].id) {
            if let home = later.home(of: person) { newcomers[home, default: 0] += 1 }
        }
        return people.filter { person in
            if after.contains(registry.residents[person].id) { return false }
            guard let home = home(of: person), let left = newcomers[home], left > 0 else { return true }
            newcomers[home] = left - 1
            return false
        }
    }

    /// The dwelling as an address; its id where it lies in no building; nil for who has none.
    func home(of person: Int) -> String? {
        guard let dwelling = registry.residents[person].dwelling else { return nil }
        return registry.address(of: dwelling)
    }
}

extension Registry {
    /// A place as an address, the same for all its spellings; its id where it lies in no building.
    func address(of place: PlaceID) -> String {
        var parts: [AddressBook.Part] = []
        var at: PlaceID? = place
        while let current = at {
            let here = places[Int(current.index)]
            if here.kind == .building {
                let key = AddressBook.key(building: current, parts: parts.reversed())
                let below = key.drop { $0 != 0x2F }
                return String(decoding: AddressBook.short(here.name) + below, as: UTF8.self)
            }
            guard [.unit, .floor, .dwelling].contains(here.kind) else { break }
            parts.append(AddressBook.Part(kind: here.kind, text: here.name))
            at = here.parent
        }
        return places[Int(place.index)].id
    }

    /// How messages name somebody: `3栋2单元502 罗*华`.
    package func told(_ person: Int) -> String {
        let resident = residents[person]
        let place = resident.dwelling.map { places[Int($0.index)].displayName } ?? resident.id
        return resident.maskedName.isEmpty ? place : place + " " + resident.maskedName
    }
}
