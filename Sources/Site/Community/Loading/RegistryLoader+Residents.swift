import Diagnostics
import Timekeeping

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

/// `residents.csv`. A person's number is given last, when it is known which rows stay.
extension RegistryLoader {
    mutating func loadResidents(_ sheet: Sheet?) {
        guard let sheet else { return }
        let rows = rows(of: sheet)
        var ids = ResidentIDs()
        for row in rows where !row[.id].isEmpty { ids.reserve(row[.id]) }
        var drafts: [Resident] = []
        drafts.reserveCapacity(rows.count)
        for row in rows {
            if let resident = resident(row, &ids) {
                drafts.append(resident)
            } else {
                registry.leftOut.append(RegistryLoader.leftOut(row))
            }
        }
        let withdrawn = tellSharedCredentials(drafts, rows)
        appendResidents(drafts, withdrawn)
    }

    /// - Returns: nil where the row is left out, which is told: its id or its dwelling cannot be read.
    private mutating func resident(_ row: SheetRow, _ ids: inout ResidentIDs) -> Resident? {
        var isGood = true
        let (dwelling, address) = dwelling(row, &isGood)
        // The id is taken before the other cells are looked at: who is `.2` must not depend on a typing error in `.1`.
        let id = residentID(row, address, &ids, &isGood)
        let livesAlone = CellReading.yesNo(row[.livesAlone])
        if livesAlone == nil { tell(.badYesNo(row.text(.livesAlone)), row, .livesAlone) }
        let inactiveAfter = duration(row, .inactiveAfter)
        let away = absence(row)
        let credentials = credentials(row)
        let born = day(row, .born)
        let since = day(row, .since)
        let phone = phone(row)
        let family = contacts(row)
        let consent = CellReading.yesNo(row[.consent])
        if consent == nil { tell(.badConsent(row.text(.consent)), row, .consent) }
        guard isGood, let id else { return nil }
        return Resident(
            id: id, dwelling: dwelling, name: row.text(.name), phone: phone, care: RegistryLoader.care(row),
            inactiveAfter: inactiveAfter, awayFrom: away.from, awayUntil: away.until, credentials: credentials,
            born: born, family: family, mayTellFamily: consent == true,
            keyHolder: RegistryLoader.list(row, .keyHolder), since: since,
            note: row.text(.note), line: row.line)
    }

    /// Why the person is watched. Where a row does not let that be known, the person is.
    static func care(_ row: SheetRow) -> [String] {
        let livesAlone = CellReading.yesNo(row[.livesAlone])
        let words = Care.words(row[.care], livesAlone: livesAlone == true)
        guard words.isEmpty else { return words }
        let isUnknown = livesAlone == nil || row.isGivenUp(.care) || row.isGivenUp(.livesAlone) || isShifted(row)
        return isUnknown ? [Care.unknown] : []
    }

    /// Whether what belongs to the columns of care may stand to the right of them.
    private static func isShifted(_ row: SheetRow) -> Bool {
        guard row.surplus > 0 else { return false }
        return [SheetField.care, .livesAlone].contains { field in
            let column = row.sheet.columns[field.rawValue]
            guard column >= 0 else { return false }
            return (1...row.surplus).contains { shift in
                let cell = row.sheet.content(row.row, column: column + shift)
                return field == .care ? !Care.words(cell, livesAlone: false).isEmpty : CellReading.yesNo(cell) == true
            }
        }
    }

    private static func leftOut(_ row: SheetRow) -> LeftOutResident {
        var at = row[.dwelling]
        if at.isEmpty { at = joined([row[.building], row[.unit], row[.room]]) }
        if at.isEmpty { at = row[.id] }
        return LeftOutResident(
            maskedName: Resident.masked(UnplacedDiagnostic.shown(row.text(.name))),
            place: UnplacedDiagnostic.shown(String(decoding: at, as: UTF8.self)), line: row.line,
            isWatched: !care(row).isEmpty)
    }

