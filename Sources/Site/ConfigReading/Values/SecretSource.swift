import FileIO
import Foundation

/// Where a password or key is kept. The configuration holds the place, never the value, so that it can be shown, mailed
/// and stored; neither a description nor an error ever has the value.
package enum SecretSource: Equatable, Sendable, CustomStringConvertible {
    /// A file, by its resolved path. A byte order mark before and blanks and line ends behind are not part of a secret,
    /// wherever it is kept: editors and `EnvironmentFile=` leave them there, and no eye sees them.
    case file(String)
    /// A variable of the environment.
    case env(String)
    /// A systemd credential: a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)

    package var description: String {
        switch self {
        case .file(let path): "file \(path)"
        case .env(let name): "env \(name)"
        case .credential(let name): "credential \(name)"
        }
    }

    /// A file that is longer holds no password.
    package static let bytesMax = 64 * 1024

    /// Reads the secret now; nothing is kept.
    package func read(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SecretError) -> String {
        switch self {
        case .file(let path):
            return try SecretSource.read(path: path)
        case .env(let name):
            guard let value = environment[name] else { throw .noVariable(name: name) }
            let text = SecretSource.withoutEdges(value)
            guard !text.isEmpty else { throw .empty(place: description) }
            return text
        case .credential(let name):
            guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
                throw .noCredentialsDirectory(name: name)
            }
            return try SecretSource.read(path: folder + "/" + name)
        }
    }

    private static func read(path: String) throws(SecretError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileBytes.read(path, max: bytesMax)
        } catch {
            throw .unreadable(path: path, why: error.reason)
        }
        guard let whole = String(validating: bytes, as: UTF8.self) else { throw .notText(path: path) }
        let text = withoutEdges(whole)
        guard !text.isEmpty else { throw .empty(place: "file \(path)") }
        return text
    }

    /// In scalars: "\r\n" is one Character.
    private static func withoutEdges(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        while let last = scalars.last, last == "\n" || last == "\r" || last == " " || last == "\t" || last == "\0" {
            scalars.removeLast()
        }
        return String(Substring(scalars))
    }
}
