/// What came back. Reasons are words of this program, without addresses and secrets.
package enum ChannelAnswer: Equatable, Sendable {
    /// `body` is cut at 64 kB.
    case http(status: Int, headers: [HeaderField], body: [UInt8])
    /// MQTT: the broker has it.
    case acknowledged
    /// MQTT: the broker will never take it.
    case refused(reason: String)
    /// The request never left: no address, no connection.
    case unreachable(reason: String)
    /// The request may have left, and nobody knows whether it arrived.
    case unanswered(reason: String)
}

extension ChannelAnswer {
    /// The first of the headers with that name, whatever its case.
    package func header(_ name: String) -> String? {
        guard case .http(_, let headers, _) = self else { return nil }
        return headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Whether somebody else may have answered than the receiver itself: a captive portal, a gateway, a server that is
    /// being deployed again. Such an answer says nothing of the message, and it passes.
    package var mayBeSomebodyElses: Bool {
        guard case .http(let status, _, _) = self else { return false }
        return (300...399).contains(status) || [401, 403, 404, 405, 407, 410, 421, 451].contains(status)
    }

    /// The beginning of a body as text. Far more than is kept: secrets are taken out before it is cut.
    package static func excerpt(_ body: [UInt8]) -> String {
        body.isEmpty ? "empty body" : String(decoding: body.prefix(4096), as: UTF8.self)
    }

    /// What holds for every channel when there was no answer to read; nil for an HTTP answer.
    package var outcomeWithoutAnswer: Outcome? {
        switch self {
        case .http: nil
        case .acknowledged: .sent(answer: "acknowledged")
        case .refused(let reason): .permanent(reason: reason)
        case .unreachable(let reason): .transient(TransientFailure(reason))
        case .unanswered(let reason): .transient(TransientFailure(reason, mayHaveArrived: true))
        }
    }
}
