import TextForms

/// Credentials that a message writes another way than the sheet: the hexadecimal number of a card with other letters,
/// blanks, separators or `0x` in front (`04:A2:1B:9C`, `0x04A21B9C` and `04a21b9c`), a decimal number with noughts
/// behind its point.
///
/// The law: a form means a person where all credentials of its scope that have it are that person's; with two people's
/// it means nobody, and these are compared as they are written. Looked at only for what is not found as it is written;
/// a look allocates nothing.
struct CredentialForms: Sendable {
    /// Fewer hexadecimal digits are no card's number: `1-2` is not 12.
    static let digitsMin = 4
    static let digitsMax = 64

    private struct Meaning {
        /// A device's id or a feed's name; nil: everywhere.
        var scope: String?
        var device: DeviceID?
        /// −1 where two people have it.
        var resident: Int32
        /// Only a resident's id is written so, which is no credential, but stands in the way of one.
        var isID: Bool
    }

    private var hexadecimal = NameTable()
    private var hexadecimalMeanings: [[Meaning]] = []
    private var numbers = NameTable()
    private var numberMeanings: [[Meaning]] = []

    /// Notes how else a value may be written.
    /// - Parameter resident: −1 where the value itself means nobody.
    mutating func insert(_ value: String, scope: String?, resident: Int32, isID: Bool) {
        let meaning = Meaning(scope: scope, device: nil, resident: resident, isID: isID)
        let bytes = Array(value.utf8)
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe CredentialForms.withHexadecimal(bytes) { form in
                let at = unsafe Int(hexadecimal.insert(form))
                CredentialForms.add(meaning, at, &hexadecimalMeanings)
            }
            // A number with an exponent is a code: 3E12 is hexadecimal.
            guard unsafe bytes.contains(0x2E), unsafe !bytes.contains(where: { $0 | 0x20 == 0x65 }),
                let canonical = unsafe ExactDecimal.canonical(bytes), unsafe !canonical.elementsEqual(bytes)
            else { return }
            let at = Int(numbers.insert(canonical[...]))
            CredentialForms.add(meaning, at, &numberMeanings)
        }
    }

    private static func add(_ meaning: Meaning, _ at: Int, _ meanings: inout [[Meaning]]) {
        if at == meanings.count { meanings.append([]) }
        guard let known = meanings[at].firstIndex(where: { $0.scope == meaning.scope }) else {
            return meanings[at].append(meaning)
        }
        if meanings[at][known].resident != meaning.resident { meanings[at][known].resident = -1 }
        meanings[at][known].isID = meanings[at][known].isID && meaning.isID
    }

    /// Which scopes are devices, once these are known.
    mutating func findScopes(_ device: (String) -> DeviceID?) {
        CredentialForms.findScopes(&hexadecimalMeanings, device)
        CredentialForms.findScopes(&numberMeanings, device)
    }

    private static func findScopes(_ meanings: inout [[Meaning]], _ device: (String) -> DeviceID?) {
        for form in meanings.indices {
            for at in meanings[form].indices { meanings[form][at].device = meanings[form][at].scope.flatMap(device) }
        }
    }

    /// Whether a value begins and ends as a form does: with a hexadecimal digit, a separator or a blank.
    @inline(__always)
    static func canBeForm(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        guard value.count > 0, unsafe isOfForm(value[0]) else { return false }
        return unsafe isOfForm(value[value.count - 1])
    }

    @inline(__always)
    private static func isOfForm(_ byte: UInt8) -> Bool {
        if byte <= 0x3A { return byte == 0x20 || byte == 0x2D || byte == 0x2E || byte >= 0x30 }
        return byte == 0x5F || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
    }

    /// Whom a value means by its form: within its device, else within its feed, else everywhere.
    /// - Parameter isNumber: whether it is a number's canonical form, which is never read as hexadecimal digits; a text
    ///   is compared as a text.
    func find(_ value: UnsafeBufferPointer<UInt8>, device: DeviceID?, feed: String?, isNumber: Bool) -> ResidentID? {
        if isNumber {
            if numbers.count == 0 { return nil }
            // The table reads the caller's buffer within its own count alone.
            let at = unsafe numbers.find(value)
            return at >= 0 ? CredentialForms.resident(numberMeanings[Int(at)], device, feed) : nil
        }
        if hexadecimal.count == 0 { return nil }
        var found: ResidentID?
        unsafe CredentialForms.withHexadecimal(value) { form in
            let at = unsafe hexadecimal.find(form)
            if at >= 0 { found = CredentialForms.resident(hexadecimalMeanings[Int(at)], device, feed) }
        }
        return found
    }

    private static func resident(_ meanings: [Meaning], _ device: DeviceID?, _ feed: String?) -> ResidentID? {
        let told = meanings.filter { !$0.isID && $0.resident >= 0 }
        let scoped = device.flatMap { device in told.first { $0.device == device } }
        let found = scoped ?? feed.flatMap { feed in told.first { $0.scope == feed } } ?? told.first { $0.scope == nil }
        return found.map { ResidentID(index: $0.resident) }
    }

    /// Hands over the hexadecimal digits of a value in small letters; hands over nothing where it has anything but
    /// digits, colons, hyphens, underscores, dots and blanks, or is a decimal number with a point.
    private static func withHexadecimal(
        _ value: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard value.count >= digitsMin, value.count <= 2 * digitsMax else { return }
        var start = 0
        while start < value.count, unsafe value[start] == 0x20 { start += 1 }
        if start + 1 < value.count, unsafe value[start] == 0x30, unsafe value[start + 1] | 0x20 == 0x78 { start += 2 }
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: digitsMax) { form in
            var count = 0
            for index in start..<value.count {
                let byte = unsafe CellList.lower(value[index])
                if byte == 0x3A || byte == 0x2D || byte == 0x20 || byte == 0x2E || byte == 0x5F { continue }
                guard (byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102), count < digitsMax else { return }
                // Sound: count is below the capacity.
                unsafe form.initializeElement(at: count, to: byte)
                count += 1
            }
            guard count >= digitsMin else { return }
            if unsafe value.contains(0x2E), unsafe ExactDecimal.isNumber(value) { return }
            unsafe body(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(form)[..<count]))
        }
    }
}
