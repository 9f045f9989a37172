import Foundation

/// Whole files, with a bound and the system's own reason.
package enum FileBytes {
    /// What reads a file by its path: from the disk, or from what was kept.
    package typealias Reader = (String) throws(FileError) -> [UInt8]

    package static func read(_ path: String, max: Int) throws(FileError) -> [UInt8] {
        var isFolder: ObjCBool = false
        // Foundation takes the address of a local that outlives the call.
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        guard exists else { throw FileError(reason: "no such file", isMissing: true) }
        guard !isFolder.boolValue else { throw FileError(reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else { throw FileError(reason: "not allowed to read it") }
        var bytes: [UInt8] = []
        do {
            // Pipes hand over in parts, and a device may never end: one byte above the bound is enough to know.
            while bytes.count <= max, let part = try handle.read(upToCount: max + 1 - bytes.count), !part.isEmpty {
                bytes.append(contentsOf: part)
            }
            try handle.close()
        } catch {
            throw FileError(reason: error.localizedDescription)
        }
        guard bytes.count <= max else { throw FileError(reason: "it is longer than \(max) bytes") }
        return bytes
    }
}
