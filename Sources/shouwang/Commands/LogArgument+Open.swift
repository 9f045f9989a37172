import ArgumentParser
import RecordLog

extension LogArgument {
    /// The logs that a command was given; tells what is wrong with the first that cannot be read.
    static func open(_ paths: [String]) throws -> [LogArgument] {
        do throws(LogError) {
            var arguments: [LogArgument] = []
            for path in paths { arguments.append(try LogArgument(path: path)) }
            return arguments
        } catch {
            switch error {
            case .cannotOpen(let path, let reason), .notReadable(let path, let reason):
                Talk.say(
                    "\(path): cannot be read: \(reason); name a log file, a journal folder, or - for standard input")
            case .noSegments(let path):
                Talk.say("\(path): the folder holds no journal segments (*.jsonl); name the store's journal/ folder")
            case .positionGone(let folder, _):
                Talk.say("\(folder): what was to be read is not there any more")
            }
            throw Exit.noInput
        }
    }
}
