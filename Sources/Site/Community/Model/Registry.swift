/// The community as its keepers wrote it down: places, devices, residents, workers, and who is watched together.
///
/// A value that is made once by ``load(_:)`` and never changed. Ids on the wire are looked up as bytes; all numbers are
/// indices of its arrays. A registry of 3,000 flats and 10,000 people is about 6 MB.
package struct Registry: Sendable {
    /// The rows of `places.csv` in file order, then the places that addresses made.
    package internal(set) var places: [Place] = []
    package internal(set) var devices: [Device] = []
    package internal(set) var residents: [Resident] = []
    package internal(set) var workers: [Worker] = []
    /// What departs from the workers' shifts on single days, in the order of the sheet.
    package internal(set) var shiftChanges: [ShiftChange] = []
    /// The grids in the order in which the sheets name them first.
    package internal(set) var grids: [String] = []
    /// In the order of their first watched resident.
    package internal(set) var households: [Household] = []
    /// The rows of residents that could not be taken.
    package internal(set) var leftOut: [LeftOutResident] = []

    package static let empty = Registry()

    /// An array of one: rules and the pipeline pass a registry about for each record, so it must be small to copy.
    var tables = [Tables()]

    struct ScopedMeaning: Sendable {
        var scope: String
        /// The device whose id the scope is, if there is one.
        var device: DeviceID?
        var resident: ResidentID
    }

    /// By id, or by an address as some row wrote it.
    package func place(_ id: String) -> PlaceID? {
        let name = tables[0].placeNames.find(id)
        return name < 0 ? nil : tables[0].placeOfName[Int(name)]
    }

    /// By id, or by an address as some row wrote it.
    package func place(_ id: UnsafeBufferPointer<UInt8>) -> PlaceID? {
        // The table reads the caller's buffer within its own count alone.
        let name = unsafe tables[0].placeNames.find(id)
        return name < 0 ? nil : tables[0].placeOfName[Int(name)]
    }

    package func device(_ id: UnsafeBufferPointer<UInt8>) -> DeviceID? {
        // The table reads the caller's buffer within its own count alone.
        let index = unsafe tables[0].deviceNames.find(id)
        return index < 0 ? nil : DeviceID(index: index)
    }

    package func device(_ id: String) -> DeviceID? {
        let index = tables[0].deviceNames.find(id)
        return index < 0 ? nil : DeviceID(index: index)
    }

    /// By the name that the device has in its own feed: its `identity`, or its id where it has none.
    package func deviceByIdentity(_ identity: UnsafeBufferPointer<UInt8>) -> DeviceID? {
        // The table reads the caller's buffer within its own count alone.
        let name = unsafe tables[0].identities.find(identity)
        return name < 0 ? nil : tables[0].deviceOfIdentity[Int(name)]
    }

    package func deviceByIdentity(_ identity: String) -> DeviceID? {
        let name = tables[0].identities.find(identity)
        return name < 0 ? nil : tables[0].deviceOfIdentity[Int(name)]
    }

    package func resident(_ id: UnsafeBufferPointer<UInt8>) -> ResidentID? {
        // The table reads the caller's buffer within its own count alone.
        let index = unsafe tables[0].residentNames.find(id)
        return index < 0 ? nil : ResidentID(index: index)
    }

    package func resident(_ id: String) -> ResidentID? {
        let index = tables[0].residentNames.find(id)
        return index < 0 ? nil : ResidentID(index: index)
    }

    package func worker(_ id: String) -> WorkerID? {
        let index = tables[0].workerNames.find(id)
        return index < 0 ? nil : WorkerID(index: index)
    }

    package func grid(_ name: String) -> GridID? {
        let index = tables[0].gridNames.find(name)
        return index < 0 ? nil : GridID(index: index)
    }

    /// Whom a value means: as it is written, else in another form.
    /// - Parameter isNumber: whether the value is a number's canonical form.
    package func residentByCredential(
        _ value: UnsafeBufferPointer<UInt8>, device: DeviceID?, feed: String?, isNumber: Bool = false
    ) -> ResidentID? {
        if let known = unsafe residentAsWritten(value, device: device, feed: feed) { return known }
        return unsafe residentByForm(value, device: device, feed: feed, isNumber: isNumber)
    }

    /// Whom a value means as it is written: the credential scoped to its device, else the one scoped to its feed, else
    /// a resident's id or an unscoped credential. Without scoped credentials of this value it is one look-up.
    package func residentAsWritten(
        _ value: UnsafeBufferPointer<UInt8>, device: DeviceID?, feed: String?
    ) -> ResidentID? {
        if !tables[0].scopedMeanings.isEmpty {
            // The table reads the caller's buffer within its own count alone.
            let scoped = unsafe tables[0].scopedValues.find(value)
            if scoped >= 0, let meaning = meaning(scoped, device: device, feed: feed) { return meaning }
        }
        // As above.
        let name = unsafe tables[0].credentials.find(value)
        guard name >= 0, tables[0].residentOfCredential[Int(name)] >= 0 else { return nil }
        return ResidentID(index: tables[0].residentOfCredential[Int(name)])
    }

    /// Whether any credential counts at a device or a feed alone.
    package var hasScopedCredentials: Bool { !tables[0].scopedMeanings.isEmpty }

    /// Whether ``residentByForm(_:device:feed:isNumber:)`` could find anybody: cheap, for most values say no.
    @inline(__always)
    package static func mayBeForm(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe CredentialForms.canBeForm(value)
    }

    /// Whom a value means that the sheet writes another way (``CredentialForms``): weaker than any that is written so.
    /// - Parameter isNumber: whether the value is a number's canonical form.
    package func residentByForm(
        _ value: UnsafeBufferPointer<UInt8>, device: DeviceID?, feed: String?, isNumber: Bool
    ) -> ResidentID? {
        unsafe tables[0].credentialForms.find(value, device: device, feed: feed, isNumber: isNumber)
    }

    package func residentByCredential(_ value: String, device: DeviceID?, feed: String?) -> ResidentID? {
        var copy = value
        // The buffer lives as long as the closure.
        return copy.withUTF8 { unsafe residentByCredential($0, device: device, feed: feed) }
    }

    private func meaning(_ value: Int32, device: DeviceID?, feed: String?) -> ResidentID? {
        let meanings = tables[0].scopedMeanings[Int(value)]
        if let device, let found = meanings.first(where: { $0.device == device }) { return found.resident }
        guard let feed else { return nil }
        return meanings.first { $0.scope == feed }?.resident
    }

    package var watchedCount: Int { residents.count { $0.isWatched } }

    /// The household in which a watched resident is watched; −1 for one who is not watched. O(1).
    package func household(of resident: ResidentID) -> Int32 { tables[0].householdOfResident[Int(resident.index)] }

    /// The household of a dwelling; −1 for a place where nobody is watched. O(1).
    package func household(inDwelling place: PlaceID) -> Int32 { tables[0].householdOfPlace[Int(place.index)] }

    /// How rules and alerts name a household: the dwelling's id, without a dwelling the resident's.
    package func key(ofHousehold household: Int32) -> String {
        let household = households[Int(household)]
        if let dwelling = household.dwelling { return places[Int(dwelling.index)].id }
        return household.residents.first.map { residents[Int($0.index)].id } ?? ""
    }

    /// What people read for a household: the dwelling's name, without a dwelling its key.
    package func displayName(ofHousehold household: Int32) -> String {
        households[Int(household)].dwelling.map { places[Int($0.index)].displayName } ?? key(ofHousehold: household)
    }

    /// By number of a dwelling, how many live there, watched or not. O(residents).
    package var peopleByDwelling: [Int32: Int] {
        residents.reduce(into: [:]) { people, resident in
            if let home = resident.dwelling { people[home.index, default: 0] += 1 }
        }
    }
}

