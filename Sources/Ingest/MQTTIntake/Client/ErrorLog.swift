import CMosquitto
import Glibc

/// What the library logs as an error, until the greeting: a few lines.
final class ErrorLog {
    private(set) var text = ""
    /// OpenSSL's verdict on the broker's certificate (`X509_V_…`); 0 is a good one, or none yet.
    private(set) var verdict = 0

    /// - Parameters:
    ///   - words: a C string that is lent for the call.
    ///   - handle: the client that logs.
    func add(level: Int32, _ words: UnsafePointer<CChar>?, of handle: OpaquePointer?) {
        guard level == MOSQ_LOG_ERR, text.utf8.count < 1000, let words = unsafe words else { return }
        if verdict == 0, let handle = unsafe handle { verdict = unsafe ErrorLog.verdict(of: handle) }
        text += (text.isEmpty ? "" : "; ") + (unsafe String(cString: words))
    }

    /// Makes the handle's user data and log callback this object's. Both must be taken back before it goes.
    func listen(to pointer: ClientPointer) {
        // Sound: the caller keeps the object until it has taken both back.
        unsafe mosquitto_user_data_set(pointer.raw, Unmanaged.passUnretained(self).toOpaque())
        unsafe mosquitto_log_callback_set(pointer.raw) { handle, object, level, text in
            guard let object = unsafe object else { return }
            unsafe Unmanaged<ErrorLog>.fromOpaque(object).takeUnretainedValue().add(level: level, text, of: handle)
        }
    }

    /// The library logs no more than "certificate verify failed", and has freed its SSL object when its call returns;
    /// in this callback it still has it. The function is asked for by name in the OpenSSL that the library has loaded,
    /// so that OpenSSL's headers are not needed for one number.
    private static func verdict(of handle: OpaquePointer) -> Int {
        typealias Ask = @convention(c) (UnsafeRawPointer) -> Int
        // Sound: the symbol is `long SSL_get_verify_result(const SSL *)` in every OpenSSL, and the SSL object is the
        // handle's own, alive during the callback.
        guard let ssl = unsafe mosquitto_ssl_get(handle), let symbol = unsafe dlsym(nil, "SSL_get_verify_result") else {
            return 0
        }
        return unsafe unsafeBitCast(symbol, to: Ask.self)(ssl)
    }
}
