import AsyncHTTPClient
// Names of the system's error numbers.
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The one HTTP client of all channels: no redirects, bounded in time and size, no retries of its own (the outbox is
/// the only one that tries again).
struct HTTPPort: Sendable {
    private let client: HTTPClient
    /// From the first byte to the last.
    let total: Duration

    init(connect: Duration, total: Duration, connectionsPerHost: Int) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: TimeAmount(connect), read: TimeAmount(total))
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

    func answer(method: String, url: ChannelURL, headers: [HeaderField], body: [UInt8]) async -> ChannelAnswer {
        let start = ContinuousClock.now
        var request = HTTPClientRequest(url: url.reveal())
        request.method = HTTPMethod(rawValue: method)
        for field in headers { request.headers.add(name: field.name, value: field.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: TimeAmount(total))
            let fields = response.headers.map { HeaderField($0.name, $0.value) }
            let text = await read(response, within: total - (ContinuousClock.now - start))
            return .http(status: Int(response.status.code), headers: fields, body: text)
        } catch {
            return HTTPPort.answer(to: error)
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

    /// Errors of the network in words without addresses. An error that is not known to come before the request left
    /// counts as one after.
    private static func answer(to error: any Error) -> ChannelAnswer {
        switch error {
        case let error as HTTPClientError:
            let before: [HTTPClientError] = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .emptyHost, .invalidURL,
                .alreadyShutdown,
            ]
            let reason = error.shortDescription
            return before.contains(error) ? .unreachable(reason: reason) : .unanswered(reason: reason)
        case let error as NIOConnectionError:
            if error.connectionErrors.isEmpty { return .unreachable(reason: "the name is not found") }
            return .unreachable(reason: "no connection: " + words(error.connectionErrors[0].error))
        case let error as IOError where [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode):
            return .unreachable(reason: "no connection: " + words(error))
        case is CancellationError:
            return .unanswered(reason: "stopped")
        default:
            return .unanswered(reason: words(error))
        }
    }

    /// Short, since the library's own texts name inner steps of it, and some the address.
    private static func words(_ error: any Error) -> String {
        guard let error = error as? IOError else { return String(describing: type(of: error)) }
        return switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET: "connection reset"
        case ENETUNREACH: "network unreachable"
        case EHOSTUNREACH: "no route to the host"
        case ETIMEDOUT: "connection timed out"
        default: "system error \(error.errnoCode)"
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
