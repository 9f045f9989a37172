import ArgumentParser
import Daemon
import Diagnostics
import FileIO
import Foundation
import Glibc
import SiteConfiguration
import Terminal

struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the running daemon read configuration and registry anew, and says what came of it.",
        discussion: """
            The daemon is found by the store that the configuration names. A registry that was refused, because it \
            would leave people unwatched, is taken with --accept and the six digits of the refusal. Exit 0 where it \
            is in force, 78 where it is refused, 69 where no daemon runs, 75 where no answer came.

            Example:
              shouwang reload --config /etc/shouwang/shouwang.yaml
              shouwang reload --config /etc/shouwang/shouwang.yaml --accept 7F3A9C
            """)

    @Option(help: "The configuration.")
    var config: String

    @Option(help: "Take the registry that was refused under these six digits.")
    var accept: String?

    /// So long an answer is waited for.
    private static let waitMax = 30

    func validate() throws {
        guard let accept else { return }
        guard (6...16).contains(accept.count), accept.allSatisfy(\.isHexDigit) else {
            throw ValidationError("--accept: \"\(accept)\" is not the six digits of a refusal, as 7F3A9C")
        }
    }

    func run() async throws {
        let (store, language) = place()
        func say(_ zh: String, _ en: String) { StandardError.print(LocalizedText(zh: zh, en: en).text(in: language)) }
        let process: Int32
        switch StoreHolder.of(store) {
        case .process(let number): process = number
        case .nobody:
            say(
                "没有守护程序在使用 \(store)；下次启动时会读取新的配置和登记表",
                "no daemon has the store \(store); the next start reads configuration and registry")
            throw Exit.unavailable
        case .unknown(let code):
            let why = FileWriting.reason(code)
            say(
                "\(store)/lock 打不开（\(why)）；请用 root 或守望的用户执行",
                "\(store)/lock: \(why); run this as root or the daemon's user")
            throw Exit.inputOutput
        }
        let request = ReloadRequest(number: UInt64.random(in: 1...UInt64.max), accept: accept)
        let laying = try await request.lay(
            store: store, tries: ReloadCommand.waitMax * 10,
            pause: { try await Task.sleep(for: .milliseconds(100)) }, nudge: { kill(process, SIGHUP) })
        if laying == .occupied {
            say(
                "另一个 shouwang reload 在等进程 \(process) 处理；请稍后再试",
                "another shouwang reload waits for process \(process); try again later")
            throw Exit.temporary
        }
        let isWritten = laying == .laid
        if !isWritten, accept != nil {
            say(
                "\(store) 不能写入，号码无法交给守护程序；请用 root 或守望的用户执行",
                "\(store) cannot be written, so the digits cannot be handed over; run this as root or the daemon's user"
            )
            throw Exit.inputOutput
        }
        guard kill(process, SIGHUP) == 0 else {
            let why = FileWriting.reason(errno)
            request.withdraw(store: store)
            say(
                "不能通知进程 \(process)（\(why)）；请用 root 或守望的用户执行",
                "process \(process) cannot be told: \(why); run this as root or the daemon's user")
            throw errno == ESRCH ? Exit.unavailable : Exit.inputOutput
        }
        guard isWritten else {
            say("已通知进程 \(process)；结果见其日志", "process \(process) is told to reload; its log says what comes of it")
            throw Exit.temporary
        }
        try await tell(request, store, process, language)
    }

    private func tell(_ request: ReloadRequest, _ store: String, _ process: Int32, _ language: Language) async throws {
        for _ in 0..<(ReloadCommand.waitMax * 10) {
            if let answer = request.answer(store: store) {
                for line in answer.words { StandardError.write(line + "\n", to: 1) }
                if answer.code != 0 { throw ExitCode(answer.code) }
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        StandardError.print(
            LocalizedText(
                zh: "已通知进程 \(process)，\(ReloadCommand.waitMax)秒内没有答复；结果见其日志",
                en: "process \(process) is told to reload and has not answered in \(ReloadCommand.waitMax) s; "
                    + "its log says what comes of it"
            ).text(in: language))
        throw Exit.temporary
    }

    /// The store; where the configuration cannot be read, the one that has a daemon among those that may be meant.
    private func place() -> (store: String, language: Language) {
        var read = Settings.SourceFiles()
        if let settings = Settings.load(file: config, keeping: &read).0 {
            return (settings.store.path, settings.site.language)
        }
        let stores = ConfigStore.candidates(config: config, environment: ProcessInfo.processInfo.environment)
        let held = stores.first { if case .process = StoreHolder.of($0) { true } else { false } }
        return (held ?? stores.first ?? "", .zhHans)
    }
}
