// Shapes (hidden classes): which attribute name lies in which slot of an instance.
//
// A type's first shape has no names; each shape has at most one child per name, found through a hashed
// StorageCell in its `index` field (keys are the children's `name`). Slot n of an instance is its n-th
// inline word after `extra`, or lies in the StorageCell that `extra` points to. A shape whose
// `isDictionary` is 1 says that `extra` is a dict, which then is the only truth.
//
// Locks: the shape lock guards child tables (readers go without: entries are only added, the table is
// replaced when full). An instance's own lock guards its header id, `extra` and slots against other
// writers. Readers load the id, then the slot; a slot that reads 0, or an `extra` that is no StorageCell,
// means that the instance was changed meanwhile: they start again. Adding stores the value, then the id.

import LadonCore

struct ShapeCacheEntry {
    var sequence: UInt32
    var id: UInt32
    var name: UInt
    var slot: Int
}

let shapeCacheSize = 2048
/// More names than this, or more shapes per type than `maximumShapes`, and instances keep a dictionary.
let maximumNames = 128
let maximumShapes: UInt32 = 1000
let maximumInlineSlots: UInt32 = 30

/// A shape of `type`, published under a fresh id. 0: no memory (raised).
func makeShape(_ t: Thread, _ type: TypePointer, parent: Value, name: Value, count: UInt32, inlineSlots: UInt32, dictionary: Bool) -> Value {
    let cell = allocate(t, id: TypeID.shape.rawValue, bytes: MemoryLayout<ShapeCell>.size)
    let s = cell.assumingMemoryBound(to: ShapeCell.self)
    s.pointee.type = Value(type)
    s.pointee.parent = parent
    s.pointee.name = name
    s.pointee.count = count
    s.pointee.isDictionary = dictionary ? 1 : 0
    s.pointee.inlineSlots = inlineSlots
    s.pointee.attributeOffset = type.pointee.attributeOffset
    let id = allocateShapeID(t)
    s.pointee.id = id
    publishShape(id: id, shape: s, layout: instanceLayout(type))
    return Value(s)
}

/// How the collector walks instances of a heap type: the native part as its type says, then attribute words to the end.
func instanceLayout(_ type: TypePointer) -> Layout {
    let native = layout(ofID: type.pointee.nativeID)
    if type.pointee.nativeID == TypeID.object.rawValue { return Layout(prefix: 0, base: 1, flags: finalizerFlags(type, .container)) }
    let nativeType = shape(ofID: type.pointee.nativeID).pointee.type.asType
    if type == nativeType { return native }
    let flags = finalizerFlags(type, native.flags.union(.container))
    switch TypeID(rawValue: type.pointee.nativeID) {
    case .tuple: return Layout(prefix: 0, base: 1, flags: finalizerFlags(type, .container))
    case .int:
        let rawWords = Int(nativeType.pointee.basicSize / 8)
        return Layout(prefix: 0, base: rawWords, flags: finalizerFlags(type, Layout.Flags(rawValue: 64)))
    default:
        if native.flags.contains(.allTraced) { return Layout(prefix: 0, base: 1, flags: flags) }
        let base = native.base != 0 ? native.base : Int(nativeType.pointee.basicSize / 8)
        return Layout(prefix: native.prefix, base: base, flags: flags)
    }
}

private func finalizerFlags(_ type: TypePointer, _ flags: Layout.Flags) -> Layout.Flags {
    type.hasFlag(.hasFinalizer) ? flags.union(.finalizable) : flags
}

// MARK: finding names

/// The slot of `name` (interned) in a shape, -1 when it has none.
@inline(__always) func shapeSlot(_ s: ShapePointer, _ name: Value) -> Int {
    if s.pointee.count == 0 { return -1 }
    if s.pointee.count <= 6 { return shapeWalk(s, name) }
    return shapeSlotCached(s, name)
}

func shapeWalk(_ shape: ShapePointer, _ name: Value) -> Int {
    var s = shape
    while s.pointee.count != 0 {
        if s.pointee.name == name { return Int(s.pointee.count) &- 1 }
        s = s.pointee.parent.cell(as: ShapeCell.self)
    }
    return -1
}

