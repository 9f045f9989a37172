import Feeds
import RecordLog
import Rules
import SiteConfiguration
import StateCoding
import Timekeeping
import Vocabulary
import Windowing

extension Pipeline {
    /// The whole state as bytes, in the form that ``SnapshotHeader`` tells: the same state gives the same bytes.
    ///
    /// A copy of the pipeline is cheap and may be encoded on another thread. Of timers only those of silence are
    /// in it: rules arm the others again.
    /// - Parameters:
    ///   - configuration: the hash of the configuration in force.
    ///   - context: the caller's own; it gets it back with the header.
    package func encoded(configuration: String = "", context: [UInt8] = []) -> [UInt8] {
        var writer = StateWriter(reserving: 1 << 20)
        for byte in SnapshotHeader.magic { writer.byte(byte) }
        writer.word(SnapshotHeader.version)
        writer.word(0 as UInt64)
        SnapshotHeader(record: record, clock: clock, configuration: configuration, context: context).write(to: &writer)
        Renumbering.write(self.context, to: &writer)
        writer.array(rules.indices) { writer, rule in
            let section = writer.open("RULE", version: 1)
            writer.text(rules[rule].name)
            writer.text(rules[rule].kind.rawValue)
            writer.word(fingerprints[rule])
            engines.write(rule: rule, self.context, timers: timers, to: &writer)
            writer.close(section)
        }
        writeRest(to: &writer)
        writeActs(to: &writer)
        var bytes = writer.bytes
        SnapshotHeader.seal(&bytes)
        return bytes
    }

    /// Of the rest of the state, and the first whose heartbeats and doors have today's meaning.
    static let stateVersion: UInt8 = 5
    static let learnsSince: UInt8 = 5

    private func writeRest(to writer: inout StateWriter) {
        let section = writer.open("STAT", version: Pipeline.stateVersion)
        counters.write(to: &writer)
        writer.integer(context.overflow)
        settling.write(to: &writer)
        context.blind.write(to: &writer)
        context.coverage.write(to: &writer)
        clocks.write(to: &writer)
        book.write(rules, to: &writer)
        states.write(to: &writer)
        redelivery.write(to: &writer)
        writer.instant(context.lastRecord)
        countUpdates.write(self, to: &writer)
        drills.write(to: &writer)
        writer.close(section)
    }

    /// What is there only where people act; nothing where nobody ever did.
    private func writeActs(to writer: inout StateWriter) {
        guard hasActs || counters.lostActs > 0 || book.paged > 0 else { return }
        let section = writer.open("ACTS", version: 1)
        writer.truth(hasActs)
        writer.integer(counters.lostActs)
        writer.integer(book.paged)
        over.write(to: &writer)
        writer.close(section)
    }

    private mutating func readActs(_ reader: inout StateReader) throws(StateError) {
        let section = try reader.open("ACTS", version: 1)
        hasActs = try reader.truth()
        counters.lostActs = try reader.natural()
        book.paged = try reader.natural()
        over = try OverAlerts(from: &reader)
        try reader.close(section)
    }

    /// Reads what ``writeRest(to:)`` wrote, of which `numbers` knows the names.
    mutating func readRest(_ reader: StateReader, _ numbers: Renumbering) throws(StateError) {
        var reader = reader
        // 3: of what counts twice nothing was kept but the messages themselves.
        // 4: heartbeats were learned from other reports.
        let (section, version) = try reader.open("STAT", versions: 3...Pipeline.stateVersion)
        counters = try Counters(from: &reader)
        context.overflow = try reader.natural()
        settling = try BacklogPeriod(from: &reader)
        context.blind = try BlindIntervals(from: &reader, version: version)
        try context.coverage.read(from: &reader, numbers)
        clocks = try DeviceClocks(from: &reader, number: numbers.device)
        book = try OpenAlerts(from: &reader, rules, context.registry, version: version)
        context.emergencies = book.allEmergencies
        states = try DeviceStates(from: &reader, numbers)
        redelivery = try Deduplicator(from: &reader, numbers, version: version)
        if version > 3 {
            context.lastRecord = try reader.instant()
            try countUpdates.read(from: &reader, rules)
            if reader.remaining > 0 { try drills.read(from: &reader) }
        } else {
            context.lastRecord = clock
        }
        try reader.close(section)
        if reader.remaining > 0 { try readActs(&reader) }
        guard reader.remaining == 0 else { throw reader.damaged("the end") }
    }
}

extension RuleSettings {
    /// Of everything that changes what the rule's state means: two rules with the same may go on with one another's
    /// state. Not of the name, of texts, of severities and of what is done to machines.
    var fingerprint: UInt64 {
        var text = stateDescription
        // The buffer lives as long as the closure, and is read within its own count alone.
        return text.withUTF8 { unsafe ByteHash.hash($0) }
    }
}
