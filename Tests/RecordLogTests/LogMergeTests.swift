import TestSupport
import Testing

@testable import RecordLog

@Suite struct LogMergeTests {
    private struct Item: Equatable {
        var stamp: Int64
        var text: String
    }

    private static func text(_ items: [Item]) -> [UInt8] {
        items.flatMap { Array("{\"tst\":\($0.stamp),\"topic\":\"t\",\"payload\":\"\($0.text)\"}\n".utf8) }
    }

    private static func merged(_ paths: [String], threads: Int = 1) throws -> [String] {
        let logs = try paths.map { path throws(LogError) in try LogArgument(path: path) }
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: threads)) { ReadChunk($0) }
        var texts: [String] = []
        while let run = merge.next() { texts += run.batch.records[run.range].map(\.text) }
        return texts
    }

    /// Of the heads of all logs the one with the smallest running maximum goes first, ties by the order of the logs.
    private static func naive(_ logs: [[Item]]) -> [String] {
        var at = logs.map { _ in 0 }
        var maximum = logs.map { _ in Int64.min }
        var result: [String] = []
        while true {
            var best: (key: Int64, log: Int)?
            for (log, items) in logs.enumerated() where at[log] < items.count {
                let key = max(maximum[log], items[at[log]].stamp)
                if best.map({ key < $0.key }) ?? true { best = (key, log) }
            }
            guard let best else { return result }
            result.append(logs[best.log][at[best.log]].text)
            maximum[best.log] = best.key
            at[best.log] += 1
        }
    }

    @Test func `random logs merge by the running maximum`() throws {
        var random = SeededRandom(for: "LogMergeTests")
        let folder = try Folder()
        for round in 0..<60 {
            let logs = (0..<random.int(1...4)).map { log in
                var stamp: Int64 = 1_772_712_930 + Int64(random.int(0...30))
                return (0..<random.pick([0, 1, 5, 60])).map { n in
                    stamp += Int64(random.pick([0, 0, 1, 3, 20, -5, -50]))
                    return Item(stamp: stamp, text: "\(log)-\(n)")
                }
            }
            let paths = try logs.enumerated().map { try folder.write("\(round)-\($0)", LogMergeTests.text($1)) }
            let expected = LogMergeTests.naive(logs)
            #expect(try LogMergeTests.merged(paths) == expected, "round \(round), seed \(random.seed)")
            #expect(try LogMergeTests.merged(paths, threads: 2) == expected, "round \(round), seed \(random.seed)")
        }
    }

    @Test func `a log cut into two hundred files is the whole log`() throws {
        var random = SeededRandom(for: "LogMergeTests cut")
        let folder = try Folder()
        var stamp: Int64 = 1_772_712_930
        let items = (0..<2000).map { n in
            stamp += Int64(random.pick([0, 1, 1, 7]))
            return Item(stamp: stamp, text: "\(n)")
        }
        var paths: [String] = []
        for n in 0..<200 {
            paths.append(try folder.write("part\(n)", LogMergeTests.text(Array(items[n * 10..<n * 10 + 10]))))
        }
        #expect(try LogMergeTests.merged(paths) == items.map(\.text))
        let whole = try folder.write("whole", LogMergeTests.text(items))
        #expect(try LogMergeTests.merged([whole]) == items.map(\.text))
    }

    @Test func `one, two and four threads give the same`() throws {
        let folder = try Folder()
        let path = try folder.write("log", LogFileTests.log(0..<60_000))
        let expected = LogFileTests.payloads(0..<60_000)
        for threads in [1, 2, 4] {
            let stream = LogStream(
                log: try LogArgument(path: path), pool: ReaderPool(threads: threads), chunkSize: 10_000
            ) {
                ReadChunk($0)
            }
            var payloads: [String] = []
            while let chunk = stream.next() { payloads += chunk.records.map(\.text) }
            #expect(payloads == expected, "\(threads) threads")
            #expect(stream.next().map(\.records.count) == nil)
        }
    }

    @Test func `what was refused in a log is handed over with or without records beside it`() throws {
        let folder = try Folder()
        let paths = [
            try folder.write("a", Array("broken\nbroken\n".utf8)),
            try folder.write("b", LogMergeTests.text([Item(stamp: 5, text: "x")]) + Array("broken\n".utf8)),
            try folder.write("c", []), folder.path + "/a",
        ]
        let logs = try paths.map { path throws(LogError) in try LogArgument(path: path) }
        let merge = LogMerge(logs: logs, pool: ReaderPool(threads: 2)) { ReadChunk($0) }
        var refused = 0
        var texts: [String] = []
        while let run = merge.next() {
            if run.range.lowerBound == 0 { refused += run.batch.refusals.count }
            texts += run.batch.records[run.range].map(\.text)
        }
        #expect(refused == 5 && texts == ["x"])
    }
}
