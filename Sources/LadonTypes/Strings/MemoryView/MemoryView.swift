// memoryview: the table of the type, its attributes and methods.

import Glibc
import LadonRuntime

/// The type `memoryview`.
public func memoryviewDefinition() -> TypeDefinition {
    TypeDefinition(
        .memoryview, "memoryview", flags: [.sequence, .weakReferenceable],
        doc: "Create a new memoryview object which references the given object.", signature: "(object)",
        size: MemoryLayout<MemoryViewCell>.size, layout: Layout(prefix: 4),
        slots: [
            .unary(.repr, memoryview_repr), .unary(.hash, memoryview_hash), .unary(.iter, memoryview_iter),
            .unary(.length, memoryview_length), .unary(.finalize, memoryview_finalize),
            .binary(.getItem, memoryview_getItem), .ternary(.setItem, memoryview_setItem), .ternary(.compare, memoryview_compare),
            .ternary(.getBuffer, memoryview_getBuffer), .ternary(.releaseBuffer, memoryview_releaseBuffer),
        ],
        members: [
            .staticMethod("__new__", "(cls, object)", { t, a in makeMemoryView(t, a[1]) }),
            .method("release", "(self, /)", { t, a in
                let v = a[0].asMemoryView
                if v.pointee.isReleased == 0 && v.pointee.exports > 0 {
                    return raise(t, .bufferError, "memoryview has \(v.pointee.exports) exported buffer\(v.pointee.exports == 1 ? "" : "s")")
                }
                releaseView(t, a[0])
                return .none
            }, "Release the underlying buffer exposed by the memoryview object."),
            .method("__enter__", "(self, /)", { t, a in a[0].asMemoryView.pointee.isReleased != 0 ? raiseReleased(t) : a[0] }),
            .method("__exit__", "(self, /, *exc_info)", { t, a in
                let v = a[0].asMemoryView
                if v.pointee.isReleased == 0 && v.pointee.exports > 0 {
                    return raise(t, .bufferError, "memoryview has \(v.pointee.exports) exported buffer\(v.pointee.exports == 1 ? "" : "s")")
                }
                releaseView(t, a[0])
                return .none
            }),
            .method("tobytes", "(self, /, order='C')", { t, a in
                if a[0].asMemoryView.pointee.isReleased != 0 { return raiseReleased(t) }
                if !a[1].isNone && !a[1].isStr { return raise(t, .typeError, "tobytes() argument 'order' must be str or None, not \(typeName(a[1]))") }
                var fortran = false
                if a[1].isStr {
                    if stringEqual(a[1], "F") {
                        fortran = true
                    } else if stringEqual(a[1], "A") {
                        fortran = !a[0].asMemoryView.isCContiguous && a[0].asMemoryView.isFContiguous
                    } else if !stringEqual(a[1], "C") {
                        return raise(t, .valueError, "order must be 'C', 'F' or 'A'")
                    }
                }
                return viewBytes(t, a[0], fortran: fortran)
            }, "Return the data in the buffer as a byte string.\n\nOrder can be {'C', 'F', 'A'}. When order is 'C' or 'F', the data of the\noriginal array is converted to C or Fortran order. For contiguous views,\n'A' returns an exact copy of the physical memory. In particular, in-memory\nFortran order is preserved. For non-contiguous views, the data is converted\nto C first. order=None is the same as order='C'."),
            .method("hex", "(self, /, sep=<unrepresentable>, bytes_per_sep=1)", { t, a in
                if a[0].asMemoryView.pointee.isReleased != 0 { return raiseReleased(t) }
                let bytes = viewBytes(t, a[0], fortran: false)
                if bytes.isRaised { return .raised }
                let result = hexString(t, Text(base: UnsafeRawPointer(bytes.bytesData), count: bytes.bytesCount, kind: 1), a[1], a[2], asBytes: false)
                bytes.keepAlive
                return result
            }, "Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left."),
            .method("tolist", "(self, /)", { t, a in
                let v = a[0].asMemoryView
                if v.pointee.isReleased != 0 { return raiseReleased(t) }
                let code = requireNativeFormat(t, v)
                if code == 0 { return .raised }
                if v.pointee.dimensions == 0 { return unpackItem(t, v.pointee.data.unsafelyUnwrapped, code) }
                return toList(t, v.pointee.data, v.pointee.dimensions, v.pointee.shape, v.pointee.strides, code)
            }, "Return the data in the buffer as a list of elements."),
            .method("toreadonly", "(self, /)", { t, a in
                if a[0].asMemoryView.pointee.isReleased != 0 { return raiseReleased(t) }
                let copy = copyView(t, a[0])
                copy.asMemoryView.pointee.isReadOnly = 1
                return copy
            }, "Return a readonly version of the memoryview."),
            .method("cast", "(self, /, format, shape=<unrepresentable>)", { t, a in castView(t, a[0], a[1], a[2]) },
                    "Cast a memoryview to a new format or shape."),
            .attribute("obj", get: { t, a in withView(t, a[0]) { $0.pointee.object.bits == 0 ? .none : $0.pointee.object } },
                       "The underlying object of the memoryview."),
            .attribute("nbytes", get: { t, a in withView(t, a[0]) { Value(smallInt: $0.pointee.length) } },
                       "The amount of space in bytes that the array would use in\n a contiguous representation."),
            .attribute("readonly", get: { t, a in withView(t, a[0]) { Value($0.pointee.isReadOnly != 0) } },
                       "A bool indicating whether the memory is read only."),
            .attribute("itemsize", get: { t, a in withView(t, a[0]) { Value(smallInt: $0.pointee.itemSize) } },
                       "The size in bytes of each element of the memoryview."),
            .attribute("format", get: { t, a in withView(t, a[0]) { makeString(t, $0.formatName) } },
                       "A string containing the format (in struct module style)\n for each element in the view."),
            .attribute("ndim", get: { t, a in withView(t, a[0]) { Value(smallInt: $0.pointee.dimensions) } },
                       "An integer indicating how many dimensions of a multi-dimensional\n array the memory represents."),
            .attribute("shape", get: { t, a in withView(t, a[0]) { numbersTuple(t, $0.pointee.shape, $0.pointee.dimensions) } },
                       "A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array."),
            .attribute("strides", get: { t, a in withView(t, a[0]) { numbersTuple(t, $0.pointee.strides, $0.pointee.dimensions) } },
                       "A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array."),
            .attribute("suboffsets", get: { t, a in withView(t, a[0]) { _ in makeTuple(t, 0) } },
                       "A tuple of integers used internally for PIL-style arrays."),
            .attribute("c_contiguous", get: { t, a in withView(t, a[0]) { Value($0.isCContiguous) } },
                       "A bool indicating whether the memory is C contiguous."),
            .attribute("f_contiguous", get: { t, a in withView(t, a[0]) { Value($0.isFContiguous) } },
                       "A bool indicating whether the memory is Fortran contiguous."),
            .attribute("contiguous", get: { t, a in withView(t, a[0]) { Value($0.isCContiguous || $0.isFContiguous) } },
                       "A bool indicating whether the memory is contiguous."),
        ])
}