@inline(never) func shapeSlotCached(_ s: ShapePointer, _ name: Value) -> Int {
    let id = s.pointee.id
    let place = Int(truncatingIfNeeded: (UInt(id) &* 0x9E37_79B1) ^ (name.bits >> 4)) & (shapeCacheSize - 1)
    let entry = UnsafeMutableRawPointer(objectModel.pointee.shapeCache + place)
    let sequence = ladon_load32_acquire(entry)
    if sequence & 1 == 0 && ladon_load32_relaxed(entry + 4) == id && ladon_load_relaxed(entry + 8) == name.bits {
        let slot = Int(bitPattern: ladon_load_acquire(entry + 16))
        if ladon_load32_relaxed(entry) == sequence { return slot }
    }
    let slot = shapeWalk(s, name)
    if sequence & 1 == 0 && ladon_cas32(entry, sequence, sequence &+ 1) {
        ladon_store32_relaxed(entry + 4, id)
        ladon_store_relaxed(entry + 8, name.bits)
        ladon_store_release(entry + 16, UInt(bitPattern: slot))
        ladon_store32_release(entry, sequence &+ 2)
    }
    return slot
}

@inline(__always) private func childTable(_ s: ShapePointer) -> UnsafeMutablePointer<Value> {
    (UnsafeMutableRawPointer(s) + MemoryLayout<ShapeCell>.offset(of: \ShapeCell.children).unsafelyUnwrapped).assumingMemoryBound(to: Value.self)
}

/// The shape that adds `name`, nil when there is none yet. Lock-free.
@inline(__always) func existingChild(_ s: ShapePointer, _ name: Value) -> ShapePointer? {
    let table = loadSlot(childTable(s))
    if table.bits == 0 { return nil }
    let mask = table.cell(as: StorageCell.self).pointee.capacity &- 1
    var i = Int(truncatingIfNeeded: name.bits >> 4) & mask
    while true {
        let child = loadSlot(table.storageItems + i)
        if child.bits == 0 { return nil }
        let c = child.cell(as: ShapeCell.self)
        if c.pointee.name == name { return c }
        i = (i &+ 1) & mask
    }
}

/// The shape that adds `name`, made if need be; nil when instances should go over to a dictionary, or memory is out.
func childShape(_ t: Thread, _ s: ShapePointer, _ name: Value) -> ShapePointer? {
    if let c = existingChild(s, name) { return c }
    let dictionary = name.isMissing
    if !dictionary && s.pointee.count >= maximumNames { return nil }
    let type = s.pointee.type.asType
    let lock = objectModel.pointee.shapeLock
    lock.lock(t)
    defer { lock.unlock(t) }
    if let c = existingChild(s, name) { return c }
    let root = type.pointee.shape.cell(as: ShapeCell.self)
    if !dictionary {
        if root.pointee.shapeCount >= maximumShapes { return nil }
        root.pointee.shapeCount += 1
    }
    let child = makeShape(t, type, parent: Value(s), name: name, count: dictionary ? 0 : s.pointee.count + 1,
                          inlineSlots: s.pointee.inlineSlots, dictionary: dictionary)
    if child.isRaised { return nil }
    let old = loadSlot(childTable(s))
    let capacity = old.bits == 0 ? 0 : old.cell(as: StorageCell.self).pointee.capacity
    var used = 0
    var i = 0
    while i < capacity { if old.storageItems[i].bits != 0 { used += 1 }; i += 1 }
    if (used + 1) * 4 > capacity * 3 {
        let larger = makeStorage(t, capacity: max(2, capacity * 2))
        if larger.isRaised { return nil }
        i = 0
        while i < capacity {
            if old.storageItems[i].bits != 0 { insertChild(larger, old.storageItems[i]) }
            i += 1
        }
        insertChild(larger, child)
        storeSlot(childTable(s), larger)
    } else {
        insertChild(old, child)
    }
    return child.cell(as: ShapeCell.self)
}

private func insertChild(_ table: Value, _ child: Value) {
    let mask = table.cell(as: StorageCell.self).pointee.capacity - 1
    var i = Int(truncatingIfNeeded: child.cell(as: ShapeCell.self).pointee.name.bits >> 4) & mask
    while table.storageItems[i].bits != 0 { i = (i + 1) & mask }
    storeSlot(table.storageItems + i, child)
}

/// The shape of instances of `type` that keep a dictionary.
func dictionaryShape(_ t: Thread, _ type: TypePointer) -> ShapePointer? {
    childShape(t, loadSlot(type.address(TypeField.shape)).cell(as: ShapeCell.self), .missing)
}

// MARK: attribute words of instances

