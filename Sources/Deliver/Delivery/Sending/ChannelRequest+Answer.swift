import Channels

extension ChannelRequest {
    func answer(
        over port: HTTPPort, _ terms: HTTPTerms, _ publish: OutboxSender.Publish
    ) async -> ChannelAnswer {
        switch self {
        case .http(let method, let url, let headers, let body):
            await port.answer(HTTPPort.Request(method: method, url: url, headers: headers, body: body), terms)
        case .mqtt(let topic, let payload, let qos, let retain):
            await publish(topic, payload, qos, retain)
        }
    }
}
