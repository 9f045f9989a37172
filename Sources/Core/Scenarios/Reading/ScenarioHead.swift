import Community
import Feeds
import FileIO
import Diagnostics
import SiteConfiguration
import Timekeeping

/// The YAML head of a scenario. Its keys stand at the beginning of their lines; `site`, `rules` and `feeds` are a
/// configuration's and read as one, the others are the scenario's own.
struct ScenarioHead {
    /// One key with its lines.
    struct Block {
        var key: String
        /// Of the key, from 1.
        var line: Int
        /// The key's line and those under it.
        var lines: [Substring]

        /// What stands behind the colon, without comment and quotes.
        var value: String {
            let text = LineScanner(SourceLine(number: line, lines[0].drop { $0 != ":" }.dropFirst())).restText
            guard text.count > 1, let quote = text.first, quote == "\"" || quote == "'", text.last == quote else {
                return text
            }
            return String(text.dropFirst().dropLast())
        }
    }

    /// Reads a file that the scenario names, by its path on disk.

    static let settingsKeys = ["site", "rules", "feeds"]
    static let keys = settingsKeys + ["registry", "start", "config"]
    static let sheets = ["places", "devices", "residents", "workers"]
    /// A Monday on which nothing is.
    static let startDefault = "2026-03-02T08:00:00"
    /// What a configuration needs and a scenario has no use for; a scenario without a site is somewhere in China.
    private static let standIns: [(key: String, yaml: String)] = [
        ("site", "site: {id: site, timezone: Asia/Shanghai}"),
        ("mqtt", "mqtt: {broker: \"mqtt://127.0.0.1\"}"),
        ("registry", "registry: registry/"),
        ("store", "store: {path: state}"),
        ("feeds", "feeds: [{topic: \"community/+/+/+\", format: native}]"),
    ]

    let file: String
    let lines: [Substring]
    private(set) var diagnostics: [Diagnostic] = []
    /// In which the writer reads what is wrong.
    private(set) var language = Language.zhHans
    private var blocks: [Block] = []

    /// - Parameter lines: those before `---`.
    init(_ lines: [Substring], file: String) {
        self.file = file
        self.lines = lines
        for (index, line) in lines.enumerated() {
            let key = line.prefix { $0.isLetter || $0 == "_" || $0 == "-" }
            if !key.isEmpty, line.dropFirst(key.count).first == ":" {
                blocks.append(Block(key: String(key), line: index + 1, lines: [line]))
            } else if !blocks.isEmpty {
                blocks[blocks.count - 1].lines.append(line)
            }
        }
        for block in blocks where !ScenarioHead.keys.contains(block.key) {
            tell(
                .unknown(
                    block.key, LocalizedText(zh: "键", en: "key"), known: ScenarioHead.keys, code: "unknown-key",
                    column: 1),
                line: block.line)
        }
    }

    private func block(_ key: String) -> Block? { blocks.first { $0.key == key } }

    private mutating func tell(_ fault: UnplacedDiagnostic, line: Int) {
        diagnostics.append(fault.diagnostic(file: file, line: line))
    }

    /// Settings, registry and start; nil where one of them does not pass.
    mutating func site(_ read: FileBytes.Reader) -> (settings: Settings, registry: Registry, start: Instant)? {
        let settings = settings(read)
        language = settings?.site.language ?? language
        let registry = registry(of: settings, read)
        let start = start(settings?.site.zone ?? .utc)
        guard let settings, let start, !diagnostics.contains(where: { $0.severity == .error }) else {
            return nil
        }
        return (settings, registry, start)
    }

    private mutating func start(_ zone: Zone) -> Instant? {
        let block = block("start")
        let text = block?.value ?? ScenarioHead.startDefault
        if let start = TimeText.absolute(text, zone: zone) { return start }
        tell(.badTime(text, column: 8), line: block?.line ?? 0)
        return nil
    }

    // MARK: Settings

    private mutating func settings(_ read: FileBytes.Reader) -> Settings? {
        if let block = block("config") { return settings(block, read) }
        var text = lines.map(String.init)
        for block in blocks where !ScenarioHead.settingsKeys.contains(block.key) {
            for index in block.line - 1..<block.line - 1 + block.lines.count { text[index] = "" }
        }
        let own = Set(blocks.map(\.key)).intersection(ScenarioHead.settingsKeys)
        text += ScenarioHead.standIns.filter { !own.contains($0.key) }.map(\.yaml)
        let (settings, told) = Settings.parse(
            Array((text.joined(separator: "\n") + "\n").utf8), file: file,
            baseDirectory: Settings.resolve(".", of: file), readFile: read)
        // What is said of the stand-ins, and of routes that no scenario has, is not the writer's.
        diagnostics += told.filter { $0.severity == .error || $0.line > 0 && $0.line <= lines.count }
        return settings
    }

