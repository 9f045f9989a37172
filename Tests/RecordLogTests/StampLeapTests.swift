import TestSupport
import Testing

@testable import RecordLog

/// Stamps of a recorder whose clock did not run: which are believed, and at what the others count.
@Suite struct StampLeapTests {
    private static let day: Int64 = 86_400
    /// 2026-03-05T12:15:30Z, in seconds.
    private static let start: Int64 = 1_772_712_930
    /// 2106-02-07T06:28:15Z: all bits of 32 set.
    private static let far: Int64 = 4_294_967_295

    private static func text(_ stamps: [Int64]) -> [UInt8] {
        stamps.enumerated().flatMap { n, stamp in
            Array("{\"tst\":\(stamp),\"topic\":\"t\",\"payload\":\"\(n)\"}\n".utf8)
        }
    }

    /// What the records of logs count at, in seconds and in the order of the merge, and what was told.
    private static func counted(
        _ paths: [String], threads: Int = 1
    ) throws -> (stamps: [Int64], names: [String], told: [Refusal]) {
        let logs = try paths.map { path throws(LogError) in try LogArgument(path: path) }
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: threads)) { ReadChunk($0) }
        var result: (stamps: [Int64], names: [String], told: [Refusal]) = ([], [], [])
        while let run = merge.next() {
            if run.range.lowerBound == 0 {
                result.told += run.batch.refusals.map { refusal in
                    var placed = refusal
                    placed.line += run.batch.linesBefore
                    return placed
                }
            }
            result.stamps += run.batch.records[run.range].map { $0.micros / 1_000_000 }
            result.names += run.batch.records[run.range].map(\.text)
        }
        return result
    }

    /// The same of one log that is cut into chunks of some size.
    private static func filtered(_ path: String, chunkSize: Int) -> (stamps: [Int64], told: [Refusal]) {
        let cutter = ChunkCutter(paths: [path], chunkSize: chunkSize)
        let filter = LeapFilter<ReadChunk>(transform: { ReadChunk($0) }) {
            cutter.next().map { Unsettled($0, ReadChunk($0)) }
        }
        var result: (stamps: [Int64], told: [Refusal]) = ([], [])
        while let chunk = filter.next() {
            result.stamps += chunk.records.map { $0.micros / 1_000_000 }
            result.told += chunk.refusals.map { refusal in
                var placed = refusal
                placed.line += chunk.linesBefore
                return placed
            }
        }
        return result
    }

    /// The law as it is written, record by record.
    private static func naive(_ stamps: [Int64]) -> (stamps: [Int64], leaps: [Int]) {
        let earliest: Int64 = 946_684_800
        var counted: [Int64] = []
        var leaps: [Int] = []
        var maximum: Int64?
        func ahead(_ index: Int) -> ArraySlice<Int64> { stamps.dropFirst(index + 1).prefix(1000) }
        func mayBegin(_ index: Int) -> Bool {
            let seen = ahead(index).filter { $0 >= earliest }
            return seen.isEmpty || seen.count { stamps[index] - $0 > day } * 2 < seen.count
        }
        for (index, stamp) in stamps.enumerated() {
            guard let top = maximum else {
                let first = (index..<stamps.count).first { stamps[$0] >= earliest && mayBegin($0) }
                guard let first else {
                    maximum = stamp
                    counted.append(stamp)
                    continue
                }
                for early in index..<first {
                    counted.append(stamps[first])
                    if stamps[early] >= earliest { leaps.append(early) }
                }
                maximum = stamps[first]
                counted.append(stamps[first])
                if first > index {
                    let rest = naive(Array(stamps[first...]))
                    return (counted + rest.stamps.dropFirst(), leaps + rest.leaps.map { $0 + first })
                }
                continue
            }
            let isLeap =
                stamp - top > day
                && (ahead(index).contains { ($0 >= earliest || top < earliest) && stamp - $0 > day }
                    || (ahead(index).count < 1000 && stamp - top > 400 * day))
            if isLeap { leaps.append(index) }
            counted.append(isLeap ? top : stamp)
            maximum = isLeap ? top : max(top, stamp)
        }
        return (counted, leaps)
    }

    private static func run(_ count: Int, from start: Int64, step: Int64 = 60) -> [Int64] {
        (0..<count).map { start + Int64($0) * step }
    }

    @Test func `one stamp of 2106 costs its own time alone, and is told with its line`() throws {
        let folder = try Folder()
        var stamps = StampLeapTests.run(60, from: StampLeapTests.start)
        stamps[31] = StampLeapTests.far
        let path = try folder.write("log", StampLeapTests.text(stamps))
        let read = try StampLeapTests.counted([path])
        var expected = stamps
        expected[31] = stamps[30]
        #expect(read.stamps == expected)
        #expect(read.told.map(\.code) == ["stamp-leap"] && read.told.map(\.line) == [32])
        #expect(
            read.told[0].detail.contains("2106-02-07T06:28:15") && read.told[0].detail.contains("2026-03-05T12:45:30"))
    }

    @Test func `leaps at the first record, in a row and at the end`() throws {
        let folder = try Folder()
        let far = StampLeapTests.far
        let good = StampLeapTests.run(50, from: StampLeapTests.start)
        let cases: [(name: String, stamps: [Int64], counted: [Int64], lines: [Int])] = [
            ("first", [far] + good, [good[0]] + good, [1]),
            ("first two, one of 2200", [7_258_118_400, far] + good, [good[0], good[0]] + good, [1, 2]),
            (
                "in a row", good + [far, far + 5, far + 9] + [good[49] + 60],
                good + [good[49], good[49], good[49]] + [good[49] + 60], [51, 52, 53]
            ),
            ("end", good + [far], good + [good[49]], [51]),
            ("end, within 400 days", good + [good[49] + 400 * 86_400], good + [good[49] + 400 * 86_400], []),
            ("end, a second more", good + [good[49] + 400 * 86_400 + 1], good + [good[49]], [51]),
            ("24 h exactly", good + [good[49] + 86_400, good[49]], good + [good[49] + 86_400, good[49]], []),
            ("24 h and a second", good + [good[49] + 86_401, good[49]], good + [good[49], good[49]], [51]),
            ("alone", [far], [far], []),
        ]
        for item in cases {
            let path = try folder.write("log", StampLeapTests.text(item.stamps))
            let read = try StampLeapTests.counted([path])
            #expect(read.stamps == item.counted, "\(item.name)")
            #expect(read.told.filter { $0.code == "stamp-leap" }.map(\.line) == item.lines, "\(item.name)")
        }
    }

    @Test func `months without a record are believed, since all goes on from there`() throws {
        let folder = try Folder()
        let before = StampLeapTests.run(700, from: StampLeapTests.start)
        // Years, behind which there are a thousand; months, behind which the log soon ends.
        for (gap, count) in [(2000, 1500), (180, 20)] as [(Int64, Int)] {
            let stamps = before + StampLeapTests.run(count, from: before[699] + gap * StampLeapTests.day)
            let path = try folder.write("log", StampLeapTests.text(stamps))
            let read = try StampLeapTests.counted([path])
            #expect(read.stamps == stamps && read.told.isEmpty, "\(gap) days")
        }
        // A record that comes a day late, or a leap behind the gap, does not call the gap in question.
        var stamps = before + StampLeapTests.run(1500, from: before[699] + 90 * StampLeapTests.day)
        stamps[710] -= StampLeapTests.day / 2
        stamps[720] = StampLeapTests.far
        let path = try folder.write("log", StampLeapTests.text(stamps))
        let read = try StampLeapTests.counted([path])
        #expect(read.stamps[700] == stamps[700] && read.told.map(\.line) == [721])
    }

    @Test func `what lies a thousand records behind still tells, one further does not`() throws {
        let folder = try Folder()
        let before = StampLeapTests.run(10, from: StampLeapTests.start)
        for (between, isBelieved) in [(999, false), (1000, true)] {
            let jump = StampLeapTests.run(between + 1, from: before[9] + 30 * StampLeapTests.day, step: 1)
            let stamps = before + jump + [before[9] + 60]
            let path = try folder.write("log", StampLeapTests.text(stamps))
            let read = try StampLeapTests.counted([path])
            #expect((read.stamps[10] == stamps[10]) == isBelieved, "\(between) between")
        }
    }

    @Test func `stamps before 2000 at the beginning count at the first later one`() throws {
        let folder = try Folder()
        let good = StampLeapTests.run(30, from: StampLeapTests.start)
        // More than a chunk of them.
        let early = StampLeapTests.run(2000, from: 5, step: 1)
        let path = try folder.write("log", StampLeapTests.text(early + good))
        let read = try StampLeapTests.counted([path])
        #expect(read.stamps == [Int64](repeating: good[0], count: 2000) + good)
        #expect(read.told.map(\.code) == ["stamp-early"] && read.told[0].detail.contains("2000 records"))
        for size in [100, 5000] {
            #expect(StampLeapTests.filtered(path, chunkSize: size).stamps == read.stamps, "chunks of \(size)")
        }
        // Later ones move no clock; and where there is nothing else, that is what there is.
        let later = try folder.write("later", StampLeapTests.text(good + [7] + [good[29] + 60]))
        #expect(try StampLeapTests.counted([later]).stamps == good + [7] + [good[29] + 60])
        let only = try folder.write("only", StampLeapTests.text([5, 6, 3]))
        #expect(try StampLeapTests.counted([only]).stamps == [5, 6, 3])
    }

    @Test func `random logs count as the law says, however they are cut and by how many threads`() throws {
        var random = SeededRandom(for: "StampLeapTests")
        let folder = try Folder()
        for round in 0..<60 {
            var stamp = random.pick([StampLeapTests.start, StampLeapTests.start, 3])
            let stamps = (0..<random.pick([1, 3, 40, 1200, 2600])).map { _ -> Int64 in
                stamp += Int64(random.pick([0, 1, 60, 60, 600]))
                switch random.int(0...400) {
                case 0: return StampLeapTests.far
                case 1: return stamp + Int64(random.int(1...900)) * StampLeapTests.day
                case 2: return max(1, stamp - Int64(random.int(1...100)) * 3600)
                case 3: return Int64(random.int(1...1000))
                case 4:
                    stamp += Int64(random.pick([2, 30, 500])) * StampLeapTests.day
                    return stamp
                default: return stamp
                }
            }
            let path = try folder.write("\(round)", StampLeapTests.text(stamps))
            let expected = StampLeapTests.naive(stamps)
            for size in [90, 1000, 30_000, Chunk.size] {
                let read = StampLeapTests.filtered(path, chunkSize: size)
                #expect(read.stamps == expected.stamps, "round \(round), chunks of \(size), seed \(random.seed)")
                #expect(
                    read.told.filter { $0.code == "stamp-leap" }.map { $0.line - 1 } == expected.leaps,
                    "round \(round), chunks of \(size), seed \(random.seed)")
            }
            for threads in [1, 3] {
                let read = try StampLeapTests.counted([path], threads: threads)
                #expect(read.stamps == expected.stamps, "round \(round), \(threads) threads, seed \(random.seed)")
            }
        }
    }

    @Test func `two logs are merged by the stamps at which their records count`() throws {
        let folder = try Folder()
        var first = StampLeapTests.run(6, from: StampLeapTests.start)
        var second = StampLeapTests.run(6, from: StampLeapTests.start + 30)
        first[0] = StampLeapTests.far
        second[3] = StampLeapTests.far
        let paths = [
            try folder.write("a", StampLeapTests.text(first)), try folder.write("b", StampLeapTests.text(second)),
        ]
        for threads in [1, 2] {
            let read = try StampLeapTests.counted(paths, threads: threads)
            #expect(read.names == ["0", "0", "1", "1", "2", "2", "3", "3", "4", "4", "5", "5"])
            #expect(read.told.map(\.code) == ["stamp-leap", "stamp-leap"])
        }
    }

    @Test func `a journal is believed as it is`() throws {
        let folder = try Folder()
        let stamps = [StampLeapTests.start, StampLeapTests.far, StampLeapTests.start + 60]
        let header = "{\"tst\":\(stamps[0]),\"topic\":\"$shouwang/segment\",\"payload\":{\"first\":1,\"version\":1}}\n"
        let path = try folder.write(
            "00000000000000000001.jsonl", Array(header.utf8) + StampLeapTests.text(stamps))
        let read = try StampLeapTests.counted([path])
        #expect(read.stamps == [stamps[0]] + stamps && read.told.isEmpty)
    }
}
