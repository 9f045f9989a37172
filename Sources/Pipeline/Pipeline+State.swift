import RecordLog
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping

extension Pipeline {
    /// The whole state as bytes, in the form that ``SnapshotHeader`` tells: the same state gives the same bytes.
    ///
    /// A copy of the pipeline is cheap and may be encoded on another thread. Timers are not in it: rules arm them anew.
    /// - Parameters:
    ///   - configuration: the hash of the configuration in force.
    ///   - context: the caller's own; it gets it back with the header.
    package func encoded(configuration: String = "", context: [UInt8] = []) -> [UInt8] {
        var writer = StateWriter(reserving: 1 << 20)
        for byte in SnapshotHeader.magic { writer.byte(byte) }
        writer.word(SnapshotHeader.version)
        writer.word(0 as UInt64)
        SnapshotHeader(record: record, clock: clock, configuration: configuration, context: context).write(to: &writer)
        Renumbering.write(surroundings, to: &writer)
        writer.integer(programs.count)
        for (rule, program) in zip(rules, programs) {
            let section = writer.open("RULE", version: 1)
            writer.text(rule.name)
            writer.text(rule.kind.rawValue)
            writer.word(rule.fingerprint)
            switch program {
            case .noMovement(let index): noMovements[index].write(to: &writer)
            case .sighting(let index): sightings[index].write(surroundings, to: &writer)
            }
            writer.close(section)
        }
        writeRest(to: &writer)
        var bytes = writer.bytes
        SnapshotHeader.seal(&bytes)
        return bytes
    }

    private func writeRest(to writer: inout StateWriter) {
        let section = writer.open("STAT", version: 1)
        counters.write(to: &writer)
        writer.integer(surroundings.overflow)
        settling.write(to: &writer)
        blind.write(to: &writer)
        states.write(to: &writer)
        redelivery.write(to: &writer)
        writer.close(section)
    }

    /// Reads what ``writeRest(to:)`` wrote, of which `numbers` knows the names.
    mutating func readRest(_ reader: StateReader, _ numbers: Renumbering) throws(StateError) {
        var reader = reader
        let section = try reader.open("STAT", version: 1)
        counters = try Counters(from: &reader)
        surroundings.overflow = try reader.natural()
        settling = try Settling(from: &reader)
        blind = try BlindIntervals(from: &reader)
        states = try DeviceStates(from: &reader, numbers)
        redelivery = try Redelivery(from: &reader, numbers)
        try reader.close(section)
        guard reader.remaining == 0 else { throw reader.damaged("the end") }
    }
}

extension RuleSettings {
    /// Of everything that changes what the rule's state means: two rules with the same may go on with one another's
    /// state. Not of the name, of texts, of severities and of what is done to machines.
    var fingerprint: UInt64 {
        var writer = StateWriter()
        writer.text(kind.rawValue)
        switch kind {
        case .noMovement:
            writer.words(stages.map { UInt64(bitPattern: $0.after.count) })
            writer.words(evidence.kinds.map { UInt64($0.rawValue) }.sorted())
            writer.integer(evidence.count)
            writer.word(evidence.within.count)
        default:
            for names in [zone.sorted(), places.sorted()] {
                writer.integer(names.count)
                for name in names { writer.text(name) }
            }
            writer.word(confidence.bitPattern)
            writer.integer(confirm.count)
            writer.word(confirm.within.count)
            writer.integer(confirm.devices)
            writer.word(merge.count)
            writer.text(key.rawValue)
        }
        // The buffer lives as long as the closure, and is read within its own count alone.
        return unsafe writer.bytes.withUnsafeBufferPointer { unsafe ByteHash.hash($0) }
    }
}
