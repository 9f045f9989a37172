/// Which of many hashes come often: a list of at most ``listedMax`` with their counts, and behind it candidates, which
/// are counted by number alone.
///
/// A candidate has one of ``candidatesMax`` slots by its hash; another hash of the same slot lowers its count and takes
/// the slot when nothing is left (the majority vote of Boyer and Moore). It takes the rarest listed one's place when it
/// came more than twice as often, so that places change rarely though every hash may be seen.
struct OftenSeen: Sendable {
    /// Few, because a daemon's view of the counts copies them with each batch that changes them: 8 kB.
    private static let candidatesMax = 512

    enum Place: Equatable {
        /// On the list already, and counted there.
        case listed
        /// Not on the list.
        case unlisted
        /// On the list from now, at this place: the next one, or one that had another hash.
        case new(Int)
    }

    private struct Candidate {
        var hash: UInt64
        var count: Int
    }

    private let listedMax: Int
    private(set) var counts: [Int] = []
    private var hashes: [UInt64] = []
    /// Places by hash: open addressing, −1 is free, at most a quarter is taken.
    private var index: [Int32]
    /// Empty until the list is full.
    private var candidates: [Candidate] = []
    /// No listed count is less.
    private var least = 1

    init(listedMax: Int) {
        self.listedMax = listedMax
        var size = 4
        while size < 4 * listedMax { size *= 2 }
        index = [Int32](repeating: -1, count: size)
    }

    /// Counts a hash. Cost: some tens of instructions; a change of the list goes through all of it.
    mutating func see(_ hash: UInt64) -> Place {
        let slot = slot(of: hash)
        if index[slot] >= 0 {
            counts[Int(index[slot])] += 1
            return .listed
        }
        if counts.count < listedMax {
            index[slot] = Int32(counts.count)
            counts.append(1)
            hashes.append(hash)
            return .new(counts.count - 1)
        }
        return challenge(hash)
    }

    /// The hash's slot in the index, or the free one where it would be.
    private func slot(of hash: UInt64) -> Int {
        let mask = index.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while index[slot] >= 0, hashes[Int(index[slot])] != hash { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func challenge(_ hash: UInt64) -> Place {
        if candidates.isEmpty {
            candidates = Array(repeating: Candidate(hash: 0, count: 0), count: OftenSeen.candidatesMax)
        }
        // The upper half: the lower one has led to the index.
        let at = Int(truncatingIfNeeded: hash >> 32) & (OftenSeen.candidatesMax - 1)
        if candidates[at].hash == hash {
            candidates[at].count += 1
        } else if candidates[at].count > 1 {
            candidates[at].count -= 1
            return .unlisted
        } else {
            candidates[at] = Candidate(hash: hash, count: 1)
        }
        let count = candidates[at].count
        guard count > 2 * least else { return .unlisted }
        var rarest = 0
        for place in counts.indices where counts[place] < counts[rarest] { rarest = place }
        least = counts[rarest]
        guard count > 2 * least else { return .unlisted }
        candidates[at] = Candidate(hash: hashes[rarest], count: least)
        hashes[rarest] = hash
        counts[rarest] = count
        for slot in index.indices { index[slot] = -1 }
        for place in hashes.indices { index[slot(of: hashes[place])] = Int32(place) }
        return .new(rarest)
    }
}
