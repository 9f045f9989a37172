import Diagnostics
import JSONWriting
package import Timekeeping

extension DailyReport {
    /// The report of a day as the API gives it: keys in this order, without a line feed. Names are masked.
    package func json(zone: Zone) -> [UInt8] {
        let message = message(zone: zone)
        return JSONWriter.object { writer in
            writer.text("schema", DailyReport.schema)
            writer.text("site", site)
            writer.text("day", day.iso8601)
            writer.text("from", ISO8601.write(from, in: zone))
            writer.text("to", ISO8601.write(to, in: zone))
            writer.text("made", ISO8601.write(made, in: zone))
            if isLate { writer.truth("late", true) }
            writer.number("watched", watched)
            writer.number("unseen", unseenCount)
            writer.list("unseen_homes", unseen) { writer, home in
                writer.element { writer in
                    writer.text("who", home.who)
                    writer.number("people", home.people)
                    writer.text("reason", home.reason.rawValue)
                }
            }
            writer.number("raised", raised)
            writer.number("closed", closed)
            writer.number("resolved", resolved)
            writer.number("open", open)
            if let onTime {
                writer.object("on_time") { writer in
                    writer.number("in_time", onTime.inTime)
                    writer.number("total", onTime.total)
                }
            }
            writer.number("devices", devices)
            writer.number("devices_dead", deadDevices.count)
            writer.texts("dead", deadDevices)
            writer.number("blind_minutes", Int(blindMinutes))
            writer.number("drills", drills)
            writer.object("message") { writer in
                writer.text("zh-Hans", message.zh)
                writer.text("en", message.en)
            }
        }
    }
}