/// The iterator over a memoryview.
public func memoryIteratorDefinition() -> TypeDefinition {
    TypeDefinition(
        .memoryIterator, "memory_iterator", size: MemoryLayout<SequenceIteratorCell>.size, layout: Layout(prefix: 1),
        slots: [.unary(.iter, iterator_self), .unary(.next, memoryIterator_next)])
}

private func withView(_ t: Thread, _ v: Value, _ body: (MemoryViewPointer) -> Value) -> Value {
    v.asMemoryView.pointee.isReleased != 0 ? raiseReleased(t) : body(v.asMemoryView)
}

private func numbersTuple(_ t: Thread, _ numbers: UnsafePointer<Int>, _ count: Int) -> Value {
    if count == 0 { return makeTuple(t, 0) }
    let result = makeTuple(t, count)
    if result.isRaised { return .raised }
    for i in 0..<count { result.tupleItems[i] = Value(smallInt: numbers[i]) }
    return result
}

private func viewBytes(_ t: Thread, _ v: Value, fortran: Bool) -> Value {
    let view = v.asMemoryView
    guard let data = view.pointee.data, view.pointee.length > 0 else { return emptyBytes }
    let n = view.pointee.dimensions
    let result = newBytes(t, count: view.pointee.length)
    var out = UnsafeMutableRawPointer(result.bytesData)
    if fortran && n > 1 {
        // Fortran order is C order with the dimensions turned around.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: n * 2) { buffer in
            let shape = buffer.baseAddress.unsafelyUnwrapped
            let strides = shape + n
            for i in 0..<n {
                shape[i] = view.pointee.shape[n - 1 - i]
                strides[i] = view.pointee.strides[n - 1 - i]
            }
            gather(data, n, shape, strides, view.pointee.itemSize, &out)
        }
    } else {
        gather(data, n, view.pointee.shape, view.pointee.strides, view.pointee.itemSize, &out)
    }
    v.keepAlive
    return result
}

