package import Diagnostics
import JSONWriting
package import Timekeeping

/// What is kept of somebody, place by place: what goes, or went, and what stays, until when and why.
package struct ForgetReport: Equatable, Sendable {
    /// What becomes of what lies in a place.
    package enum Fate: String, Sendable {
        /// There is nothing of them.
        case nothing
        /// It goes; in a report of what was done, it is gone.
        case removed
        /// It stays, for the reason given.
        case kept
        /// People take it away.
        case people = "by_hand"
    }

    package struct Item: Equatable, Sendable {
        /// A word for programs: `registry`, `configs`, `ledger`, `backups`, `snapshots`, `photos`, `rejects`,
        /// `journal`, `elsewhere`.
        package var place: String
        package var path: String
        package var fate: Fate
        /// Rows, files or folders.
        package var count = 0
        package var bytes = 0
        /// When what is kept is gone at the latest.
        package var until: Instant?
        package var why: LocalizedText
    }

    package var resident: String
    /// It was done, not only looked at.
    package var isDone = false
    /// Why nothing is removed yet, and what to do; empty: nothing stands in the way.
    package var blockers: [LocalizedText] = []
    package var items: [Item] = []

    /// For programs, keys in this order.
    package func json(zone: Zone, language: Language) -> [UInt8] {
        JSONWriter.object { writer in
            writer.text("resident", resident)
            writer.truth("done", isDone)
            writer.texts("blockers", blockers.map { $0.text(in: language) })
            writer.list("places", items) { writer, item in
                writer.element { writer in
                    writer.text("place", item.place)
                    writer.text("path", item.path)
                    writer.text("fate", item.fate.rawValue)
                    writer.number("count", item.count)
                    writer.number("bytes", item.bytes)
                    writer.text("until", ifAny: item.until.map { ISO8601.write($0, in: zone) })
                    writer.text("why", item.why.text(in: language))
                }
            }
        }
    }
}
