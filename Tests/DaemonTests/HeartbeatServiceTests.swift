import ConfigReading
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping

@testable import Daemon

/// The call to a watcher elsewhere, against a real HTTP server on loopback.
@Suite(.timeLimit(.minutes(1))) struct HeartbeatServiceTests {
    /// A watcher that counts calls and answers what it is told to.
    private final class Watcher: Sendable {
        struct State {
            var calls: [String] = []
            var statuses: [Int]
        }

        let state: Mutex<State>

        /// - Parameter statuses: of the first calls; the last one of all that follow.
        init(_ statuses: [Int]) { state = Mutex(State(statuses: statuses)) }

        var calls: [String] { state.withLock { $0.calls } }

        func answer(_ call: String) -> Response {
            let status = state.withLock { state in
                state.calls.append(call)
                return state.statuses.count > 1 ? state.statuses.removeFirst() : state.statuses[0]
            }
            return Response(
                status: HTTPResponse.Status(code: status), headers: [.location: "http://127.0.0.1:1/elsewhere"])
        }
    }

    /// Runs the service against the watcher until `isEnough` says so; the watch works where `works` says so.
    private func run(
        _ watcher: Watcher, works: @escaping @Sendable () -> Bool = { true },
        until isEnough: @escaping @Sendable (ProofCounters.View) -> Bool
    ) async throws -> ProofCounters.View {
        let counters = ProofCounters()
        let router = Router()
        router.get("/ping/secret-path") { request, _ in watcher.answer("\(request.method) \(request.uri)") }
        let (ports, tell) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        var quiet = Logger(label: "watcher")
        quiet.logLevel = .critical
        let server = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { tell.yield($0.localAddress?.port ?? 0) }, logger: quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var found = ports.makeAsyncIterator()
            let port = try #require(await found.next())
            let address = try #require(WebAddress("http://127.0.0.1:\(port)/ping/secret-path"))
            let service = HeartbeatService(
                settings: HeartbeatSettings(url: address, every: Milliseconds(5)), counters: counters,
                problems: { works() ? [] : ["not connected to the broker"] },
                now: { Instant(milliseconds: 1_790_128_800_000) },
                log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            group.addTask { try await service.run() }
            while !isEnough(counters.view) { await Task.yield() }
            group.cancelAll()
            do { while try await group.next() != nil {} } catch is CancellationError {}
        }
        return counters.view
    }

    @Test func `it calls again and again, and each answer of 200 to 299 counts`() async throws {
        let watcher = Watcher([200, 204])
        let view = try await run(watcher) { $0.sent >= 3 }
        #expect(view.failed == 0 && view.withheld == 0 && view.lastSent != nil)
        #expect(watcher.calls.allSatisfy { $0 == "GET /ping/secret-path" })
    }

    @Test func `a failure is counted, told without the address's path, and over with the next success`() async throws {
        let failed = try await run(Watcher([503])) { $0.failing >= 2 }
        #expect(failed.sent == 0 && failed.lastFailure?.contains("answers 503") == true)
        #expect(failed.lastFailure?.contains("secret") == false)
        let redirected = try await run(Watcher([302])) { $0.failed >= 1 }
        #expect(redirected.sent == 0 && redirected.lastFailure?.contains("redirect") == true)
        let healed = try await run(Watcher([500, 200])) { $0.sent >= 1 }
        #expect(healed.failed == 1 && healed.failing == 0 && healed.lastFailure == nil)
    }

    @Test func `while the watch does not work nothing is called`() async throws {
        let watcher = Watcher([200])
        let silent = try await run(watcher, works: { false }) { $0.withheld >= 3 }
        #expect(silent.sent == 0 && silent.failed == 0 && watcher.calls.isEmpty)
    }
}
