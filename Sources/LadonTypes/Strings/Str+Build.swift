// str: methods that put a new string together.

import Glibc
import LadonRuntime

let strBuildMembers: [NativeMember] = [
    .method("join", "(self, iterable, /)", { t, a in stringJoin(t, a[0], a[1]) },
            "Concatenate any number of strings.\n\nThe string whose method is called is inserted in between each given string.\nThe result is returned as a new string.\n\nExample: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'"),
    .method("replace", "(self, old, new, count=-1, /)", { t, a in
        if !requireStr(t, a[1], "replace() argument 1") || !requireStr(t, a[2], "replace() argument 2") { return .raised }
        guard let limit = sizeArgument(t, a[3]) else { return .raised }
        return stringReplace(t, a[0], a[1], a[2], limit < 0 ? .max : limit)
    }, "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced."),
    .method("center", "(self, width, fillchar=' ', /)", { t, a in strPad(t, a, .center) },
            "Return a centered string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
    .method("ljust", "(self, width, fillchar=' ', /)", { t, a in strPad(t, a, .left) },
            "Return a left-justified string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
    .method("rjust", "(self, width, fillchar=' ', /)", { t, a in strPad(t, a, .right) },
            "Return a right-justified string of length width.\n\nPadding is done using the specified fill character (default is a space)."),
    .method("zfill", "(self, width, /)", { t, a in
        guard let width = sizeArgument(t, a[1]) else { return .raised }
        let v = a[0], count = v.strCount
        if width <= count { return exactString(t, v) }
        if !checkTextSize(t, width, v.strKind) { return .raised }
        let signed = count > 0 && (stringCharAt(v, 0) == 43 || stringCharAt(v, 0) == 45)
        var builder = StringBuilder(t, capacity: width, kind: v.strKind)
        if signed { builder.append(v, 0, 1) }
        builder.append(48, times: width &- count)
        builder.append(v, signed ? 1 : 0, count)
        return builder.finish()
    }, "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe string is never truncated."),
    .method("expandtabs", "(self, /, tabsize=8)", { t, a in
        guard let size = asCInt(t, a[1]) else { return .raised }
        return strExpandTabs(t, a[0], size)
    }, "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed."),
    .method("translate", "(self, table, /)", { t, a in strTranslate(t, a[0], a[1]) },
            "Replace each character in the string using the given translation table.\n\n  table\n    Translation table, which must be a mapping of Unicode ordinals to\n    Unicode ordinals, strings, or None.\n\nThe table must implement lookup/indexing via __getitem__, for instance a\ndictionary or list.  If this operation raises LookupError, the character is\nleft untouched.  Characters mapped to None are deleted."),
    .staticMethod("maketrans", "(x, y=<unrepresentable>, z=<unrepresentable>, /)", { t, a in strMakeTrans(t, a[0], a[1], a[2]) },
            "Return a translation table usable for str.translate().\n\nIf there is only one argument, it must be a dictionary mapping Unicode\nordinals (integers) or characters to Unicode ordinals, strings or None.\nCharacter keys will be then converted to ordinals.\nIf there are two arguments, they must be strings of equal length, and\nin the resulting dictionary, each character in x will be mapped to the\ncharacter at the same position in y. If there is a third argument, it\nmust be a string, whose characters will be mapped to None in the result."),
]

// MARK: join

/// separator.join(iterable)
public func stringJoin(_ t: Thread, _ separator: Value, _ iterable: Value) -> Value {
    if iterable.isExactly(.list) {
        let storage = listStorage(iterable)
        let joined = joinItems(t, separator, storage.storageItems, min(listCount(iterable), storageCapacity(storage)))
        storage.keepAlive
        if !joined.isMissing { return joined }
    }
    // A list that changed under our feet, or has an item that is no str: a tuple of its items cannot change.
    if !iterable.isExactly(.tuple) && !iterable.isExactly(.list) && !typeOf(iterable).has(.iter) && !typeOf(iterable).has(.getItem) {
        return raise(t, .typeError, "can only join an iterable")
    }
    let items = iterable.isExactly(.tuple) ? iterable : sequenceItems(t, iterable)
    if items.isRaised { return .raised }
    let joined = joinItems(t, separator, items.tupleItems, items.tupleCount)
    defer { items.keepAlive }
    if !joined.isMissing { return joined }
    var i = 0
    while items.tupleItems[i].isStr { i += 1 }
    return raise(t, .typeError, "sequence item \(i): expected str instance, \(typeName(items.tupleItems[i])) found")
}

/// What decides on the cell of a text that is put together from others.
private struct TextMeasure: Equatable {
    var count = 0
    var kind = 1
    var isASCII = true

    @inline(__always) mutating func add(_ v: Value) {
        count &+= v.strCount
        kind = max(kind, v.strKind)
        isASCII = isASCII && v.strIsASCII
    }
}

/// The items with `separator` in between. `.missing`: one is no str, or another thread changed them between the measuring and the copying.
private func joinItems(_ t: Thread, _ separator: Value, _ items: Values, _ count: Int) -> Value {
    if count == 0 { return emptyString }
    if count == 1 {
        let only = loadSlot(items)
        if only.isExactly(.str) { return only }
    }
    var between = TextMeasure()
    if count > 1 {
        between.add(separator)
        between.count &*= count &- 1
    }
    var measure = between
    for i in 0..<count {
        let item = loadSlot(items + i)
        if item.bits == 0 || !item.isStr { return .missing }
        measure.add(item)
    }
    if measure.count == 0 { return emptyString }
    if !checkTextSize(t, measure.count, measure.kind) { return .raised }
    if measure.count == 1 {
        // One character in all: shared.
        for i in 0..<count {
            let item = loadSlot(items + i)
            if item.bits != 0 && item.isStr && item.strCount == 1 { return exactString(t, item) }
        }
        return between.count == 1 ? exactString(t, separator) : .missing
    }
    let result = newString(t, kind: measure.kind, count: measure.count, ascii: measure.isASCII)
    var copied = between
    var out = result.strData
    let end = out + measure.count &* measure.kind
    let inBetween = separator.text
    for i in 0..<count {
        if i > 0 && inBetween.count > 0 {
            if inBetween.count == 1 && measure.kind == 1 {
                out.storeBytes(of: inBetween.base.load(as: UInt8.self), as: UInt8.self)
                out += 1
            } else {
                inBetween.copy(to: out, kind: measure.kind)
                out += inBetween.count &* measure.kind
            }
        }
        let item = loadSlot(items + i)
        if item.bits == 0 || !item.isStr { return .missing }
        copied.add(item)
        if copied.count > measure.count || copied.kind > measure.kind { return .missing }
        let text = item.text
        // Most are short. Cells are multiples of 16 bytes, so 16 bytes can be read behind what is part of the str's own cell.
        if text.count <= 16 && measure.kind == 1 && item.cell(as: StrCell.self).pointee.owner == 0 && end - out >= 16 {
            out.copyMemory(from: text.base, byteCount: 16)
        } else {
            text.copy(to: out, kind: measure.kind)
        }
        out += text.count &* measure.kind
    }
    separator.keepAlive; result.keepAlive
    return copied == measure ? result : .missing
}

// MARK: replace

/// v.replace(old, new, limit)
public func stringReplace(_ t: Thread, _ v: Value, _ old: Value, _ new: Value, _ limit: Int) -> Value {
    let text = v.text, needle = old.text, with = new.text
    if limit == 0 || (needle.count > 0 && text.count < needle.count) { return exactString(t, v) }
    let n = textCount(text, 0, text.count, needle, limit: limit)
    if n == 0 || stringEqual(old, new) { return exactString(t, v) }
    let (added, overflow) = n.multipliedReportingOverflow(by: with.count &- needle.count)
    let total = text.count &+ added
    if overflow || !checkTextSize(t, total, max(text.kind, with.kind)) { return overflow ? raiseMemoryError(t) : .raised }
    if total == 0 { return emptyString }
    let width = max(text.kind, with.kind)
    // Taking out wide characters may leave a narrower text.
    let mayNarrow = !(v.strIsASCII && new.strIsASCII)
    let result = newString(t, kind: width, count: total, ascii: !mayNarrow)
    let out = result.strData
    if needle.count == 1 && with.count == 1 && text.kind == 1 && width == 1 {
        let from = UInt8(truncatingIfNeeded: needle[0]), to = UInt8(truncatingIfNeeded: with[0])
        let bytes = v.strBytes, copy = result.strBytes
        memcpy(copy, bytes, text.count)
        var left = n
        var at = 0
        while left > 0 {
            if copy[at] == from { copy[at] = to; left &-= 1 }
            at &+= 1
        }
    } else {
        var written = 0, at = 0
        func put(_ part: Text) {
            part.copy(to: out + written &* width, kind: width)
            written &+= part.count
        }
        for i in 0..<n {
            if needle.count == 0 {
                if i > 0 { put(text.slice(at, at &+ 1)); at &+= 1 }
                put(with)
            } else {
                let found = textFind(text, at, text.count, needle)
                put(text.slice(at, found))
                put(with)
                at = found &+ needle.count
            }
        }
        put(text.slice(at, text.count))
    }
    v.keepAlive; old.keepAlive; new.keepAlive
    return mayNarrow ? canonical(t, result) : result
}

/// A fresh string whose kind may be too wide, in its narrowest kind and with the right ASCII flag.
func canonical(_ t: Thread, _ v: Value) -> Value {
    let union = v.text.union
    let narrow = CodeUnits.width(ofUnion: union)
    if v.strCount > 1 && narrow == v.strKind {
        if union < 0x80 { v.header.pointee.small |= StrFlags.ascii }
        return v
    }
    let result = makeString(t, v.text)
    v.keepAlive
    return result
}

// MARK: padding

private enum Padding { case left, right, center }

private func strPad(_ t: Thread, _ a: Values, _ padding: Padding) -> Value {
    guard let width = sizeArgument(t, a[1]) else { return .raised }
    let fillValue = a[2]
    if !fillValue.isStr { return raise(t, .typeError, "The fill character must be a unicode character, not \(typeName(fillValue))") }
    if fillValue.strCount != 1 { return raise(t, .typeError, "The fill character must be exactly one character long") }
    let fill = stringCharAt(fillValue, 0)
    let v = a[0], count = v.strCount
    if width <= count { return exactString(t, v) }
    let kind = max(v.strKind, fillValue.strKind)
    if !checkTextSize(t, width, kind) { return .raised }
    let margin = width &- count
    let left: Int
    switch padding {
    case .left: left = 0
    case .right: left = margin
    case .center: left = margin / 2 &+ (margin & width & 1)
    }
    return padded(t, v, left, margin &- left, fill)
}

/// v with fill characters on both sides.
func padded(_ t: Thread, _ v: Value, _ left: Int, _ right: Int, _ fill: UInt32) -> Value {
    var builder = StringBuilder(t, capacity: v.strCount &+ left &+ right, kind: v.strKind)
    builder.append(fill, times: left)
    builder.append(v)
    builder.append(fill, times: right)
    return builder.finish()
}

private func strExpandTabs(_ t: Thread, _ v: Value, _ size: Int) -> Value {
    let text = v.text
    // First how long it gets, so that an absurd size is refused before anything is written.
    var total = 0, column = 0, found = false
    for i in 0..<text.count {
        let cp = text[i]
        if cp == 9 {
            found = true
            if size > 0 {
                let step = size &- column % size
                column &+= step
                let (sum, overflow) = total.addingReportingOverflow(step)
                if overflow { return raise(t, .overflowError, "new string is too long") }
                total = sum
            }
        } else {
            total &+= 1
            column &+= 1
            if cp == 10 || cp == 13 { column = 0 }
        }
    }
    if !found { return exactString(t, v) }
    if !checkTextSize(t, total, text.kind) { return .raised }
    var builder = StringBuilder(t, capacity: total, kind: text.kind)
    column = 0
    for i in 0..<text.count {
        let cp = text[i]
        if cp == 9 {
            if size > 0 {
                let step = size &- column % size
                column &+= step
                builder.append(32, times: step)
            }
        } else {
            builder.append(cp)
            column = cp == 10 || cp == 13 ? 0 : column &+ 1
        }
    }
    v.keepAlive
    return builder.finish()
}

// MARK: translate

private func strTranslate(_ t: Thread, _ v: Value, _ table: Value) -> Value {
    let text = v.text
    var builder = StringBuilder(t, capacity: text.count, kind: 1)
    // What the table said about ASCII characters: 0 not asked yet, 1 + the replacement, or -1 for "delete".
    return withUnsafeTemporaryAllocation(of: Int16.self, capacity: 128) { known in
        known.initialize(repeating: 0)
        for i in 0..<text.count {
            let cp = text[i]
            if cp < 128 {
                let answer = known[Int(cp)]
                if answer > 0 { builder.append(UInt32(answer &- 1)); continue }
                if answer < 0 { continue }
            }
            let replacement = translation(t, table, cp)
            if replacement.isRaised { return .raised }
            if replacement.isMissing {
                builder.append(cp)
                if cp < 128 { known[Int(cp)] = Int16(cp) + 1 }
            } else if replacement.isNone {
                if cp < 128 { known[Int(cp)] = -1 }
            } else if replacement.isSmallInt {
                let to = UInt32(truncatingIfNeeded: replacement.smallInt)
                builder.append(to)
                if cp < 128 && to < 128 { known[Int(cp)] = Int16(to) + 1 }
            } else {
                builder.append(replacement)
            }
        }
        v.keepAlive
        return builder.finish()
    }
}

/// What a translation table has for a character: `.missing` (leave it), None (drop it), an int in range or a str. 0: raised.
func translation(_ t: Thread, _ table: Value, _ cp: UInt32) -> Value {
    let key = Value(smallInt: Int(cp))
    let found = getItem(t, table, key)
    if found.isRaised {
        if exceptionMatches(t, .lookupError) {
            clearException(t)
            return .missing
        }
        return .raised
    }
    if found.isNone || found.isStr { return found }
    if isInt(found) {
        let n = clampedInt(plainInt(found))
        if n < 0 || n > 0x10FFFF { return raise(t, .valueError, "character mapping must be in range(0x110000)") }
        return Value(smallInt: n)
    }
    return raise(t, .typeError, "character mapping must return integer, None or str")
}

private func strMakeTrans(_ t: Thread, _ x: Value, _ y: Value, _ z: Value) -> Value {
    let result = makeDict(t)
    if result.isRaised { return .raised }
    if y.isMissing {
        if !(x.isCell && typeOf(x).pointee.flags.contains(.dictSubclass)) || !x.isExactly(.dict) {
            return raise(t, .typeError, "if you give only one argument to maketrans it must be a dict")
        }
        var position = 0
        var key = Value.raised, value = Value.raised
        while dictNext(x, &position, &key, &value) {
            if key.isStr {
                if key.strCount != 1 { return raise(t, .valueError, "string keys in translate table must be of length 1") }
                if dictSet(t, result, Value(smallInt: Int(stringCharAt(key, 0))), value) < 0 { return .raised }
            } else if isInt(key) {
                if dictSet(t, result, key, value) < 0 { return .raised }
            } else {
                return raise(t, .typeError, "keys in translate table must be strings or integers")
            }
        }
        return result
    }
    if !requireStr(t, y, "maketrans() argument 2") { return .raised }
    if !z.isMissing && !requireStr(t, z, "maketrans() argument 3") { return .raised }
    if !x.isStr { return raise(t, .typeError, "first maketrans argument must be a string if there is a second argument") }
    if x.strCount != y.strCount { return raise(t, .valueError, "the first two maketrans arguments must have equal length") }
    for i in 0..<x.strCount {
        let to = Value(smallInt: Int(stringCharAt(y, i)))
        if dictSet(t, result, Value(smallInt: Int(stringCharAt(x, i))), to) < 0 { return .raised }
    }
    if !z.isMissing {
        for i in 0..<z.strCount where dictSet(t, result, Value(smallInt: Int(stringCharAt(z, i))), .none) < 0 { return .raised }
    }
    return result
}
