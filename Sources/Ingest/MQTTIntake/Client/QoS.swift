/// The quality of service of a subscription or a publication. There is no 2: at QoS 2 libmosquitto answers PUBREC
/// before anything could be stored (measured), so a message can be lost that the broker believes delivered.
package enum QoS: UInt8, Sendable { case atMostOnce = 0, atLeastOnce = 1 }
