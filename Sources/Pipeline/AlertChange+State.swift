import Alerts
import Diagnostics
import Feeds
import SiteConfiguration
import StateCoding
import Timekeeping

extension AlertChange {
    func write(to writer: inout StateWriter) {
        for text in [id, rule, kind.rawValue, severity.rawValue, site, key, state.rawValue, detail] {
            writer.text(text)
        }
        for text in [place, grid, person, device, actor, found, note, verdict?.rawValue] {
            writer.truth(text != nil)
            if let text { writer.text(text) }
        }
        for instant in [at, started, detected] { writer.instant(instant) }
        writer.instant(ifAny: lastEvidence)
        writer.integer(evidence.count)
        for item in evidence {
            writer.instant(item.at)
            writer.text(item.topic)
            writer.text(item.device)
            writer.byte(item.kind.rawValue)
        }
        writer.text(message.zh)
        writer.text(message.en)
    }

    init(from reader: inout StateReader) throws(StateError) {
        var texts: [String] = []
        for _ in 0..<8 { texts.append(try reader.text()) }
        var maybe: [String?] = []
        for _ in 0..<8 { maybe.append(try reader.truth() ? try reader.text() : nil) }
        let at = try reader.instant()
        let started = try reader.instant()
        let detected = try reader.instant()
        let last = try reader.instantIfAny()
        var evidence: [EvidenceItem] = []
        for _ in 0..<(try reader.count(ofSize: 11)) {
            let at = try reader.instant()
            let topic = try reader.text()
            let device = try reader.text()
            guard let kind = ObservationKind(rawValue: try reader.byte()) else {
                throw reader.damaged("an observation's kind")
            }
            evidence.append(EvidenceItem(at: at, topic: topic, device: device, kind: kind))
        }
        let message = Phrase(zh: try reader.text(), en: try reader.text())
        guard let kind = RuleKind(rawValue: texts[2]), let severity = Severity(rawValue: texts[3]),
            let state = AlertState(rawValue: texts[6])
        else { throw reader.damaged("an alert's kind, severity and state") }
        self.init(
            record: 0, ordinal: 0, change: .raised, at: at, id: texts[0], rule: texts[1], kind: kind,
            severity: severity, site: texts[4], place: maybe[0], grid: maybe[1], key: texts[5], person: maybe[2],
            device: maybe[3], started: started, detected: detected, lastEvidence: last, state: state,
            detail: texts[7], evidence: evidence, message: message, isTold: false)
        actor = maybe[4]
        found = maybe[5]
        note = maybe[6]
        verdict = maybe[7].flatMap(VerdictName.init(rawValue:))
    }
}
