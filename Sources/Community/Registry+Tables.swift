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
