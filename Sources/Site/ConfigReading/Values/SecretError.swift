package import Diagnostics

/// Why a secret could not be read; names the place, never the value.
package enum SecretError: Error, Equatable, Sendable {
    case unreadable(path: String, why: String)
    case notText(path: String)
    case empty(place: String)
    case noVariable(name: String)
    case noCredentialsDirectory(name: String)
}

extension SecretError {
    /// What is wrong, in words; never the value.
    package var words: LocalizedText {
        switch self {
        case .unreadable(let path, "no such file"): LocalizedText(zh: "没有文件 \(path)", en: "there is no file \(path)")
        case .unreadable(let path, "it is a folder"):
            LocalizedText(zh: "\(path) 是文件夹，不是文件", en: "\(path) is a folder, no file")
        case .unreadable(let path, "not allowed to read it"):
            LocalizedText(zh: "没有权限读取文件 \(path)", en: "the file \(path) may not be read by this user")
        case .unreadable(let path, let why):
            LocalizedText(zh: "无法读取 \(path)（\(why)）", en: "\(path) cannot be read (\(why))")
        case .notText(let path): LocalizedText(zh: "文件 \(path) 不是 UTF-8 文本", en: "the file \(path) is no UTF-8 text")
        case .empty(let place): LocalizedText(zh: "\(place) 是空的", en: "\(place) is empty")
        case .noVariable(let name):
            LocalizedText(zh: "环境变量 \(name) 没有设置", en: "the environment variable \(name) is not set")
        case .noCredentialsDirectory(let name):
            LocalizedText(
                zh: "凭据 \(name) 只有 systemd 启动的服务才能读到，这里无法核对",
                en: "the credential \(name) is there for a service that systemd starts, and cannot be looked at here")
        }
    }

    /// What to do about it.
    package var remedy: LocalizedText {
        switch self {
        case .unreadable(_, "not allowed to read it"):
            LocalizedText(
                zh: "请用运行守护进程的用户执行 check（如 sudo -u shouwang），或改正文件的属主和权限",
                en: "run check as the user of the daemon (sudo -u shouwang …), or correct the file's owner and mode")
        case .unreadable, .notText, .empty:
            LocalizedText(
                zh: "请写入该文件（只有守护进程的用户可读，0600），或改正路径；相对路径从配置文件所在的文件夹算起",
                en: "write it (mode 0600, owned by the daemon's user), or correct the path, which is relative to the "
                    + "configuration's folder")
        case .noVariable:
            LocalizedText(
                zh: "请在服务的单元里设置（Environment= 或 EnvironmentFile=），在同样的环境里执行 check；或改用 {file: 路径}",
                en: "set it where the service gets it (Environment=, EnvironmentFile=) and run check with the same; or "
                    + "write {file: PATH}")
        case .noCredentialsDirectory:
            LocalizedText(
                zh: "请核对单元里的 LoadCredential=；不用 systemd 时改用 {file: 路径}",
                en: "see that the unit has LoadCredential= for it; without systemd, write {file: PATH}")
        }
    }
}