@inline(__always) func extraAddress(_ v: Value, _ s: ShapePointer) -> UnsafeMutablePointer<Value> { fieldAddress(v, s.pointee.attributeOffset) }

/// The value in slot `slot` of an instance of that shape; 0 when the instance changed meanwhile.
@inline(__always) func loadAttributeSlot(_ v: Value, _ s: ShapePointer, _ slot: Int) -> Value {
    let extra = extraAddress(v, s)
    if slot < Int(s.pointee.inlineSlots) { return loadSlot(extra + (slot &+ 1)) }
    return loadOverflow(loadSlot(extra), slot &- Int(s.pointee.inlineSlots))
}

@inline(__always) func loadOverflow(_ storage: Value, _ index: Int) -> Value {
    // A dict stands here once the instance went over to dictionary mode.
    if storage.bits == 0 || storage.id != TypeID.storage.rawValue || index >= storage.cell(as: StorageCell.self).pointee.capacity { return .raised }
    return loadSlot(storage.storageItems + index)
}

/// The instance's own attribute `name` (interned); `.missing` when it has none. Runs no Python code.
public func instanceAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Value {
    while v.isCell {
        let s = shape(ofID: v.id)
        if s.pointee.attributeOffset != 0 {
            if s.pointee.isDictionary != 0 { return dictGetName(t, loadSlot(extraAddress(v, s)), name) }
            let slot = shapeSlot(s, name)
            if slot < 0 { return .missing }
            let found = loadAttributeSlot(v, s, slot)
            if found.bits != 0 { return found }
            waitForCell(t, v)
            continue
        }
        let offset = s.pointee.type.asType.pointee.dictOffset
        if offset == 0 { return .missing }
        let d = loadSlot(fieldAddress(v, offset))
        return d.bits == 0 ? .missing : dictGetName(t, d, name)
    }
    return .missing
}

/// Where instances with one shape keep an attribute: for native code that reads the same attributes of the same kind of object again
/// and again, and compares the object's id with the shape's first.
public struct AttributePlace {
    /// Bytes from the cell's start to the word, or to the word of the overflow storage.
    public var offset: Int32
    /// Index in the overflow storage; -1: the word lies in the cell.
    public var index: Int32

    /// nil: no such attribute, or the shape is a dictionary's.
    public init?(_ s: ShapePointer, _ name: Value) {
        if s.pointee.attributeOffset == 0 || s.pointee.attributeOffset & variableOffsetBit != 0 || s.pointee.isDictionary != 0 { return nil }
        let slot = shapeSlot(s, name)
        if slot < 0 { return nil }
        let inline = Int(s.pointee.inlineSlots)
        offset = Int32(s.pointee.attributeOffset)
        index = -1
        if slot < inline { offset += Int32(slot + 1) * 8 } else { index = Int32(slot - inline) }
    }

    /// The value, of an object with that shape; 0 while another thread is adding attributes.
    @inline(__always) public func load(_ v: Value) -> Value {
        let word = Value(bits: ladon_load_acquire(v.cell + Int(offset)))
        if index < 0 { return word }
        return word.isCell && word.id == TypeID.storage.rawValue ? loadSlot(word.storageItems + Int(index)) : Value(bits: 0)
    }
    /// Overwrites it.
    @inline(__always) public func store(_ v: Value, _ value: Value) {
        if index < 0 { storeSlot((v.cell + Int(offset)).assumingMemoryBound(to: Value.self), value); return }
        let word = Value(bits: ladon_load_acquire(v.cell + Int(offset)))
        if word.isCell && word.id == TypeID.storage.rawValue { storeSlot(word.storageItems + Int(index), value) }
    }
}

/// Lets a writer that holds the cell finish.
@inline(never) func waitForCell(_ t: Thread, _ v: Value) { lockCell(t, v); unlockCell(t, v) }

/// Sets the instance's own attribute. 1 done, 0 the type gives instances no attributes, -1 raised.
public func setInstanceAttribute(_ t: Thread, _ v: Value, _ name: Value, _ value: Value) -> Truth {
    if !v.isCell { return 0 }
    while true {
        let id = v.id
        let s = shape(ofID: id)
        if s.pointee.attributeOffset == 0 { break }
        if s.pointee.isDictionary != 0 { return dictSet(t, loadSlot(extraAddress(v, s)), name, value) }
        let slot = shapeSlot(s, name)
        if slot >= 0 {
            if overwriteSlot(t, v, s, slot, value) { return 1 }
            continue
        }
        guard let next = childShape(t, s, name) else {
            let d = instanceDictionary(t, v)
            if d.isRaised { return -1 }
            continue
        }
        let done = appendSlot(t, v, s, next, value)
        if done != 0 { return done }
    }
    let offset = typeOf(v).pointee.dictOffset
    if offset == 0 { return 0 }
    let d = dictionaryAt(t, v, offset)
    return d.isRaised ? -1 : dictSet(t, d, name, value)
}

