import Feeds
import RecordLog
import Rules
import SiteConfiguration
import Timekeeping
import Vocabulary

// A message counts once, and what a payload says of its device is looked at (docs/rules.md, "One
// alert an episode").

extension Pipeline {
    /// Whether a record was taken in before: see ``Redelivery``.
    mutating func isRepeated(_ item: DecodedRecord, _ device: Int32, _ batch: DecodedBatch) -> Bool {
        let first = batch.observations[Int(item.firstObservation)]
        let isRetained = item.marks.contains(.retained)
        if first.kind.isLifeSafety, !first.marks.contains(.noCall) {
            // A call that the broker has as its retained state comes again with each connection. Pressed again it is
            // another, whatever its id: what belongs together is joined by the rule.
            if device >= 0 {
                let source = Int(device) < homeOfDevice.count ? 0 : batch.topicHash(item.topic)
                let isKnown = redelivery.isRepeated(
                    callOf: Int(device), body: ByteHash.combine(source, item.bodyHash), at: clock,
                    isRetained: isRetained)
                if isRetained { return isKnown }
            }
            return !isRetained && isHandedOverAgain(item, batch)
        }
        // A retained copy is the broker's memory: it must not stand for the live message, which may come behind it.
        if isRetained { return false }
        guard item.marks.contains(.hasID), device >= 0 else { return isHandedOverAgain(item, batch) }
        if first.marks.contains(.ownTime), item.feed < DecodedRecord.feedsMax {
            return redelivery.isRepeated(
                device: Int(device), body: item.bodyHash, told: .init(time: first.time, feed: item.feed), at: clock)
        }
        return redelivery.isRepeated(device: Int(device), body: item.bodyHash, untimed: item.id, at: clock)
    }

    /// What the broker hands over again, it told before the session was resumed.
    private mutating func isHandedOverAgain(_ item: DecodedRecord, _ batch: DecodedBatch) -> Bool {
        guard item.qos > 0 else { return false }
        let topic = names.topic(item.topic, batch, &context)
        let head = ByteHash.combine(UInt64(UInt32(bitPattern: topic)), UInt64(item.mid))
        return redelivery.isRepeated(withoutID: ByteHash.combine(head, item.bodyHash))
    }

    /// Follows how many of a device's messages are left out; over half of the last twenty, and whoever keeps the
    /// devices hears of it.
    @inline(never)
    mutating func watchIDs(
        _ item: DecodedRecord, _ device: Int32, _ isDropped: Bool, _ batch: DecodedBatch, _ effects: inout Effects
    ) {
        // What is left out of a backlog says nothing of the device.
        guard device >= 0, !(isDropped && redelivery.isResumed), !item.marks.contains(.retained),
            let dropped = redelivery.outcome(ofDevice: device, isDropped)
        else { return }
        var event = Event(observation: batch.observations[Int(item.firstObservation)], now: clock)
        event.device = device
        event.topic = names.topic(item.topic, batch, &context)
        engines.idsRepeat(event, dropped, context, timers: &timers, into: &output)
        if !output.findings.isEmpty { report(&effects) }
    }

    /// What the record has to say of an observation besides what it tells.
    @inline(never)
    func mark(_ event: inout Event, _ item: DecodedRecord) {
        if item.marks.contains(.spoofed) { event.observation.marks.insert(.mismatched) }
        if item.marks.contains(.stampLost) { event.observation.marks.insert(.timeLost) }
    }

    /// A payload claims to be another device than its topic names, and whoever keeps the devices hears of it. It was
    /// refused, unless it is a call for help.
    @inline(never)
    mutating func mismatched(_ item: DecodedRecord, _ batch: DecodedBatch, _ effects: inout Effects) {
        // A retained copy comes again with each connection.
        if item.marks.contains(.retained) { return }
        var observation = Observation(kind: .tamper, arrival: clock)
        observation.device = item.device
        var event = Event(observation: observation, now: clock)
        event.device = number(of: item.device, place: item.place, batch)
        event.topic = names.topic(item.topic, batch, &context)
        engines.mismatched(event, context, timers: &timers, into: &output)
        if !output.findings.isEmpty { report(&effects) }
    }
}
