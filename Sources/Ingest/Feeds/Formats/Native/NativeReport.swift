package import Community
package import Diagnostics
import JSONWriting
package import Vocabulary

/// What somebody tells by phone or at the counter, and another types in: a message of the native feed's family
/// `report`, as a phone would send it, so that journal, rules and replay know one form of a report.
///
/// The daemon takes ``message(site:console:)`` in as if it had come from the broker: the same line of the journal, the
/// same decoding. So a feed of the native format must have its topic (``isHeard(in:site:console:)``). Severity, phone
/// and photograph are kept in the payload as told; how severe the alert is says the rule.
package struct NativeReport: Equatable, Sendable {
    /// Which field is wrong, and what to do.
    package struct Refusal: Error, Equatable, Sendable {
        /// As the API names it.
        package var field: String
        package var phrase: LocalizedText
    }

    /// What a report may be.
    package static let types: [ObservationKind] = [
        .residentReport, .patrolReport, .dissuasion, .liftFault, .liftTrapped,
    ]
    /// Of category, name and number.
    package static let wordMax = 64
    package static let placeMax = 200
    /// Of which rules and alerts have the first 300; all of it stays in the journal.
    package static let textMax = 2000
    /// The device that a report typed in has: no device of the registry.
    package static let console = "console"

    package var type = ObservationKind.residentReport
    package var category: String?
    package var text: String?
    /// A place's id, or an address.
    package var place: String?
    /// Who reports.
    package var by: String?
    package var phone: String?
    /// Who typed it in.
    package var enteredBy: String?
    package var severity: Severity?
    /// Of a photograph, its hash.
    package var photo: String?
    /// Equal for the same report told twice.
    package var key: String

    package init(key: String) { self.key = key }

    /// The first field that is wrong; nil where none is.
    /// - Parameter registry: which places there are.
    package func refusal(_ registry: Registry) -> Refusal? {
        if !(1...64).contains(key.count) { return .length("key", 1...64) }
        guard NativeReport.types.contains(type) else {
            let names = NativeReport.types.map(\.name).joined(separator: ", ")
            return Refusal(
                field: "type",
                phrase: LocalizedText(
                    zh: "“\(type.name)”不是上报；可用：\(names)", en: "\"\(type.name)\" is no report; known are \(names)"))
        }
        if let place, !(1...NativeReport.placeMax).contains(place.count) {
            return .length("place", 1...NativeReport.placeMax)
        }
        for (field, value) in [("category", category), ("by", by), ("phone", phone), ("entered_by", enteredBy)] {
            if let value, !(1...NativeReport.wordMax).contains(value.count) {
                return .length(field, 1...NativeReport.wordMax)
            }
        }
        if let text, !(1...NativeReport.textMax).contains(text.count) {
            return .length("text", 1...NativeReport.textMax)
        }
        if let photo, photo.count != 64 || !photo.allSatisfy(\.isHexDigit) { return .length("photo", 64...64) }
        if let place, registry.place(place) == nil {
            return Refusal(
                field: "place",
                phrase: LocalizedText(
                    zh: "登记表里没有“\(place)”这个场所；写 places.csv 的编号，或地址，如 3栋/2单元/502",
                    en: "there is no place \"\(place)\"; write an id of places.csv, or an address as 3栋/2单元/502"))
        }
        guard category != nil || text != nil || type == .liftFault || type == .liftTrapped else {
            return Refusal(
                field: "text",
                phrase: LocalizedText(zh: "请写明事由（category 或 text）", en: "say what it is about (category or text)"))
        }
        return nil
    }

    /// Topic and payload. The same report gives the same bytes.
    package func message(site: String, console: String = NativeReport.console) -> (topic: String, payload: [UInt8]) {
        let payload = JSONWriter.object { writer in
            writer.text("type", type.name)
            writer.text("id", key)
            writer.text("category", ifAny: category)
            writer.text("text", ifAny: text)
            writer.text("place", ifAny: place)
            writer.text("by", ifAny: by)
            writer.text("phone", ifAny: phone)
            writer.text("entered_by", ifAny: enteredBy)
            writer.text("severity", ifAny: severity?.rawValue)
            writer.text("photo", ifAny: photo)
        }
        return (NativeFormat.topic(site: site, "report/" + console), payload)
    }

    /// Whether a feed of the native format takes such messages: without one a report is refused as any other message
    /// that belongs to no feed.
    package static func isHeard(
        in feeds: [FeedSettings], site: String, console: String = NativeReport.console
    ) -> Bool {
        let topic = NativeFormat.topic(site: site, "report/" + console)
        // The first feed that has the topic reads it.
        let first = feeds.first { feed in
            do throws(TopicFilter.Problem) { return try TopicFilter(feed.topic).matches(topic) } catch { return false }
        }
        return first.map { Swift.type(of: $0.format.format).name } == NativeFormat.name
    }
}

extension NativeReport.Refusal {
    fileprivate static func length(_ field: String, _ range: ClosedRange<Int>) -> NativeReport.Refusal {
        NativeReport.Refusal(
            field: field,
            phrase: LocalizedText(
                zh: "\(field) 应为 \(range.lowerBound) 到 \(range.upperBound) 个字",
                en: "\(field) has \(range.lowerBound) to \(range.upperBound) characters"))
    }
}
