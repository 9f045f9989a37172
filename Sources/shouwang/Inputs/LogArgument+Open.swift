import RecordLog
import Terminal

extension LogArgument {
    /// The logs that a command was given; tells what is wrong with the first that cannot be read, and which are none.
    static func open(_ paths: [String]) throws -> [LogArgument] {
        do {
            var arguments: [LogArgument] = []
            for path in paths { arguments.append(try LogArgument(path: path)) }
            try refuse(arguments)
            return arguments
        } catch let error as LogError {
            switch error {
            case .cannotOpen(let path, let reason), .notReadable(let path, let reason):
                StandardError.print(
                    "\(path): cannot be read: \(reason); name a log file, a journal folder, or - for standard input")
            case .noSegments(let path):
                StandardError.print(
                    "\(path): the folder holds no journal segments (*.jsonl); name the store's journal/ folder")
            case .positionGone(let folder, _):
                StandardError.print("\(folder): what was to be read is not there any more")
            }
            throw Exit.noInput
        }
    }

    /// - Throws: 65 where one of them is no log: nothing is done then, and nothing written.
    private static func refuse(_ arguments: [LogArgument]) throws {
        let foreign = arguments.compactMap { $0.foreignForm() }
        for (path, form) in foreign {
            StandardError.print(
                "\(path): no log: the file is \(form.name); \(form.remedy.replacing("FILE", with: path))")
        }
        if !foreign.isEmpty { throw Exit.badData }
    }
}
