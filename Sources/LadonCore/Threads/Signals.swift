// Signals as the layers above see them; the handler itself is C (signals.c).

@frozen public enum SignalMode: Int32 {
    case `default` = 0, ignore = 1, record = 2, foreign = 3, none = -1
}

/// 0, or an errno.
public func installSignal(_ number: Int32, _ mode: SignalMode) -> Int32 { ladon_install_signal(number, mode.rawValue) }
public func signalMode(_ number: Int32) -> SignalMode { SignalMode(rawValue: ladon_signal_mode(number)) ?? .none }

/// The signals recorded since the last call: bit n of the pair's words.
public func takePendingSignals() -> (UInt64, UInt64) {
    var mask: (UInt64, UInt64) = (0, 0)
    withUnsafeMutablePointer(to: &mask) { ladon_take_pending_signals(UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt64.self)) }
    return mask
}
