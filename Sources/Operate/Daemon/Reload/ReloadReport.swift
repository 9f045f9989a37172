import ArgumentParser
import Community
import Diagnostics
import Logging
import SiteConfiguration
import SiteLoading
import Terminal
import Vocabulary

/// What is told of a reload: to the log, to people where it is a trouble, and to whoever asked for it.
package struct ReloadReport {
    /// So many problems and changes are told a reload; `check` tells all.
    package static let linesMax = 50

    let answer: ReloadRequest.Answer
    /// For systemd, where the watch goes on as it was.
    let status: String
    /// With what words a refusal of the registry ends, once what was read is in force; nil where it does not.
    let settled: LocalizedText?
    private let reading: Reload.Reading

    init(_ reading: Reload.Reading, running: Site) {
        self.reading = reading
        let read = reading.read
        let language = read.files.settings?.site.language ?? running.settings.site.language
        var words = [read.notMeant, read.refused].compactMap { $0 }
        var code: Int32 = words.isEmpty ? 0 : Exit.configuration.rawValue
        var status = read.refused == nil ? "" : "registry refused"
        switch reading.outcome {
        case .accepted(let next):
            if let taken = read.taken { words.append(taken) }
            words.append(ReloadReport.accepted(next, withOldRegistry: read.refused != nil))
            words += read.diff?.lines() ?? []
        case .unchanged:
            if read.refused == nil { words.append(ReloadReport.unchanged(running)) }
            if status.isEmpty { status = "unchanged" }
        case .refused(let reasons):
            words.append(ReloadReport.refused(reasons))
            status = "reload refused: \(reasons.first ?? "")"
            code = Exit.configuration.rawValue
        }
        answer = ReloadRequest.Answer(code: code, words: words.map { $0.text(in: language) })
        self.status = status
        let watched = read.files.usable.map { $0.registry.watchedCount }
        settled = read.refused == nil ? watched.map { read.taken ?? RefusalWords.settled(watched: $0) } : nil
    }

    /// What a reload brings into force ends no trouble yet: whether it comes into force shows later.
    func send(_ log: Logger, _ faults: BoxFaults) {
        let read = reading.read
        if let words = read.notMeant { log.error("\(words.en)") }
        if let words = read.refused {
            log.error("\(words.en)")
            faults.raise(.registry, .high, words, tellsChanges: true)
        }
        switch reading.outcome {
        case .accepted(let next):
            log.notice("reloading", metadata: ["config": "\(next.source.hash)"])
            logChanges(log)
        case .unchanged:
            faults.clear(.config)
            if let settled { faults.clear(.registry, saying: settled) }
            if read.refused == nil { log.notice("nothing to reload: configuration and registry are unchanged") }
        case .refused(let reasons):
            log.error("the reload is refused; the watch goes on as it was")
            for reason in reasons.prefix(ReloadReport.linesMax) { log.error("\(reason)") }
            faults.raise(.config, .medium, ReloadReport.refused(reasons))
        }
    }

    /// What is wrong in it, as `check` says it, and what it changes.
    private func logChanges(_ log: Logger) {
        for line in reading.read.files.told(atMost: ReloadReport.linesMax) { log.warning("\(line)") }
        if let taken = reading.read.taken { log.notice("\(taken.en)") }
        for line in reading.read.diff?.lines() ?? [] { log.notice("\(line.en)") }
    }

    private static func counts(_ site: Site) -> LocalizedText {
        let watched = site.registry.watchedCount
        return LocalizedText(
            zh: "关注\(watched)人，\(site.problems.errors)个错误，\(site.problems.warnings)个警告（见 shouwang check）",
            en: "\(watched) people are watched; \(site.problems.errors) errors, \(site.problems.warnings) warnings "
                + "(see shouwang check)")
    }

    private static func accepted(_ site: Site, withOldRegistry: Bool) -> LocalizedText {
        let counts = counts(site)
        return withOldRegistry
            ? LocalizedText(
                zh: "新配置已采用，登记表仍用上一次采用的：\(counts.zh)",
                en: "the new configuration is taken, beside the last accepted registry: \(counts.en)")
            : LocalizedText(zh: "新的配置和登记表已采用：\(counts.zh)", en: "configuration and registry are taken: \(counts.en)")
    }

    private static func unchanged(_ site: Site) -> LocalizedText {
        let counts = counts(site)
        return LocalizedText(
            zh: "配置和登记表没有变化：\(counts.zh)", en: "configuration and registry are unchanged: \(counts.en)")
    }

    private static func refused(_ reasons: [String]) -> LocalizedText {
        let first = reasons.first ?? ""
        return LocalizedText(
            zh: "新配置有误，未采用，仍按原配置运行：\(first)", en: "the new configuration is refused, the old one goes on: \(first)")
    }
}
