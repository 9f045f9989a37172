import Cases
import Channels
import Hummingbird
import JSONWriting
import Ledger
import SiteConfiguration
import Vocabulary

extension API {
    private static let deliveryField = Field("id", .integer(1...Int64.max), "the delivery's number", "1").needed

    static let deliveryOperations: [Operation] = [
        Operation(
            id: "listDeliveries", method: .get, path: "/deliveries",
            summary: "What was told to whom, the newest first; `state=dead` is what was given up.",
            roles: [.viewer, .manager, .admin],
            parameters: [
                Field("state", .choice(DeliveryState.allCases.map(\.rawValue)), "in this state", "dead"),
                Field("channel", .text(max: 64), "over this channel", ExampleSite.channel), limitField,
                Field("cursor", .integer(1...Int64.max), "`next` of the page before", "1"),
            ], result: .json("DeliveryPage"), exampleQuery: "state=dead"
        ) { call throws(Problem) in try await call.api.listDeliveries(call) },
        Operation(
            id: "resendDelivery", method: .post, path: "/deliveries/{id}/resend",
            summary: "Sends again what was given up.", roles: [.manager, .admin], parameters: [deliveryField],
            result: .json("Delivery"), mayConflict: true
        ) { call throws(Problem) in try await call.api.resend(call) },
        Operation(
            id: "testChannel", method: .post, path: "/channels/{name}/test",
            summary: "Sends a trial message over a channel, and says what came of it.", roles: [.manager, .admin],
            parameters: [Field("name", .text(max: 64), "the channel's name", ExampleSite.channel).needed],
            result: .json("ChannelTest")
        ) { call throws(Problem) in try await call.api.testChannel(call) },
        Operation(
            id: "listRejects", method: .get, path: "/rejects",
            summary: "How many records were refused since the watch began, by the reason's code.",
            roles: [.viewer, .manager, .admin, .auditor], result: .json("Rejects")
        ) { call throws(Problem) in call.api.listRejects() },
    ]

    private func listDeliveries(_ call: Call) async throws(Problem) -> Response {
        var filter = DeliveryFilter()
        filter.state = call.value("state").flatMap(DeliveryState.init(rawValue:))
        filter.channel = call.value("channel")
        filter.before = call.integer("cursor")
        filter.limit = call.limit + 1
        let rows = try await read { [filter] (ledger) throws(LedgerError) in try ledger.deliveries(filter) }
        let page = rows.prefix(call.limit)
        return API.json { object in
            object.list("deliveries", page) { writer, row in
                writer.element { self.write(row, to: &$0, for: call.caller) }
            }
            object.raw("next", API.nullable(rows.count > page.count ? page.last.map { "\($0.id)" } : nil))
        }
    }

    private func resend(_ call: Call) async throws(Problem) -> Response {
        let id = call.integer("id") ?? 0
        guard let row = try await read({ (ledger) throws(LedgerError) in try ledger.delivery(id: id) }) else {
            throw .notFound("delivery")
        }
        let now = parts.now()
        try await audit(call.caller, "delivery.resend", "\(id)", row.entry.channel)
        guard try await read({ (ledger) throws(LedgerError) in try ledger.redrive(id, now: now) }) else {
            var problem = Problem(409, "not_dead", "not legal now", "only what was given up can be sent again")
            problem.state = row.state.rawValue
            throw problem
        }
        parts.wakeSender()
        guard let after = try await read({ (ledger) throws(LedgerError) in try ledger.delivery(id: id) }) else {
            throw .notFound("delivery")
        }
        return API.json { self.write(after, to: &$0, for: call.caller) }
    }

    private func testChannel(_ call: Call) async throws(Problem) -> Response {
        let name = call.needed("name")
        guard parts.settings.channels.contains(where: { $0.name == name }) else { throw .notFound("channel") }
        try await audit(call.caller, "channel.test", name)
        guard let test = await parts.testChannel(name) else {
            throw .unavailable("the channel cannot be used; see what `shouwang check` says of it")
        }
        return API.json { object in
            object.text("channel", name)
            object.truth("sent", test.isSent)
            object.text("answer", test.answer)
        }
    }

    private func listRejects() -> Response {
        let refused = parts.refused()
        return API.json { object in
            object.number("total", refused.values.reduce(0, +))
            object.object("codes") { codes in
                for (code, count) in refused.sorted(by: { $0.key < $1.key }) { codes.number(code, count) }
            }
        }
    }

    // MARK: Writing

    /// A delivery; whom it went to is masked but for managers, since it may be a phone number.
    func write(_ row: DeliveryRow, to object: inout JSONWriter, for caller: Caller) {
        let entry = row.entry
        object.number("id", row.id)
        object.text("key", row.key)
        object.text("number", "\(entry.record).\(entry.ordinal)")
        object.text("alert", entry.alert)
        object.text("channel", entry.channel)
        object.text("recipient", caller.seesNames ? entry.recipient : API.masked(entry.recipient))
        object.text("severity", entry.severity.rawValue)
        object.text("change", entry.change)
        object.text("kind", entry.kind.rawValue)
        object.text("at", time(entry.at))
        object.text("state", row.state.rawValue)
        object.number("attempts", row.attempts)
        object.text("next", ifAny: row.next.map(time))
        object.text("settled", ifAny: row.settled.map(time))
        object.text("answer", ifAny: row.answer)
    }

    func write(_ row: AttemptRow, to object: inout JSONWriter) {
        object.number("number", row.number)
        object.text("at", time(row.at))
        object.text("ended", ifAny: row.ended.map(time))
        object.text("outcome", ifAny: row.outcome)
        object.text("answer", ifAny: row.answer)
    }

    /// The last two characters, so that one number can be told from another.
    static func masked(_ recipient: String) -> String {
        recipient.isEmpty ? "" : "•••" + (recipient.count > 4 ? String(recipient.suffix(2)) : "")
    }
}