    /// First and last day. Without a first day that can be read it may have been meant for another year.
    private mutating func absence(_ row: SheetRow) -> (from: Day?, until: Day?) {
        let from = day(row, .awayFrom)
        let until = day(row, .awayUntil)
        if from == nil, until != nil, !row.raw(.awayFrom).isEmpty {
            tell(.awayWithoutStart(), row, .awayUntil)
            return (nil, nil)
        }
        if let from, let until, until < from {
            tell(.awayBackwards(), row, .awayUntil)
            return (nil, nil)
        }
        return (from, until)
    }

    /// The dwelling, and the address from which an id is derived.
    private mutating func dwelling(_ row: SheetRow, _ isGood: inout Bool) -> (PlaceID?, String?) {
        let written: ArraySlice<UInt8>
        switch address(row, whole: .dwelling) {
        case .none: return (nil, nil)
        case .destroyed:
            isGood = false
            return (nil, nil)
        case .incomplete:
            tell(.incompleteAddress(), row, row[.building].isEmpty ? .building : .room)
            isGood = false
            return (nil, nil)
        case .written(let bytes): written = bytes
        }
        let field: SheetField = row[.dwelling].isEmpty ? .building : .dwelling
        let text = String(decoding: written, as: UTF8.self)
        switch resolve(written, lastKind: row[.dwelling].isEmpty ? .dwelling : nil) {
        case .place(let place):
            let found = registry.places[Int(place.index)]
            if found.kind == .dwelling { return (place, found.id) }
            tell(.notADwelling(text), row, field)
        case .leftOut(let line):
            let lost = LocalizedText(zh: "此人按没有住址处理", en: "the person is read as if there were no dwelling")
            tell(.leftOutReference(text, line: line, lost), row, field)
            return (nil, text)
        case .ambiguousBuilding(let building): tell(.ambiguousBuilding(building), row, field)
        case .unknown: tell(.unknownDwelling(text, nearest: nearestPlace(text)), row, field)
        }
        isGood = false
        return (nil, nil)
    }

    private mutating func residentID(
        _ row: SheetRow, _ address: String?, _ ids: inout ResidentIDs, _ isGood: inout Bool
    ) -> String? {
        if row.isGivenUp(.id) {
            isGood = false
            return nil
        }
        let written = row[.id]
        if written.isEmpty {
            if let address { return ids.derive(from: address) }
            // Where the address is wrong, that was told, and the id would follow from it.
            if isGood { tell(.missingID(.residents), row, .id) }
            isGood = false
            return nil
        }
        if let line = ids.take(written, line: row.line) {
            tell(.duplicateID(row.text(.id), firstLine: line), row, .id)
            isGood = false
        }
        return row.text(.id)
    }

    private mutating func day(_ row: SheetRow, _ field: SheetField) -> Day? {
        let cell = row[field]
        if cell.isEmpty { return nil }
        if let day = CellReading.day(cell) { return day }
        tell(.badDate(row.text(field)), row, field)
        return nil
    }

    /// Numbers that have the wrong length are kept as they are; what is no number is not.
    mutating func phone(_ row: SheetRow) -> String {
        let cell = row[.phone]
        if cell.isEmpty { return "" }
        if row.hasDamagedList(.phone) { return RegistryLoader.list(row, .phone) }
        if CellReading.isPhone(cell) { return row.text(.phone) }
        if CellReading.isNoPhone(cell) {
            tell(.notAPhone(), row, .phone)
            return ""
        }
        tell(.badPhone(), row, .phone)
        return row.text(.phone)
    }

    /// `a|b|gate-north:22`. A card's number may have colons itself (`04:A2:1B`): two hexadecimal digits are no scope.
    private mutating func credentials(_ row: SheetRow) -> [Credential] {
        if row[.credentials].isEmpty { return [] }
        var credentials: [Credential] = []
        for item in RegistryLoader.items(row, .credentials) {
            let (before, after) = CellList.pair(item)
            if before.isEmpty || after?.isEmpty == true {
                tell(.badCredential(), row, .credentials)
            } else if let after, !RegistryLoader.isBytePair(before) {
                let scope = String(decoding: before, as: UTF8.self)
                credentials.append(Credential(scope: scope, value: String(decoding: after, as: UTF8.self)))
            } else {
                credentials.append(Credential(scope: nil, value: String(decoding: item, as: UTF8.self)))
            }
        }
        return credentials
    }

