package import Diagnostics
package import FileIO

extension UnplacedDiagnostic {
    package static func unreadable(_ path: String, _ fault: FileError) -> UnplacedDiagnostic {
        UnplacedDiagnostic(
            code: fault.isMissing ? "config.no-file" : "config.unreadable",
            what: LocalizedText(
                zh: fault.isMissing ? "没有文件 \(path)" : "无法读取 \(path)（\(fault.reason)）",
                en: fault.isMissing ? "there is no file \(path)" : "\(path) cannot be read (\(fault.reason))"),
            remedy: LocalizedText(
                zh: "请检查路径和权限；相对路径从配置文件所在文件夹算起",
                en: "check the path and its rights; paths are relative to the configuration file"))
    }
}
