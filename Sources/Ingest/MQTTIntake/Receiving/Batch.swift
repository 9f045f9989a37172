package import Timekeeping

/// When what was received must be committed. Times are milliseconds of any clock that does not go back.
///
/// Each commit is a sync, and flash lasts for a number of them. So a message that comes alone is committed at once, but
/// one that comes soon after a commit waits until ``Limits/delay`` has passed since, and whatever comes meanwhile is
/// committed with it: a trickle of any rate costs 20 syncs a second at most, a flood one each 256 records, or fewer
/// where a sync takes longer than 256 records take to come.
///
/// That wait is wrong where the broker's window (`max_inflight_messages`) is smaller than a batch: then nothing more
/// comes before the acknowledgements, and each window would cost the whole delay. It looks so: the records come within
/// a fifth of the delay behind an acknowledgement, then there is silence. From then on a dry socket ends such a batch
/// at once; each 16th time it waits a little, and if something comes after all, it was no window.
package struct Batch: Sendable {
    package struct Limits: Sendable {
        /// So many records end a batch that was as long in coming as the commit before it took. Default 256.
        package var count = 256
        /// So many records end any batch. Default 1024.
        package var countMax = 1024
        /// So long after the commit before it a batch ends. Default 50 ms.
        package var delay = Milliseconds(50)

        package init() {}
    }

    private let limits: Limits
    package private(set) var count = 0
    private var isUrgent = false
    private var first: Int64 = 0
    private var last: Int64 = 0
    /// The last commit of a batch that was not empty. The first message of all is one that comes alone.
    private var committed = Int64.min / 2
    /// How long it took.
    private var cost: Int64 = 0
    /// The broker waits for acknowledgements.
    private var isWindowSmall = false
    /// Batches since ``isWindowSmall`` was found or confirmed.
    private var trusted = 0

    package init(_ limits: Limits) { self.limits = limits }

    package var isEmpty: Bool { count == 0 }

    package mutating func add(isUrgent urgent: Bool, now: Int64) {
        if count == 0 { first = now }
        // Silence that ends by itself was no full window.
        if isProbing, count > 0, now - last >= 2 { isWindowSmall = false }
        last = now
        count += 1
        if urgent { isUrgent = true }
    }

    /// The batch could not be committed: it is forgotten.
    package mutating func clear() {
        count = 0
        isUrgent = false
    }

    /// The batch was committed at `now`, which took from `start` on.
    package mutating func commit(from start: Int64, now: Int64) {
        if !isEmpty {
            cost = min(now - start, limits.delay.count)
            let isBehindAcknowledgement = last - committed <= limits.delay.count / 5
            if isWindowSmall {
                trusted = isProbing ? 0 : trusted + 1
            } else if isBehindAcknowledgement, now - last >= limits.delay.count / 2 {
                isWindowSmall = true
                trusted = 0
            }
            committed = now
        }
        clear()
    }

    /// - Parameter isDry: nothing more can be read just now.
    package func isDue(now: Int64, isDry: Bool) -> Bool {
        guard !isEmpty else { return false }
        if isUrgent || now - first >= limits.delay.count || count >= limits.countMax { return true }
        if count >= limits.count, isDry || now - first >= cost { return true }
        return isDry && now >= dueAt
    }

    /// Milliseconds until the batch is due if nothing more comes; a far time for an empty one.
    package func due(now: Int64) -> Int64 { isEmpty ? Int64.max : dueAt - now }

    private var isProbing: Bool { isWindowSmall && trusted >= 15 }

    private var dueAt: Int64 {
        let paced = committed + limits.delay.count
        guard isWindowSmall, last - committed <= limits.delay.count / 5 else { return paced }
        return isProbing ? min(last + max(5, 3 * (last - committed)), paced) : last
    }
}
