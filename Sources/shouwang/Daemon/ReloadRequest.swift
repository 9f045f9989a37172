import Glibc

/// How `shouwang reload` and the daemon talk: a request is laid into the store before the SIGHUP, and the daemon's
/// answer is laid beside it. A SIGHUP of anybody else finds no request, and needs none.
///
/// `reload-request`: a number that the command made, and the digits of a refused registry or `-`, in one line.
/// `reload-answer`: the number, the exit code, and the words, a line each.
struct ReloadRequest: Equatable, Sendable {
    var number: UInt64
    /// The digits of the registry that is to be taken; nil for a plain reload.
    var accept: String?

    struct Answer: Equatable, Sendable {
        var code: Int32
        var words: [String]
    }

    /// The folder is closed to others, so the file may be read by its owner whoever wrote it.
    func write(store: String) -> Bool {
        let path = ReloadRequest.path(store)
        guard Store.replace(path, with: Array("\(number) \(accept ?? "-")\n".utf8)) else { return false }
        return unsafe chmod(path, 0o644) == 0
    }

    /// Takes the request that waits, if one does.
    static func take(store: String) -> ReloadRequest? {
        let bytes = Store.read(path(store))
        discard(store: store)
        let parts = String(decoding: bytes ?? [], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard parts.count == 2, let number = UInt64(parts[0]) else { return nil }
        let digits = parts[1] == "-" ? nil : String(parts[1])
        return ReloadRequest(number: number, accept: digits)
    }

    static func discard(store: String) { unsafe unlink(path(store)) }

    func answer(_ answer: Answer, store: String) -> Bool {
        let lines = ["\(number)", "\(answer.code)"] + answer.words.map { $0.replacing("\n", with: " ") }
        return Store.replace(ReloadRequest.answerPath(store), with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// The answer to this request, once it is there; it is taken away.
    func answer(store: String) -> Answer? {
        let path = ReloadRequest.answerPath(store)
        let lines = String(decoding: Store.read(path) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count >= 2, lines[0] == "\(number)", let code = Int32(lines[1]) else { return nil }
        unsafe unlink(path)
        return Answer(code: code, words: Array(lines.dropFirst(2)))
    }

    private static func path(_ store: String) -> String { store + "/reload-request" }
    private static func answerPath(_ store: String) -> String { store + "/reload-answer" }
}

/// Whose a store is now.
enum StoreHolder: Equatable, Sendable {
    case nobody
    case process(Int32)
    /// The lock cannot be looked at.
    case unknown(errno: Int32)

    /// Asks the store's lock, without taking it from a daemon that starts: who is dead is not asked for.
    static func of(_ store: String) -> StoreHolder {
        let descriptor = unsafe open(store + "/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT ? .nobody : .unknown(errno: errno) }
        defer { close(descriptor) }
        let text = String(decoding: Store.read(store + "/lock") ?? [], as: UTF8.self)
        guard let process = Int32(text.prefix { $0.isNumber }), process > 1,
            kill(process, 0) == 0 || errno == EPERM
        else { return .nobody }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return .nobody }
        return errno == EWOULDBLOCK ? .process(process) : .unknown(errno: errno)
    }
}
