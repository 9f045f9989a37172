package import Diagnostics
package import FileIO

/// Why a file that the configuration names could not be read.
package struct FileFault: Error, Equatable, Sendable {
    package var reason: String
    package var isMissing: Bool

    package init(reason: String, isMissing: Bool) {
        self.reason = reason
        self.isMissing = isMissing
    }
}

/// Reads a file that the configuration names, by its resolved path.
package typealias FileReader = (String) throws(FileFault) -> [UInt8]

extension UnplacedDiagnostic {
    package static func unreadable(_ path: String, _ failure: FileBytes.Failure) -> UnplacedDiagnostic {
        unreadable(path, FileFault(reason: failure.reason, isMissing: failure.isMissing))
    }

    package static func unreadable(_ path: String, _ fault: FileFault) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: fault.isMissing ? "config.no-file" : "config.unreadable",
            what: LocalizedText(
                zh: fault.isMissing ? "没有文件 \(path)" : "无法读取 \(path)(\(fault.reason))",
                en: fault.isMissing ? "there is no file \(path)" : "\(path) cannot be read (\(fault.reason))"),
            remedy: LocalizedText(
                zh: "请检查路径和权限;相对路径从配置文件所在文件夹算起",
                en: "check the path and its rights; paths are relative to the configuration file"))
    }
}
