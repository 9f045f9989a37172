import FileIO
import Foundation
import Glibc

/// How `shouwang reload` and the daemon talk: a request is laid into the store before the SIGHUP, and the daemon's
/// answer is laid beside it. A SIGHUP of anybody else finds no request, and needs none.
///
/// One request waits at a time: none is laid over another, whose asker would never learn what became of it.
///
/// `reload-request`: a number that the command made, and the digits of a refused registry or `-`, in one line.
/// `reload-answer-` and the number: the number, the exit code, and the words, a line each.
package struct ReloadRequest: Equatable, Sendable {
    package var number: UInt64
    /// The digits of the registry that is to be taken; nil for a plain reload.
    package var accept: String?

    package init(number: UInt64, accept: String? = nil) {
        self.number = number
        self.accept = accept
    }

    package struct Answer: Equatable, Sendable {
        package var code: Int32
        package var words: [String]
    }

    package enum Laying: Equatable, Sendable {
        case laid
        /// Another one waits to be taken.
        case occupied
        /// The store cannot be written.
        case failed
    }

    /// The folder is closed to others, so the file may be read by its owner whoever wrote it.
    package func lay(store: String) -> Laying {
        let aside = ReloadRequest.path(store) + "-\(number)"
        defer { unsafe unlink(aside) }
        guard FileWriting.replace(aside, with: Array("\(number) \(accept ?? "-")\n".utf8)) == 0,
            unsafe chmod(aside, 0o644) == 0
        else { return .failed }
        if unsafe link(aside, ReloadRequest.path(store)) == 0 { return .laid }
        return errno == EEXIST ? .occupied : .failed
    }

    /// The same, waiting where another one waits. One that nobody takes was left by an asker who died before the
    /// signal: then the daemon is asked in its stead.
    /// - Parameters:
    ///   - tries: how often, with `pause` in between.
    ///   - nudge: called half-way, where the same one waits still.
    package func lay(
        store: String, tries: Int, pause: () async throws -> Void, nudge: () -> Void
    ) async throws -> Laying {
        var first: UInt64?
        for attempt in 1...tries {
            let laying = lay(store: store)
            guard laying == .occupied, attempt < tries else { return laying }
            let number = ReloadRequest.waiting(store: store)?.number
            first = first ?? number
            // A signal too many could pass for consent to a registry that was refused.
            if attempt == (tries + 1) / 2, number == first { nudge() }
            try await pause()
        }
        return .occupied
    }

    /// Takes the request that waits, if one does.
    package static func take(store: String) -> ReloadRequest? {
        let request = waiting(store: store)
        unsafe unlink(path(store))
        return request
    }

    private static func waiting(store: String) -> ReloadRequest? {
        let bytes = FileReading.all(path(store))
        let parts = String(decoding: bytes ?? [], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let number = UInt64(parts[0]) else { return nil }
        let digits = parts[1] == "-" ? nil : String(parts[1])
        return ReloadRequest(number: number, accept: digits)
    }

    /// Takes away what nobody waits for any more.
    package static func discard(store: String) {
        unsafe unlink(path(store))
        for name in Store.names(in: store) where name.hasPrefix("reload-") { unsafe unlink(store + "/" + name) }
    }

    /// The daemon could not be told: the request does not wait for the next who tells it.
    package func withdraw(store: String) {
        if ReloadRequest.waiting(store: store) == self { unsafe unlink(ReloadRequest.path(store)) }
    }

    package func answer(_ answer: Answer, store: String) -> Bool {
        let lines = ["\(number)", "\(answer.code)"] + answer.words.map { $0.replacing("\n", with: " ") }
        let text = lines.joined(separator: "\n") + "\n"
        return FileWriting.replace(answerPath(store), with: Array(text.utf8)) == 0
    }

    /// The answer to this request, once it is there; it is taken away.
    package func answer(store: String) -> Answer? {
        let path = answerPath(store)
        let lines = String(decoding: FileReading.all(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count >= 2, lines[0] == "\(number)", let code = Int32(lines[1]) else { return nil }
        unsafe unlink(path)
        return Answer(code: code, words: Array(lines.dropFirst(2)))
    }

    private static func path(_ store: String) -> String { store + "/reload-request" }
    private func answerPath(_ store: String) -> String { store + "/reload-answer-\(number)" }
}
