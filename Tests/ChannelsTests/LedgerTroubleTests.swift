import Channels
import Delivery
import GRDB
import Ledger
import Testing
import Timekeeping

/// The sender while the ledger refuses, each time and for a long time.
@Suite struct LedgerTroubleTests {
    let post: Post
    let stranger: DatabaseQueue

    init() throws {
        post = try Post()
        stranger = try post.stranger()
    }

    /// From now on the ledger refuses to write a delivery whose new row meets the condition.
    func refuse(_ condition: String) throws {
        try stranger.inDatabase { db in
            let sql = "BEGIN SELECT RAISE(ABORT, 'no'); END"
            try db.execute(sql: "CREATE TRIGGER refuse BEFORE UPDATE ON outbox WHEN \(condition) \(sql)")
        }
    }

    func allow() throws { try stranger.inDatabase { try $0.execute(sql: "DROP TRIGGER refuse") } }

    @Test func `a ledger that refuses every lease is asked at its pace, told once, and gone on with by itself`()
        async throws
    {
        let stub = PlatformStub { _, _ in .status(200) }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1), entry(2, alert: "b"), entry(3, alert: "c")])
        try refuse("TRUE")
        try await running(sender) {
            try await eventually("refused") { (sender.counters()["hook"]?.ledgerFaults ?? 0) > 30 }
            #expect(stub.requests.isEmpty)
            try allow()
            try await eventually("sent") { try post.states() == [.sent, .sent, .sent] }
        }
        await stub.stop()
        #expect(stub.requests.count == 3)
        #expect(post.lines.all.count { $0.contains("waits for the ledger") } == 1)
    }

    @Test func `a result that cannot be stored is kept in hand past the lease, and nothing is sent again`() async throws
    {
        let stub = PlatformStub { _, _ in .status(200) }
        let sender = post.sender([try webhook(try await stub.start())])
        try post.put([entry(1)])
        try refuse("new.state = 'sent'")
        try await running(sender) {
            try await eventually("refused") { (sender.counters()["hook"]?.ledgerFaults ?? 0) > 5 }
            post.clock.advance(.minutes(10))
            sender.wake()
            let before = sender.counters()["hook"]?.ledgerFaults ?? 0
            try await eventually("refused") { (sender.counters()["hook"]?.ledgerFaults ?? 0) > before + 5 }
            try allow()
            try await eventually("sent") { try post.states() == [.sent] }
        }
        await stub.stop()
        #expect(stub.requests.count == 1)
    }

    @Test func `restarted with a result that was not stored, it is sent again after its lease and not before`()
        async throws
    {
        let stub = PlatformStub { _, _ in .status(200) }
        let setting = try webhook(try await stub.start())
        try post.put([entry(1)])
        try refuse("new.state IN ('sent', 'retry')")
        for start in 1...3 {
            let sender = post.sender([setting])
            // Something else that is due shows that the sender has looked.
            try post.put([entry(Int64(start) + 1, alert: "b\(start)")])
            try await running(sender) {
                try await eventually("refused") { (sender.counters()["hook"]?.ledgerFaults ?? 0) > 3 }
            }
        }
        let keys = stub.requests.compactMap { $0.headers["Idempotency-Key"] }
        #expect(keys.count { $0 == entry(1).key } == 1)
        try allow()
        post.clock.advance(.seconds(61))
        let sender = post.sender([setting])
        try await running(sender) { try await eventually("sent") { try post.states().allSatisfy { $0 == .sent } } }
        await stub.stop()
        #expect(stub.requests.count { $0.headers["Idempotency-Key"] == entry(1).key } == 2)
    }
}
