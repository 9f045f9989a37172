import Community

/// Whom a worker may call about a case: the people whom it is about, their families, who keeps a key. The only place
/// where a phone number leaves the registry for a page.
struct CaseContacts: Sendable {
    struct Person: Sendable {
        var name: String
        var phone: String
    }

    var residents: [Person] = []
    var family: [Person] = []
    var keyHolders: [String] = []

    /// O(residents).
    /// - Parameters:
    ///   - person: ids of residents with `|` between them.
    ///   - place: where nobody is named, those who live there.
    init(_ registry: Registry, person: String?, place: String?) {
        let ids = person.map { $0.split(separator: "|").compactMap { registry.resident(String($0)) } } ?? []
        var people = ids.map { registry.residents[Int($0.index)] }
        if people.isEmpty,
            let dwelling = place.flatMap({ registry.place($0) }).flatMap({
                registry.places[Int($0.index)].dwelling
            })
        {
            people = registry.residents.filter { $0.dwelling == dwelling }
        }
        for resident in people {
            residents.append(Person(name: resident.maskedName, phone: resident.phone))
            family += resident.family.map { Person(name: $0.name, phone: $0.phone) }
            if !resident.keyHolder.isEmpty { keyHolders.append(resident.keyHolder) }
        }
    }
}
