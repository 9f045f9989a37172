import Channels
import Delivery
import Diagnostics
import FileIO
import Foundation
import GRDB
import Ledger
import Logging
import SiteConfiguration
import Synchronization
import Testing
import Timekeeping
import Vocabulary

let noon = Instant(milliseconds: 1_700_000_000_000)
let json = "{\"schema\":\"shouwang.alert/1\",\"change\":\"raised\",\"message\":{\"zh-Hans\":\"3栋2单元502 罗*华\"}}"

func entry(
    _ record: Int64, alert: String = "00112233445566aa", channel: String = "hook", severity: Severity = .high,
    kind: OutboxEntry.Kind = .change, body: String = json
) -> OutboxEntry {
    OutboxEntry(
        record: record, ordinal: 0, alert: alert, channel: channel, recipient: "", severity: severity,
        change: "raised", kind: kind, body: body, at: noon)
}

func delivery(_ entry: OutboxEntry, attempt: Int = 1, isRepeat: Bool = false) -> Delivery {
    Delivery(
        id: 1, key: entry.key, entry: entry, attempt: attempt, isRepeat: isRepeat, firstTried: noon,
        leaseEnd: noon + .minutes(1))
}

func message(_ entry: OutboxEntry, isRepeat: Bool = false) -> ChannelMessage {
    ChannelMessage(
        key: entry.key, alert: entry.alert, severity: entry.severity, change: entry.change,
        recipient: entry.recipient, body: entry.body, isRepeat: isRepeat)
}

/// The configuration's words for one channel, read as `check` reads them.
func configured(_ channel: String) throws -> ConfiguredChannel {
    let text = """
        site: {id: hgs}
        mqtt: {broker: "mqtt://127.0.0.1:1883"}
        registry: registry
        feeds: [{topic: "a/#", format: native}]
        store: {path: state}
        channels:
          a: \(channel)
        """
    let (settings, diagnostics) = Settings.parse(
        Array(text.utf8), file: "site.yaml", baseDirectory: "/etc/shouwang"
    ) { path throws(FileError) in throw FileError(reason: "no such file", isMissing: true) }
    let errors = diagnostics.filter { $0.severity == .error }.map { $0.rendered(in: .en) }
    #expect(errors == [])
    return try #require(settings?.channels.first)
}

/// The channel of a configuration, ready to send; a secret is the name of its place.
func ready(_ channel: String) throws -> ReadyChannel {
    var configured = try configured(channel)
    // Tests have no certificates but their own.
    if configured.settings.http?.ca != nil { configured = try withoutAuthority(channel) }
    let (channels, problems) = ConfiguredChannel.ready([configured], site: "hgs") { "secret of \($0)" }
    #expect(problems == [])
    return try #require(channels.first)
}

private func withoutAuthority(_ channel: String) throws -> ConfiguredChannel {
    try configured(channel.replacing("ca: c.pem, ", with: "").replacing(", ca: c.pem", with: ""))
}

func body(of request: ChannelRequest) -> String {
    switch request {
    case .http(_, _, _, let body): String(decoding: body, as: UTF8.self)
    case .mqtt(_, let payload, _, _): String(decoding: payload, as: UTF8.self)
    }
}

func http(_ status: Int, _ headers: [HeaderField] = [], _ body: String = "") -> ChannelAnswer {
    .http(status: status, headers: headers, body: Array(body.utf8))
}

/// A wall clock that a test moves.
final class HandClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant = noon) { time = Mutex(start) }

    var now: Instant { time.withLock { $0 } }
    func advance(_ by: Milliseconds) { time.withLock { $0 = $0 + by } }
}

/// Keeps what was logged, as it would be written.
struct LogTape: LogHandler {
    final class Lines: Sendable {
        private let held = Mutex([String]())
        var all: [String] { held.withLock { $0 } }
        func append(_ line: String) { held.withLock { $0.append(line) } }
    }

    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
}

/// A ledger in a folder of its own, a clock, and what a sender needs.
final class Post: Sendable {
    let folder: String
    let ledger: Ledger
    let clock = HandClock()
    let lines = LogTape.Lines()

    init() throws {
        folder = NSTemporaryDirectory() + "/channels-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        ledger = try Ledger(path: folder + "/shouwang.sqlite", busySeconds: 0.1)
    }

    /// Another process that writes to the ledger's file; `BEGIN IMMEDIATE` holds it until `COMMIT`.
    func stranger() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: folder + "/shouwang.sqlite", configuration: configuration)
    }

    var log: Logger {
        let lines = lines
        return Logger(label: "test") { _ in LogTape(lines: lines) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func put(_ entries: [OutboxEntry]) throws {
        try ledger.commit(changes: [], notifications: entries, applied: entries.map(\.record).max() ?? 0)
    }

    /// A sender whose retries come at once, since its randomness is always zero, unless the test says otherwise.
    func sender(
        _ channels: [ReadyChannel], total: Duration = .seconds(30), jitter: Double = 0,
        publish: @escaping OutboxSender.Publish = { _, _, _, _ in .unreachable(reason: "no broker") }
    ) -> OutboxSender {
        var options = OutboxSender.Options()
        options.total = total
        options.ledgerPause = .milliseconds(20)
        let clock = clock
        return OutboxSender(
            ledger: ledger, channels: channels, options: options, log: log, now: { clock.now }, publish: publish,
            jitter: { jitter })
    }

    func states(_ channel: String? = nil) throws -> [DeliveryState] {
        var filter = DeliveryFilter()
        filter.channel = channel
        filter.limit = 1000
        return try ledger.deliveries(filter).map(\.state).reversed()
    }
}

/// Waits for real I/O: looks every 5 ms, gives up after 20 s.
func eventually(_ what: Comment, _ condition: () throws -> Bool) async throws {
    for _ in 0..<4000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("never came: \(what)")
}

/// Runs a sender while the body runs, then cancels it and waits for its end.
func running(_ sender: OutboxSender, _ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await sender.run() }
        try await body()
        group.cancelAll()
    }
}

func webhook(_ base: String, secret: String? = nil, path: String = "/hook") throws -> ReadyChannel {
    let url = try ChannelURL(base + path, option: "url")
    let options = WebhookChannel.Options(url: url, secret: secret.map { Secret($0) })
    return ReadyChannel(name: "hook", channel: WebhookChannel(options))
}

func wecom(_ base: String, key: String = "not-a-real-key") throws -> ReadyChannel {
    let url = try ChannelURL(base, option: "base_url")
    let options = WeComChannel.Options(key: Secret(key), baseURL: url)
    return ReadyChannel(name: "wecom", channel: WeComChannel(options))
}
