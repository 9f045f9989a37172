import ArgumentParser
import ConfigReading
import Diagnostics
import Foundation
import Glibc
import Simulation
import SiteConfiguration
import Terminal
import Timekeeping

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Asks six questions and writes a configuration, CSV templates and a mosquitto.conf.",
        discussion: """
            Writes into DIR: shouwang.yaml, registry/*.csv with Chinese headers and an example row each, \
            mosquitto.conf with an ACL, \
            and made passwords. Nothing that is there is overwritten. The answers may be piped in, a line each; an \
            empty line \
            takes the proposal.

            Example:
              shouwang init /etc/shouwang
              printf 'hgs\\n红谷春天\\n\\n\\n\\n\\n' | shouwang init site/
            """)

    @Argument(help: "The folder to write into; it is made where it is not there.")
    var dir: String

    func validate() throws {
        if dir.isEmpty || InitCommand.unprintable(dir) != nil {
            throw ValidationError("DIR: mosquitto cannot be given a folder whose name has control characters, or none")
        }
    }

    func run() throws {
        let answers = try ask()
        let path = URL(fileURLWithPath: dir).standardizedFileURL.path
        let site = SiteTemplate(answers: answers, folder: path)
        try makeFolders()
        let existing = site.files.map(\.name).filter { FileManager.default.fileExists(atPath: dir + "/" + $0) }
        guard existing.isEmpty else {
            StandardError.print(
                "\(dir): there already: \(existing.joined(separator: ", ")); name another folder, or move them away")
            throw Exit.inputOutput
        }
        for file in site.files { try write(file) }
        hashPasswords()
        giveToBroker()
        StandardError.write(site.nextSteps, to: 1)
    }

    private func ask() throws -> SiteTemplate.Answers {
        var answers = SiteTemplate.Answers()
        answers.id = try question("1/6 小区代号 site id (a-z 0-9 -)", answers.id, fold: true) { text in
            let isPlain =
                !text.isEmpty && text.utf8.count <= 32
                && text.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...122).contains($0) }
            return isPlain
                ? nil
                : LocalizedText(zh: "只能用小写字母、数字和连字符，最多 32 个", en: "lower case letters, digits and hyphens, 32 at most")
        }
        answers.name = try question("2/6 小区名称 site name", answers.name) { text in
            text.count <= 100
                ? InitCommand.unprintable(text) : LocalizedText(zh: "最多 100 个字", en: "100 characters at most")
        }
        answers.timezone = try question("3/6 时区 time zone", answers.timezone, fold: true) { text in
            InitCommand.unprintable(text)
                ?? (Zone(identifier: text) == nil
                    ? LocalizedText(zh: "不认识这个时区；例如 Asia/Shanghai", en: "not a known zone; for example Asia/Shanghai")
                    : nil)
        }
        answers.language = try question("4/6 语言 language (zh-Hans, en)", answers.language, fold: true) { text in
            Language(rawValue: text) == nil ? LocalizedText(zh: "zh-Hans 或 en", en: "zh-Hans or en") : nil
        }
        answers.store = try question("5/6 数据目录 store folder", answers.store) { text in
            text.hasPrefix("/")
                ? InitCommand.unprintable(text) : LocalizedText(zh: "请写绝对路径", en: "an absolute path, please")
        }
        answers.webhook = try question("6/6 预警推送到的网址，可留空 web hook for alerts, may stay empty", "") { text in
            text.isEmpty || WebAddress(text) != nil
                ? InitCommand.unprintable(text) : LocalizedText(zh: "写成 https://主机/路径", en: "write https://host/path")
        }
        return answers
    }

    /// Characters that no line of a configuration, of mosquitto's or of a terminal can hold.
    private static func unprintable(_ text: String) -> LocalizedText? {
        if text.unicodeScalars.contains("\u{FFFD}") {
            return LocalizedText(
                zh: "终端的编码不是 UTF-8，请先改成 UTF-8", en: "the terminal does not write UTF-8; set it to UTF-8 first")
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
            // Joins emoji and letters of some scripts; others of its kind turn text round or hide it.
            case .format: scalar == "\u{200D}" || scalar == "\u{200C}"
            default: true
            }
        }
        return isPlain ? nil : LocalizedText(zh: "里面有看不见的控制字符", en: "there are invisible control characters in it")
    }

    /// Full-width letters and digits, as Chinese input gives them, to those that ids are made of.
    private static func halfWidth(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isWide = (0xFF01...0xFF5E).contains(scalar.value)
            result.append(isWide ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar)
        }
        return String(result)
    }

    /// Asks until the answer will do; the end of the input takes the proposal.
    private func question(
        _ text: String, _ proposal: String, fold: Bool = false, wrong: (String) -> LocalizedText?
    ) throws -> String {
        while true {
            StandardError.write(text + (proposal.isEmpty ? ": " : " [\(proposal)]: "), to: 2)
            guard let line = readLine() else {
                StandardError.print("")
                return proposal
            }
            // Blanks of all widths, and the byte order mark of a file that was piped in.
            let blanks = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\u{FEFF}"))
            let trimmed = line.trimmingCharacters(in: blanks)
            let answer = trimmed.isEmpty ? proposal : fold ? InitCommand.halfWidth(trimmed) : trimmed
            guard let problem = wrong(answer) else { return answer }
            StandardError.print("  \(InitCommand.shown(answer)): \(problem.zh) · \(problem.en)")
            // Answers that are piped in cannot be mended by asking again.
            if isatty(0) == 0 { throw Exit.usage }
        }
    }

    private static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(100) {
            result.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    private func makeFolders() throws {
        do {
            try FileManager.default.createDirectory(atPath: dir + "/registry", withIntermediateDirectories: true)
        } catch {
            StandardError.print("\(dir): the folder cannot be made: \(error.localizedDescription)")
            throw Exit.inputOutput
        }
    }

    private func write(_ file: SiteTemplate.File) throws {
        let isMade = FileManager.default.createFile(
            atPath: dir + "/" + file.name, contents: Data(file.text.utf8),
            attributes: [.posixPermissions: file.isSecret ? 0o600 : 0o644])
        guard isMade else {
            StandardError.print("\(dir)/\(file.name): cannot be written: \(unsafe String(cString: strerror(errno)))")
            throw Exit.inputOutput
        }
    }

    /// Started by root, mosquitto becomes its own user, who must be able to read its passwords and its ACL.
    private func giveToBroker() {
        guard geteuid() == 0, let user = unsafe getpwnam("mosquitto") else { return }
        for name in ["mosquitto.passwords", "mosquitto.acl"] {
            let owner = unsafe user.pointee.pw_uid
            let isGiven = unsafe chown(dir + "/" + name, owner, user.pointee.pw_gid) == 0
            if !isGiven {
                StandardError.print("\(dir)/\(name): give it to the user mosquitto before the broker starts")
            }
        }
    }

    /// mosquitto wants hashes; its own tool makes them, where it is installed.
    private func hashPasswords() {
        let path = dir + "/mosquitto.passwords"
        do {
            if try ChildProcess("/usr/bin/mosquitto_passwd", ["-U", path]).wait() == 0 { return }
        } catch {
            StandardError.print(
                "mosquitto_passwd is not installed; before the broker starts: apt-get install mosquitto, then "
                    + "mosquitto_passwd -U \(path)"
            )
            return
        }
        StandardError.print("\(path): mosquitto_passwd -U failed; run it before the broker starts")
    }
}
