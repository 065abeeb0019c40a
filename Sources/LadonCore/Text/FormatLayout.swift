// The layout of formatted values: padding, sign, prefix and grouped digits.

/// What separates groups of digits and fractions: fixed, or the locale's for type "n".
@frozen public struct DigitGrouping {
    /// The decimal point and the separator as code points.
    public var point: UnsafePointer<UInt32>?
    public var pointCount = 0
    public var separator: UnsafePointer<UInt32>?
    public var separatorCount = 0
    /// Group sizes from the right, as C's `localeconv` has them: the last repeats, 127 means no more groups.
    public var sizes: UnsafePointer<UInt8>?

    /// A point, no groups.
    @inlinable public init() {}

    /// The locale's; texts must stay where they are.
    @inlinable public init(
        point: UnsafePointer<UInt32>, _ pointCount: Int, separator: UnsafePointer<UInt32>, _ separatorCount: Int, sizes: UnsafePointer<UInt8>
    ) {
        self.point = point
        self.pointCount = pointCount
        self.separator = separator
        self.separatorCount = separatorCount
        self.sizes = sizes
    }
}

public enum FormatLayout {
    /// Appends a number. `number` is its unsigned ASCII text: digits, then perhaps a fraction and an exponent
    /// ("12.5e+10"), or no digits at all ("nan", "inf"); `prefix` is "0x" and the like. `locale` is used for
    /// type "n". The width of `spec` includes everything.
    public static func append(
        number: UnsafePointer<UInt8>, _ count: Int, negative: Bool, prefix: StaticString = "", spec: FormatSpec,
        locale: DigitGrouping = DigitGrouping(), decimalDigits: Bool = true, to out: inout TextBuffer
    ) {
        var integerDigits = 0
        if decimalDigits {
            while integerDigits < count && number[integerDigits] &- 48 < 10 { integerDigits &+= 1 }
        } else {
            integerDigits = count
        }
        let hasPoint = integerDigits < count && number[integerDigits] == 46
        let restStart = hasPoint ? integerDigits &+ 1 : integerDigits
        let restCount = count &- restStart
        let isLocal = spec.type == 110
        let pointCount = hasPoint ? (isLocal && locale.point != nil ? locale.pointCount : 1) : 0

        let sign: UInt32 = negative ? 45 : spec.sign == 43 ? 43 : spec.sign == 32 ? 32 : 0
        let signCount = sign != 0 ? 1 : 0
        let prefixCount = prefix.utf8CodeUnitCount
        let fixed = signCount &+ prefixCount &+ pointCount &+ restCount
        let width = max(spec.width, 0)
        // Zeros that fill up to the width are grouped like digits.
        let minimum = spec.fill == 48 && spec.align == .afterSign ? width &- fixed : 0
        let groups = Groups(spec, isLocal ? locale : DigitGrouping())
        let grouped = integerDigits == 0 ? 0 : groups.width(digits: integerDigits, minimum: minimum)

        var left = 0, middle = 0, right = 0
        let padding = width &- fixed &- grouped
        if padding > 0 {
            switch spec.align {
            case .left: right = padding
            case .right: left = padding
            case .afterSign: middle = padding
            case .center:
                left = padding / 2
                right = padding &- left
            }
        }
        if !out.reserve(padding > 0 ? width : fixed &+ grouped) { return }
        out.append(spec.fill, times: left)
        if sign != 0 { out.append(sign) }
        out.append(prefix)
        out.append(spec.fill, times: middle)
        if integerDigits > 0 { groups.append(number, integerDigits, width: grouped, minimum: minimum, to: &out) }
        if hasPoint {
            if isLocal, let point = locale.point { out.append(point, locale.pointCount) } else { out.append(46) }
        }
        out.append(number + restStart, restCount)
        out.append(spec.fill, times: right)
    }

    /// Appends a text, cut to the precision and padded to the width.
    @inlinable public static func append<U: CodeUnit>(text: UnsafePointer<U>, _ count: Int, spec: FormatSpec, to out: inout TextBuffer) {
        let shown = spec.precision >= 0 && spec.precision < count ? spec.precision : count
        let padding = max(spec.width &- shown, 0)
        let left = spec.align == .right ? padding : spec.align == .center ? padding / 2 : 0
        if !out.reserve(shown &+ padding) { return }
        out.append(spec.fill, times: left)
        out.append(text, shown)
        out.append(spec.fill, times: padding &- left)
    }
}

/// Digits in groups, from the right.
private struct Groups {
    var separator: UnsafePointer<UInt32>?
    var separatorCount: Int
    var single: UInt32 = 0
    var sizes: UnsafePointer<UInt8>?
    var fixedSize = 0

    init(_ spec: FormatSpec, _ locale: DigitGrouping) {
        separator = locale.separator
        separatorCount = locale.separatorCount
        sizes = locale.sizes
        switch spec.grouping {
        case .none: break
        case .comma: (single, fixedSize) = (44, 3)
        case .underscore: (single, fixedSize) = (95, 3)
        case .underscoreFour: (single, fixedSize) = (95, 4)
        }
        if fixedSize > 0 {
            separatorCount = 1
            sizes = nil
        }
    }

    /// The size of the group with this index, and whether groups end with it (0: the rest is one group).
    private func size(_ index: inout Int) -> Int {
        if fixedSize > 0 { return fixedSize }
        guard let sizes else { return 0 }
        let size = sizes[index]
        if size == 127 { return 0 }
        if size == 0 { return index > 0 ? Int(sizes[index &- 1]) : 0 }
        index &+= 1
        return Int(size)
    }

    /// Calls `body` with (zeros, digits, separated) for each group from the right.
    @inline(__always)
    private func walk(digits: Int, minimum: Int, _ body: (_ zeros: Int, _ digits: Int, _ separated: Bool) -> Void) {
        var left = digits, minimum = minimum
        var index = 0
        var separated = false
        while true {
            var length = size(&index)
            let last = length == 0
            let needed = max(left, minimum, 1)
            length = last ? needed : min(length, needed)
            let taken = max(0, min(left, length))
            body(max(0, length &- left), taken, separated)
            if last { return }
            separated = true
            left &-= taken
            minimum &-= length
            if left <= 0 && minimum <= 0 { return }
            minimum &-= separatorCount
        }
    }

    /// The width of digits with their separators and leading zeros.
    func width(digits: Int, minimum: Int) -> Int {
        if fixedSize == 0 && sizes == nil { return max(digits, minimum) }
        var total = 0
        walk(digits: digits, minimum: minimum) { zeros, digits, separated in
            total &+= zeros &+ digits &+ (separated ? separatorCount : 0)
        }
        return total
    }

    func append(_ text: UnsafePointer<UInt8>, _ count: Int, width: Int, minimum: Int, to out: inout TextBuffer) {
        if fixedSize == 0 && sizes == nil {
            out.append(48, times: width &- count)
            out.append(text, count)
            return
        }
        // Filled from the right into space of the known width.
        let start = out.count
        out.append(48, times: width)
        if out.failed { return }
        var union: UInt32 = 0x3F
        var at = start &+ width
        var left = count
        walk(digits: count, minimum: minimum) { zeros, digits, separated in
            if separated {
                at &-= separatorCount
                for i in 0..<separatorCount {
                    let unit = separator.map { $0[i] } ?? 0
                    out.base[at &+ i] = fixedSize > 0 ? single : unit
                    union |= out.base[at &+ i]
                }
            }
            for _ in 0..<digits {
                at &-= 1
                left &-= 1
                out.base[at] = UInt32(text[left])
            }
            union |= 0x7F
            at &-= zeros
        }
        out.union |= union
    }
}