/// Stores over an existing slot; false when the instance no longer has that shape.
@inline(__always) func overwriteSlot(_ t: Thread, _ v: Value, _ s: ShapePointer, _ slot: Int, _ value: Value) -> Bool {
    var done = false
    lockCell(t, v)
    if v.id == s.pointee.id {
        let extra = extraAddress(v, s)
        let inline = Int(s.pointee.inlineSlots)
        if slot < inline {
            storeSlot(extra + (slot &+ 1), value)
        } else {
            storeSlot(extra.pointee.storageItems + (slot &- inline), value)
        }
        done = true
    }
    unlockCell(t, v)
    return done
}

/// Adds the slot that `next` has and `s` has not. 1 done, 0 the instance changed meanwhile, -1 raised.
func appendSlot(_ t: Thread, _ v: Value, _ s: ShapePointer, _ next: ShapePointer, _ value: Value) -> Truth {
    let slot = Int(s.pointee.count)
    let inline = Int(s.pointee.inlineSlots)
    if slot < inline {
        var done = 0
        lockCell(t, v)
        if v.id == s.pointee.id {
            storeSlot(extraAddress(v, s) + (slot &+ 1), value)
            ladon_store32_release(v.cell, next.pointee.id)
            done = 1
        }
        unlockCell(t, v)
        return done
    }
    return appendOverflow(t, v, s, next, slot &- inline, value)
}

@inline(never) private func appendOverflow(_ t: Thread, _ v: Value, _ s: ShapePointer, _ next: ShapePointer, _ index: Int, _ value: Value) -> Truth {
    let extra = extraAddress(v, s)
    let old = loadSlot(extra)
    var storage = old
    var capacity = 0
    if old.bits != 0 {
        if old.id != TypeID.storage.rawValue { return 0 }
        capacity = old.cell(as: StorageCell.self).pointee.capacity
    }
    if index >= capacity {
        if index == 0 { growInlineSlots(t, s) }
        storage = makeStorage(t, capacity: max(4, index * 2))
        if storage.isRaised { _ = raiseMemoryError(t); return -1 }
    }
    var done = 0
    lockCell(t, v)
    if v.id == s.pointee.id && extra.pointee == old {
        if storage != old {
            var i = 0
            while i < capacity { storage.storageItems[i] = old.storageItems[i]; i += 1 }
        }
        storeSlot(storage.storageItems + index, value)
        if storage != old { storeSlot(extra, storage) }
        ladon_store32_release(v.cell, next.pointee.id)
        done = 1
    }
    unlockCell(t, v)
    return done
}

/// Instances of this type need more room than they have: later ones get twice as many inline slots, under a new first shape.
private func growInlineSlots(_ t: Thread, _ s: ShapePointer) {
    let type = s.pointee.type.asType
    let attributes = type.pointee.attributeOffset
    if attributes & variableOffsetBit != 0 || s.pointee.inlineSlots != type.pointee.inlineSlots || type.pointee.inlineSlots >= maximumInlineSlots { return }
    let lock = objectModel.pointee.shapeLock
    lock.lock(t)
    defer { lock.unlock(t) }
    if s.pointee.inlineSlots != type.pointee.inlineSlots { return }
    let wanted = min(maximumInlineSlots, max(4, type.pointee.inlineSlots * 2))
    setFirstShape(t, type, inlineSlots: wanted)
}

/// Gives `type` a first shape with so many inline slots: what fresh instances get.
@discardableResult
func setFirstShape(_ t: Thread, _ type: TypePointer, inlineSlots: UInt32) -> Bool {
    let root = makeShape(t, type, parent: Value(bits: 0), name: Value(bits: 0), count: 0, inlineSlots: inlineSlots, dictionary: false)
    if root.isRaised { return false }
    // allocateInstance reads the shape only, so that id and slots always belong together.
    type.pointee.id = root.cell(as: ShapeCell.self).pointee.id
    type.pointee.inlineSlots = inlineSlots
    storeSlot(type.address(TypeField.shape), root)
    return true
}

