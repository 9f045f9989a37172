import Cases
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore

extension API {
    private static let lastEventID = HTTPField.Name("last-event-id") ?? .origin
    private static let buffering = HTTPField.Name("x-accel-buffering") ?? .server

    func stream(_ call: Call) async throws(Problem) -> Response {
        let headers: HTTPFields = [.contentType: "text/event-stream", API.buffering: "no"]
        if call.request.method == .head { return Response(status: .ok, headers: headers) }
        let asked = call.request.headers[API.lastEventID]
        let last = try await read { (ledger) throws(LedgerError) in
            let last = try ledger.lastEventNumber()
            return EventNumber(last.record, last.ordinal)
        }
        let position = asked.map { EventNumber($0) } ?? last
        guard let channel = call.channel, let place = streams.open(at: position ?? last, on: channel) else {
            throw .unavailable("\(StreamHub.most) streams are open already", retryAfter: 10)
        }
        let body = ResponseBody { [self] writer in
            defer { streams.close(place) }
            // What is written at once shows whoever listens that the stream is there.
            try await writer.write(ByteBuffer(string: "retry: 3000\n: hb\n\n"))
            if position == nil { try await writer.write(ByteBuffer(string: API.reload(last))) }
            // What was missed comes at once, and not with the next round.
            var at = position ?? last
            var text = ""
            (text, at) = try await news(behind: at, for: call.caller.asker)
            if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            streams.reached(at, place)
            for await wake in place.wakes {
                if wake == .heartbeat {
                    guard await isLive(call.caller) else { break }
                    try await writer.write(ByteBuffer(string: ": hb\n\n"))
                    continue
                }
                (text, at) = try await news(behind: at, for: call.caller.asker)
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                streams.reached(at, place)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private static func reload(_ number: EventNumber) -> String { "id: \(number)\nevent: reload\ndata: {}\n\n" }

    /// What stands behind a number, as far as whoever listens may see it, and the number of the last of it.
    private func news(
        behind position: EventNumber, for asker: Asker
    ) async throws(Problem) -> (text: String, end: EventNumber) {
        let events: [StreamEvent]
        if let known = streams.events(behind: position) {
            events = known
        } else {
            let missed = try await read { (ledger) throws(LedgerError) in
                try ledger.events(
                    behind: position.record, ordinal: position.ordinal, limit: StreamHub.resumeMax + 1)
            }
            guard missed.count <= StreamHub.resumeMax else {
                let last = try await read { (ledger) throws(LedgerError) in
                    let last = try ledger.lastEventNumber()
                    return EventNumber(last.record, last.ordinal)
                }
                return (API.reload(last), last)
            }
            events = missed.map(StreamEvent.init)
        }
        let text = events.filter { Rights.sees(asker, $0.facts) }.map(\.text).joined()
        return (text, events.last?.number ?? position)
    }
}
