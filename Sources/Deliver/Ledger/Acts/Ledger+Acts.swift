import Foundation
import GRDB
import Timekeeping

/// What became of people's acts, so that one which is told again gets the answer of the first.
extension Ledger {
    /// What an act came to that this person did under this key; nil where there is none, or it was longer ago than
    /// acts are kept. O(1).
    package func act(person: String, key: String) throws(LedgerError) -> LedgerAct? {
        try read { db in
            let sql = "SELECT * FROM acts WHERE person = ? AND key = ?"
            return try Row.fetchOne(db, sql: sql, arguments: [person, key]).map(LedgerAct.init)
        }
    }

    /// The alerts of which a record made changes, each once.
    package func alerts(ofRecord record: Int64) throws(LedgerError) -> [String] {
        try read { db in
            let sql = "SELECT DISTINCT alert FROM events WHERE record = ? ORDER BY alert LIMIT 1000"
            return try String.fetchAll(db, sql: sql, arguments: [record])
        }
    }

    /// The first word of a key stands.
    static func keep(_ act: LedgerAct, _ db: Database) throws {
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO acts (person, key, hash, record, ordinal, refusal, state, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person, key) DO NOTHING
                """)
        let (ordinal, refusal, state): (Int32?, String?, String?) =
            switch act.result {
            case .done(let ordinal): (ordinal, nil, nil)
            case .refused(let refusal, let state): (nil, refusal, state)
            }
        try insert.execute(arguments: [
            act.person, act.key, Data(act.hash), act.record, ordinal, refusal, state, act.at.milliseconds,
        ])
    }
}

extension LedgerAct {
    init(_ row: Row) throws {
        let hash: Data = try row.value("hash")
        let ordinal: Int32? = try row.value("ordinal")
        let result: Result =
            if let ordinal {
                .done(ordinal: ordinal)
            } else {
                .refused(try row.value("refusal") as String? ?? "", state: try row.value("state"))
            }
        self.init(
            person: try row.value("person"), key: try row.value("key"), hash: Array(hash),
            record: try row.value("record"), result: result, at: try row.instant("at"))
    }
}
