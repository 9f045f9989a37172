import Console
import Diagnostics
import Logging
import ServiceLifecycle
import SiteConfiguration
import Vocabulary

/// The console's server, which is nobody's life: where its port is taken, the watch goes on, and it is tried again.
struct ConsoleService: Service {
    let options: ConsoleServer.Options
    /// Nil: health and metrics alone.
    let parts: ConsoleParts?
    let faults: BoxFaults
    let log: Logger
    let view: @Sendable () async -> HealthView

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await ConsoleServer(options, parts: parts, log: log, view: view).run()
                    return
                } catch {
                    if Task.isCancelled { return }
                    let (host, port) = (options.host, options.port)
                    log.error("the console cannot listen on \(host):\(port): \(error)")
                    faults.raise(
                        .console, .low,
                        LocalizedText(
                            zh: "管理界面无法监听 \(host)：\(port)，请检查端口是否被占用。",
                            en: "the console cannot listen on \(host):\(port); see who has the port."))
                }
                do { try await Task.sleep(for: .seconds(10)) } catch { return }
                faults.clear(.console)
            }
        }
        await untilShutdown(log)
    }
}
