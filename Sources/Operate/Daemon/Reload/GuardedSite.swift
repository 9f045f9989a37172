import CDispatch
package import Community
package import Diagnostics
import Glibc
import SiteConfiguration
package import SiteLoading
package import Timekeeping

/// What a start or a reload may watch: the configuration as it stands, with the registry as it stands where the guard
/// lets it pass, else with the one that was accepted last. Configuration and registry are judged apart, so a new
/// configuration comes into force beside an old registry, where the two fit together.
package struct GuardedSite {
    /// Who asks for the registry to be taken.
    package enum Ask: Equatable, Sendable {
        case start
        case signal
        /// By somebody who named the digits of a refusal.
        case accept(String)
    }

    /// The configuration with the registry that it is to be used with.
    package var files: SiteFiles
    /// Why the registry in the folder is not in it.
    package var refused: LocalizedText?
    /// A registry that was refused, and is in it now.
    package var taken: LocalizedText?
    /// Digits were named that no registry has.
    var notMeant: LocalizedText?
    /// What the registry changes against the one accepted last; nil where it changes nothing, or there was none.
    package var diff: RegistryDiff?

    /// - Parameter now: wall time.
    /// - Parameter pause: a second, in which sheets may go on changing.
    package static func read(
        config: String, ask: Ask, now: Instant, pause: () async -> Void
    ) async -> GuardedSite {
        var site = GuardedSite(files: SiteFiles(config: config))
        guard let settings = site.files.settings else { return site }
        let configs = ConfigStore(store: settings.store.path)
        guard let kept = configs.accepted else { return site }
        let accepted = SiteFiles(kept: kept)
        if let known = accepted.settings, known.site.id != settings.site.id { return site }
        guard !site.hasRegistry(of: kept) else {
            configs.recordRefusal(nil)
            if case .accept(let digits) = ask { site.notMeant = site.notMeant(digits) }
            return site
        }
        await site.awaitStillness(config: config, pause: pause)
        guard site.files.settings != nil else { return site }
        site.judge(against: accepted, ask: ask, now: now, configs: configs)
        return site
    }

    /// The pause of a daemon; cut short where the task is cancelled.
    package static func second() async {
        do { try await Task.sleep(for: .seconds(1)) } catch { return }
    }

    private func hasRegistry(of kept: SiteSource) -> Bool {
        !files.isUnreadable && files.source.registryHash == kept.registryHash
    }

    /// Reads again while a sheet's size or time changes: somebody is saving it.
    private mutating func awaitStillness(config: String, pause: () async -> Void) async {
        for _ in 0..<GuardedSite.triesMax {
            guard let folder = files.settings?.registry else { return }
            let before = SheetMark.all(in: folder)
            files = SiteFiles(config: config)
            await pause()
            guard let same = files.settings?.registry, same == folder, SheetMark.all(in: folder) == before else {
                continue
            }
            return
        }
    }

    /// So many seconds are waited for sheets to stand still; then they are judged as they are.
    static let triesMax = 10

    private mutating func judge(against accepted: SiteFiles, ask: Ask, now: Instant, configs: ConfigStore) {
        guard !files.isUnreadable else {
            let what = files.diagnostics.last { $0.severity == .error }
            let reason = what.map { LocalizedText(zh: "\($0.file) \($0.what.zh)", en: "\($0.file): \($0.what.en)") }
            refused = RefusalWords.refused(
                reason.map { [$0] } ?? [], unwatched: [], config: files.source.config, digits: nil, takesSignal: false)
            use(accepted)
            return
        }
        let verdict = RegistryGuard(
            files: files.source.registry, registry: files.registry, accepted: accepted.source.registry,
            acceptedRegistry: accepted.registry)
        let diff = RegistryDiff(from: accepted.registry, to: files.registry)
        self.diff = diff.isEmpty ? nil : diff
        let hash = files.source.registryHash
        if case .accept(let digits) = ask, !RegistryRefusal.isMeant(hash, by: digits) { notMeant = notMeant(digits) }
        guard !verdict.reasons.isEmpty else {
            configs.recordRefusal(nil)
            return
        }
        // People read it somewhere else than where the daemon was started.
        let config = Store.realPath(files.source.config)
        var refusal = RegistryRefusal(hash: hash, at: now)
        var isTaken = false
        if let before = configs.refusal, before.hash == hash {
            let age = before.age(at: now)
            if let age, age <= RegistryRefusal.signalUntil { refusal.at = before.at }
            let isInTime = age.map { (RegistryRefusal.signalAfter...RegistryRefusal.signalUntil).contains($0) } == true
            isTaken = before.isTaken || (ask == .signal && verdict.mayBeTakenBySignal && isInTime)
        }
        if case .accept(let digits) = ask { isTaken = isTaken || RegistryRefusal.isMeant(hash, by: digits) }
        refusal.isTaken = isTaken
        configs.recordRefusal(refusal)
        if isTaken {
            taken = RefusalWords.taken(
                refusal.digits, unwatched: verdict.unwatched, watched: files.registry.watchedCount)
            return
        }
        refused = RefusalWords.refused(
            verdict.reasons.map(\.phrase), unwatched: verdict.unwatched, config: config,
            digits: refusal.digits, takesSignal: verdict.mayBeTakenBySignal)
        use(accepted)
    }

    private func notMeant(_ digits: String) -> LocalizedText? {
        let hash = files.source.registryHash
        if RegistryRefusal.isMeant(hash, by: digits) { return nil }
        return RefusalWords.otherDigits(digits, now: RegistryRefusal.digits(of: hash))
    }

    private mutating func use(_ accepted: SiteFiles) {
        diff = nil
        files = SiteFiles(
            kept: SiteSource(
                config: files.source.config, files: files.source.files, registry: accepted.source.registry))
    }
}
