import ConfigReading
package import Diagnostics
package import FileIO
import Foundation
import Timekeeping

extension Settings {
    /// Reads a configuration file, and the mapping files and the sheet of holidays that it names, from disk.
    /// - Returns: the settings, nil exactly where there is an error among the diagnostics; a wrong row of the sheet of
    ///   holidays is one that costs that row alone, and those in ``dropped`` cost their key alone. All problems are
    ///   told, in the order of the file.
    package static func load(file: String) -> (settings: Settings?, diagnostics: [Diagnostic]) {
        var read = SourceFiles()
        return load(file: file, keeping: &read)
    }

    /// The bytes that a configuration was read from.
    package struct SourceFiles: Sendable {
        package var text: [UInt8] = []
        /// Mapping files, and the sheet of holidays, by their resolved path.
        package var mappings: [String: [UInt8]] = [:]

        package init() {}
    }

    /// As ``load(file:)``, and hands over what was read.
    package static func load(file: String, keeping read: inout SourceFiles) -> (
        settings: Settings?, diagnostics: [Diagnostic]
    ) {
        do {
            read.text = try FileBytes.read(file, max: SourceText.bytesMax)
        } catch {
            let findings = Findings()
            findings.add(.error, .unreadable(file, error), at: Position(file: file))
            return (nil, findings.diagnostics)
        }
        var mappings: [String: [UInt8]] = [:]
        defer { read.mappings = mappings }
        return parse(read.text, file: file, baseDirectory: folder(of: file)) { path throws(FileError) in
            let bytes = try FileBytes.read(path, max: SourceText.bytesMax)
            mappings[path] = bytes
            return bytes
        }
    }

    /// As ``load(file:)`` from bytes that were kept; no file is read.
    package static func load(file: String, from kept: SourceFiles) -> (settings: Settings?, diagnostics: [Diagnostic]) {
        parse(kept.text, file: file, baseDirectory: folder(of: file)) { path throws(FileError) in
            guard let bytes = kept.mappings[path] else { throw FileError(reason: "it was not kept", isMissing: true) }
            return bytes
        }
    }

    /// A path in a configuration as it is on disk: relative ones are counted from the configuration's folder.
    package static func resolve(_ path: String, of file: String) -> String {
        Section.resolve(path, in: folder(of: file))
    }

    private static func folder(of file: String) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().path
    }

    /// As ``load(file:)``, with the file's bytes given.
    /// - Parameters:
    ///   - file: how the file is named in diagnostics.
    ///   - baseDirectory: what relative paths are relative to.
    ///   - readFile: reads a file that the configuration names by its resolved path.
    package static func parse(
        _ bytes: [UInt8], file: String, baseDirectory: String,
        readFile: FileBytes.Reader
    ) -> (settings: Settings?, diagnostics: [Diagnostic]) {
        let findings = Findings()
        var settings: Settings?
        if let root = YAMLTree.parse(bytes, file: file, findings: findings) {
            settings = withoutActuallyEscaping(readFile) { readFile in
                let reader = SettingsReader(
                    file: file, folder: baseDirectory, findings: findings, readFile: readFile)
                return reader.settings(root)
            }
        }
        settings?.needs = findings.needs
        settings?.dropped = findings.dropped
        return (findings.hasErrors ? nil : settings, findings.sorted(mainFile: file))
    }
}

/// The tree to settings. Reading goes on behind a missing or malformed value, so that all else is checked too; what is
/// returned is used only where nothing was told as an error.
struct SettingsReader {
    let file: String
    let folder: String
    let findings: Findings
    let readFile: FileBytes.Reader

    func settings(_ node: YAMLNode) -> Settings? {
        guard
            let root = Section(
                node, path: "", title: "", table: SettingsTable.table, findings: findings, folder: folder)
        else { return nil }
        let site = site(root)
        let named = root.named("channels") ?? []
        let channels = channels(named)
        let mqtt = mqtt(root, site: site?.id)
        let feeds = feeds(root)
        let store = store(root)
        let rules = rules(root)
        let builtIn = builtInRules(root, beside: rules)
        let routes = routes(root, channels: named.map(\.name))
        let console = console(root)
        let work = work(root)
        let limits = limits(root, rules: rules, work: work)
        let heartbeat = heartbeat(root)
        let daily = daily(root, channels: named.map(\.name))
        guard let site, let mqtt, let store, let limits, let registry = root.path("registry") else { return nil }
        var settings = Settings(
            site: site, mqtt: mqtt, registry: registry, feeds: feeds, store: store, rules: rules, routes: routes,
            channels: channels, console: console, limits: limits, heartbeat: heartbeat, file: file)
        settings.builtInRules = builtIn
        if let kinds = root.choices("family_channels") { settings.familyChannels = kinds }
        settings.work = work
        settings.daily = daily
        return settings
    }

    // MARK: The plain sections

    private func site(_ root: Section) -> SiteSettings? {
        guard let section = root.section("site") else { return nil }
        let id = section.name("id")
        let name = section.text("name")
        let zone = section.value("timezone") { (text) throws(UnplacedDiagnostic) in try ScalarReading.zone(text) }
        let language = section.choice("language", as: Language.self, code: "config.bad-language")
        let days = section.has("holidays") ? holidays(section) : SiteDays.none
        guard let id, let zone, let language, let days else { return nil }
        return SiteSettings(id: id, name: name ?? id, zone: zone, language: language, days: days)
    }

