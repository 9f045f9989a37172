/// How a feed's payloads are read (`format:` of a feed).
package enum FeedFormat: String, Sendable, CaseIterable {
    case native
    case mqttFace = "mqtt_face"
    case lpr, frigate, zigbee2mqtt, chirpstack, ttn, tasmota, shelly, esphome, homeassistant, onvif, axis, mapping

    /// The formats that this version reads; the others are refused, with the way round.
    package static let built: Set<FeedFormat> = [.native, .mapping]
}
