import Crypto
import FileIO
import Foundation
package import Timekeeping
import Vocabulary

/// The files of photographs: a folder beside the ledger, each by the SHA-256 of its bytes, so that the same picture is
/// kept once and nobody can name another file.
package struct PhotoStore: Sendable {
    let folder: String

    package init(folder: String) { self.folder = folder }

    static func hash(_ bytes: [UInt8]) -> String { Hex.string(SHA256.hash(data: bytes)) }

    /// Writes a photograph durably.
    /// - Returns: nil, or why it could not be written.
    func keep(_ bytes: [UInt8], _ hash: String) -> String? {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            return "the folder of the photographs cannot be made"
        }
        let failure = FileWriting.replace(folder + "/" + hash, with: bytes)
        return failure == 0 ? nil : FileWriting.reason(failure)
    }

    /// The bytes of a photograph; nil where there is none, or its bytes are not what its name says.
    func bytes(_ hash: String) -> [UInt8]? {
        guard let bytes = FileReading.all(folder + "/" + hash), PhotoStore.hash(bytes) == hash else { return nil }
        return bytes
    }

    /// Removes the files that no alert has any more, at most `batch` of them; a file that is younger than an hour may
    /// be of a photograph whose row is not written yet.
    /// - Parameter isKnown: whether an alert has a photograph of this hash.
    package func removeOrphans(
        now: Instant, batch: Int = 1000, isKnown: (String) throws -> Bool
    ) throws -> Int {
        guard FileManager.default.fileExists(atPath: folder) else { return 0 }
        var removed = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where removed < batch {
            let path = folder + "/" + name
            let written = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
            let age = Double(now.milliseconds) / 1000 - (written?.timeIntervalSince1970 ?? 0)
            guard age > 3600, try !isKnown(name) else { continue }
            try FileManager.default.removeItem(atPath: path)
            removed += 1
        }
        return removed
    }
}