// MARK: dictionary mode

/// Whether instances of the type have a `__dict__`.
public func hasInstanceDict(_ type: TypePointer) -> Bool { type.pointee.attributeOffset != 0 || type.pointee.dictOffset != 0 }

public func typeDictOffset(_ type: TypePointer) -> Int { Int(type.pointee.dictOffset) }

/// The dict in a word of the cell, made if there is none.
func dictionaryAt(_ t: Thread, _ v: Value, _ offset: UInt32) -> Value {
    let at = fieldAddress(v, offset)
    let d = loadSlot(at)
    if d.bits != 0 { return d }
    let fresh = makeDict(t)
    if fresh.isRaised { return fresh }
    lockCell(t, v)
    let now = loadSlot(at)
    if now.bits == 0 { storeSlot(at, fresh) }
    unlockCell(t, v)
    return now.bits == 0 ? fresh : now
}

/// The live `__dict__` of an instance, which goes over to dictionary mode for it; `.missing` when its type has none.
public func instanceDictionary(_ t: Thread, _ v: Value) -> Value {
    if !v.isCell { return .missing }
    while true {
        let s = shape(ofID: v.id)
        if s.pointee.attributeOffset == 0 { break }
        if s.pointee.isDictionary != 0 { return loadSlot(extraAddress(v, s)) }
        let d = switchToDictionary(t, v, s, Value(bits: 0))
        if d.isRaised { return raiseMemoryError(t) }
        if !d.isMissing { return d }
    }
    let offset = typeOf(v).pointee.dictOffset
    return offset == 0 ? .missing : dictionaryAt(t, v, offset)
}

/// Makes a dictionary the truth. With `given` 0 the attributes move into a new dict, else `given` replaces them.
/// `.missing`: the instance changed meanwhile; 0: no memory.
private func switchToDictionary(_ t: Thread, _ v: Value, _ s: ShapePointer, _ given: Value) -> Value {
    guard let target = dictionaryShape(t, s.pointee.type.asType) else { return .raised }
    let count = Int(s.pointee.count)
    var d = given
    if given.bits == 0 {
        d = makeDict(t, capacity: max(count, 5))
        if d.isRaised { return d }
    }
    return withScratch(t, count, failed: .raised) { names -> Value in
        var p = s
        while p.pointee.count != 0 {
            names[Int(p.pointee.count) - 1] = p.pointee.name
            p = p.pointee.parent.cell(as: ShapeCell.self)
        }
        var result = Value.missing
        lockCell(t, v)
        if v.id == s.pointee.id {
            let extra = extraAddress(v, s)
            let inline = Int(s.pointee.inlineSlots)
            if given.bits == 0 {
                let table = dictTable(d)
                var i = 0
                while i < count {
                    let value = i < inline ? (extra + (i + 1)).pointee : extra.pointee.storageItems[i - inline]
                    table.append(stringHash(names[i]), names[i], value)
                    i += 1
                }
                dictCell(d).pointee.count = count
            }
            storeSlot(extra, d)
            ladon_store32_release(v.cell, target.pointee.id)
            var i = 0
            while i < min(count, inline) { storeSlot(extra + (i + 1), Value(bits: 0)); i += 1 }
            result = d
        }
        unlockCell(t, v)
        return result
    }
}

/// `v.__dict__ = d`. 1 done, 0 no `__dict__`, -1 raised.
func replaceInstanceDictionary(_ t: Thread, _ v: Value, _ d: Value) -> Truth {
    if !v.isCell { return 0 }
    while true {
        let s = shape(ofID: v.id)
        if s.pointee.attributeOffset == 0 { break }
        if s.pointee.isDictionary != 0 {
            lockCell(t, v)
            let same = v.id == s.pointee.id
            if same { storeSlot(extraAddress(v, s), d) }
            unlockCell(t, v)
            if same { return 1 }
            continue
        }
        let done = switchToDictionary(t, v, s, d)
        if done.isRaised { _ = raiseMemoryError(t); return -1 }
        if !done.isMissing { return 1 }
    }
    let offset = typeOf(v).pointee.dictOffset
    if offset == 0 { return 0 }
    lockCell(t, v)
    storeSlot(fieldAddress(v, offset), d)
    unlockCell(t, v)
    return 1
}

