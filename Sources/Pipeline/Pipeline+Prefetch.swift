import Feeds
import Rules
import Windowing

/// Each record is of another device than the one before, and what is known of it is in no cache: a walk to memory for
/// each of ten lines would take longer than all that is done with them. The records behind are known, so that memory
/// is asked for ahead, and comes while others are stepped over. It changes nothing but time.
///
/// What asks is `mutating` nevertheless where a large value is asked: it would be copied otherwise.
extension Pipeline {
    /// What lies at a place that follows from the record alone is asked for so many records ahead, …
    private static let far = 4
    /// … and what lies at a place that is read there.
    private static let near = 2

    /// What is known of fewer devices lies in the caches: asking would be for nothing.
    static let devicesMin = 2048

    @inline(__always)
    mutating func prefetch(behind index: Int, of batch: DecodedBatch, upTo end: Int) {
        guard homeOfDevice.count > Pipeline.devicesMin else { return }
        if index + Pipeline.far < end { prefetchFar(batch.records[index + Pipeline.far]) }
        if index + Pipeline.near < end { prefetchNear(batch.records[index + Pipeline.near]) }
    }

    private mutating func prefetchFar(_ item: DecodedRecord) {
        guard let device = item.device.known, item.observationCount > 0 else { return }
        if Pipeline.isRemembered(item) { redelivery.rings.prefetch(Int(device)) }
        surroundings.prefetch(device)
        let home = Int(device) < homeOfDevice.count ? homeOfDevice[Int(device)] : -1
        engines.prefetch(device: device, home: home)
    }

    /// Whether it is among its device's last messages (but for calls for help, which are seldom).
    private static func isRemembered(_ item: DecodedRecord) -> Bool {
        item.marks.contains(.hasID) && item.marks.isDisjoint(with: [.retained, .refused])
    }

    private mutating func prefetchNear(_ item: DecodedRecord) {
        guard Pipeline.isRemembered(item), let device = item.device.known, Int(device) < redelivery.rings.count else {
            return
        }
        redelivery.rings[Int(device)].prefetch()
    }
}
