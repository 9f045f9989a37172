/// What happens on a connection. Called from within ``Client/read()`` and ``Client/write()``, on their thread. The
/// client must not be closed from here.
protocol ClientEvents: AnyObject {
    func received(
        topic: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>, qos: UInt8, retain: Bool, mid: UInt16)
    /// A PUBACK came (or, at QoS 0, the message was written). Reason codes from 128 are refusals (MQTT 5).
    func acknowledged(mid: Int32, reason: Int32)
    func subscribed(mid: Int32, isGranted: Bool)
}
