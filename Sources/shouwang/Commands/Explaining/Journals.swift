import ArgumentParser
import Community
import Diagnostics
import Glibc
import Pipeline
import RecordLog
import SiteConfiguration
import SiteLoading
import Timekeeping

/// Where commands that explain read from.
enum Journals {
    static func paths(_ logs: [String], of settings: Settings) -> [String] {
        logs.isEmpty ? [settings.store.path + "/journal"] : logs
    }

    /// - Throws: 64 where standard output was sent to one of the files that are read.
    static func checkOutput(_ site: Site, _ paths: [String]) throws {
        var inputs = CommandInputs(of: site.source)
        inputs.add(logs: paths, files: try LogArgument.open(paths).flatMap(\.paths))
        try inputs.checkStandardOutput()
    }

    static var threads: Int { max(1, min(ReaderPool.threadsMax, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// A time that an option names; without a zone it is the site's.
    /// - Throws: 64 for what is none.
    static func time(_ text: String, _ option: String, _ zone: Zone) throws -> Instant {
        switch ISO8601.read(text) {
        case .instant(let microseconds): return Instant(microseconds: microseconds)
        case .local(let civil): return zone.instant(civil)
        case nil: throw ValidationError("\(option): \"\(text)\" is no time; write it as 2026-03-05T08:00:00+08:00")
        }
    }
}