private func toList(_ t: Thread, _ data: UnsafeMutableRawPointer?, _ dimensions: Int, _ shape: UnsafePointer<Int>, _ strides: UnsafePointer<Int>,
                    _ code: UInt8) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    for i in 0..<shape[0] {
        let at = data.unsafelyUnwrapped + i &* strides[0]
        let item = dimensions == 1 ? unpackItem(t, at, code) : toList(t, at, dimensions - 1, shape + 1, strides + 1, code)
        if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
    }
    return list
}

private func castView(_ t: Thread, _ v: Value, _ format: Value, _ shape: Value) -> Value {
    let view = v.asMemoryView
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if !requireStr(t, format, "cast() argument 'format'") { return .raised }
    if !view.isCContiguous { return raise(t, .typeError, "memoryview: casts are restricted to C-contiguous views") }
    if !shape.isMissing || view.pointee.dimensions != 1 {
        for i in 0..<view.pointee.dimensions where view.pointee.shape[i] == 0 || view.pointee.strides[i] == 0 {
            return raise(t, .typeError, "memoryview: cannot cast view with zeros in shape or strides")
        }
    }
    var dimensions = 1
    if !shape.isMissing {
        if !isList(shape) && !isTuple(shape) { return raise(t, .typeError, "shape must be a list or a tuple") }
        let items = sequenceToTuple(t, shape)
        if items.isRaised { return .raised }
        dimensions = items.tupleCount
        if dimensions > Int(LADON_BUFFER_MAX_DIMENSIONS) {
            return raise(t, .valueError, "memoryview: number of dimensions must not exceed \(LADON_BUFFER_MAX_DIMENSIONS)")
        }
        if view.pointee.dimensions != 1 && dimensions != 1 {
            return raise(t, .typeError, "memoryview: cast must be 1D -> ND or ND -> 1D")
        }
        let result = castFlat(t, v, format)
        if result.isRaised || (dimensions == 1 && view.pointee.dimensions != 1 && shape.isMissing) { return result }
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: max(dimensions, 1)) { buffer in
            let numbers = buffer.baseAddress.unsafelyUnwrapped
            var product = result.asMemoryView.pointee.itemSize
            for i in 0..<dimensions {
                let item = items.tupleItems[i]
                if !isInt(item) { return raise(t, .typeError, "memoryview.cast(): elements of shape must be integers") }
                let n = clampedInt(plainInt(item))
                if n <= 0 { return raise(t, .valueError, "memoryview.cast(): elements of shape must be integers > 0") }
                let (next, overflow) = product.multipliedReportingOverflow(by: n)
                if overflow { return raise(t, .valueError, "memoryview.cast(): product(shape) > SSIZE_MAX") }
                product = next
                numbers[i] = n
            }
            if product != view.pointee.length { return raise(t, .typeError, "memoryview: product(shape) * itemsize != buffer size") }
            setShape(t, result, numbers, nil, dimensions)
            return result
        }
    }
    return castFlat(t, v, format)
}