    private func store(_ root: Section) -> StoreSettings? {
        guard let section = root.section("store") else { return nil }
        let path = section.path("path")
        guard let journal = section.sectionOrEmpty("journal") else { return nil }
        let sync = journal.value("sync") { (text) throws(UnplacedDiagnostic) -> StoreSettings.Sync in
            if text == "batch" { return .batch }
            if text == "off" { return .off }
            let range = Milliseconds(1)...Milliseconds.minutes(1)
            guard let interval = Milliseconds(text: text), range.contains(interval) else { throw .badSync(text) }
            return .interval(interval)
        }
        let keep = journal.duration("keep")
        let max = journal.size("max")
        let segment = journal.size("segment")
        let snapshot = section.duration("snapshot")
        guard let path, let sync, let keep, let max, let segment, let snapshot else { return nil }
        if segment > max / 4 { journal.error(.segmentTooLarge, at: journal.has("segment") ? "segment" : "max") }
        return StoreSettings(
            path: path, sync: sync, keep: keep, max: max, segment: segment, snapshot: snapshot)
    }

    private func console(_ root: Section) -> ConsoleSettings? {
        guard let section = root.section("console") else { return nil }
        let listen = section.value("listen") { (text) throws(UnplacedDiagnostic) in try ListenAddress(text: text) }
        let publicURL = section.web("public_url")
        // Its file is missed by nobody: it had no effect in earlier versions, and there are other tokens.
        let tokens = section.secretAsWritten("tokens")
        let tls = section.section("tls").flatMap(consoleTLS)
        let proxies = section.texts("trusted_proxies")
        let isOpen = section.boolean("insecure") ?? false
        guard var listen else { return nil }
        if !listen.isLoopback, !section.has("tls") {
            if isOpen {
                section.warning(.openConsole(listen.description), at: "listen")
            } else {
                // Earlier versions took it, so a daemon goes on: on loopback.
                section.error(.closedConsole(listen.description), at: "listen")
                listen = ListenAddress(host: "127.0.0.1", port: listen.port)
            }
        }
        for proxy in proxies where !proxy.utf8.allSatisfy(SettingsReader.isOfAnAddress) {
            section.error(.badProxy(proxy), at: "trusted_proxies")
        }
        var console = ConsoleSettings(listen: listen, publicURL: publicURL, tokens: tokens)
        console.tls = tls
        console.trustedProxies = proxies
        return console
    }

    private func consoleTLS(_ section: Section) -> TLSSettings? {
        guard let cert = section.path("cert"), let key = section.path("key") else { return nil }
        section.need(.file(cert), "cert")
        section.need(.file(key), "key")
        return TLSSettings(cert: cert, key: key)
    }

    private static func isOfAnAddress(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || Character(Unicode.Scalar(byte)).isHexDigit
    }

    private func heartbeat(_ root: Section) -> HeartbeatSettings? {
        guard let section = root.section("heartbeat") else { return nil }
        let url = section.web("url")
        guard let every = section.duration("every"), let url else { return nil }
        return HeartbeatSettings(url: url, every: every)
    }
}

extension UnplacedDiagnostic {
    fileprivate static func badSync(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-value",
            what: LocalizedText(zh: "“\(text.shown)”不是落盘方式", en: "\"\(text.shown)\" is no way to sync"),
            remedy: LocalizedText(
                zh: "写 batch、1ms 到 1m 的间隔（如 250ms）或 off",
                en: "write batch, an interval of 1ms to 1m as 250ms, or off"))
    }

    fileprivate static let segmentTooLarge = UnplacedDiagnostic(
        code: "store.segment-too-large",
        what: LocalizedText(zh: "单个文件超过总量的四分之一", en: "one segment is more than a quarter of the journal"),
        remedy: LocalizedText(zh: "请减小 segment 或增大 max", en: "make segment smaller or max larger"))

    fileprivate static func openConsole(_ listen: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "console.not-loopback",
            what: LocalizedText(
                zh: "管理界面在 \(listen) 对外开放，没有加密", en: "the console is open to others at \(listen), without TLS"),
            remedy: LocalizedText(
                zh: "请写 console.tls，或监听 127.0.0.1，对外经反向代理",
                en: "write console.tls, or listen on 127.0.0.1 and put a reverse proxy before it"))
    }

    fileprivate static func closedConsole(_ listen: String) -> UnplacedDiagnostic {
        var fault = openConsole(listen)
        fault.code = "console.not-encrypted"
        fault.costsItself = true
        fault.what = LocalizedText(
            zh: "管理界面不能在 \(listen) 不加密地对外监听，改为只监听 127.0.0.1",
            en: "the console cannot listen at \(listen) without TLS: it listens on 127.0.0.1 alone")
        fault.remedy = LocalizedText(
            zh: "请写 console.tls（cert 和 key），或监听 127.0.0.1，对外经反向代理；确需明文则写 insecure: true",
            en: "write console.tls with cert and key, or listen on 127.0.0.1 behind a reverse proxy; where it must be "
                + "in the clear, insecure: true")
        return fault
    }

    fileprivate static func badProxy(_ text: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: "config.bad-address",
            what: LocalizedText(zh: "“\(text.shown)”不是 IP 地址", en: "\"\(text.shown)\" is no IP address"),
            remedy: LocalizedText(zh: "写成 127.0.0.1 这样的地址", en: "write an address as 127.0.0.1"))
    }
}
