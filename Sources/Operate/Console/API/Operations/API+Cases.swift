import Cases
import Community
import Hummingbird
import JSONWriting
import Vocabulary

extension API {
    static let caseOperations: [Operation] = [
        Operation(
            id: "makeCase", method: .post, path: "/cases",
            summary: "Makes a case by hand: a report, as if it had come over MQTT. Which alert it raises, rules say.",
            roles: [.manager, .admin],
            body: .fields([
                Field("key", .text(max: 64), "made up by who sends it; the same again makes no second case", "\"k1\"")
                    .needed,
                Field("type", .choice(MadeReport.types), "of the report family", "\"resident_report\"").needed,
                Field("text", .text(max: 2000), "in words", "\"水管漏水\"").needed,
                Field("place", .text(max: 200), "a place's id", "\"b3\"").needed,
                Field("category", .text(max: 64), "as 报修", "\"报修\""),
                Field("by", .text(max: 64), "who told of it", "\"罗女士\""),
                Field("phone", .text(max: 32), "their number", "\"13800000000\""),
                Field("severity", .choice(Severity.allCases.map(\.rawValue)), "how urgent it is", "\"medium\""),
            ]), result: .json("NewCase"), mayConflict: true
        ) { call throws(Problem) in try await call.api.makeCase(call) }
    ]

    private func makeCase(_ call: Call) async throws(Problem) -> Response {
        guard let reports = parts.reports else { throw .unavailable("no feed of this site takes reports") }
        let place = call.body["place"]?.text ?? ""
        guard parts.registry.place(place) != nil else { throw .badField("place", "the registry has no such place") }
        var report = MadeReport(
            type: call.body["type"]?.text ?? "", text: call.body["text"]?.text ?? "", place: place,
            key: call.body["key"]?.text ?? "", person: call.caller.person)
        report.category = call.body["category"]?.text
        report.by = call.body["by"]?.text
        report.phone = call.body["phone"]?.text
        report.severity = call.body["severity"]?.text
        switch await reports.report(report) {
        case .done(let record, let alerts):
            return API.json { object in
                object.number("record", record)
                object.texts("alerts", alerts)
            }
        case .keyReused:
            throw Problem(409, "key_reused", "not legal now", "this person used the key for something else before")
        case .unavailable: throw .unavailable("the journal cannot store now; send it again with the same key")
        case .busy: throw .tooMany("too many records wait already; send it again with the same key", retryAfter: 1)
        }
    }
}
