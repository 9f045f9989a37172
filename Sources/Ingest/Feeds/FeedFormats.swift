package import ConfigReading

/// **The list of formats.** A format is a folder under `Formats/`, its test, and one line here; nothing else in the
/// program knows its name. The key table, the reader of the configuration, the subscriptions, the check of what feeds
/// can tell and the decoder all ask this list.
package enum FeedFormats {
    /// One format of these. `mapping` stays the last one: it is the way round for what no other reads.
    // swift-format-ignore
    package typealias Format =
        OneOf<NativeFormat,
        OneOf<MappingFormat,
        NoFormat>>

    /// Names of formats that are still to come: who writes one is told the way round. They keep their places among the
    /// names when they are built.
    private static let announced = [
        "mqtt_face", "lpr", "frigate", "zigbee2mqtt", "chirpstack", "ttn", "tasmota", "shelly", "esphome",
        "homeassistant", "onvif", "axis",
    ]

    private static let built = Format.formats.map { $0.name }

    /// What `format:` of a feed may say, in the order of the reference.
    package static let names: [String] = {
        let others = built.filter { !announced.contains($0) }
        return others.dropLast() + announced + others.suffix(1)
    }()

    /// Whether this version reads the format.
    package static func isBuilt(_ name: String) -> Bool { built.contains(name) }

    /// What a feed says whose `format:` is `name`; nil where that is no format of these, or cannot be used, which is
    /// told.
    package static func read(_ name: String, _ feed: FeedSection) -> Format? {
        for format in Format.formats where format.name != name { format.refuseKeys(in: feed) }
        return Format.read(name, feed)
    }

    /// The keys that the formats have in a feed's section.
    package static let keys: [SettingKey] = Format.formats.flatMap { $0.keys }

    /// The files that feeds of these formats name.
    package static let files: [FormatFile] = Format.formats.compactMap { $0.file }
}
