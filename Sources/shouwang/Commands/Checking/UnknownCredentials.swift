import Community
import Diagnostics
import Feeds
import Pipeline
import RecordLog
import SiteConfiguration

/// `check --who`: the credentials that gates told and nobody in the registry has, out of the newest part of the store's
/// journal; nothing but the journal is opened.
struct UnknownCredentials {
    /// So much of the journal is read, packed segments as they are.
    static let bytesMax = 64 << 20

    let settings: Settings
    let registry: Registry
    let config: String

    private var journal: String { settings.store.path + "/journal" }

    var lines: [String] {
        do throws(LogError) { return try listed(counts()) } catch {
            return [
                LocalizedText(
                    zh: "不认识的凭证：\(journal) 读不到；用 shouwang replay 日志 --config \(config) 列出",
                    en: "unknown credentials: \(journal) cannot be read; "
                        + "list them by shouwang replay LOG --config \(config)"
                ).text(in: settings.site.language)
            ]
        }
    }

    private func counts() throws(LogError) -> InputCounts {
        let newest = try LogArgument(newestOf: journal, bytesMax: UnknownCredentials.bytesMax)
        let plan = FeedPlan(settings: settings, registry: registry, zones: Pipeline.zones(of: settings))
        let merge = LogMerge(logs: [newest], pool: ReaderPool(threads: 2)) { Decoder.decode($0, plan: plan) }
        var counts = InputCounts()
        while let run = merge.next() {
            for record in run.batch.records[run.range] {
                let first = Int(record.firstObservation)
                for observation in run.batch.observations[first..<first + Int(record.observationCount)] {
                    guard let name = observation.person.unknown else { continue }
                    counts.count(stranger: name, at: observation.device, run.batch, registry)
                }
            }
        }
        return counts
    }

    private func listed(_ counts: InputCounts) -> [String] {
        let language = settings.site.language
        let shown = counts.unknownCredentials
        if shown.isEmpty {
            return [LocalizedText(zh: "不认识的凭证：没有", en: "unknown credentials: none").text(in: language)]
        }
        let head = LocalizedText(
            zh: "不认识的凭证（最近的流水中最多的 \(shown.count) 个，已遮盖）：",
            en: "unknown credentials (the \(shown.count) most frequent of the newest journal, masked):")
        return [head.text(in: language)]
            + shown.map { credential in
                "\(credential.masked)\t\(credential.device)\t"
                    + LocalizedText(zh: "\(credential.count) 次", en: "\(credential.count) times").text(in: language)
            }
    }
}
