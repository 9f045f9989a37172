package import Community
import Rules
package import SiteConfiguration
package import StateCoding
import Timekeeping
import Vocabulary
import Windowing

extension Pipeline {
    /// What a restoration would need, without doing it. Reads names alone.
    package static func plan(
        for bytes: [UInt8], settings: Settings, registry: Registry
    ) throws(StateError) -> RestorePlan {
        let snapshot = try Snapshot(bytes)
        var names = snapshot.names
        let homes = try Renumbering.homes(from: &names, of: registry)
        var plan = RestorePlan(header: snapshot.header)
        plan.newHouseholds = registry.households.count - homes.count { $0 >= 0 }
        plan.changedRules = snapshot.changed(settings.rules, settings.rules.map(\.fingerprint))
        let watches = settings.allRules.contains { $0.kind == .noMovement }
        plan.hasOldMeaning = try snapshot.hasOldMeaning
        plan.needsWarming =
            !plan.changedRules.isEmpty || watches && plan.newHouseholds > 0 || plan.hasOldMeaning
        return plan
    }

    /// The pipeline that goes on where a snapshot was made, under today's configuration and registry.
    ///
    /// A rule goes by its name or its `was`. With the same fingerprint its state is the snapshot's. Of a new or changed
    /// rule, and of a home that the snapshot does not have, the state is that of `warmed`, where what is open has not
    /// been told: it is raised when timers fire next, once. What the snapshot has open, and what was done to a machine,
    /// was told and done: it goes on whatever changed. Without `warmed`, what is new is counted from the snapshot's
    /// clock.
    /// - Parameter warmed: run with the same settings and registry over the journal up to the snapshot's record.
    package static func restored(
        from bytes: [UInt8], settings: Settings, registry: Registry, over warmed: Pipeline? = nil
    ) throws(StateError) -> (pipeline: Pipeline, report: RestoreReport) {
        let snapshot = try Snapshot(bytes)
        var fresh = Pipeline(settings: settings, registry: registry)
        fresh.record = snapshot.header.record
        fresh.clock = snapshot.header.clock
        if fresh.clock > .distantPast {
            // Its timers are armed behind all reading, from what was read.
            var unused = fresh.timers
            fresh.engines.begin(at: fresh.clock, fresh.context, timers: &unused)
        }
        var names = snapshot.names
        var numbers = try Renumbering(from: &names, into: fresh.context)
        var report = RestoreReport(snapshot, numbers, fresh)

        var pipeline = fresh
        let wanting = try pipeline.readRules(snapshot, &numbers)
        pipeline.take(numbers.context)
        try pipeline.readRest(snapshot.rest, numbers)
        if let warmed {
            try pipeline.fill(wanting, from: Snapshot(warmed.encoded()), on: fresh)
            report.warmedRules = report.coldRules
            report.coldRules = []
            if try snapshot.hasOldMeaning { pipeline.learn(from: warmed) }
        }
        pipeline.engines.rearm(timers: &pipeline.timers)
        pipeline.countUpdates.rearm(&pipeline.timers)
        for drill in pipeline.drills.deadlines {
            pipeline.timers.others.arm(.init(owner: pipeline.drills.owner, key: drill.place), at: drill.ends)
        }
        return (pipeline, report)
    }

    /// A built-in rule was not there before: it looks at none of the records that are stepped over until it is
    /// released.
    package var holdsBuiltIns: Bool { engines.incidents.contains(where: \.isHeld) }

    /// Without a snapshot, in a store of a version that had no built-in rules.
    package mutating func holdBuiltIns() {
        for (place, rule) in rules.enumerated() where rule.isBuiltIn { engines.hold(rule: place) }
    }

    /// What comes now comes after the upgrade.
    package mutating func releaseBuiltIns() { engines.release() }

    /// What a snapshot leaves open of one rule.
    private enum Wanting {
        case homes([Int], isChanged: Bool)
        case everything
    }

