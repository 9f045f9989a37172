import Diagnostics

/// Who is meant by a credential, and that it is one person alone.
extension RegistryLoader {
    /// - Returns: credentials that two people had, as ``name(of:)`` writes them. They cost themselves and nobody's row.
    mutating func tellSharedCredentials(_ drafts: [Resident], _ rows: [SheetRow]) -> Set<String> {
        var withdrawn: Set<String> = []
        var names = NameTable()
        var ownerOfName: [Int] = []
        for (i, draft) in drafts.enumerated() where Int(names.insert(draft.id)) == ownerOfName.count {
            ownerOfName.append(i)
        }
        // Drafts are rows in their order, some left out, so one pass finds each one's row.
        var rest = rows[...]
        for (i, draft) in drafts.enumerated() where !draft.credentials.isEmpty {
            var first: Int?
            for credential in draft.credentials {
                let name = RegistryLoader.name(of: credential)
                let at = Int(names.insert(name))
                if at == ownerOfName.count {
                    ownerOfName.append(i)
                } else if ownerOfName[at] != i {
                    first = first ?? ownerOfName[at]
                    // An id stays what it is; a credential that is not one person's counts for nobody.
                    if name != drafts[ownerOfName[at]].id { withdrawn.insert(name) }
                }
            }
            guard let first else { continue }
            rest = rest.drop { $0.line < draft.line }
            if let row = rest.first { tell(.duplicateCredential(firstLine: drafts[first].line), row, .credentials) }
        }
        return withdrawn
    }

    /// The unit separator cannot be typed into a cell by accident, so scope and value cannot run together.
    private static func name(of credential: Credential) -> String {
        guard let scope = credential.scope else { return credential.value }
        return scope + "\u{1F}" + credential.value
    }

    mutating func appendResidents(_ drafts: [Resident], _ withdrawn: Set<String>) {
        registry.residents.reserveCapacity(drafts.count)
        for draft in drafts {
            let index = registry.residentNames.insert(draft.id)
            // Ids go first: a derived one could be the credential of somebody above, which was told.
            if Int(registry.credentials.insert(draft.id)) == registry.residentOfCredential.count {
                registry.residentOfCredential.append(index)
            }
            registry.credentialForms.insert(draft.id, scope: nil, resident: index, isID: true)
            registry.residents.append(draft)
        }
        for (i, resident) in registry.residents.enumerated() {
            for credential in resident.credentials {
                let isWithdrawn =
                    !withdrawn.isEmpty && withdrawn.contains(RegistryLoader.name(of: credential))
                registry.credentialForms.insert(
                    credential.value, scope: credential.scope, resident: isWithdrawn ? -1 : Int32(i), isID: false)
                if isWithdrawn { continue }
                append(credential, ResidentID(index: Int32(i)))
            }
        }
    }

    private mutating func append(_ credential: Credential, _ resident: ResidentID) {
        guard let scope = credential.scope else {
            if Int(registry.credentials.insert(credential.value)) == registry.residentOfCredential.count {
                registry.residentOfCredential.append(resident.index)
            }
            return
        }
        let at = Int(registry.scopedValues.insert(credential.value))
        if at == registry.scopedMeanings.count { registry.scopedMeanings.append([]) }
        registry.scopedMeanings[at].append(
            Registry.ScopedMeaning(scope: scope, device: nil, resident: resident))
    }

    /// Which scopes are devices, once these are known. A scope that is none may be a feed's name.
    mutating func findScopes() {
        for value in registry.scopedMeanings.indices {
            for i in registry.scopedMeanings[value].indices {
                let device = registry.device(registry.scopedMeanings[value][i].scope)
                registry.scopedMeanings[value][i].device = device
            }
        }
        // Taken out meanwhile, so that the registry is not copied.
        var forms = registry.credentialForms
        registry.credentialForms = CredentialForms()
        forms.findScopes { registry.device($0) }
        registry.credentialForms = forms
    }

    /// The watched of one dwelling are one household; who is watched and has no dwelling is one alone.
    mutating func formHouseholds() {
        registry.householdOfResident = [Int32](repeating: -1, count: registry.residents.count)
        registry.householdOfPlace = [Int32](repeating: -1, count: registry.places.count)
        for (i, resident) in registry.residents.enumerated() where resident.isWatched {
            let id = ResidentID(index: Int32(i))
            var household = Int32(registry.households.count)
            if let dwelling = resident.dwelling, registry.householdOfPlace[Int(dwelling.index)] >= 0 {
                household = registry.householdOfPlace[Int(dwelling.index)]
                registry.households[Int(household)].residents.append(id)
            } else {
                registry.households.append(Household(dwelling: resident.dwelling, residents: [id]))
                if let dwelling = resident.dwelling { registry.householdOfPlace[Int(dwelling.index)] = household }
            }
            registry.householdOfResident[i] = household
        }
    }
}
