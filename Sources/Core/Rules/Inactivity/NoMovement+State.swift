import Community
import SiteConfiguration
package import StateCoding
package import Timekeeping
import Vocabulary
import Windowing

extension NoMovement {
    /// Writes the state of every home and resident, by number: names are in a table of their own. O(homes).
    package func write(_ context: RuleContext, timers: Timers, to writer: inout StateWriter) {
        let section = writer.open("NOMV", version: 5)
        writer.integer(absence.keys.count)
        for home in absence.keys.indices {
            absence.write(home, to: &writer)
            if isOpen(home) {
                writer.text(formerNames[Int32(home)] ?? name)
                writer.text(verdicts[Int32(home)]?.rawValue ?? "")
            }
            writer.optional(last[home]) { $1.write(to: &$0) }
            if let corroboration {
                corroboration.write(home, to: &writer)
            } else {
                writer.integer(0)
            }
        }
        writer.array(lastOf.indices.filter { lastOf[$0] != nil }) { writer, resident in
            writer.integer(resident)
            lastOf[resident]?.write(to: &writer)
        }
        writer.dictionary(awayByVisit) { writer, resident, away in
            writer.integer(resident)
            writer.instant(away.lowerBound)
            writer.instant(away.upperBound)
        }
        writer.array(deceased.sorted()) { $0.integer($1) }
        writer.instant(list.next)
        writer.instant(ifAny: list.hour)
        writer.instant(ifAny: list.started)
        if list.started != nil { writer.text(list.formerName ?? name) }
        writer.dictionary(moves) { writer, home, move in
            writer.integer(home)
            writer.instant(move.next)
            writer.truth(move.isPending)
        }
        writer.instants(waitsUntil)
        writer.word(context.days.checksum)
        writer.instants(opensAt)
        writeDoors(to: &writer)
        writer.close(section)
    }

    private func writeDoors(to writer: inout StateWriter) {
        writer.array(doors.inside.indices.filter { doors.inside[$0] != nil }) { writer, home in
            writer.integer(home)
            doors.inside[home]?.write(to: &writer)
        }
        writer.dictionary(doors.opened) { writer, home, door in
            writer.integer(home)
            door.write(to: &writer)
        }
    }

    package mutating func read(from reader: inout StateReader, _ numbers: inout Renumbering) throws(StateError) {
        _ = try read(from: &reader, &numbers, isSame: true)
    }

    /// Reads what was written of a rule of this kind, whose settings may have been others.
    /// - Parameter isSame: they were not; else sliding counts are read over, since they counted something else.
    /// - Returns: by home, whether it was written.
    package mutating func read(
        from reader: inout StateReader, _ numbers: inout Renumbering, isSame: Bool
    ) throws(StateError) -> [Bool] {
        var found = [Bool](repeating: false, count: absence.keys.count)
        let (section, version) = try reader.open("NOMV", versions: 3...5)
        for written in 0..<(try reader.count(ofSize: 19)) {
            let number = Int(numbers.home(Int32(clamping: written)))
            let home = found.indices.contains(number) ? number : nil
            let key = try Absence.read(from: &reader)
            let raisedBy = key.reached > 0 ? try reader.text() : name
            let verdict = key.reached > 0 ? Verdict(rawValue: try reader.text()) : nil
            let trace = try reader.optional { (reader) throws(StateError) in try Trace(from: &reader, &numbers) }
            let counted = isSame ? home : nil
            if try corroboration?.read(counted, from: &reader) == nil { try SlidingCount.readOver(&reader) }
            guard let home else { continue }
            found[home] = true
            absence.put(key, at: home)
            last[home] = trace
            formerNames[Int32(home)] = raisedBy == name ? nil : raisedBy
            verdicts[Int32(home)] = verdict
        }
        try readPeople(from: &reader, &numbers)
        list = BareList()
        list.next = try reader.instant()
        if version > 3 { list.hour = try reader.instantIfAny() }
        list.started = try reader.instantIfAny()
        let raisedBy = list.started == nil ? name : try reader.text()
        if raisedBy != name { list.formerName = raisedBy }
        moves = try reader.dictionary(ofSize: 10) { (reader) throws(StateError) in
            let home = numbers.home(try reader.integer32())
            let move = (next: try reader.instant(), isPending: try reader.truth())
            return found.indices.contains(Int(home)) && isOpen(Int(home)) ? (home, move) : nil
        }
        waitsUntil = try readHomes(from: &reader, numbers)
        opensAt = [:]
        if version > 3 {
            // When the calendar opens rests on the rule and the site's days, as they were.
            let isOfToday = try reader.word() == numbers.context.days.checksum && isSame
            let openings = try readHomes(from: &reader, numbers)
            if isOfToday { opensAt = openings }
        }
        if version > 4 { try readDoors(from: &reader, &numbers) }
        // An entrance door that was none when this was written, or of which nobody kept what moved behind it.
        for home in doors.inside.indices where doors.inside[home] == nil {
            if let trace = last[home], doors.isInside(trace.device) { doors.inside[home] = trace }
        }
        try reader.close(section)
        return found
    }

    /// Instants by home, those of homes that are no more left out.
    private func readHomes(
        from reader: inout StateReader, _ numbers: Renumbering
    ) throws(StateError) -> [Int32: Instant] {
        let homes = absence.keys.indices
        return try reader.instants { (reader) throws(StateError) in
            let home = numbers.home(try reader.integer32())
            return homes.contains(Int(home)) ? home : nil
        }
    }

