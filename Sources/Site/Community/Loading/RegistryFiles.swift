package import Diagnostics
import Foundation

/// The bytes of the registry's files, read and not yet understood.
package struct RegistryFiles: Sendable {
    /// The contract's file name, the path that messages show, the content. A file that is not there is not in the list.
    package var files: [(name: String, path: String, bytes: [UInt8])]

    package init(files: [(name: String, path: String, bytes: [UInt8])] = []) { self.files = files }

    /// A registry is some megabytes; 64 MiB is far beyond any, and bounds what a wrong file can cost.
    static let fileMax = 64 << 20

    package struct ReadError: Error, Equatable {
        package var diagnostic: Diagnostic
    }

    /// Reads what there is of the files.
    /// - Throws: where the directory is not there, or a file in it cannot be read.
    package static func read(directory: String) throws(ReadError) -> RegistryFiles {
        var isDirectory: ObjCBool = false
        // The pointer is to a local variable and is not kept.
        let exists = unsafe FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory)
        guard exists, isDirectory.boolValue else {
            let diagnostic = Diagnostic(
                .error, code: "registry.missing-directory", file: directory,
                what: LocalizedText(zh: "没有这个登记表目录", en: "there is no such registry directory"),
                remedy: LocalizedText(
                    zh: "请建立目录并放入 places.csv、devices.csv、residents.csv、workers.csv，或改正配置中的 registry",
                    en: "make it and put places.csv, devices.csv, residents.csv and workers.csv into it, "
                        + "or correct `registry` in the config"))
            throw ReadError(diagnostic: diagnostic)
        }
        var result = RegistryFiles()
        for kind in SheetKind.allCases {
            let path = directory.hasSuffix("/") ? directory + kind.fileName : directory + "/" + kind.fileName
            guard FileManager.default.fileExists(atPath: path) else { continue }
            result.files.append((name: kind.fileName, path: path, bytes: try content(path, kind)))
        }
        return result
    }

    private static func content(_ path: String, _ kind: SheetKind) throws(ReadError) -> [UInt8] {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { file.closeFile() }
            // One byte more than allowed tells that there is more, without reading it.
            return Array(try file.read(upToCount: fileMax + 1) ?? Data())
        } catch {
            let diagnostic = Diagnostic(
                .error, code: kind.rawValue + ".unreadable", file: path,
                what: LocalizedText(zh: "文件打不开", en: "the file cannot be read"),
                remedy: LocalizedText(
                    zh: "请检查文件权限，并确认没有被其他程序独占", en: "check its permissions, and that it is a plain file"))
            throw ReadError(diagnostic: diagnostic)
        }
    }
}
