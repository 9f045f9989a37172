import AsyncHTTPClient
import Channels
import NIOCore
import NIOHTTP1
import Synchronization

/// The HTTP client of all channels, and of the heartbeat: no redirects, bounded in time and size, no retries of its own
/// (the outbox is the only one that tries again).
struct HTTPPort: Sendable {
    private let client: HTTPClient
    /// From the first byte to the last.
    let total: Duration

    init(connect: Duration, total: Duration, connectionsPerHost: Int) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // The whole is bounded by each request's own time; a channel may have more than this client's.
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: TimeAmount(connect))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than most servers keep an idle connection: a request on one that just closed cannot be told from one
        // that was taken.
        configuration.connectionPool.idleTimeout = .seconds(15)
        configuration.decompression = .disabled
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.total = total
    }

    /// Closes the connections; nothing may be asked afterwards.
    func close() async throws { try await client.shutdown() }

    struct Request: Sendable {
        var method: String
        var url: ChannelURL
        var headers: [HeaderField]
        var body: [UInt8]
    }

    func answer(_ asked: Request, _ terms: HTTPTerms) async -> ChannelAnswer {
        let start = ContinuousClock.now
        let total = terms.total ?? total
        var request = HTTPClientRequest(url: asked.url.reveal())
        request.method = HTTPMethod(rawValue: asked.method)
        for field in asked.headers { request.headers.add(name: field.name, value: field.value) }
        if !asked.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: asked.body)) }
        request.tlsConfiguration = terms.authority?.tls
        do {
            let response = try await client.execute(request, timeout: TimeAmount(total))
            let fields = response.headers.map { HeaderField($0.name, $0.value) }
            let text = await read(response, within: total - (ContinuousClock.now - start))
            return .http(status: Int(response.status.code), headers: fields, body: text)
        } catch {
            let place = HTTPFailure.Place(url: asked.url, seconds: total.components.seconds, authority: terms.authority)
            return await HTTPFailure.answer(to: error, at: place)
        }
    }

    /// The body up to the cap, or what came of it before time or connection ended: the status alone may say enough.
    private func read(_ response: HTTPClientResponse, within time: Duration) async -> [UInt8] {
        await withTaskGroup(of: [UInt8]?.self) { group in
            let so = Partial()
            group.addTask {
                do {
                    for try await chunk in response.body {
                        if so.append(chunk.readableBytesView, upTo: OutboxSender.answerBytesMax) { break }
                    }
                } catch {
                    return nil  // What came before the failure stands in `so`.
                }
                return nil
            }
            group.addTask {
                do {
                    try await Task.sleep(for: time)
                } catch {
                    return nil  // Cancelled since the body was complete.
                }
                return nil
            }
            _ = await group.next()
            group.cancelAll()
            return so.bytes
        }
    }
}

/// What has come of a body so far.
private final class Partial: Sendable {
    private let held = Mutex([UInt8]())

    var bytes: [UInt8] { held.withLock { $0 } }

    /// - Returns: true when the limit is reached.
    func append(_ more: ByteBufferView, upTo limit: Int) -> Bool {
        held.withLock { held in
            held.append(contentsOf: more.prefix(limit - held.count))
            return held.count >= limit
        }
    }
}
