import ConfigReading
import Diagnostics
import MQTTIntake
import SiteConfiguration
import SiteLoading
import Timekeeping

/// What SIGHUP asks for: the configuration and the registry are read again. What does not pass, or cannot change while
/// the daemon runs, is refused with the reasons, and the watch goes on as it was.
enum Reload {
    enum Outcome {
        case accepted(Site)
        case unchanged
        case refused([String])
    }

    /// What was read, and what comes of it.
    struct Reading {
        var outcome: Outcome
        var read: GuardedSite
    }

    static func read(
        config: String, running: Site, ask: GuardedSite.Ask, now: Instant, pause: () async -> Void
    ) async -> Reading {
        let read = await GuardedSite.read(config: config, ask: ask, now: now, pause: pause)
        return Reading(outcome: outcome(read.files, running), read: read)
    }

    private static func outcome(_ files: SiteFiles, _ running: Site) -> Outcome {
        guard let site = files.usable else { return .refused(files.told) }
        if site.source.hash == running.source.hash { return .unchanged }
        do throws(SecretError) { _ = try BrokerOptions(site.settings.mqtt) } catch {
            return .refused(["mqtt: \(error)"])
        }
        let fixed = fixedReasons(running.settings, site.settings)
        return fixed.isEmpty ? .accepted(site) : .refused(fixed.map { $0.text(in: site.settings.site.language) })
    }

    /// The lock, the journal and the broker's session hang on these.
    private static func fixedReasons(_ old: Settings, _ new: Settings) -> [LocalizedText] {
        var reasons: [LocalizedText] = []
        func check(_ isSame: Bool, _ key: String) {
            guard !isSame else { return }
            reasons.append(
                LocalizedText(zh: "\(key) 不能在运行中更改；请重启守望", en: "\(key) cannot change while the daemon runs; restart it")
            )
        }
        check(old.site.id == new.site.id, "site.id")
        check(old.store.path == new.store.path, "store.path")
        check(old.mqtt.clientID == new.mqtt.clientID, "mqtt.client_id")
        return reasons
    }
}
