import Community
import Diagnostics
import Hummingbird
import JSONWriting
import SiteConfiguration
import Timekeeping
import Vocabulary

extension API {
    static let registryOperations: [Operation] = [
        Operation(
            id: "listDevices", method: .get, path: "/devices", summary: "Devices in the sheet's order.",
            roles: readers, parameters: [limitField, cursorField], result: .json("DevicePage")
        ) { call throws(Problem) in try call.api.listDevices(call) },
        Operation(
            id: "listPlaces", method: .get, path: "/places", summary: "Places in the sheet's order.",
            roles: readers, parameters: [limitField, cursorField], result: .json("PlacePage")
        ) { call throws(Problem) in try call.api.listPlaces(call) },
        Operation(
            id: "listRules", method: .get, path: "/rules", summary: "What is looked for, in plain sentences.",
            roles: readers, result: .json("RuleList")
        ) { call throws(Problem) in call.api.listRules() },
        Operation(
            id: "listWorkers", method: .get, path: "/workers",
            summary: "Workers: who is on shift, until when, and when the others come. Names masked but for managers.",
            roles: readers, result: .json("WorkerList")
        ) { call throws(Problem) in call.api.listWorkers(call) },
    ]

    private func listDevices(_ call: Call) throws(Problem) -> Response {
        let (rows, next) = try API.page(
            parts.registry.devices, call,
            startingBehind: { id in self.parts.registry.device(id).map { Int($0.index) } },
            where: { self.sees(call.caller, grid: self.grid(of: $0.place)) }, id: \.id)
        return API.json { object in
            object.list("devices", rows) { writer, device in
                writer.element { object in
                    object.text("id", device.id)
                    object.text("name", device.name)
                    object.text("kind", device.kind)
                    object.text("family", device.family)
                    self.writePlace(device.place, to: &object)
                    if let heartbeat = device.heartbeat { object.number("heartbeat_seconds", heartbeat.count / 1000) }
                    object.text("via", ifAny: device.via)
                }
            }
            object.raw("next", API.nullable(next))
        }
    }

    private func listPlaces(_ call: Call) throws(Problem) -> Response {
        let (rows, next) = try API.page(
            parts.registry.places, call,
            startingBehind: { id in self.parts.registry.place(id).map { Int($0.index) } },
            where: { place in
                self.sees(call.caller, grid: place.grid.map { self.parts.registry.grids[Int($0.index)] })
            }, id: \.id)
        return API.json { object in
            object.list("places", rows) { writer, place in
                writer.element { object in
                    object.text("id", place.id)
                    object.text("name", place.displayName)
                    object.text("kind", place.kind.rawValue)
                    object.text("parent", ifAny: place.parent.map { self.parts.registry.places[Int($0.index)].id })
                    object.text("grid", ifAny: place.grid.map { self.parts.registry.grids[Int($0.index)] })
                }
            }
            object.raw("next", API.nullable(next))
        }
    }

    private func listRules() -> Response {
        let settings = parts.settings
        return API.json { object in
            object.list("rules", settings.allRules.indices) { writer, index in
                let rule = settings.allRules[index]
                let explanation = RuleCatalogue.explanation(of: rule)
                writer.element { object in
                    object.text("name", rule.name)
                    object.text("kind", rule.kind.rawValue)
                    object.text("severity", rule.severity.rawValue)
                    object.truth("built_in", index >= settings.rules.count)
                    object.object("explanation") {
                        $0.text("zh-Hans", explanation.zh)
                        $0.text("en", explanation.en)
                    }
                }
            }
        }
    }

    private func listWorkers(_ call: Call) -> Response {
        let now = parts.now()
        let registry = parts.registry
        return API.json { object in
            object.list("workers", registry.workers) { writer, worker in
                writer.element { object in
                    object.text("id", worker.id)
                    object.text("name", call.caller.seesNames ? worker.name : Resident.masked(worker.name))
                    object.text("role", worker.role)
                    object.texts("grids", worker.grids.map { registry.grids[Int($0.index)] })
                    let (isOn, change) = self.shift(of: worker, at: now)
                    object.truth("on_shift", isOn)
                    object.text("shift", ifAny: worker.shift?.description)
                    object.texts("channels", worker.channels.map(\.channel))
                    object.text(isOn ? "until" : "next", ifAny: change.map(self.time))
                    if call.caller.seesNames { object.text("phone", worker.phone) }
                }
            }
        }
    }

    /// Whether a worker is on duty, and when that changes next; nil where it does not within eight days.
    ///
    /// Looks at each quarter of an hour, then at the minutes of the one that differs: O(days).
    private func shift(of worker: Worker, at now: Instant) -> (isOn: Bool, change: Instant?) {
        guard let shift = worker.shift else { return (true, nil) }
        let days = parts.settings.site.days
        let minute = Milliseconds.minutes(1).count
        let start = Instant(milliseconds: now.milliseconds - now.milliseconds % minute)
        func isOn(_ minutes: Int64) -> Bool { shift.covers(zone.civil(start + .minutes(minutes)), days) }
        let isOnNow = isOn(0)
        for quarter in 1...Int64(8 * 96) where isOn(quarter * 15) != isOnNow {
            let first = ((quarter - 1) * 15 + 1...quarter * 15).first { isOn($0) != isOnNow }
            return (isOnNow, start + .minutes(first ?? quarter * 15))
        }
        return (isOnNow, nil)
    }
}