extension Registry {
    /// How names are found, and who lives where.
    struct Tables: Sendable {
        /// Ids of places, and the addresses by which rows named them.
        var placeNames = NameTable()
        var placeOfName: [PlaceID] = []
        var deviceNames = NameTable()
        var identities = NameTable()
        var deviceOfIdentity: [DeviceID] = []
        var residentNames = NameTable()
        var workerNames = NameTable()
        var gridNames = NameTable()
        /// Ids of residents and their unscoped credentials.
        var credentials = NameTable()
        /// −1 where a credential was withdrawn because two people had it.
        var residentOfCredential: [Int32] = []
        /// The values that some scope gives a meaning, and by value the scopes.
        var scopedValues = NameTable()
        var scopedMeanings: [[ScopedMeaning]] = []
        /// How else credentials may be written.
        var credentialForms = CredentialForms()
        var householdOfResident: [Int32] = []
        var householdOfPlace: [Int32] = []
    }

    var placeNames: NameTable {
        get { tables[0].placeNames }
        _modify { yield &tables[0].placeNames }
    }
    var placeOfName: [PlaceID] {
        get { tables[0].placeOfName }
        _modify { yield &tables[0].placeOfName }
    }
    var deviceNames: NameTable {
        get { tables[0].deviceNames }
        _modify { yield &tables[0].deviceNames }
    }
    var identities: NameTable {
        get { tables[0].identities }
        _modify { yield &tables[0].identities }
    }
    var deviceOfIdentity: [DeviceID] {
        get { tables[0].deviceOfIdentity }
        _modify { yield &tables[0].deviceOfIdentity }
    }
    var residentNames: NameTable {
        get { tables[0].residentNames }
        _modify { yield &tables[0].residentNames }
    }
    var workerNames: NameTable {
        get { tables[0].workerNames }
        _modify { yield &tables[0].workerNames }
    }
    var gridNames: NameTable {
        get { tables[0].gridNames }
        _modify { yield &tables[0].gridNames }
    }
    var credentials: NameTable {
        get { tables[0].credentials }
        _modify { yield &tables[0].credentials }
    }
    var residentOfCredential: [Int32] {
        get { tables[0].residentOfCredential }
        _modify { yield &tables[0].residentOfCredential }
    }
    var scopedValues: NameTable {
        get { tables[0].scopedValues }
        _modify { yield &tables[0].scopedValues }
    }
    var scopedMeanings: [[ScopedMeaning]] {
        get { tables[0].scopedMeanings }
        _modify { yield &tables[0].scopedMeanings }
    }
    var credentialForms: CredentialForms {
        get { tables[0].credentialForms }
        _modify { yield &tables[0].credentialForms }
    }
    var householdOfResident: [Int32] {
        get { tables[0].householdOfResident }
        _modify { yield &tables[0].householdOfResident }
    }
    var householdOfPlace: [Int32] {
        get { tables[0].householdOfPlace }
        _modify { yield &tables[0].householdOfPlace }
    }
}