private func castFlat(_ t: Thread, _ v: Value, _ format: Value) -> Value {
    let view = v.asMemoryView
    var letter: UInt8 = 0
    if format.strIsASCII {
        if format.strCount == 1 { letter = format.strBytes[0] }
        if format.strCount == 2 && format.strBytes[0] == 64 { letter = format.strBytes[1] }
    }
    let size = nativeItemSize(letter)
    if size == 0 {
        return raise(t, .valueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'")
    }
    let from = view.formatCode
    if from == 0 {
        return raise(t, .valueError, "memoryview: source format must be a native single character format prefixed with an optional '@'")
    }
    func isByte(_ c: UInt8) -> Bool { c == 66 || c == 98 || c == 99 }
    if !isByte(from) && !isByte(letter) { return raise(t, .typeError, "memoryview: cannot cast between two non-byte formats") }
    if view.pointee.length % size != 0 { return raise(t, .typeError, "memoryview: length is not a multiple of itemsize") }
    let result = copyView(t, v)
    let out = result.asMemoryView
    out.inlineFormat[0] = 0
    out.pointee.formatText = 0
    for i in 0..<format.strCount { out.inlineFormat[i] = CChar(bitPattern: format.strBytes[i]) }
    out.pointee.format = UnsafePointer(out.inlineFormat)
    out.pointee.itemSize = size
    out.pointee.shapeOwner = .raised
    var count = view.pointee.length / size
    setShape(t, result, &count, nil, 1)
    return result
}

// MARK: slots

func memoryview_finalize(_ t: Thread, _ v: Value) -> Value {
    releaseView(t, v)
    return .none
}

func memoryview_repr(_ t: Thread, _ v: Value) -> Value {
    let address = "0x" + String(v.bits, radix: 16)
    return makeString(t, v.asMemoryView.pointee.isReleased != 0 ? "<released memory at \(address)>" : "<memory at \(address)>")
}

func memoryview_length(_ t: Thread, _ v: Value) -> Value {
    withView(t, v) { Value(smallInt: $0.count) }
}

func memoryview_hash(_ t: Thread, _ v: Value) -> Value {
    let view = v.asMemoryView
    if view.pointee.hash != 0 { return makeInt(t, view.pointee.hash) }
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if view.pointee.isReadOnly == 0 { return raise(t, .valueError, "cannot hash writable memoryview object") }
    let code = view.formatCode
    if code != 66 && code != 98 && code != 99 {
        return raise(t, .valueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
    }
    if view.pointee.object.isCell && hash(t, view.pointee.object) == -1 { return .raised }
    let bytes = viewBytes(t, v, fortran: false)
    if bytes.isRaised { return .raised }
    view.pointee.hash = hashBytes(bytes.bytesData, bytes.bytesCount)
    return makeInt(t, view.pointee.hash)
}

func memoryview_iter(_ t: Thread, _ v: Value) -> Value {
    let view = v.asMemoryView
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if view.pointee.dimensions == 0 { return raise(t, .typeError, "invalid indexing of 0-dim memory") }
    if view.pointee.dimensions != 1 { return raise(t, .notImplementedError, "multi-dimensional sub-views are not implemented") }
    if requireNativeFormat(t, view) == 0 { return .raised }
    return makeSequenceIterator(t, .memoryIterator, v, 0)
}

func memoryIterator_next(_ t: Thread, _ v: Value) -> Value {
    let it = v.cell(as: SequenceIteratorCell.self)
    let s = it.pointee.sequence
    if s.bits == 0 { return .exhausted }
    let view = s.asMemoryView
    let i = it.pointee.index
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if i < view.count {
        it.pointee.index = i &+ 1
        return unpackItem(t, view.pointee.data.unsafelyUnwrapped + i &* view.pointee.strides[0], view.formatCode)
    }
    it.pointee.sequence = .raised
    return .exhausted
}

/// The address of the item that an index, or a tuple of them, names. nil: raised.
private func itemAddress(_ t: Thread, _ v: MemoryViewPointer, _ key: Value) -> UnsafeMutableRawPointer? {
    guard var p = v.pointee.data else { return UnsafeMutableRawPointer(emptyBytes.bytesData) }
    func step(_ dimension: Int, _ index: Value) -> Bool {
        guard let i = sequenceIndex(t, index) else { return false }
        // Its __index__ may have released the view.
        if v.pointee.isReleased != 0 {
            _ = raiseReleased(t)
            return false
        }
        let count = v.pointee.shape[dimension]
        let at = i < 0 ? i &+ count : i
        if at < 0 || at >= count {
            _ = raise(t, .indexError, "index out of bounds on dimension \(dimension + 1)")
            return false
        }
        p += at &* v.pointee.strides[dimension]
        return true
    }
    if !isTuple(key) { return step(0, key) ? p : nil }
    let n = key.tupleCount
    if n < v.pointee.dimensions {
        _ = raise(t, .notImplementedError, "sub-views are not implemented")
        return nil
    }
    if n > v.pointee.dimensions {
        _ = raise(t, .typeError, "cannot index \(v.pointee.dimensions)-dimension view with \(n)-element tuple")
        return nil
    }
    for i in 0..<n where !step(i, key.tupleItems[i]) { return nil }
    return p
}

private func isMultiIndex(_ key: Value) -> Bool {
    if !isTuple(key) { return false }
    for i in 0..<key.tupleCount where !typeOf(key.tupleItems[i]).has(.index) { return false }
    return true
}

private func isMultiSlice(_ key: Value) -> Bool {
    if !isTuple(key) || key.tupleCount == 0 { return false }
    for i in 0..<key.tupleCount where !key.tupleItems[i].isExactly(.slice) { return false }
    return true
}

/// Narrows a fresh copy of a view to a slice of its first dimension. False: raised.
private func applySlice(_ t: Thread, _ v: Value, _ slice: Value) -> Bool {
    let view = v.asMemoryView
    guard let range = sliceIndices(t, slice, view.pointee.shape[0]) else { return false }
    let n = view.pointee.dimensions
    if n > 1 {
        // The shape is shared with the view that this is a copy of.
        let shape = view.pointee.shape, strides = view.pointee.strides
        setShape(t, v, shape, strides, n)
    }
    let start = range.count == 0 ? min(range.start, view.pointee.shape[0]) : range.start
    if let data = view.pointee.data { view.pointee.data = data + start &* view.pointee.strides[0] }
    view.pointee.shape[0] = range.count
    view.pointee.strides[0] = view.pointee.strides[0] &* range.step
    var length = view.pointee.itemSize
    for i in 0..<n { length &*= view.pointee.shape[i] }
    view.pointee.length = length
    return true
}

func memoryview_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let view = v.asMemoryView
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if view.pointee.dimensions == 0 {
        if isTuple(key) && key.tupleCount == 0 {
            let code = requireNativeFormat(t, view)
            return code == 0 ? .raised : unpackItem(t, view.pointee.data.unsafelyUnwrapped, code)
        }
        if key == .ellipsis { return v }
        return raise(t, .typeError, "invalid indexing of 0-dim memory")
    }
    if key.isSmallInt || (!isTuple(key) && typeOf(key).has(.index)) {
        if view.pointee.dimensions > 1 { return raise(t, .notImplementedError, "multi-dimensional sub-views are not implemented") }
        let code = requireNativeFormat(t, view)
        if code == 0 { return .raised }
        guard let p = itemAddress(t, view, key) else { return .raised }
        let item = unpackItem(t, p, code)
        v.keepAlive
        return item
    }
    if key.isExactly(.slice) {
        let result = copyView(t, v)
        return applySlice(t, result, key) ? result : .raised
    }
    if isMultiIndex(key) {
        let code = requireNativeFormat(t, view)
        if code == 0 { return .raised }
        guard let p = itemAddress(t, view, key) else { return .raised }
        return unpackItem(t, p, code)
    }
    if isMultiSlice(key) { return raise(t, .notImplementedError, "multi-dimensional slicing is not implemented") }
    return raise(t, .typeError, "memoryview: invalid slice key")
}

func memoryview_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    let view = v.asMemoryView
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if view.pointee.isReadOnly != 0 { return raise(t, .typeError, "cannot modify read-only memory") }
    if value.isMissing { return raise(t, .typeError, "cannot delete memory") }
    let code = requireNativeFormat(t, view)
    if code == 0 { return .raised }
    func store(_ p: UnsafeMutableRawPointer) -> Value {
        // Converted aside: what the value runs may release the view.
        var item: UInt64 = 0
        if !packItem(t, &item, code, value, view.formatName) { return .raised }
        if view.pointee.isReleased != 0 { return raiseReleased(t) }
        memcpy(p, &item, view.pointee.itemSize)
        return .none
    }
    if view.pointee.dimensions == 0 {
        if key == .ellipsis || (isTuple(key) && key.tupleCount == 0) { return store(view.pointee.data.unsafelyUnwrapped) }
        return raise(t, .typeError, "invalid indexing of 0-dim memory")
    }
    if key.isSmallInt || (!isTuple(key) && typeOf(key).has(.index)) {
        if view.pointee.dimensions > 1 { return raise(t, .notImplementedError, "sub-views are not implemented") }
        guard let p = itemAddress(t, view, key) else { return .raised }
        return store(p)
    }
    if key.isExactly(.slice) && view.pointee.dimensions == 1 { return assignSlice(t, v, key, value) }
    if isMultiIndex(key) {
        guard let p = itemAddress(t, view, key) else { return .raised }
        return store(p)
    }
    if key.isExactly(.slice) || isMultiSlice(key) {
        return raise(t, .notImplementedError, "memoryview slice assignments are currently restricted to ndim = 1")
    }
    return raise(t, .typeError, "memoryview: invalid slice key")
}