    private mutating func readDoors(
        from reader: inout StateReader, _ numbers: inout Renumbering
    ) throws(StateError) {
        let homes = doors.inside.indices
        try reader.each(ofSize: 12) { (reader) throws(StateError) in
            let home = Int(numbers.home(try reader.integer32()))
            let moved = try Trace(from: &reader, &numbers)
            if homes.contains(home) { doors.inside[home] = moved }
        }
        try reader.each(ofSize: 12) { (reader) throws(StateError) in
            let home = Int(numbers.home(try reader.integer32()))
            let door = try Trace(from: &reader, &numbers)
            if homes.contains(home) { doors.opened[Int32(home)] = door }
        }
    }

    private mutating func readPeople(
        from reader: inout StateReader, _ numbers: inout Renumbering
    ) throws(StateError) {
        try reader.each(ofSize: 13) { (reader) throws(StateError) in
            let resident = Int(numbers.person(try reader.integer32()))
            let trace = try Trace(from: &reader, &numbers)
            if lastOf.indices.contains(resident) { lastOf[resident] = trace }
        }
        awayByVisit = try reader.dictionary(ofSize: 17) { (reader) throws(StateError) in
            let resident = numbers.person(try reader.integer32())
            let from = try reader.instant()
            let to = try reader.instant()
            guard from <= to else { throw reader.damaged("an absence") }
            return lastOf.indices.contains(Int(resident)) ? (resident, from..<to) : nil
        }
        let people = try reader.array { (reader) throws(StateError) in numbers.person(try reader.integer32()) }
        deceased = Set(people.filter { lastOf.indices.contains(Int($0)) })
    }

    /// Takes what a rule with the same settings knows that was run over the whole journal, of the homes named. It was
    /// run without telling anybody: its open episodes are raised when absence timers fire next, once.
    /// - Parameter counts: sliding counts are taken of all homes, since those that were written counted something else.
    package mutating func fill(_ homes: [Int], from warmed: NoMovement, countsOfAll counts: Bool) {
        for home in homes where home < warmed.absence.keys.count {
            absence.put(warmed.absence.keys[home], at: home)
            absence.unfire(home)
            last[home] = warmed.last[home]
            takeDoor(home, from: warmed)
            forgetTold(home)
            for resident in registry.households[home].residents {
                lastOf[Int(resident.index)] = warmed.lastOf[Int(resident.index)]
                awayByVisit[resident.index] = warmed.awayByVisit[resident.index]
                if warmed.deceased.contains(resident.index) { deceased.insert(resident.index) }
            }
        }
        guard let other = warmed.corroboration else { return }
        for home in counts ? Array(absence.keys.indices) : homes { corroboration?.copy(home, from: other) }
    }

    /// Takes what a rule that was run over the journal knows of a home's door.
    package mutating func takeDoor(_ home: Int, from warmed: NoMovement) {
        guard doors.inside.indices.contains(home), warmed.doors.inside.indices.contains(home) else { return }
        doors.inside[home] = warmed.doors.inside[home]
        doors.opened[Int32(home)] = warmed.doors.opened[Int32(home)]
    }

    /// What was told goes on: open episodes, absences that were found, who is not watched any more, the list.
    package mutating func adopt(toldBy other: NoMovement) {
        for home in absence.keys.indices where home < other.absence.keys.count && other.isOpen(home) {
            absence.put(other.absence.keys[home], at: home)
            last[home] = other.last[home]
            formerNames[Int32(home)] = other.formerNames[Int32(home)] ?? (other.name == name ? nil : other.name)
            verdicts[Int32(home)] = other.verdicts[Int32(home)]
        }
        awayByVisit.merge(other.awayByVisit) { _, told in told }
        deceased.formUnion(other.deceased)
        moves = other.moves
        waitsUntil = other.waitsUntil
        list = other.list
        if list.started != nil, list.formerName == nil, other.name != name { list.formerName = other.name }
    }

    /// Homes with an open episode.
    package func isOpen(_ home: Int) -> Bool { absence.keys[home].reached > 0 }

    /// Arms the timer of every home at its deadline, and the list's.
    package func rearm(_ timers: inout Timers) {
        for home in absence.keys.indices { rearm(home, &timers) }
        for (home, move) in moves { timers.absences.arm(moveTimer(home), at: move.next) }
        rearmList(&timers)
    }

    /// The clock was moved. Timers are moved by their owner. Absences are days of the calendar, and stay.
    package mutating func shift(by length: Milliseconds) {
        absence.shift(by: length)
        corroboration?.shift(by: length)
        doors.shift(by: length)
        for home in last.indices {
            guard let at = last[home]?.at else { continue }
            last[home]?.at = at.shifted(by: length)
        }
        for resident in lastOf.indices {
            guard let at = lastOf[resident]?.at else { continue }
            lastOf[resident]?.at = at.shifted(by: length)
        }
        list.next = list.next.shifted(by: length)
        list.hour = list.hour?.shifted(by: length)
        for (home, move) in moves { moves[home] = (move.next.shifted(by: length), move.isPending) }
        waitsUntil = waitsUntil.mapValues { $0.shifted(by: length) }
    }
}