    /// Reads what the snapshot has of today's rules.
    /// - Returns: by place of the rule, what it does not tell.
    private mutating func readRules(
        _ snapshot: Snapshot, _ numbers: inout Renumbering
    ) throws(StateError) -> [Int: Wanting] {
        var wanting: [Int: Wanting] = [:]
        for (place, rule) in rules.enumerated() {
            let written = snapshot.rule(for: rule)
            let isSame = written?.fingerprint == fingerprints[place]
            if case .noMovement(let index) = engines.slots[place] {
                var found = [Bool](repeating: false, count: registryHomes)
                if let written {
                    var reader = snapshot.reader(of: written)
                    found = try engines.noMovements[index].read(from: &reader, &numbers, isSame: isSame)
                }
                let homes = found.indices.filter { !found[$0] || !isSame && !engines.noMovements[index].isOpen($0) }
                if !isSame || !homes.isEmpty { wanting[place] = .homes(homes, isChanged: !isSame) }
                continue
            }
            if let written {
                var reading = Reading(reader: snapshot.reader(of: written), numbers: numbers, isSame: isSame)
                var unused = Timers()
                try engines.visit(rule: place, &reading, timers: &unused)
                numbers = reading.numbers
            }
            // A built-in rule looks at what comes from now on: it is never warmed.
            if !isSame, !rule.isBuiltIn { wanting[place] = .everything }
            if written == nil, rule.isBuiltIn { engines.hold(rule: place) }
        }
        return wanting
    }

    /// Fills from a pipeline that was run over the journal what the snapshot does not tell. By way of its names as
    /// well: it met unknown devices and topics in another order.
    /// - Parameter fresh: with nothing in it but the snapshot's clock.
    private mutating func fill(
        _ wanting: [Int: Wanting], from warmed: Snapshot, on fresh: Pipeline
    ) throws(StateError) {
        var names = warmed.names
        var numbers = try Renumbering(from: &names, into: context)
        for (place, rule) in rules.enumerated() {
            guard let wanted = wanting[place], let written = warmed.rule(for: rule) else { continue }
            switch (wanted, engines.slots[place]) {
            case (.homes(let homes, let isChanged), .noMovement(let index)):
                var reader = warmed.reader(of: written)
                var rule = fresh.engines.noMovements[index]
                _ = try rule.read(from: &reader, &numbers, isSame: true)
                engines.noMovements[index].fill(homes, from: rule, countsOfAll: isChanged)
            default:
                var filling = Filling(reader: warmed.reader(of: written), numbers: numbers)
                try engines.visit(rule: place, beside: fresh.engines, &filling)
                numbers = filling.numbers
            }
        }
        take(numbers.context)
    }

    /// Takes what has another meaning since the snapshot from a pipeline of the same settings and registry that was run
    /// over the journal.
    private mutating func learn(from warmed: Pipeline) {
        context.coverage = warmed.context.coverage
        for place in engines.noMovements.indices {
            for home in 0..<registryHomes {
                engines.noMovements[place].takeDoor(home, from: warmed.engines.noMovements[place])
            }
        }
    }

    /// An engine as it was written; of changed settings only what was told and done.
    private struct Reading: EngineVisitor {
        var reader: StateReader
        var numbers: Renumbering
        let isSame: Bool

        mutating func visit<Engine: RuleEngine>(
            _ engine: inout Engine, timers: inout Timers
        ) throws(StateError) {
            var saved = engine
            try saved.read(from: &reader, &numbers)
            if isSame { engine = saved } else { engine.adopt(toldBy: saved) }
        }
    }

    /// An engine as it was warmed, with what was told and done before.
    private struct Filling: EnginePairVisitor {
        var reader: StateReader
        var numbers: Renumbering

        mutating func visit<Engine: RuleEngine>(
            _ engine: inout Engine, beside fresh: Engine
        ) throws(StateError) {
            var warmed = fresh
            try warmed.read(from: &reader, &numbers)
            warmed.adopt(toldBy: engine)
            engine = warmed
        }
    }

    private var registryHomes: Int { context.registry.households.count }

    /// Today's names; names that found no room were counted by the one who wrote the snapshot.
    private mutating func take(_ names: RuleContext) {
        let before = context
        context = names
        context.overflow = before.overflow
        context.coverage = before.coverage
        context.blind = before.blind
        context.emergencies = before.emergencies
        context.lastRecord = before.lastRecord
    }
}

extension Snapshot {
    /// Written by a version that learned heartbeats otherwise.
    var hasOldMeaning: Bool {
        get throws(StateError) {
            var reader = rest
            return try reader.open("STAT", versions: 3...Pipeline.stateVersion).version < Pipeline.learnsSince
        }
    }

    /// What was written of a rule: by its name, or the name that it had before.
    func rule(for rule: RuleSettings) -> Rule? {
        let written = rules.first { $0.name == rule.name } ?? rules.first { $0.name == rule.was }
        return written?.kind == rule.kind.rawValue ? written : nil
    }

    /// Rules that are new, or whose settings changed what their state means.
    func changed(_ rules: [RuleSettings], _ fingerprints: [UInt64]) -> [String] {
        zip(rules, fingerprints).filter { rule(for: $0)?.fingerprint != $1 }.map(\.0.name)
    }
}