private func assignSlice(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    var source = LadonBuffer()
    if getBuffer(t, value, &source, flags: LADON_BUFFER_FULL_RO) < 0 { return .raised }
    let target = copyView(t, v)
    if !applySlice(t, target, key) {
        releaseBuffer(t, &source)
        return .raised
    }
    if v.asMemoryView.pointee.isReleased != 0 {
        releaseBuffer(t, &source)
        releaseView(t, target)
        return raiseReleased(t)
    }
    let view = target.asMemoryView
    let items = source.shape.map { $0[0] } ?? (source.itemSize > 0 ? source.length / source.itemSize : 0)
    let sourceCode = source.format.map { nativeFormat($0) } ?? 66
    if source.dimensions != 1 || items != view.pointee.shape[0] || source.itemSize != view.pointee.itemSize || sourceCode != view.formatCode {
        releaseBuffer(t, &source)
        releaseView(t, target)
        return raise(t, .valueError, "memoryview assignment: lvalue and rvalue have different structures")
    }
    // Through a copy: the two may overlap.
    let bytes = bytesOfBuffer(t, source)
    releaseBuffer(t, &source)
    if !bytes.isRaised, let data = view.pointee.data {
        var from = UnsafeRawPointer(bytes.bytesData)
        scatter(data, 1, view.pointee.shape, view.pointee.strides, view.pointee.itemSize, &from)
    }
    bytes.keepAlive
    releaseView(t, target)
    return bytes.isRaised ? .raised : .none
}

