// The module `_uuid`: time-based UUIDs (RFC 4122, 4.2) without starting a program to find the hardware address.

import Glibc
import LadonTypes

/// The state of the generator: the last timestamp given out, and the clock sequence and node of this process.
private struct GeneratorState {
    var mutex: UInt32 = 0
    var isReady = false
    var lastTime: UInt64 = 0
    var clockSequence: UInt16 = 0
    var node: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0, 0, 0)
}

nonisolated(unsafe) private let generator: UnsafeMutablePointer<GeneratorState> = {
    let p = UnsafeMutablePointer<GeneratorState>.allocate(capacity: 1)
    p.initialize(to: GeneratorState())
    return p
}()

/// 100 ns intervals between the Gregorian calendar's start (15 October 1582) and 1970.
private let gregorianOffset: UInt64 = 0x01B2_1DD2_1381_4000

/// Copies the first hardware address of a network interface that isn't the loopback's.
private func readHardwareAddress(_ out: UnsafeMutablePointer<UInt8>) -> Bool {
    var first: UnsafeMutablePointer<ifaddrs>?
    if getifaddrs(&first) != 0 { return false }
    defer { freeifaddrs(first) }
    var entry = first
    while let e = entry {
        entry = e.pointee.ifa_next
        guard let address = e.pointee.ifa_addr, Int32(address.pointee.sa_family) == AF_PACKET else { continue }
        // struct sockaddr_ll: family, protocol, index, hardware type, packet type, length of the address, address.
        let raw = UnsafeRawPointer(address)
        let length = raw.load(fromByteOffset: 11, as: UInt8.self)
        if length != 6 { continue }
        var isZero = true
        for i in 0..<6 {
            out[i] = raw.load(fromByteOffset: 12 + i, as: UInt8.self)
            if out[i] != 0 { isZero = false }
        }
        if !isZero { return true }
    }
    return false
}

private func generateTime(_ t: Thread, _ a: Values) -> Value {
    let g = generator
    let mutex = NativeMutex(UnsafeMutableRawPointer(g))
    mutex.acquireUninterrupted(t)
    let node = UnsafeMutableRawPointer(g).advanced(by: MemoryLayout<GeneratorState>.offset(of: \GeneratorState.node).unsafelyUnwrapped)
        .assumingMemoryBound(to: UInt8.self)
    if !g.pointee.isReady {
        var random: UInt64 = 0
        if getentropy(&random, 8) != 0 { random = UInt64(getpid()) &* 0x9E37_79B9_7F4A_7C15 ^ ladon_monotonic() }
        g.pointee.clockSequence = UInt16(truncatingIfNeeded: random) & 0x3FFF
        if !readHardwareAddress(node) {
            for i in 0..<6 { node[i] = UInt8(truncatingIfNeeded: random >> UInt64(16 + 8 * i)) }
            // A random node is a multicast address, which no hardware has.
            node[0] |= 1
        }
        g.pointee.isReady = true
    }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var time = UInt64(now.tv_sec) &* 10_000_000 &+ UInt64(now.tv_nsec / 100) &+ gregorianOffset
    if time <= g.pointee.lastTime { time = g.pointee.lastTime + 1 }
    g.pointee.lastTime = time
    let sequence = g.pointee.clockSequence
    let bytes = newBytes(t, count: 16)
    if !bytes.isRaised {
        let p = bytes.bytesData
        for i in 0..<4 { p[i] = UInt8(truncatingIfNeeded: time >> UInt64(24 - 8 * i)) }
        for i in 0..<2 { p[4 + i] = UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * i)) }
        p[6] = UInt8(truncatingIfNeeded: time >> 56) & 0x0F | 0x10
        p[7] = UInt8(truncatingIfNeeded: time >> 48)
        p[8] = UInt8(truncatingIfNeeded: sequence >> 8) & 0x3F | 0x80
        p[9] = UInt8(truncatingIfNeeded: sequence)
        for i in 0..<6 { p[10 + i] = node[i] }
    }
    mutex.release(t)
    // -1: not synchronised with other processes.
    return bytes.isRaised ? bytes : makeTuple(t, bytes, Value(smallInt: -1))
}

public func uuidModule() -> ModuleDefinition {
    ModuleDefinition("_uuid", members: [
        .method("generate_time_safe", "()", generateTime),
        .constant("has_uuid_generate_time_safe", { t, a in .one }),
    ])
}
