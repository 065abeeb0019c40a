// Growable buffers for results whose length is not known beforehand.

import Glibc

/// A growable buffer in memory from `malloc`. A trivial struct: its owner must call `free()`, and a copy of it
/// is the same buffer. `failed` is set when there was no memory; appending then does nothing.
@frozen public struct UnitBuffer<Unit: CodeUnit> {
    public var base: UnsafeMutablePointer<Unit>
    public var count: Int
    @usableFromInline var capacity: Int
    /// Everything appended, or-ed together (see `CodeUnits.union`).
    public var union: Unit
    public var failed: Bool

    /// An empty buffer with room for `capacity` units.
    @inlinable public init(capacity: Int = 32) {
        let size = (capacity < 8 ? 8 : capacity) * MemoryLayout<Unit>.size
        if let memory = malloc(size) {
            base = memory.bindMemory(to: Unit.self, capacity: size / MemoryLayout<Unit>.size)
            self.capacity = size / MemoryLayout<Unit>.size
            failed = false
        } else {
            base = UnsafeMutablePointer(bitPattern: MemoryLayout<Unit>.alignment)!
            self.capacity = 0
            failed = true
        }
        count = 0
        union = 0
    }

    /// Gives the memory back. The buffer must not be used afterwards.
    @inlinable public func free() {
        if !failed { Glibc.free(UnsafeMutableRawPointer(base)) }
    }

    /// Gives up as if there were no memory.
    @inlinable public mutating func fail() {
        if !failed { Glibc.free(UnsafeMutableRawPointer(base)) }
        base = UnsafeMutablePointer(bitPattern: MemoryLayout<Unit>.alignment)!
        count = 0
        capacity = 0
        failed = true
    }

    /// Forgets the content, keeps the memory.
    @inlinable public mutating func removeAll() {
        count = 0
        union = 0
    }

    /// Makes room for `more` units; false if there is no memory.
    @inlinable @inline(__always) public mutating func reserve(_ more: Int) -> Bool {
        if capacity &- count >= more { return true }
        return grow(more)
    }

    @inlinable @inline(never) mutating func grow(_ more: Int) -> Bool {
        if failed { return false }
        let (needed, over1) = count.addingReportingOverflow(more)
        let (doubled, over2) = capacity.multipliedReportingOverflow(by: 2)
        let wanted = over2 || doubled < needed ? needed : doubled
        let (size, over3) = wanted.multipliedReportingOverflow(by: MemoryLayout<Unit>.size)
        guard !over1, !over3, let memory = realloc(UnsafeMutableRawPointer(base), size) else {
            fail()
            return false
        }
        base = memory.bindMemory(to: Unit.self, capacity: wanted)
        capacity = wanted
        return true
    }

    /// Appends one unit.
    @inlinable @inline(__always) public mutating func append(_ unit: Unit) {
        if !reserve(1) { return }
        base[count] = unit
        union |= unit
        count &+= 1
    }

    /// Appends a unit `times` times.
    @inlinable public mutating func append(_ unit: Unit, times: Int) {
        if times <= 0 || !reserve(times) { return }
        for i in 0..<times { base[count &+ i] = unit }
        union |= unit
        count &+= times
    }

    /// Appends a run of units of any width; each must fit.
    @inlinable public mutating func append<S: CodeUnit>(_ source: UnsafePointer<S>, _ length: Int) {
        if length <= 0 || !reserve(length) { return }
        var all: S = 0
        for i in 0..<length {
            all |= source[i]
            base[count &+ i] = Unit(truncatingIfNeeded: source[i])
        }
        union |= Unit(truncatingIfNeeded: all)
        count &+= length
    }

    /// Appends constant ASCII text.
    @inlinable public mutating func append(_ text: StaticString) {
        append(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Appends a signed decimal number.
    public mutating func append(decimal value: Int) {
        if !reserve(20) { return }
        if value < 0 { append(45) }
        let digits = IntegerText.decimalDigits(value.magnitude)
        if !reserve(digits) { return }
        var rest = value.magnitude
        var at = digits
        while at > 0 {
            at &-= 1
            base[count &+ at] = Unit(truncatingIfNeeded: 48 &+ rest % 10)
            rest /= 10
        }
        union |= 0x3F
        count &+= digits
    }

    /// Appends lower-case hexadecimal digits, at least `width`.
    public mutating func append(hex value: UInt32, width: Int) {
        var shift = 28
        while shift > 0 && shift >= width * 4 && value >> UInt32(shift) == 0 { shift -= 4 }
        while shift >= 0 {
            let digit = value >> UInt32(shift) & 15
            append(Unit(truncatingIfNeeded: digit < 10 ? 48 &+ digit : 87 &+ digit))
            shift -= 4
        }
    }
}

/// A growable run of code points.
public typealias TextBuffer = UnitBuffer<UInt32>
/// A growable run of bytes.
public typealias ByteBuffer = UnitBuffer<UInt8>