/// A snapshot of the instance's attributes as a fresh dict, leaving its shape alone; `.missing` when it has no `__dict__`.
public func instanceDictionaryCopy(_ t: Thread, _ v: Value) -> Value {
    if !v.isCell { return .missing }
    while true {
        let s = shape(ofID: v.id)
        if s.pointee.attributeOffset == 0 || s.pointee.isDictionary != 0 { break }
        let count = Int(s.pointee.count)
        let d = makeDict(t, capacity: max(count, 1))
        if d.isRaised { return d }
        let complete = withUnsafeTemporaryAllocation(of: ShapePointer.self, capacity: count + 1) { buffer -> Bool in
            var p = s
            while p.pointee.count != 0 {
                buffer[Int(p.pointee.count) - 1] = p
                p = p.pointee.parent.cell(as: ShapeCell.self)
            }
            for i in 0..<count {
                let value = loadAttributeSlot(v, s, i)
                if value.bits == 0 || dictSet(t, d, buffer[i].pointee.name, value) < 0 { return false }
            }
            return true
        }
        if complete { return d }
        waitForCell(t, v)
    }
    let d = instanceDictionary(t, v)
    if d.isRaised || d.isMissing { return d }
    return dictCopy(t, d)
}

/// A snapshot of an instance's own attributes, without making a dict: their names and values in order, and how many there
/// are. -1: more than `room`, or they are kept in a dict.
public func copyInstanceAttributes(_ t: Thread, _ v: Value, _ names: Values, _ values: Values, _ room: Int) -> Int {
    while v.isCell {
        let s = shape(ofID: v.id)
        let count = Int(s.pointee.count)
        if s.pointee.attributeOffset == 0 || s.pointee.isDictionary != 0 || count > room { return -1 }
        var p = s
        while p.pointee.count != 0 {
            names[Int(p.pointee.count) - 1] = p.pointee.name
            p = p.pointee.parent.cell(as: ShapeCell.self)
        }
        var complete = true
        for i in 0..<count {
            values[i] = loadAttributeSlot(v, s, i)
            if values[i].bits == 0 { complete = false }
        }
        if complete { return count }
        waitForCell(t, v)
    }
    return -1
}

/// Removes the instance's own attribute. 1 done, 0 it had none, -1 raised.
func deleteInstanceAttribute(_ t: Thread, _ v: Value, _ name: Value) -> Truth {
    let own = instanceAttribute(t, v, name)
    if own.isMissing { return 0 }
    let d = instanceDictionary(t, v)
    if d.isRaised { return -1 }
    return dictDelete(t, d, name)
}

/// Gives `v` another class with the same layout: its attributes move into a dict. 1 done, -1 raised.
func changeClass(_ t: Thread, _ v: Value, _ type: TypePointer) -> Truth {
    if type.pointee.attributeOffset == 0 {
        lockCell(t, v)
        ladon_store32_release(v.cell, type.pointee.id)
        unlockCell(t, v)
        return 1
    }
    guard let target = dictionaryShape(t, type) else { _ = raiseMemoryError(t); return -1 }
    while true {
        let d = instanceDictionary(t, v)
        if d.isRaised { return -1 }
        let id = v.id
        if shape(ofID: id).pointee.isDictionary == 0 { continue }
        lockCell(t, v)
        let same = v.id == id
        if same { ladon_store32_release(v.cell, target.pointee.id) }
        unlockCell(t, v)
        if same { return 1 }
    }
}

// MARK: instances

/// A fresh instance of `type` with room for `variableItems` items of its variable part. 0: MemoryError raised.
public func allocateInstance(_ t: Thread, _ type: TypePointer, variableItems: Int = 0) -> Value {
    let s = loadSlot(type.address(TypeField.shape)).cell(as: ShapeCell.self)
    var bytes = Int(type.pointee.basicSize) &+ Int(s.pointee.inlineSlots) &* 8
    let v: Value
    if variableItems == 0 && type.pointee.itemSize == 0 && bytes <= 512 {
        v = Value(allocate(t, id: s.pointee.id, bytes: bytes))
    } else {
        bytes += (variableItems * Int(type.pointee.itemSize) + 7) & ~7
        guard let p = allocateAny(t, id: s.pointee.id, bytes: bytes) else { return raiseMemoryError(t) }
        v = Value(p)
    }
    if type.hasFlag(.hasFinalizer) { registerFinalizable(t, v) }
    return v
}
