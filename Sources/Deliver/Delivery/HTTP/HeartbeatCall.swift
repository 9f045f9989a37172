import Channels
package import ConfigReading
package import Diagnostics

/// The call by which the box says to a watcher elsewhere that it works: a GET of one address, no redirects, no retries
/// of its own, since the next one is due soon. Each answer of 200 to 299 counts; what is in it is not looked at.
///
/// The address is mostly a secret (whoever knows it can say that the box lives): the reasons name host and port alone.
package struct HeartbeatCall: Sendable {
    /// From connecting to the answer's last byte: shorter than the shortest interval.
    package static let total = Duration.seconds(8)

    private let port: HTTPPort
    private let url: ChannelURL

    package init(_ address: WebAddress) throws(UnplacedDiagnostic) {
        url = try ChannelURL(address.text, option: "heartbeat.url")
        port = HTTPPort(connect: .seconds(5), total: HeartbeatCall.total, connectionsPerHost: 1)
    }

    /// Calls once.
    /// - Returns: why it did not count; nil where it did.
    package func send() async -> String? {
        let request = HTTPPort.Request(method: "GET", url: url, headers: [], body: [])
        switch await port.answer(request, HTTPTerms()) {
        case .http(let status, _, _) where (200...299).contains(status): return nil
        case .http(let status, _, _) where (300...399).contains(status):
            return
                "\(url.host):\(url.port) answers \(status), a redirect, which is not followed; give the address that "
                + "it leads to"
        case .http(let status, _, _):
            return "\(url.host):\(url.port) answers \(status); check heartbeat.url at the watcher"
        case .unreachable(let reason), .unanswered(let reason), .refused(let reason): return reason
        case .acknowledged: return nil
        }
    }

    /// Closes its connection; nothing may be sent afterwards.
    /// - Returns: why that failed; nil where it did not.
    package func close() async -> String? {
        do {
            try await port.close()
            return nil
        } catch {
            return "\(type(of: error))"
        }
    }
}
