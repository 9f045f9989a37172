import Cases
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import NIOHTTP1
import Testing
import Timekeeping
import Vocabulary

@testable import Console

/// The stream of changes: what comes, to whom, and from where on.
@Suite struct StreamTests {
    private static func ids(_ text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    @Test func `changes come as they are committed, without names, to whoever may see them`() async throws {
        try await TestServer.run { server in
            let text = try await server.stream(
                as: "w1",
                during: {
                    _ = try server.raise("p5")
                    let id = try server.raise("p1")
                    let acked = try await server.act("ack", id, as: "w1", ",\"note\":\"罗桂华\"")
                    #expect(acked.status == 200)
                }, until: { $0.contains("acknowledged") })
            #expect(StreamTests.ids(text) == ["2.0", "3.0"])
            #expect(text.contains("\"change\":\"raised\",\"state\":\"open\",\"severity\":"))
            for name in ["罗", "桂", "3栋"] { #expect(!text.contains(name)) }
        }
    }

    @Test func `it goes on behind the last event that was had, and says where too much was missed`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            for number in 0..<4 {
                #expect(try await server.act("note", id, as: "w1", ",\"text\":\"\(number)\"").status == 200)
            }
            let text = try await server.stream(as: "viewer", after: "2.0", until: { $0.contains("id: 5.0") })
            #expect(StreamTests.ids(text) == ["3.0", "4.0", "5.0"])
            for number in 0..<500 {
                let note = Act(alert: id, verb: "note", actor: "w1", note: "\(number)", key: "n\(number)")
                #expect(await server.desk.act(note) == .done(record: Int64(number) + 6, ordinal: 0))
            }
            let whole = try await server.stream(as: "viewer", after: "5.0", until: { $0.contains("id: 505.0") })
            #expect(StreamTests.ids(whole).count == 500 && !whole.contains("reload"))
            let far = try await server.stream(as: "viewer", after: "4.0", until: { $0.contains("\ndata: ") })
            #expect(far.contains("id: 505.0\nevent: reload\n") && StreamTests.ids(far).count == 1)
            let none = try await server.stream(as: "viewer", after: "yesterday", until: { $0.contains("\ndata: ") })
            #expect(none.contains("id: 505.0\nevent: reload\n"))
        }
    }

    @Test func `of a torn stream nothing is missed and nothing is told twice`() async throws {
        try await TestServer.run { server in
            let id = try server.raise()
            var last = "1.0"
            var told: [String] = []
            for round in 0..<6 {
                let text = try await server.stream(
                    as: "viewer", after: last,
                    during: {
                        for number in 0..<3 {
                            let answer = try await server.act("note", id, as: "w1", ",\"text\":\"\(round) \(number)\"")
                            #expect(answer.status == 200)
                        }
                    }, until: { !StreamTests.ids($0).isEmpty })
                // What came in one part counts as far as it is whole.
                told += StreamTests.ids(text)
                last = told.last ?? last
            }
            if last != "19.0" {
                told += StreamTests.ids(
                    try await server.stream(as: "viewer", after: last, until: { $0.contains("id: 19.0") }))
            }
            #expect(told == (2...19).map { "\($0).0" })
        }
    }

    @Test func `there is room for 32, and a place is free again when one goes`() async throws {
        try await TestServer.run { server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                let (opened, open) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(64))
                for _ in 0..<StreamHub.most {
                    group.addTask {
                        let text = try await server.stream(
                            as: "viewer", during: { open.yield() }, until: { $0.contains("data: ") })
                        return text.isEmpty ? 0 : 1
                    }
                }
                var count = 0
                for await _ in opened {
                    count += 1
                    if count == StreamHub.most { break }
                }
                let refused = try await server.ask(.GET, "/api/v1/stream", as: "viewer")
                #expect(refused.status == 503 && refused.headers.first(name: "retry-after") == "10")
                let status = try await server.ask(.GET, "/api/v1/status", as: "viewer")
                #expect(status.json["streams"]?.integer == 32)
                _ = try server.raise()
                #expect(try await group.reduce(0, +) == StreamHub.most)
            }
            let again = try await server.stream(
                as: "viewer", during: { _ = try server.raise("p2") }, until: { $0.contains("data: ") })
            #expect(!again.isEmpty)
        }
    }

    @Test func `the ring has what is behind a number, or says that it does not`() {
        func event(_ record: Int64) -> StreamEvent {
            StreamEvent(
                LedgerChange(
                    record: record, ordinal: 0, alert: "00112233445566aa", change: "noted", rule: "r", kind: "sos",
                    severity: .high, state: "open", key: "k", at: TestSite.origin, started: TestSite.origin,
                    json: Array("{}".utf8)))
        }
        var ring = StreamRing(behind: EventNumber(5, 0))
        #expect(ring.behind(EventNumber(4, 9)) == nil)
        ring.take([event(6), event(7)])
        ring.take([event(7), event(8)])
        #expect(ring.behind(EventNumber(5, 0))?.map(\.number.record) == [6, 7, 8])
        #expect(ring.behind(EventNumber(7, 0))?.map(\.number.record) == [8])
        #expect(ring.behind(EventNumber(8, 0))?.isEmpty ?? false)
        let size = event(8).text.utf8.count
        #expect(ring.pendingBytes(behind: EventNumber(7, 0)) == size)
        ring.take((9..<2000).map { event($0) })
        #expect(ring.events.count == StreamRing.most && ring.behind(EventNumber(900, 0)) == nil)
        #expect(ring.behind(ring.start)?.count == StreamRing.most)
    }
}
