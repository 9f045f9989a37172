import ArgumentParser

/// A word of an option that may also be left out.
enum YesNo: String, ExpressibleByArgument, CaseIterable { case yes, no }
