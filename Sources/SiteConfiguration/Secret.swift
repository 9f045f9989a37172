import Foundation

/// Where a password or key is kept. The configuration holds the place, never the value, so that it can be shown, mailed
/// and stored; neither a description nor an error ever has the value.
package enum Secret: Equatable, Sendable, CustomStringConvertible {
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
            return try Secret.read(path: path)
        case .env(let name):
            guard let value = environment[name] else { throw .noVariable(name: name) }
            let text = Secret.withoutEdges(value)
            guard !text.isEmpty else { throw .empty(place: description) }
            return text
        case .credential(let name):
            guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
                throw .noCredentialsDirectory(name: name)
            }
            return try Secret.read(path: folder + "/" + name)
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

/// Why a secret could not be read; names the place, never the value.
package enum SecretError: Error, Equatable, Sendable {
    case unreadable(path: String, why: String)
    case notText(path: String)
    case empty(place: String)
    case noVariable(name: String)
    case noCredentialsDirectory(name: String)
}

extension NeededFile {
    /// Looks whether it could be read now, as a start of the daemon would.
    package func missing(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> SecretError? {
        do throws(SecretError) {
            switch what {
            case .secret(let secret): _ = try secret.read(environment: environment)
            case .file(let path): try NeededFile.look(path)
            }
            return nil
        } catch {
            return error
        }
    }

    private static func look(_ path: String) throws(SecretError) {
        let bytes: [UInt8]
        do throws(FileBytes.Failure) {
            // The certificates of a whole system are a quarter of a megabyte.
            bytes = try FileBytes.read(path, max: 16 << 20)
        } catch {
            throw .unreadable(path: path, why: error.reason)
        }
        if bytes.isEmpty { throw .empty(place: "file \(path)") }
    }
}

/// Whole files, with a bound and the system's own reason.
enum FileBytes {
    struct Failure: Error, Equatable {
        /// What the system said, as "No such file or directory".
        var reason: String
        var isMissing = false
    }

    static func read(_ path: String, max: Int) throws(Failure) -> [UInt8] {
        var isFolder: ObjCBool = false
        // Foundation takes the address of a local that outlives the call.
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists else { throw Failure(reason: "no such file", isMissing: true) }
        guard !isFolder.boolValue else { throw Failure(reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw Failure(reason: "not allowed to read it") }
        var bytes: [UInt8] = []
        do {
            // Pipes hand over in parts, and a device may never end: one byte above the bound is enough to know.
            while bytes.count <= max, let part = try handle.read(upToCount: max + 1 - bytes.count), !part.isEmpty {
                bytes.append(contentsOf: part)
            }
            try handle.close()
        } catch {
            throw Failure(reason: error.localizedDescription)
        }
        guard bytes.count <= max else { throw Failure(reason: "it is longer than \(max) bytes") }
        return bytes
    }
}
