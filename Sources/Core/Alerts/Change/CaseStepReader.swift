package import Cases
import CSIMDJSON
import RecordLog
package import Timekeeping
import Vocabulary

/// Reads events of the ledger, alert changes as the contract writes them, for clocks and figures.
///
/// Law: of what ``AlertChange/json(zone:)`` writes each field is read that ``CaseStep`` has; unknown keys are passed
/// over. Cost: one pass over the text, and a search for each field. One reader is not for two threads at once.
package final class CaseStepReader {
    private let parser = JSONParser()
    private let zone: Zone
    private var text: [UInt8] = []

    /// - Parameter zone: of times without an offset, as a phone may write them.
    package init(zone: Zone) { self.zone = zone }

    /// - Returns: nil for what is no alert change of this version's words.
    package func step(_ json: [UInt8]) -> CaseStep? {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: json)
        text.append(contentsOf: repeatElement(0, count: Int(CSJ_PADDING)))
        // Sound: the text is not changed before this call ends, and what is found in it is copied.
        return unsafe text.withUnsafeBufferPointer { buffer in
            guard unsafe parser.open(UnsafeBufferPointer(rebasing: buffer[0..<json.count])) == nil else { return nil }
            return read()
        }
    }

    private func read() -> CaseStep? {
        guard let change = word("/change").flatMap(ChangeKind.init(rawValue:)),
            let state = word("/state").flatMap(AlertState.init(rawValue:)), let at = instant("/at"),
            let rule = word("/rule"), let kind = word("/kind").flatMap(RuleKind.init(rawValue:)),
            let severity = word("/severity").flatMap(Severity.init(rawValue:))
        else { return nil }
        var step = CaseStep(change, state, at: at, rule: rule, kind: kind, severity: severity)
        step.grid = word("/grid")
        step.device = word("/device")
        step.category = word("/detail/category")
        step.isDrill = truth("/detail/drill") ?? false
        step.actor = word("/actor")
        step.assignee = word("/assignee")
        step.found = word("/found") ?? word("/act/found")
        step.verb = word("/act/verb").flatMap(Verb.init(rawValue:))
        step.to = word("/act/to")
        step.ok = truth("/act/ok")
        step.by = word("/act/by")
        step.length = word("/act/for").flatMap(Milliseconds.init(text:))
        step.reason = word("/act/reason")
        step.until = word("/act/until")
        step.alertRight = truth("/act/alert_right")
        step.tapped = instant("/act/tapped")
        step.isUnchecked = truth("/unchecked") ?? truth("/detail/unchecked") ?? truth("/act/unchecked") ?? false
        return step
    }

    /// A text that is not empty, or a number as it was written.
    private func word(_ pointer: String) -> String? {
        let found = unsafe parser.find(pointer)
        let kind = unsafe Int(found.value.kind)
        guard [CSJ_STRING, CSJ_ESCAPED, CSJ_NUMBER].contains(kind), unsafe !found.text.isEmpty else { return nil }
        return unsafe String(decoding: found.text, as: UTF8.self)
    }

    private func truth(_ pointer: String) -> Bool? {
        switch unsafe Int(parser.find(pointer).value.kind) {
        case CSJ_TRUE: true
        case CSJ_FALSE: false
        default: nil
        }
    }

    /// ISO 8601, or milliseconds since 1970.
    private func instant(_ pointer: String) -> Instant? {
        guard let text = word(pointer) else { return nil }
        switch ISO8601.read(text) {
        case .instant(let microseconds)?: return Instant(microseconds: microseconds)
        case .local(let civil)?: return zone.instant(civil)
        case nil: return Int64(text).flatMap { (0..<4_102_444_800_000).contains($0) ? Instant(milliseconds: $0) : nil }
        }
    }
}
