package import Diagnostics
import FileIO
import Foundation

/// A secret, or a file of a certificate, that the configuration names; nobody has looked whether it is there.
package struct NeededFile: Equatable, Sendable {
    package enum What: Equatable, Sendable {
        case secret(SecretSource)
        case file(String)
    }

    package var what: What
    /// As it is written, `channels.hook.secret`.
    package var key: String
    package var position: Position

    package init(what: What, key: String, position: Position) {
        self.what = what
        self.key = key
        self.position = position
    }
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
        do throws(FileError) {
            // The certificates of a whole system are a quarter of a megabyte.
            bytes = try FileBytes.read(path, max: 16 << 20)
        } catch {
            throw .unreadable(path: path, why: error.reason)
        }
        if bytes.isEmpty { throw .empty(place: "file \(path)") }
    }
}
