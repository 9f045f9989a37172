package import StateCoding
package import Timekeeping
import Windowing

extension NoMovement {
    /// Writes the state of every home, by its number: names are in a table of their own. O(homes).
    package func write(to writer: inout StateWriter) {
        let section = writer.open("NOMV", version: 1)
        writer.integer(absence.keys.count)
        for home in absence.keys.indices {
            absence.write(home, to: &writer)
            if absence.keys[home].reached > 0 { writer.text(formerNames[Int32(home)] ?? name) }
            writer.truth(last[home] != nil)
            last[home]?.write(to: &writer)
            if let corroboration {
                corroboration.write(home, to: &writer)
            } else {
                writer.integer(0)
            }
        }
        writer.close(section)
    }

    /// Reads what was written of a rule of this kind, whose settings may have been others.
    /// - Parameter isSame: they were not; else sliding counts are read over, since they counted something else.
    /// - Returns: by home, whether it was written.
    package mutating func read(
        from reader: inout StateReader, _ numbers: inout Renumbering, isSame: Bool
    ) throws(StateError) -> [Bool] {
        var found = [Bool](repeating: false, count: absence.keys.count)
        let section = try reader.open("NOMV", version: 1)
        for written in 0..<(try reader.count(ofSize: 19)) {
            let number = numbers.homes.indices.contains(written) ? Int(numbers.homes[written]) : -1
            let home = found.indices.contains(number) ? number : nil
            let key = try Absence.read(from: &reader)
            let raisedBy = key.reached > 0 ? try reader.text() : name
            let trace = try reader.truth() ? try Trace(from: &reader, &numbers) : nil
            let counted = isSame ? home : nil
            if try corroboration?.read(counted, from: &reader) == nil { try SlidingCount.readOver(&reader) }
            guard let home else { continue }
            found[home] = true
            absence.put(key, at: home)
            last[home] = trace
            if raisedBy != name { formerNames[Int32(home)] = raisedBy }
        }
        try reader.close(section)
        return found
    }

    /// Takes what a rule with the same settings knows that was run over the whole journal, of the homes named. It was
    /// run without telling anybody: its open episodes are raised when absence timers fire next, once.
    /// - Parameter counts: sliding counts are taken of all homes, since those that were written counted something else.
    package mutating func fill(_ homes: [Int], from warmed: NoMovement, countsOfAll counts: Bool) {
        for home in homes where home < warmed.absence.keys.count {
            absence.put(warmed.absence.keys[home], at: home)
            absence.unfire(home)
            last[home] = warmed.last[home]
            formerNames[Int32(home)] = nil
        }
        guard let other = warmed.corroboration else { return }
        for home in counts ? Array(absence.keys.indices) : homes { corroboration?.copy(home, from: other) }
    }

    /// Homes with an open episode.
    package func isOpen(_ home: Int) -> Bool { absence.keys[home].reached > 0 }

    /// Arms the timer of every home at its deadline.
    package func rearm(_ timers: inout Timers) {
        for home in absence.keys.indices { rearm(home, &timers) }
    }

    /// The clock was moved. Timers are moved by their owner.
    package mutating func shift(by length: Milliseconds) {
        absence.shift(by: length)
        corroboration?.shift(by: length)
        for home in last.indices {
            guard let at = last[home]?.at else { continue }
            last[home]?.at = at.shifted(by: length)
        }
    }
}
