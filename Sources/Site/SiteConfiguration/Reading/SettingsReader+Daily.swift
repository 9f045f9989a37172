import ConfigReading
import Diagnostics

extension SettingsReader {
    /// The daily message goes out whether the configuration has its section or not.
    func daily(_ root: Section, channels: [String]) -> DailySettings {
        var daily = DailySettings()
        guard let section = root.sectionOrEmpty("daily") else { return daily }
        daily.at =
            section.value("at") { (text) throws(UnplacedDiagnostic) in try DailySettings.minutes(text) } ?? daily.at
        let to = section.list("to") { (text) throws(UnplacedDiagnostic) in try Target(text: text, channels: channels) }
        daily.to = to ?? daily.to
        daily.isWritten = section.has("to")
        if daily.to.isEmpty { section.error(.reachesNobody, at: "to") }
        return daily
    }
}

extension UnplacedDiagnostic {
    fileprivate static let reachesNobody = UnplacedDiagnostic(
        code: "daily.nobody", what: LocalizedText(zh: "平安日报没有收件人", en: "nobody gets the daily message"),
        remedy: LocalizedText(zh: "写通道名、角色或 worker:ID", en: "name a channel, a role or worker:ID"))
}