    /// `config: shouwang.yaml`: the rules as they run, with their registry.
    private mutating func settings(_ block: Block, _ read: FileBytes.Reader) -> Settings? {
        for other in blocks where ScenarioHead.settingsKeys.contains(other.key) {
            tell(.besideConfig(other.key), line: other.line)
        }
        let path = Settings.resolve(block.value, of: file)
        do throws(FileError) {
            let bytes = try read(path)
            let (settings, told) = Settings.parse(
                bytes, file: path, baseDirectory: Settings.resolve(".", of: path), readFile: read)
            diagnostics += told.filter { $0.severity == .error }
            return settings
        } catch {
            tell(.fileUnreadable(path, error), line: block.line)
            return nil
        }
    }

    // MARK: Registry

    private mutating func registry(of settings: Settings?, _ read: FileBytes.Reader) -> Registry {
        var files = RegistryFiles()
        var indents: [String: Int] = [:]
        if let block = block("registry"), block.value.isEmpty {
            files = inline(block, &indents)
        } else if let block = block("registry") {
            files = sheets(in: Settings.resolve(block.value, of: file), line: block.line, read)
        } else if let block = block("config"), let settings {
            files = sheets(in: settings.registry, line: block.line, read)
        }
        let (registry, told) = Registry.load(files)
        diagnostics += told.filter { $0.severity == .error }.map { diagnostic in
            guard let indent = indents[diagnostic.file] else { return diagnostic }
            var moved = diagnostic
            moved.file = file
            if moved.column > 0 { moved.column += indent }
            return moved
        }
        return registry
    }

    private mutating func sheets(in folder: String, line: Int, _ read: FileBytes.Reader) -> RegistryFiles {
        var files = RegistryFiles()
        for name in ScenarioHead.sheets {
            let path = folder + "/" + name + ".csv"
            do throws(FileError) {
                files.files.append((name: name + ".csv", path: path, bytes: try read(path)))
            } catch {
                if !error.isMissing { tell(.fileUnreadable(path, error), line: line) }
            }
        }
        if files.files.isEmpty { tell(.fileUnreadable(folder, FileError(reason: "", isMissing: true)), line: line) }
        return files
    }

    /// `devices: |` and the sheet's lines, further in. Blank lines stand in a sheet for all that is above it, so that
    /// its rows have the scenario's line numbers.
    /// - Parameter indents: by sheet, the blanks that were taken off its lines.
    private mutating func inline(_ block: Block, _ indents: inout [String: Int]) -> RegistryFiles {
        var files = RegistryFiles()
        var names = 0
        for (index, line) in block.lines.enumerated().dropFirst() {
            let number = block.line + index
            let indent = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indent)
            if content.isEmpty || content.first == "#" && indent <= names {
                if let last = files.files.indices.last { files.files[last].bytes.append(0x0A) }
                continue
            }
            if files.files.isEmpty || indent <= names {
                names = indent
                let name = String(content.prefix { $0 != ":" })
                guard ScenarioHead.sheets.contains(name), !files.files.contains(where: { $0.path == name }) else {
                    tell(
                        .unknown(
                            name, LocalizedText(zh: "登记表", en: "further sheet"), known: ScenarioHead.sheets,
                            code: "unknown-sheet", column: indent + 1), line: number)
                    return files
                }
                let above = [UInt8](repeating: 0x0A, count: number)
                files.files.append((name: name + ".csv", path: name, bytes: above))
            } else if let last = files.files.indices.last {
                let own = indents[files.files[last].path] ?? indent
                indents[files.files[last].path] = own
                files.files[last].bytes += Array(line.dropFirst(min(indent, own)).utf8) + [0x0A]
            }
        }
        return files
    }
}

extension UnplacedDiagnostic {
    fileprivate static func besideConfig(_ key: String) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "beside-config", column: 1,
            what: LocalizedText(zh: "已有 config，不能再写 \(key)", en: "`\(key)` stands beside `config`"),
            remedy: LocalizedText(zh: "请删除其中之一", en: "delete one of them: a configuration has its own"))
    }

    fileprivate static func fileUnreadable(_ path: String, _ fault: FileError) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            "unreadable", column: 1,
            what: LocalizedText(
                zh: fault.isMissing ? "没有 \(path)" : "无法读取 \(path)（\(fault.reason)）",
                en: fault.isMissing ? "there is no \(path)" : "\(path) cannot be read (\(fault.reason))"),
            remedy: LocalizedText(
                zh: "请检查路径；相对路径从场景文件所在文件夹算起",
                en: "check the path; paths are relative to the scenario"))
    }
}
