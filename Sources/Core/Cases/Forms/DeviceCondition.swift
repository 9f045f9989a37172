/// In which condition the device was met that raised an alert. A test pins the spelling.
package enum DeviceCondition: String, Sendable, CaseIterable {
    case ok, faulty, replaced
}
