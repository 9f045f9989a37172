import ArgumentParser
import ConfigReading
import ConsoleClient
import Diagnostics
import FileIO
import Foundation
import SiteConfiguration
import Terminal
import Vocabulary

/// How a command finds the daemon's API, and who it is there.
///
/// The address is `--url`, else the configuration's `console.listen`. The token is that of `--token-file`, else of
/// SHOUWANG_TOKEN; where neither is there, and the command may write the store of the configuration, it makes one for
/// itself (``LocalToken``): who owns the store could read and change everything in it anyway.
struct ConsoleOptions: ParsableArguments {
    @Option(help: "The configuration: where the daemon listens, and the language.")
    var config: String?

    @Option(help: "The console's address, as https://box:8420, where it is not the configuration's.")
    var url: String?

    @Option(help: "A file with the token; else SHOUWANG_TOKEN; else, for the store's owner, none is needed.")
    var tokenFile: String?

    @Option(help: "A file of PEM certificates to trust, where the console has one of its own.")
    var ca: String?

    @Flag(help: "Write what the API answers, as it answers it.")
    var json = false

    func validate() throws {
        guard config != nil || url != nil else {
            throw ValidationError("name the configuration with --config, or the console's address with --url")
        }
        if let url, !(url.hasPrefix("http://") || url.hasPrefix("https://")) {
            throw ValidationError("--url: \"\(url)\" is no address of the console; write it as http://127.0.0.1:8420")
        }
    }

    /// Runs with a client, and ends as what went wrong asks for.
    func run(_ body: (ConsoleSession) async throws(ConsoleFailure) -> Void) async throws {
        var read = Settings.SourceFiles()
        let settings = config.flatMap { Settings.load(file: $0, keeping: &read).0 }
        let language = settings?.site.language ?? ConsoleOptions.systemLanguage
        func fail(_ text: LocalizedText, _ code: ExitCode) -> ExitCode {
            StandardError.print(text.text(in: language))
            return code
        }
        if let config, settings == nil {
            throw fail(
                LocalizedText(
                    zh: "\(config) 读不了或有错误；用 shouwang check 查看，或用 --url 写明地址",
                    en: "\(config) cannot be read or has errors; see shouwang check, or name the address with --url"),
                Exit.configuration)
        }
        guard let address = url ?? settings?.console.map(ConsoleOptions.address) else {
            throw fail(
                LocalizedText(
                    zh: "\(config ?? "") 没有 console 一节，守护程序没有接口；请加上 console: {listen: \"127.0.0.1:8420\"} 并重启",
                    en: "\(config ?? "") has no console, so the daemon has no API; add console: {listen: "
                        + "\"127.0.0.1:8420\"} and start it again"), Exit.configuration)
        }
        let access = try token(settings, fail)
        let client: ConsoleClient
        do throws(ConsoleClient.BadAuthority) {
            client = try ConsoleClient(address: address, token: access.token, isFresh: access.isFresh, authority: ca) {
                length in
                // Cancelled means that the command ends.
                do { try await Task.sleep(for: length) } catch { return }
            }
        } catch {
            access.revoke()
            throw fail(error.phrase, Exit.configuration)
        }
        let failure = await ConsoleOptions.failure(
            of: ConsoleSession(client: client, language: language, writesJSON: json, width: TerminalWidth.current), body
        )
        await client.close()
        access.revoke()
        if let failure { throw fail(failure.phrase, ExitCode(failure.code)) }
    }

    private static func failure(
        of session: ConsoleSession, _ body: (ConsoleSession) async throws(ConsoleFailure) -> Void
    ) async -> ConsoleFailure? {
        do throws(ConsoleFailure) {
            try await body(session)
            return nil
        } catch {
            return error
        }
    }

    /// Where a daemon that listens everywhere is asked from this machine.
    private static func address(of console: ConsoleSettings) -> String {
        var listen = console.listen
        if listen.host == "0.0.0.0" { listen.host = "127.0.0.1" }
        if listen.host == "::" { listen.host = "::1" }
        return "http://\(listen)"
    }
}

// Who the command is at the console.

extension ConsoleOptions {
    /// - Parameter fail: tells what is wrong, and gives the way to end.
    private func token(
        _ settings: Settings?, _ fail: (LocalizedText, ExitCode) -> ExitCode
    ) throws -> ConsoleAccess {
        if let tokenFile {
            guard let bytes = FileReading.all(tokenFile) else {
                throw fail(
                    LocalizedText(
                        zh: "令牌文件 \(tokenFile) 读不了；请核对路径和权限",
                        en: "the token's file \(tokenFile) cannot be read; check its path and who may read it"),
                    Exit.noInput)
            }
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            guard !text.isEmpty else {
                throw fail(
                    LocalizedText(zh: "令牌文件 \(tokenFile) 是空的", en: "the token's file \(tokenFile) is empty"),
                    Exit.configuration)
            }
            return ConsoleAccess(token: Secret(text))
        }
        let told = ProcessInfo.processInfo.environment["SHOUWANG_TOKEN"] ?? ""
        if !told.isEmpty { return ConsoleAccess(token: Secret(told)) }
        // To another machine's console this store says nothing.
        if url == nil, let settings, StoreLedger(settings: settings).isOurs { return try LocalToken.access(settings) }
        throw fail(
            LocalizedText(
                zh: "没有令牌；请用 shouwang token add 发一个，写进 --token-file 的文件或 SHOUWANG_TOKEN",
                en: "there is no token; make one with shouwang token add, and give it in --token-file or SHOUWANG_TOKEN"
            ),
            Exit.configuration)
    }

    /// Chinese where the system is set so, for want of a configuration.
    private static var systemLanguage: Language {
        let environment = ProcessInfo.processInfo.environment
        let told = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return told?.hasPrefix("zh") == true ? .zhHans : .en
    }
}
