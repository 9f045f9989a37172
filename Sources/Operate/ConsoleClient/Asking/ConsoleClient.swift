import AsyncHTTPClient
package import Diagnostics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Vocabulary

/// Asks the daemon's API over HTTP. One call at a time; what is lost on the way is asked again, with the same key.
package struct ConsoleClient: Sendable {
    /// A certificate authority that cannot be used.
    package struct BadAuthority: Error, Sendable {
        package var phrase: LocalizedText
    }

    /// More than any page of the API has.
    private static let answerMax = 32 << 20
    private static let timeout = TimeAmount.seconds(30)

    private let http: HTTPClient
    /// Scheme, host and port, without a slash at the end.
    package let address: String
    private let token: Secret
    private let isFresh: Bool
    private let pause: @Sendable (Duration) async -> Void

    /// - Parameters:
    ///   - isFresh: the token was just made, and the daemon may not know of it yet.
    ///   - authority: a file of PEM certificates to trust in place of the system's.
    ///   - pause: waits between two tries.
    package init(
        address: String, token: Secret, isFresh: Bool = false, authority: String? = nil,
        pause: @escaping @Sendable (Duration) async -> Void
    ) throws(BadAuthority) {
        var configuration = HTTPClient.Configuration()
        // A token goes to no other address.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(5))
        configuration.connectionPool.retryConnectionEstablishment = false
        if let authority {
            var tls = TLSConfiguration.makeClientConfiguration()
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authority)) } catch {
                throw BadAuthority(
                    phrase: LocalizedText(
                        zh: "\(authority) 里没有可用的 PEM 证书；请核对 --ca 的路径",
                        en: "there is no PEM certificate in \(authority); check the path of --ca"))
            }
            configuration.tlsConfiguration = tls
        }
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.address = address.hasSuffix("/") ? String(address.dropLast()) : address
        self.token = token
        self.isFresh = isFresh
        self.pause = pause
    }

    /// Closes the connections; nothing may be asked afterwards.
    package func close() async {
        // What cannot be closed ends with the process.
        do { try await http.shutdown() } catch { return }
    }

    /// The answer of a call that came to what it asked for.
    package func ask(_ request: ConsoleRequest) async throws(ConsoleFailure) -> ConsoleAnswer {
        var wasLost = false
        var tries = 0
        while true {
            tries += 1
            let (outcome, reason) = await attempt(request)
            if let wait = RetryPlan.pause(after: outcome, tries: tries, wasLost: wasLost, isFresh: isFresh) {
                if outcome == .lost { wasLost = true }
                await pause(wait)
                continue
            }
            switch outcome {
            case .answered(let answer):
                guard (200..<300).contains(answer.status) else {
                    throw ConsoleFailure.refused(ConsoleFailure.Refusal(answer))
                }
                return answer
            case .unreachable where !wasLost: throw .unreachable(address: address, reason: reason)
            case .unreachable, .lost: throw .unanswered(address: address, reason: reason, key: request.key)
            }
        }
    }

    private func attempt(_ asked: ConsoleRequest) async -> (RetryPlan.Outcome, reason: String) {
        var request = HTTPClientRequest(url: address + asked.target)
        request.method = HTTPMethod(rawValue: asked.method.rawValue)
        request.headers.add(name: "Authorization", value: "Bearer " + token.reveal())
        request.headers.add(name: "Accept", value: "application/json")
        if !asked.body.isEmpty {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: asked.body))
        }
        do {
            let response = try await http.execute(request, timeout: ConsoleClient.timeout)
            let body = try await response.body.collect(upTo: ConsoleClient.answerMax)
            let answer = ConsoleAnswer(
                status: Int(response.status.code), body: Array(body.readableBytesView),
                retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) })
            return (.answered(answer), "")
        } catch {
            return ConsoleClient.isBeforeTheRequest(error)
                ? (.unreachable, token.scrubbed(from: ConsoleClient.words(error)))
                : (.lost, token.scrubbed(from: ConsoleClient.words(error)))
        }
    }

    /// Whether nothing can have left. What is not known to be so may have.
    private static func isBeforeTheRequest(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            [.connectTimeout, .tlsHandshakeTimeout, .emptyHost, .invalidURL, .emptyScheme].contains(error)
        case is NIOConnectionError, is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: true
        case let error as IOError: [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
        default: false
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as IOError: system(error.errnoCode)
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words($0.error) } ?? "the name is not found"
        case let error as HTTPClientError: error.shortDescription
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            "its certificate is not trusted; name its authority with --ca"
        default: "\(type(of: error))"
        }
    }

    // Sound: the text is copied before another call can change it.
    private static func system(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }
}
