import AsyncHTTPClient
import Cases
import Daemon
import Diagnostics
import Feeds
import Foundation
import JSONWriting
import Ledger
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import SiteConfiguration
import Synchronization
import Timekeeping
import Vocabulary

@testable import Console

/// A console on a free port of loopback, over a real ledger, and a client that asks it.
struct TestServer: Sendable {
    /// What came back.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var bytes: [UInt8]

        var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The body as JSON; null where it is none.
        var json: JSONValue {
            do throws(JSONValue.Problem) { return try JSONValue(bytes) } catch { return .null }
        }

        var code: String? { json["code"]?.text }
        var allowed: [String] { (json["allowed"]?.list ?? []).compactMap(\.text) }
        func list(_ key: String) -> [JSONValue] { json[key]?.list ?? [] }
    }

    static let people: [(name: String, role: Role, worker: String?)] = [
        ("viewer", .viewer, nil), ("w1", .worker, "w1"), ("w3", .worker, "w3"), ("w5", .worker, "w5"),
        ("manager", .manager, nil), ("second", .manager, nil), ("admin", .admin, nil), ("auditor", .auditor, nil),
    ]

    let url: String
    let port: Int
    let desk: SerialDesk
    let ledger: Ledger
    let clock: TestClock
    let folder: String
    /// By the person's name.
    let tokens: [String: String]
    private let client: HTTPClient

    /// A token for each of ``people``.
    private static func give(_ ledger: Ledger, _ clock: TestClock) throws -> [String: String] {
        var tokens: [String: String] = [:]
        for (name, role, worker) in people {
            let text = AccessToken.make().reveal()
            let row = TokenRow(
                name: name, role: role.rawValue, worker: worker, hash: AccessToken.hash(text), created: clock.now)
            _ = try ledger.addToken(row)
            tokens[name] = text
        }
        return tokens
    }

    /// What the console works with.
    private static func parts(_ ledger: Ledger, _ desk: SerialDesk, _ clock: TestClock, _ folder: String)
        -> ConsoleParts
    {
        var log = Logger(label: "console")
        log.logLevel = .critical
        var parts = ConsoleParts(
            ledger: ledger, registry: TestSite.registry, settings: TestSite.settings, desk: desk,
            photos: folder + "/photos", log: log, now: { clock.now })
        parts.reports = desk
        parts.refused = { ["not_json": 3] }
        parts.testChannel = { _ in ChannelTest(isSent: true, answer: "ok") }
        return parts
    }

    /// Runs a console while `body` asks it.
    /// - Parameter settle: changes what the console works with.
    static func run(
        tls: ConsoleTLS? = nil, trustedProxies: [String] = [], at port: Int = 0,
        settle: @Sendable (inout ConsoleParts) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "/console-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ledger = try Ledger(path: folder + "/shouwang.sqlite")
        let clock = TestClock()
        let desk = SerialDesk(ledger, clock)
        let tokens = try give(ledger, clock)
        var parts = parts(ledger, desk, clock, folder)
        addDrillsAndForgetting(to: &parts, desk, clock, folder)
        settle(&parts)
        var options = ConsoleServer.Options(host: "127.0.0.1", port: port, tls: tls)
        options.trustedProxies = trustedProxies
        let (ports, told) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        options.onRunning = { told.yield($0) }
        let server = ConsoleServer(options, parts: parts, log: parts.log) {
            HealthView(problems: [], notes: ["journal: batch"], metrics: [])
        }
        var asking = HTTPClient.Configuration(certificateVerification: .none)
        asking.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 100
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: asking)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // One that never listens must not be waited for.
                    defer { told.finish() }
                    try await server.run()
                }
                for await port in ports {
                    let scheme = tls == nil ? "http" : "https"
                    try await body(
                        TestServer(
                            url: "\(scheme)://127.0.0.1:\(port)", port: port, desk: desk, ledger: ledger, clock: clock,
                            folder: folder, tokens: tokens, client: client))
                    break
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        } catch {
            if !(error is CancellationError) {
                try await client.shutdown()
                throw error
            }
        }
        try await client.shutdown()
        try ledger.close()
    }

    private static func addDrillsAndForgetting(
        to parts: inout ConsoleParts, _ desk: SerialDesk, _ clock: TestClock, _ folder: String
    ) {
        parts.drill = { await desk.drill($0) }
        var settings = TestSite.settings
        settings.store.path = folder
        parts.forget = { [settings, ledger = parts.ledger] resident, isDry in
            await forget(resident, isDry: isDry, settings, ledger, at: clock.now)
        }
    }

    /// As the daemon does it, on this store.
    private static func forget(
        _ resident: String, isDry: Bool, _ settings: Settings, _ ledger: Ledger, at now: Instant
    ) async -> ForgetAnswer {
        let configs = ConfigStore(store: settings.store.path)
        guard let subject = ForgetSubject.find(resident, registry: TestSite.registry, configs: configs) else {
            return .unknown
        }
        do throws(LedgerError) {
            let report = try await ledger.offloaded { (ledger) throws(LedgerError) in
                let forgetting = Forgetting(subject, settings: settings, ledger: ledger)
                return try isDry ? forgetting.plan(now: now) : forgetting.run(now: now)
            }
            return .report(json: report.json(zone: settings.site.zone, language: .en), isDone: report.isDone)
        } catch {
            return .unavailable
        }
    }

    // MARK: Asking

    /// - Parameter person: of ``people``; nil: without a token.
    func ask(
        _ method: HTTPMethod = .GET, _ path: String, as person: String? = nil, token: String? = nil,
        json: String? = nil, bytes: [UInt8]? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let token = token ?? person.flatMap({ tokens[$0] }) {
            request.headers.add(name: "authorization", value: "Bearer \(token)")
        }
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 32 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(body.readableBytesView))
    }

    /// An act, with a key of its own.
    func act(
        _ verb: String, _ id: String, as person: String, _ fields: String = "", key: String = UUID().uuidString
    ) async throws -> Answer {
        try await ask(
            .POST, "/api/v1/alerts/\(id)/\(verb)", as: person, json: "{\"key\":\"\(key)\"\(fields)}")
    }

    /// A call for help raises an alert.
    /// - Returns: its id.
    func raise(_ device: String = "p1") throws -> String {
        guard let id = desk.take("elder/\(device)", "sos").first else { throw Missing() }
        return id
    }

    /// The server-sent lines of a stream, until `isEnough` says so.
    func stream(
        as person: String, after last: String? = nil, during: () async throws -> Void = {},
        until isEnough: (String) -> Bool
    ) async throws -> String {
        var request = HTTPClientRequest(url: url + "/api/v1/stream")
        request.headers.add(name: "authorization", value: "Bearer \(tokens[person] ?? "")")
        if let last { request.headers.add(name: "last-event-id", value: last) }
        let response = try await client.execute(request, timeout: .seconds(60))
        var text = ""
        var hasBegun = false
        for try await part in response.body {
            text += String(buffer: part)
            if !hasBegun {
                hasBegun = true
                try await during()
            }
            if isEnough(text) { break }
        }
        return text
    }

    struct Missing: Error {}
}
