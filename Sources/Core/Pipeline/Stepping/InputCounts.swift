package import Community
package import Feeds
import RecordLog
import Rules
import StateCoding
import Timekeeping
import Windowing

/// What came in and could not be used as it was meant: credentials that nobody in the registry has, fields that could
/// not be read.
///
/// Counted since the process began: no part of the state, and nothing is decided by it. Bounded: once
/// ``credentialsMax`` credentials are listed, another is only numbered, and takes the rarest one's place when it came
/// more than twice as often; of more than ``fieldsMax`` devices and fields the rest is counted together.
///
/// Every record of an unknown person comes through here, and where the registry has no residents that is every pass:
/// text is made only for a credential that is listed.
package struct InputCounts: Sendable {
    package static let credentialsMax = 256
    package static let fieldsMax = 500
    /// So many of the credentials are shown.
    package static let shownMax = 10

    /// A credential as it may be shown, where it was seen first, and how often.
    package struct Credential: Equatable, Sendable {
        package var masked: String
        package var device: String
        package var count: Int
    }

    /// A field that a device told and that could not be read.
    package struct Field: Equatable, Sendable {
        package var device: String
        package var field: String
        package var count: Int
    }

    private struct Key: Hashable {
        var device: String
        var field: String
    }

    /// Observations of persons that nobody in the registry is.
    package private(set) var strangers = 0
    /// Whether more credentials came than are listed: then a count may lack the first few.
    package private(set) var isRough = false
    private var often = OftenSeen(listedMax: InputCounts.credentialsMax)
    /// By the place that ``often`` gives; the counts stand there.
    private var credentials: [Credential] = []
    private var fields: [Key: Int] = [:]
    /// Of devices and fields beyond the bound.
    package private(set) var otherFields = 0

    package init() {}

    /// Counts an observation of somebody whom the registry does not know, by the name's number in the batch.
    package mutating func count(stranger name: Int32, at device: Reference, _ batch: DecodedBatch, _ registry: Registry)
    {
        strangers += 1
        let bytes = batch.names.bytes(name)
        // The buffer lives as long as the closure.
        let hash = unsafe bytes.withUnsafeBufferPointer { unsafe ByteHash.hash($0) }
        switch often.see(hash) {
        case .listed: return
        case .unlisted: isRough = true
        case .new(let place):
            let new = Credential(
                masked: InputCounts.masked(batch.names[name]), device: batch.name(of: device, registry) ?? "", count: 0)
            if place == credentials.count { credentials.append(new) } else { credentials[place] = new }
        }
    }

    /// Counts what a batch's decoding passed over.
    package mutating func count(unreadableOf batch: DecodedBatch, _ registry: Registry) {
        for (field, count) in batch.unreadable {
            let key = Key(device: String((batch.name(of: field.device, registry) ?? "").prefix(80)), field: field.field)
            if fields[key] != nil || fields.count < InputCounts.fieldsMax {
                fields[key, default: 0] += count
            } else {
                otherFields += count
            }
        }
    }

    /// The most frequent credentials, those first; what looks the same at one device is counted together.
    package var unknownCredentials: [Credential] {
        var shown: [Credential] = []
        var seen: [Key: Int] = [:]
        for (place, listed) in credentials.enumerated() {
            var credential = listed
            credential.count = often.counts[place]
            let key = Key(device: credential.device, field: credential.masked)
            if let place = seen[key] {
                shown[place].count += credential.count
            } else {
                seen[key] = shown.count
                shown.append(credential)
            }
        }
        shown.sort { ($1.count, $0.masked, $0.device) < ($0.count, $1.masked, $1.device) }
        return Array(shown.prefix(InputCounts.shownMax))
    }

    /// All that is counted of fields, the most frequent first.
    package var unreadableFields: [Field] {
        fields.map { Field(device: $0.key.device, field: $0.key.field, count: $0.value) }
            .sorted { ($1.count, $0.device, $0.field) < ($0.count, $1.device, $1.field) }
    }

    /// `04****9C` of a card's number, `c***7` of a shorter code; of three characters and less none.
    package static func masked(_ credential: String) -> String {
        let characters = credential.map { $0.isASCII && ($0.asciiValue ?? 0) < 0x20 ? "?" : $0 }
        let kept = characters.count < 4 ? 0 : characters.count < 8 ? 1 : 2
        if kept == 0 { return String(repeating: "*", count: characters.count) }
        let stars = min(characters.count - 2 * kept, 4)
        return String(characters.prefix(kept)) + String(repeating: "*", count: stars) + String(characters.suffix(kept))
    }
}

extension Pipeline {
    /// Counts what a batch has of lines, records and fields that could not be read.
    package mutating func count(_ batch: DecodedBatch) {
        for refusal in batch.refusals { counters.refused[refusal.code, default: 0] += 1 }
        if !batch.unreadable.isEmpty { inputs.count(unreadableOf: batch, context.registry) }
    }
}

extension Pipeline.Counters {
    func write(to writer: inout StateWriter) {
        for count in [
            records, observations, redelivered, unknownDevices, unknownPersons, unknownOwn, clockFaults,
        ] { writer.integer(count) }
        writer.dictionary(refused) { writer, code, count in
            writer.text(code)
            writer.integer(count)
        }
    }

    init(from reader: inout StateReader) throws(StateError) {
        records = try reader.natural()
        observations = try reader.natural()
        redelivered = try reader.natural()
        unknownDevices = try reader.natural()
        unknownPersons = try reader.natural()
        unknownOwn = try reader.natural()
        clockFaults = try reader.natural()
        refused = try reader.dictionary(ofSize: 2) { (reader) throws(StateError) in
            (try reader.text(), try reader.natural())
        }
    }
}
