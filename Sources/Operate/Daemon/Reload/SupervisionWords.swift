import Community
import Diagnostics

/// What the property is told of homes whose sensors nobody could tell to be dead.
enum SupervisionWords {
    private static let namesMax = 20

    static let none = LocalizedText(
        zh: "各户传感器失联时都能发现。", en: "of every home it would be noticed when its sensors die.")

    /// Nil where there is none.
    static func list(_ homes: [String]) -> LocalizedText? {
        guard !homes.isEmpty else { return nil }
        let names = RegistryDiff.list(homes, max: namesMax)
        return LocalizedText(
            zh: "\(homes.count)户的传感器不定时上报，失联时无法发现：\(names.zh)。请在设备上打开定时上报（如每小时电量、温度），"
                + "或登记 heartbeat，或加装一个会定时上报的设备。",
            en: "of \(homes.count) homes nobody would notice that the sensors are dead, since none reports by itself: "
                + "\(names.en). Switch on their periodic reports (battery or temperature each hour), or register "
                + "their heartbeat, or add one device that reports.")
    }
}
