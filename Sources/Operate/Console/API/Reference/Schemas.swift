import Cases
/// What the API answers with, as JSON schemas: the components of the OpenAPI file.
enum Schemas {
    /// In the order of the file.
    static let all: [(name: String, schema: String)] = [
        ("Problem", problem), ("Alert", alert), ("AlertPage", page("alerts", "Alert")), ("AlertDetail", alertDetail),
        ("Event", event), ("Delivery", delivery), ("DeliveryDetail", deliveryDetail), ("Attempt", attempt),
        ("DeliveryPage", page("deliveries", "Delivery")), ("Photo", photo), ("Resident", resident),
        ("ResidentPage", page("residents", "Resident")), ("ResidentAct", residentAct), ("Device", device),
        ("DevicePage", page("devices", "Device")), ("Place", place), ("PlacePage", page("places", "Place")),
        ("Rule", rule), ("RuleList", list("rules", "Rule")), ("Worker", worker),
        ("WorkerList", list("workers", "Worker")), ("Rejects", rejects), ("Status", status), ("AuditRow", auditRow),
        ("AuditPage", audit), ("Token", token), ("TokenList", list("tokens", "Token")), ("NewToken", newToken),
        ("NewCase", newCase), ("Forgotten", forgotten), ("ChannelTest", channelTest), ("EvaluationRow", evaluationRow),
        ("Evaluation", object([("rows", array("EvaluationRow"))])),
        ("OpenAPI", #"{"type":"object"}"#),
    ]

    private static let text = #"{"type":"string"}"#
    private static let number = #"{"type":"integer"}"#
    private static let truth = #"{"type":"boolean"}"#
    private static let time = #"{"type":"string","format":"date-time"}"#
    private static let texts = #"{"type":"array","items":{"type":"string"}}"#
    private static let words = #"{"type":"object","additionalProperties":{"type":"string"}}"#

    static func reference(_ name: String) -> String { ##"{"$ref":"#/components/schemas/\##(name)"}"## }

    /// An object; a name with `?` at its end may be left out.
    /// - Parameter isOpen: it may have more keys.
    private static func object(_ members: [(String, String)], isOpen: Bool = false) -> String {
        let properties = members.map { name, schema in
            "\"\(name.hasSuffix("?") ? String(name.dropLast()) : name)\":\(schema)"
        }
        let needed = members.map(\.0).filter { !$0.hasSuffix("?") }.map { "\"\($0)\"" }.joined(separator: ",")
        let end = isOpen ? "" : ",\"additionalProperties\":false"
        return "{\"type\":\"object\",\"properties\":{\(properties.joined(separator: ","))},"
            + "\"required\":[\(needed)]\(end)}"
    }

    private static func array(_ name: String) -> String {
        "{\"type\":\"array\",\"items\":\(reference(name))}"
    }

    private static func list(_ key: String, _ name: String) -> String { object([(key, array(name))]) }

    /// A list of which more may follow: `next` is the cursor of the next page, null at the end.
    private static func page(_ key: String, _ name: String) -> String {
        object([(key, array(name)), ("next", #"{"type":["string","null"]}"#)])
    }

    private static let problem = object([
        ("type", text), ("title", text), ("status", number), ("detail", text), ("code", text), ("field?", text),
        ("state?", text), ("allowed?", texts), ("retry_after?", number),
    ])

    private static let alertMembers = [
        ("schema", text), ("change", text), ("at", time), ("id", #"{"type":"string","pattern":"^[0-9a-f]{16}$"}"#),
        ("rule", text), ("kind", text), ("severity", #"{"type":"string","enum":["low","medium","high","critical"]}"#),
        ("site", text), ("place?", text), ("grid?", text), ("key", text), ("person?", text), ("device?", text),
        ("started", time), ("detected", time), ("last_evidence?", time),
        (
            "state",
            #"{"type":"string","enum":["open","dispatched","acknowledged","on_site","handled","suspended","#
                + #""resolved","closed"]}"#
        ), ("actor?", text), ("assignee?", text), ("due?", time), ("found?", text), ("note?", text),
        ("verdict?", text), ("detail", #"{"type":"object"}"#), ("evidence", #"{"type":"array"}"#),
        ("message", words), ("act?", #"{"type":"object"}"#), ("short", text), ("number", text), ("lamp?", text),
        ("allowed", texts), ("clocks?", #"{"type":"object"}"#),
    ]

    private static let alert = object(alertMembers, isOpen: true)
    private static let alertDetail = object(
        alertMembers + [
            ("events", array("Event")), ("deliveries", array("DeliveryDetail")), ("photos", array("Photo")),
        ], isOpen: true)
    private static let event = object([("number", text), ("change", text), ("at", time)], isOpen: true)

    private static let deliveryMembers = [
        ("id", number), ("key", text), ("number", text), ("alert", text), ("channel", text), ("recipient", text),
        ("severity", text), ("change", text), ("kind", text), ("at", time),
        ("state", #"{"type":"string","enum":["pending","leased","sent","retry","dead","superseded"]}"#),
        ("attempts", number), ("next?", time), ("settled?", time), ("answer?", text),
    ]
    private static let delivery = object(deliveryMembers)
    private static let deliveryDetail = object(deliveryMembers + [("tries", array("Attempt"))])
    private static let attempt = object([
        ("number", number), ("at", time), ("ended?", time), ("outcome?", text), ("answer?", text),
    ])
    private static let photo = object([
        ("hash", text), ("type", text), ("size", number), ("at", time), ("person", text),
    ])

    private static let contact = object([("name", text), ("phone", text)])
    private static let resident = object([
        ("id", text), ("name", text), ("place?", text), ("address?", text), ("grid?", text), ("care", texts),
        ("watched", truth), ("away_from?", text), ("away_until?", text), ("alerts?", array("Alert")), ("phone?", text),
        ("born?", text), ("family?", "{\"type\":\"array\",\"items\":\(contact)}"), ("key_holder?", text),
        ("note?", text),
    ])
    private static let residentAct = object([("id", text), ("verb", text), ("record", number)])

    private static let device = object([
        ("id", text), ("name", text), ("kind", text), ("family", text), ("place?", text), ("address?", text),
        ("grid?", text), ("heartbeat_seconds?", number), ("via?", text),
    ])
    private static let place = object([
        ("id", text), ("name", text), ("kind", text), ("parent?", text), ("grid?", text),
    ])
    private static let rule = object([
        ("name", text), ("kind", text), ("severity", text), ("built_in", truth), ("explanation", words),
    ])
    private static let worker = object([
        ("id", text), ("name", text), ("role", text), ("grids", texts), ("on_shift", truth), ("shift?", text),
        ("channels", texts), ("until?", time), ("next?", time), ("phone?", text),
    ])
    private static let times = object([("count", number), ("median?", number), ("p90?", number), ("worst?", number)])
    private static let share = object([("met", number), ("of", number)])
    private static let evaluationRow = object([
        ("group", text), ("cases", number), ("closed", number), ("resolved", number), ("acknowledge", times),
        ("arrive", times), ("close", times),
        ("on_time", object(ClockStep.allCases.map { ($0.rawValue + "?", share) })), ("not_right", share),
        ("handled", number), ("rework", number), ("returns", number), ("escalations", number),
        ("escalations_on_time", share), ("arrival_not_reported", number), ("self_checked", number),
    ])
    private static let rejects = object([
        ("total", number), ("codes", #"{"type":"object","additionalProperties":{"type":"integer"}}"#),
    ])
    private static let status = object([
        ("version", text), ("site", text), ("time", time), ("ready", truth), ("problems", texts), ("degraded", texts),
        ("notes", texts), ("open_alerts", number), ("dead_deliveries", number), ("streams", number),
        ("audit_rows", number), ("audit_head", text), ("audit_intact", truth),
    ])
    private static let auditRow = object([
        ("id", number), ("at", time), ("person", text), ("role", text), ("action", text), ("object", text),
        ("detail", text), ("hash", text),
    ])
    private static let audit = page("rows", "AuditRow")
    private static let tokenMembers = [
        ("id", text), ("name", text), ("role", text), ("worker?", text), ("created", time), ("expires?", time),
        ("revoked?", time), ("used?", time), ("live", truth),
    ]
    private static let token = object(tokenMembers)
    private static let newToken = object(tokenMembers + [("token", text)])
    private static let newCase = object([("record", number), ("alerts", texts)])
    private static let forgotten = object([
        ("resident", text), ("done", truth), ("blockers", texts),
        (
            "places",
            "{\"type\":\"array\",\"items\":"
                + object([
                    ("place", text), ("path", text),
                    ("fate", #"{"type":"string","enum":["nothing","removed","kept","by_hand"]}"#), ("count", number),
                    ("bytes", number), ("until?", time), ("why", text),
                ]) + "}"
        ),
    ])
    private static let channelTest = object([("channel", text), ("sent", truth), ("answer", text)])
}
