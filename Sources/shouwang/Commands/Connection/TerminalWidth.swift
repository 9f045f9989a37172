import Glibc

/// The columns of the terminal that standard output is; eighty where it is none.
enum TerminalWidth {
    static let standard = 80

    static var current: Int {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return standard }
        return Int(size.ws_col)
    }
}
