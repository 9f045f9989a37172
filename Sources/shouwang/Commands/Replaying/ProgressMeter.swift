import Alerts
import Pipeline
import RecordLog
import Terminal
import Timekeeping

/// Rate, per cent and time left on a terminal; silent when piped.
struct ProgressMeter {
    private let total: Int
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now
    private var hasShown = false

    init(total: Int) { self.total = total }

    var elapsed: Double { ProgressMeter.seconds(ContinuousClock.now - started) }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    mutating func update(bytes: Int, clock: Instant) {
        guard StandardError.isTerminal, ProgressMeter.seconds(ContinuousClock.now - shown) > 0.2 else { return }
        shown = ContinuousClock.now
        hasShown = true
        let rate = Double(bytes) / elapsed
        var line = "\r\(bytes >> 20) MB, \(Int(rate) >> 20) MB/s"
        if total > 0 {
            line += ", \(min(100, bytes * 100 / total)) %, \(Int(Double(max(total - bytes, 0)) / max(rate, 1))) s left"
        }
        StandardError.write(line + ", at \(ISO8601.write(clock, in: .utc))    ", to: 2)
    }

    func end() { if hasShown { StandardError.write("\r\u{1B}[K", to: 2) } }
}
