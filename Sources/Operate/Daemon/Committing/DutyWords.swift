import AlertDispatch
import Diagnostics

/// What is said of alerts that did not reach those who should get them.
enum DutyWords {
    static func of(_ fault: DispatchDecision.Fault) -> LocalizedText {
        switch fault {
        case .noDesk:
            LocalizedText(
                zh: "值班台五分钟以上没有人看，由值班台派遣的预警已自动派出。请打开值班台页面。",
                en: "no duty desk was seen for five minutes: what it would dispatch goes out by itself. "
                    + "Open the desk's page.")
        case .nobody(let targets, let grid):
            LocalizedText(
                zh: "\(grid.map { "网格 \($0) " } ?? "")现在没有能通知到的 \(targets)，已改为通知下一级。"
                    + "请核对 workers.csv、shifts.csv 的班次和通道。",
                en: "nobody of \(targets) can be told now\(grid.map { " in the grid \($0)" } ?? ""), so the next "
                    + "tier was. Check shifts and channels in workers.csv and shifts.csv.")
        }
    }
}