    private static func isBytePair(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 2
            && text.allSatisfy { ($0 >= 48 && $0 <= 57) || (CellList.lower($0) >= 97 && CellList.lower($0) <= 102) }
    }

    /// `name:phone`, several separated; a number or a name alone is read as what it is.
    private mutating func contacts(_ row: SheetRow) -> [Contact] {
        if row[.contacts].isEmpty { return [] }
        var contacts: [Contact] = []
        for item in RegistryLoader.items(row, .contacts) {
            var (name, phone) = CellList.pair(item)
            if phone == nil, name.contains(where: { $0 >= 48 && $0 <= 57 }) { (name, phone) = ([], name) }
            if let written = phone, !written.isEmpty, !CellReading.isPhone(written) {
                if CellReading.isNoPhone(written) {
                    tell(.notAPhone(), row, .contacts)
                    phone = nil
                    if name.isEmpty { continue }
                } else {
                    tell(.badPhone(), row, .contacts)
                }
            }
            contacts.append(
                Contact(
                    name: String(decoding: name, as: UTF8.self), phone: String(decoding: phone ?? [], as: UTF8.self)))
        }
        return contacts
    }
}

/// The ids of residents, given and derived.
struct ResidentIDs {
    private var written = NameTable()
    private var lines: [Int] = []
    private var derived = NameTable()
    /// By address from which ids were derived: the number that the next one tries.
    private var addresses = NameTable()
    private var numbers: [Int] = []

    /// All ids of the sheet are known before the first is derived, so that none is derived twice.
    mutating func reserve(_ id: ArraySlice<UInt8>) {
        if Int(written.insert(id)) == lines.count { lines.append(0) }
    }

    /// - Returns: the line of the row that has it already, else nil.
    mutating func take(_ id: ArraySlice<UInt8>, line: Int) -> Int? {
        let at = Int(written.insert(id))
        if at == lines.count { lines.append(0) }
        if lines[at] != 0 { return lines[at] }
        lines[at] = line
        return nil
    }

    /// The address for the first person there, then `.2`, `.3` …
    mutating func derive(from address: String) -> String {
        let at = Int(addresses.insert(address))
        if at == numbers.count { numbers.append(1) }
        while true {
            let id = numbers[at] == 1 ? address : "\(address).\(numbers[at])"
            numbers[at] += 1
            let count = derived.count
            if written.find(id) < 0, Int(derived.insert(id)) == count { return id }
        }
    }
}

/// The words for why somebody is watched.
enum Care {
    /// Of somebody whose row does not let it be known.
    static let unknown = "关爱"

    static func words(_ cell: ArraySlice<UInt8>, livesAlone: Bool) -> [String] {
        if cell.isEmpty { return livesAlone ? ["独居"] : [] }
        var words: [String] = []
        for item in CellList.divide(cell, at: .words) {
            let word = canonical(String(decoding: item, as: UTF8.self))
            if let word, !words.contains(word) { words.append(word) }
        }
        if livesAlone, !words.contains("独居") { words.insert("独居", at: 0) }
        return words
    }

    /// nil where the word says that there is none.
    private static func canonical(_ written: String) -> String? {
        switch written.lowercased() {
        case "no", "none", "n", "0", "否", "无", "没有", "-", "—", "×": nil
        case "yes", "y", "1", "是", "√", "✓", "有", "关爱": unknown
        case "独居老人", "alone", "lives_alone", "living_alone", "独": "独居"
        case "空巢老人", "empty_nest", "empty-nest": "空巢"
        case "高龄老人", "aged", "very_old", "elderly": "高龄"
        case "残疾人", "残障", "disabled": "残疾"
        case "大病后", "病愈", "术后", "after_illness", "convalescent": "病后"
        default: written
        }
    }
}