func memoryview_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if op != .eq && op != .ne { return .notImplemented }
    if !a.isExactly(.memoryview) { return .notImplemented }
    let view = a.asMemoryView
    if view.pointee.isReleased != 0 || (b.isExactly(.memoryview) && b.asMemoryView.pointee.isReleased != 0) {
        return Value((a == b) == (op == .eq))
    }
    if !supportsBuffer(b) { return .notImplemented }
    var other = LadonBuffer()
    if getBuffer(t, b, &other, flags: LADON_BUFFER_FULL_RO) < 0 {
        clearException(t)
        return .notImplemented
    }
    let same = sameContents(t, a, view, &other)
    releaseBuffer(t, &other)
    return same < 0 ? .raised : Value((same == 1) == (op == .eq))
}

private func sameContents(_ t: Thread, _ a: Value, _ view: MemoryViewPointer, _ other: inout LadonBuffer) -> Truth {
    let n = view.pointee.dimensions
    if n != Int(other.dimensions) { return 0 }
    for i in 0..<n {
        let count = other.shape.map { $0[i] } ?? (other.itemSize > 0 ? other.length / other.itemSize : 0)
        if count != view.pointee.shape[i] { return 0 }
        if count == 0 { return 1 }
    }
    let x = view.formatCode, y = other.format.map { nativeFormat($0) } ?? 66
    if x == 0 || y == 0 {
        // No native letters: equal formats and equal bytes.
        let format = other.format.map { String(cString: $0) } ?? "B"
        if format != view.formatName { return 0 }
    }
    let left = viewBytes(t, a, fortran: false)
    let right = bytesOfBuffer(t, other)
    if left.isRaised || right.isRaised { return -1 }
    let isFloat = x == UInt8(ascii: "f") || x == UInt8(ascii: "d")
    if x == y && !isFloat { return bytesEqual(left, right) ? 1 : 0 }
    let items = view.pointee.length / view.pointee.itemSize
    for i in 0..<items {
        let u = unpackItem(t, left.bytesData + i * view.pointee.itemSize, x)
        let w = unpackItem(t, right.bytesData + i * Int(other.itemSize), y)
        if u.isRaised || w.isRaised { return -1 }
        // By value: a NaN is not equal to itself.
        let result = compare(t, u, w, .eq)
        if result.isRaised { return -1 }
        if !result.isTrue { return 0 }
    }
    return 1
}

