import Cases
import Community
import HTTPTypes
import Hummingbird
import JSONWriting
import Ledger
import Logging
import NIOCore
import SiteConfiguration
import Synchronization
import Timekeeping

/// The API under `/api/v1`: one table of operations, each checked and answered in the same way.
///
/// In this order: who asks (401, 429), whether their role may (403), what the path, the query and the body say (400,
/// 413, 415), then the operation itself. Owned by the console's server.
final class API: Sendable {
    static let root = "/api/v1"
    static let pageDefault = 50
    static let formMax = 16 << 10
    static let photoMax = 8 << 20

    /// How long a body may take: a photograph comes from a phone in a stairwell.
    static func patience(_ body: Operation.Body) -> Duration { body == .photo ? .seconds(300) : .seconds(10) }

    let parts: ConsoleParts
    let trustedProxies: [String]
    let pool: QueryPool
    let streams: StreamHub
    let health: @Sendable () async -> HealthView
    private let tokens: TokenBook
    private let failures = Mutex(FailureLimit())
    /// Looking through the audit takes time in a long one: what was found counts for a minute.
    private let audited = Mutex<(at: Instant, check: AuditCheck)?>(nil)

    init(
        parts: ConsoleParts, trustedProxies: [String], pool: QueryPool = QueryPool(),
        health: @escaping @Sendable () async -> HealthView
    ) {
        self.parts = parts
        self.trustedProxies = trustedProxies
        self.pool = pool
        self.health = health
        tokens = TokenBook(fixed: parts.fixedTokens)
        streams = StreamHub()
    }

    /// Everything that can be asked.
    static let operations: [Operation] =
        alertOperations + actOperations + photoOperations + caseOperations + drillOperations + residentOperations
        + registryOperations + deliveryOperations + accessOperations + evaluationOperations + statusOperations

    // MARK: Answering

    func answer(_ operation: Operation, _ request: Request, _ context: ConsoleContext) async throws -> Response {
        let address = ClientAddress.of(
            peer: context.peer, forwarded: request.headers[API.forwarded], trusted: trustedProxies)
        let caller =
            operation.roles.isEmpty
            ? Caller(asker: Asker(.viewer, person: ""), token: "", address: address)
            : try await caller(of: request, address: address)
        guard operation.roles.isEmpty || operation.roles.union(operation.lookers).contains(caller.role) else {
            throw Problem.forbidden("the role \(caller.role.rawValue) may not do this")
        }
        let values = try RequestReading.values(operation, request, context)
        let bytes = try await RequestReading.body(operation, request)
        let body = try RequestReading.fields(operation, bytes)
        return try await operation.answer(
            Call(
                api: self, caller: caller, request: request, channel: context.channel, values: values, bytes: bytes,
                body: body))
    }

    static let forwarded = HTTPField.Name("x-forwarded-for") ?? .origin

    /// Who sends a request, by its token.
    private func caller(of request: Request, address: String) async throws(Problem) -> Caller {
        let now = parts.now()
        let sent = API.bearer(request)
        if tokens.needsReading(at: now, for: sent) {
            do throws(Problem) {
                let rows = try await pool.ask { [ledger = parts.ledger] () throws(LedgerError) in try ledger.tokens() }
                tokens.take(rows, at: now)
            } catch {
                // A ledger that is held up locks nobody out at once, and lets nobody in for long.
                if tokens.isTooOld(at: now) { throw error }
            }
        }
        guard let text = sent, let token = tokens.token(text, at: now),
            let role = Role(rawValue: token.role)
        else {
            let wait = failures.withLock { $0.failed(address, at: now) }
            let hash = sent.map { String(AccessToken.hash($0).prefix(6)) } ?? "none"
            parts.log.notice("a wrong token was sent", metadata: ["from": "\(address)", "token": "\(hash)"])
            guard let wait else { throw .unauthorized }
            throw .tooMany("too many wrong tokens were sent", retryAfter: Int(wait.count / 1000))
        }
        if let used = tokens.noteUse(of: token, at: now) { await note(used) }
        return Caller(asker: try asker(role, token), token: token.id, address: address)
    }

    /// A ledger that cannot be written keeps nobody from reading it.
    private func note(_ used: [String: Instant]) async {
        do throws(Problem) {
            _ = try await pool.ask { [ledger = parts.ledger] () throws(LedgerError) in try ledger.noteUse(used) }
        } catch {
            parts.log.debug("when a token was used is not noted: \(error.detail)")
        }
    }

    private func asker(_ role: Role, _ token: TokenRow) throws(Problem) -> Asker {
        guard role == .worker else { return Asker(role, person: token.worker ?? token.name) }
        guard let id = token.worker, let worker = parts.registry.worker(id) else {
            throw .forbidden("the token is of a worker whom the registry does not have")
        }
        let grids = parts.registry.workers[Int(worker.index)].grids.map { parts.registry.grids[Int($0.index)] }
        return Asker(.worker, person: id, grids: grids)
    }

    private static func bearer(_ request: Request) -> String? {
        guard let header = request.headers[.authorization] else { return nil }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }

    /// Whether a stream's token still lets its holder in.
    func isLive(_ caller: Caller) async -> Bool {
        tokens.forget()
        do throws(Problem) {
            let rows = try await pool.ask { [ledger = parts.ledger] () throws(LedgerError) in try ledger.tokens() }
            tokens.take(rows, at: parts.now())
            let now = parts.now()
            return (rows + parts.fixedTokens).contains { $0.id == caller.token && $0.isLive(at: now) }
        } catch {
            return true
        }
    }

    /// Tokens were changed.
    func tokensChanged() { tokens.forget() }

    // MARK: For the operations

    var zone: Zone { parts.settings.site.zone }

    /// Reads the ledger, in the console's own queue.
    func read<Value: Sendable>(
        _ question: @escaping @Sendable (Ledger) throws(LedgerError) -> Value
    ) async throws(Problem) -> Value {
        try await pool.ask { [ledger = parts.ledger] () throws(LedgerError) in try question(ledger) }
    }

    /// Writes that somebody saw, did or changed something; nothing is answered before that is kept.
    func audit(_ caller: Caller, _ action: String, _ object: String, _ detail: String = "") async throws(Problem) {
        let entry = AuditEntry(
            person: caller.person, role: caller.role.rawValue, action: action, object: object, detail: detail)
        let now = parts.now()
        _ = try await read { (ledger) throws(LedgerError) in try ledger.audit([entry], at: now) }
    }

    /// Whether the audit's chain is whole, as of the last minute.
    func auditCheck() async throws(Problem) -> AuditCheck {
        let now = parts.now()
        if let known = audited.withLock({ $0 }), now - known.at < .minutes(1), known.at <= now { return known.check }
        let check = try await read { (ledger) throws(LedgerError) in try ledger.checkAudit() }
        audited.withLock { $0 = (now, check) }
        return check
    }

    func time(_ instant: Instant) -> String { ISO8601.write(instant, in: zone) }

    static func json(_ body: (inout JSONWriter) -> Void) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: .init(bytes: JSONWriter.object(body))))
    }
}
