package import Diagnostics
import RecordLog
package import StateCoding
import Timekeeping

/// A snapshot whose parts were found, not yet read.
struct Snapshot {
    /// One rule's state as it was written.
    struct Rule {
        var name: String
        var kind: String
        var fingerprint: UInt64
        var content: Range<Int>
    }

    let bytes: [UInt8]
    let header: SnapshotHeader
    /// Stands before the names.
    let names: StateReader
    var rules: [Rule] = []
    /// Stands before the rest of the state.
    let rest: StateReader

    init(_ bytes: [UInt8]) throws(StateError) {
        self.bytes = bytes
        var reader = try SnapshotHeader.checked(bytes)
        header = try SnapshotHeader(from: &reader)
        names = reader
        reader.skip(try reader.open("NAME", version: 1))
        rules = try reader.array { (reader) throws(StateError) in
            let section = try reader.open("RULE", version: 1)
            return Rule(
                name: try reader.text(), kind: try reader.text(), fingerprint: try reader.word(),
                content: reader.rest(of: section))
        }
        rest = reader
    }

    func reader(of rule: Rule) -> StateReader { StateReader(bytes, in: rule.content) }
}

extension StateError {
    /// What a person who restarts the daemon should know of it.
    package var phrase: LocalizedText {
        switch self {
        case .damaged(let at, let expected):
            LocalizedText(
                zh: "快照已损坏：第 \(at) 字节处应为 \(expected)",
                en: "the snapshot is damaged: at byte \(at) there should be \(expected)")
        case .otherVersion(let part, let found, let expected):
            LocalizedText(
                zh: "快照由另一版本的程序写成（\(part)：版本 \(found)，本程序为 \(expected)）",
                en: "the snapshot is of another version of the program (\(part): version \(found), this one reads "
                    + "\(expected))")
        }
    }
}
