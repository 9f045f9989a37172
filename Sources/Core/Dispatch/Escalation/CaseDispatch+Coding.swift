import SiteConfiguration
package import StateCoding
import Timekeeping
import Vocabulary

// The form in which the ledger keeps it. Writing and reading stand field by field in one order.

extension CaseDispatch {
    private static let version: UInt8 = 1

    /// O(its bytes).
    package var bytes: [UInt8] {
        var writer = StateWriter(reserving: page.count + 256)
        let section = writer.open("CASE", version: CaseDispatch.version)
        writer.text(alert)
        writer.word(record)
        writer.integer(ordinal)
        writer.blob(page)
        plan.write(to: &writer)
        writer.text(state.rawValue)
        writer.integer(tier)
        writer.integer(round)
        writer.optional(pressedSince) { $0.integer($1) }
        writer.optional(pressedBy) { $0.text($1) }
        writer.truth(isExhausted)
        writer.truth(isLate)
        for path in Timers.paths { writer.instant(ifAny: timers[keyPath: path]) }
        writer.instant(ifAny: suspendedAt)
        writer.instant(ifAny: resume)
        writer.array(told) { writer, told in
            told.destination.write(to: &writer)
            writer.integer(told.round)
            writer.truth(told.isWithdrawn)
        }
        writer.array(returnedBy) { $0.text($1) }
        writer.optional(assignee) { $0.text($1) }
        writer.optional(handler) { $0.text($1) }
        writer.integer(checkTellings)
        writer.close(section)
        return writer.bytes
    }

    package init(_ bytes: [UInt8]) throws(StateError) {
        var reader = StateReader(bytes)
        let section = try reader.open("CASE", version: CaseDispatch.version)
        self.init(try reader.text())
        record = try reader.signedWord()
        ordinal = try reader.integer32()
        page = try reader.blob()
        plan = try DispatchPlan(from: &reader)
        guard let state = AlertState(rawValue: try reader.text()) else { throw reader.damaged("an alert's state") }
        self.state = state
        tier = try reader.integer()
        round = try reader.integer()
        pressedSince = try reader.optional { (reader) throws(StateError) in try reader.integer() }
        pressedBy = try reader.optional { (reader) throws(StateError) in try reader.text() }
        isExhausted = try reader.truth()
        isLate = try reader.truth()
        for path in Timers.paths { timers[keyPath: path] = try reader.instantIfAny() }
        suspendedAt = try reader.instantIfAny()
        resume = try reader.instantIfAny()
        told = try reader.array(ofSize: 5) { (reader) throws(StateError) in
            let destination = try Routing.Destination(from: &reader)
            let round = try reader.integer()
            return Told(destination: destination, round: round, isWithdrawn: try reader.truth())
        }
        returnedBy = try reader.array(ofSize: 1) { (reader) throws(StateError) in try reader.text() }
        assignee = try reader.optional { (reader) throws(StateError) in try reader.text() }
        handler = try reader.optional { (reader) throws(StateError) in try reader.text() }
        checkTellings = try reader.integer()
        try reader.close(section)
        guard (-1..<max(1, plan.tiers.count)).contains(tier) else { throw reader.damaged("a tier of the plan") }
    }
}

extension Routing.Destination {
    fileprivate func write(to writer: inout StateWriter) {
        writer.text(way.channel)
        writer.text(way.recipient)
        writer.optional(route) { $0.integer($1) }
        writer.optional(worker) { $0.text($1) }
        writer.optional(role) { $0.text($1) }
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let channel = try reader.text()
        let recipient = try reader.text()
        way = Routing.Way(channel: channel, recipient: recipient)
        route = try reader.optional { (reader) throws(StateError) in try reader.integer() }
        worker = try reader.optional { (reader) throws(StateError) in try reader.text() }
        role = try reader.optional { (reader) throws(StateError) in try reader.text() }
    }
}

extension DispatchPlan {
    fileprivate func write(to writer: inout StateWriter) {
        writer.array(routes) { $0.integer($1) }
        writer.array(tiers) { writer, tier in
            writer.word(tier.after.count)
            writer.array(tier.parts) { writer, part in
                writer.integer(part.route)
                writer.truth(part.isDesk)
                writer.array(part.targets) { $1.write(to: &$0) }
            }
        }
        writer.array(check.by) { $1.write(to: &$0) }
        writer.word(check.within.count)
        writer.truth(isSelfChecked)
        writer.optional(`repeat`) { $0.word($1.count) }
    }

    fileprivate init(from reader: inout StateReader) throws(StateError) {
        routes = try reader.array(ofSize: 1) { (reader) throws(StateError) in try reader.integer() }
        tiers = try reader.array(ofSize: 10) { (reader) throws(StateError) in
            let after = Milliseconds(try reader.signedWord())
            let parts = try reader.array(ofSize: 3) { (reader) throws(StateError) in
                let route = try reader.integer()
                let isDesk = try reader.truth()
                return Part(route: route, targets: try Target.array(from: &reader), isDesk: isDesk)
            }
            return Tier(after: after, parts: parts)
        }
        let by = try Target.array(from: &reader)
        check = CheckSettings(by: by, within: Milliseconds(try reader.signedWord()))
        isSelfChecked = try reader.truth()
        `repeat` = try reader.optional { (reader) throws(StateError) in Milliseconds(try reader.signedWord()) }
    }
}

extension Target {
    fileprivate func write(to writer: inout StateWriter) {
        let (kind, name): (UInt8, String) =
            switch self {
            case .channel(let name): (0, name)
            case .role(let name): (1, name)
            case .worker(let name): (2, name)
            }
        writer.byte(kind)
        writer.text(name)
    }

    fileprivate static func array(from reader: inout StateReader) throws(StateError) -> [Target] {
        try reader.array(ofSize: 2) { (reader) throws(StateError) in
            let kind = try reader.byte()
            let name = try reader.text()
            switch kind {
            case 0: return .channel(name)
            case 1: return .role(name)
            case 2: return .worker(name)
            default: throw reader.damaged("a target")
            }
        }
    }
}