// MARK: buffers of views

func memoryview_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    let view = v.asMemoryView
    let flags = flags.smallInt
    if view.pointee.isReleased != 0 { return raiseReleased(t) }
    if flags & LADON_BUFFER_WRITABLE != 0 && view.pointee.isReadOnly != 0 {
        return raise(t, .bufferError, "memoryview: underlying buffer is not writable")
    }
    let contiguous = view.isCContiguous
    if flags & LADON_BUFFER_STRIDES != LADON_BUFFER_STRIDES && !contiguous {
        return raise(t, .bufferError, "memoryview: underlying buffer is not C-contiguous")
    }
    if flags & LADON_BUFFER_C_CONTIGUOUS == LADON_BUFFER_C_CONTIGUOUS && !contiguous {
        return raise(t, .bufferError, "memoryview: underlying buffer is not C-contiguous")
    }
    if flags & LADON_BUFFER_F_CONTIGUOUS == LADON_BUFFER_F_CONTIGUOUS && !view.isFContiguous {
        return raise(t, .bufferError, "memoryview: underlying buffer is not Fortran contiguous")
    }
    if flags & LADON_BUFFER_ANY_CONTIGUOUS == LADON_BUFFER_ANY_CONTIGUOUS && !contiguous && !view.isFContiguous {
        return raise(t, .bufferError, "memoryview: underlying buffer is not contiguous")
    }
    fillBuffer(&out.pointee, v, view.pointee.data ?? UnsafeMutableRawPointer(emptyBytes.bytesData), view.pointee.length,
               isReadOnly: view.pointee.isReadOnly != 0)
    if flags & LADON_BUFFER_ND == LADON_BUFFER_ND {
        out.pointee.itemSize = view.pointee.itemSize
        out.pointee.dimensions = Int32(view.pointee.dimensions)
        out.pointee.shape = view.pointee.shape
        if flags & LADON_BUFFER_STRIDES == LADON_BUFFER_STRIDES { out.pointee.strides = view.pointee.strides }
        if flags & LADON_BUFFER_FORMAT != 0 { out.pointee.format = view.pointee.format }
    }
    lockCell(t, v)
    view.pointee.exports &+= 1
    unlockCell(t, v)
    return .none
}

func memoryview_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    lockCell(t, v)
    v.asMemoryView.pointee.exports &-= 1
    unlockCell(t, v)
    return .none
}
