import AsyncHTTPClient
// Names of the system's error numbers, and its words for them.
import Channels
import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Why no answer came over HTTP, in sentences of cause and remedy. They name host and port and nothing else of an
/// address, whose path may be a key.
enum HTTPFailure {
    /// Where was asked, and how.
    struct Place {
        var url: ChannelURL
        var seconds: Int64
        var authority: ChannelAuthority?

        var name: String { "\(url.host):\(url.port)" }
    }

    /// An error that is not known to come before the request left counts as one after.
    static func answer(to error: any Error, at place: Place) async -> ChannelAnswer {
        switch error {
        case let error as HTTPClientError: return client(error, place)
        case let error as NIOConnectionError:
            guard let first = error.connectionErrors.first else {
                return .unreachable(
                    reason:
                        "the name \(place.url.host) is not found; check the channel's address and this machine's DNS")
            }
            return .unreachable(reason: "no connection to \(place.name): " + words(first.error, place))
        case let error as IOError where [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode):
            return .unreachable(reason: "no connection to \(place.name): " + system(error.errnoCode))
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: return await tls(error, place)
        case is CancellationError: return .unanswered(reason: "stopped")
        default: return .unanswered(reason: words(error, place))
        }
    }

    private static func client(_ error: HTTPClientError, _ place: Place) -> ChannelAnswer {
        let name = place.name
        switch error {
        case .connectTimeout:
            return .unreachable(
                reason: "\(name) does not answer; check the channel's address, the network and the firewall between")
        case .getConnectionFromPoolTimeout:
            return .unreachable(
                reason: "no connection to \(name) became free in \(place.seconds) s; it is slow or down")
        case .tlsHandshakeTimeout:
            return .unreachable(
                reason: "\(name) does not go on with the TLS handshake; is its port one for https, does it run?")
        case .emptyHost, .invalidURL, .emptyScheme:
            return .unreachable(reason: "the channel's address cannot be used; write https://host/path")
        case .alreadyShutdown, .cancelled, .requestStreamCancelled: return .unreachable(reason: "stopped")
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            return .unanswered(
                reason: "\(name) gave no answer within \(place.seconds) s; see why it is slow, or raise the channel's "
                    + "timeout")
        case .remoteConnectionClosed, .uncleanShutdown:
            return .unanswered(
                reason: "\(name) closed the connection before it answered; see its log: it may be restarting, or a "
                    + "proxy between cuts connections")
        default:
            return .unanswered(
                reason: "\(name) does not answer as HTTP asks for (\(error.shortDescription)); is it an HTTP server?")
        }
    }

    private static func words(_ error: any Error, _ place: Place) -> String {
        switch error {
        case let error as IOError: system(error.errnoCode)
        case ChannelError.connectTimeout: "it does not answer; check the address, the network and the firewall between"
        case ChannelError.ioOnClosedChannel, ChannelError.eof, ChannelError.alreadyClosed:
            "\(place.name) closed the connection before it answered; see its log"
        default:
            "\(place.name) does not answer as HTTP asks for (\(type(of: error))); is it an HTTP server on that port?"
        }
    }

    private static func system(_ number: CInt) -> String {
        switch number {
        case ECONNREFUSED:
            return "connection refused; nothing listens there: see that the receiver runs, check the port"
        case ECONNRESET, EPIPE: return "the other side reset the connection before it answered; see its log"
        case ENETUNREACH, EHOSTUNREACH: return "no route to it; check the network cable, the gateway and the address"
        case ETIMEDOUT: return "no answer in time; check the address and the firewall between"
        case EADDRNOTAVAIL: return "this machine has no address to send from; check its network"
        // Sound: the C string stays valid until it is copied here.
        default: return unsafe String(cString: strerror(number))
        }
    }

    // MARK: TLS

    private static func tls(_ error: any Error, _ place: Place) async -> ChannelAnswer {
        let detail = String(describing: error)
        // The request had gone out where the handshake was over.
        if case NIOSSLError.uncleanShutdown = error {
            return .unanswered(reason: "\(place.name) closed the connection before it answered; see its log")
        }
        return .unreachable(
            reason: "the TLS handshake with \(place.name) failed: " + (await cause(error, detail, place)))
    }

    /// The names are BoringSSL's own, part of its error texts.
    private static func cause(_ error: any Error, _ detail: String, _ place: Place) async -> String {
        func has(_ words: String...) -> Bool { words.contains { detail.contains($0) } }
        let issuer = place.authority?.path ?? "an authority that this system knows"
        if case NIOSSLError.unableToValidateCertificate = error { return wrongName(place) }
        if error is NIOSSLExtraError { return wrongName(place) }
        if has("CERTIFICATE_VERIFY_FAILED") {
            switch await CertificateProbe.verdict(host: place.url.host, port: place.url.port, place.authority) {
            case .expired:
                return "its certificate or its CA has expired; have it renewed (and check this machine's clock)"
            case .notYetValid: return "its certificate is not valid yet; check this machine's clock"
            case .other:
                return "its certificate is not signed by \(issuer); set the channel's ca to the CA that signed it"
            }
        }
        if has(
            "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "EOF during handshake", "UNEXPECTED_RECORD")
        {
            return "the other side does not answer in TLS; check the port, or write http:// if it has no TLS"
        }
        if has("CERTIFICATE_REQUIRED", "HANDSHAKE_FAILURE") {
            return "the other side refuses; it may ask for a client certificate, or know no common kind of encryption"
        }
        if has("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL") {
            return "the other side speaks an older TLS than 1.2; have it updated"
        }
        return "the two sides do not agree; check the port and the other side's TLS settings (\(plain(detail)))"
    }

    private static func wrongName(_ place: Place) -> String {
        "its certificate is not for \(place.url.host); write the name that is in it, or have it issued again "
            + "(subjectAltName)"
    }

    /// OpenSSL's own words out of one of its errors, without the source file behind them.
    private static func plain(_ detail: String) -> String {
        let parts = detail.split(separator: ":")
        let words = parts.first { $0.contains("_") && $0.allSatisfy { $0.isUppercase || $0 == "_" || $0.isNumber } }
        return words.map { $0.lowercased().replacing("_", with: " ") } ?? "no reason given"
    }
}
