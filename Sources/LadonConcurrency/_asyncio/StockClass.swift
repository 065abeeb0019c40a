// Whether an object is an instance of a class exactly as the library made it, and where its attributes lie.
//
// A native method that stands for several Python ones at once may be used only while none of them is replaced: not in
// the class (its version is the one after its module had run), nor in a base (a change there renews the version too), nor
// in the instance (it has no attribute of such a name). That is decided once per shape. A view is immutable once
// it is in the list and stays for ever, since another thread may be reading it; it keeps its shape alive.

import LadonLibrary

struct StockView {
    var shape: Value
    var id: UInt32
    var version: UInt32
    /// In the order of `StockClass.attributes`.
    var places: UnsafeMutablePointer<AttributePlace>
    var next: UnsafeMutablePointer<StockView>?

    @inline(__always) func load(_ v: Value, _ attribute: Int) -> Value { places[attribute].load(v) }
    @inline(__always) func store(_ v: Value, _ attribute: Int, _ value: Value) { places[attribute].store(v, value) }
}

/// A class of the library in one interpreter, with its version when its module had run.
struct KnownClass {
    private var type = Value.raised
    private var version: UInt32 = 0

    init() {}
    /// At the end of its module. `anyName`: looking up a name, whichever, gives a class that has no version one.
    init(_ t: Thread, _ type: Value, anyName: Value) {
        _ = lookupType(t, type.asType, anyName)
        (self.type, version) = (type, versionOf(type.asType))
    }

    /// Whether `other`, at this version of it, is the class as it was then.
    @inline(__always) func isStock(_ other: TypePointer, _ current: UInt32) -> Bool {
        type.bits != 0 && other == type.asType && current != 0 && current == version
    }
}

/// A class of the library in all interpreters.
struct StockClass {
    /// Attributes that every instance has and native code uses.
    let attributes: [Word]
    /// Names in the class that native code passes over: an instance with an attribute of such a name is not stock.
    let passedOver: [Word]
    let known: WritableKeyPath<StockLoop, KnownClass>
    fileprivate var views: UnsafeMutablePointer<StockView>? = nil
    fileprivate var count = 0

    init(_ known: WritableKeyPath<StockLoop, KnownClass>, attributes: [Word], passedOver: [Word]) {
        self.known = known
        self.attributes = attributes
        self.passedOver = passedOver
    }

    /// At the end of its module.
    func remember(_ t: Thread, _ type: Value) {
        stock[t].pointee[keyPath: known] = KnownClass(t, type, anyName: word(attributes[0]))
    }
}

/// The view of an object that is stock, else nil. It holds until other code runs.
@inline(__always) func stockView(_ t: Thread, _ v: Value, _ of: UnsafeMutablePointer<StockClass>) -> UnsafeMutablePointer<StockView>? {
    if !v.isCell { return nil }
    if let view = of.pointee.views, view.pointee.id == v.id, versionOf(view.pointee.shape.cell(as: ShapeCell.self).pointee.type.asType) == view.pointee.version { return view }
    return findStockView(t, v, of)
}

@inline(never) private func findStockView(_ t: Thread, _ v: Value, _ of: UnsafeMutablePointer<StockClass>) -> UnsafeMutablePointer<StockView>? {
    let type = typeOf(v), id = v.id, version = versionOf(type)
    var next = of.pointee.views
    while let view = next {
        if view.pointee.id == id && view.pointee.version == version { return view }
        next = view.pointee.next
    }
    let known = stock[t].pointee[keyPath: of.pointee.known]
    // Shapes without end (a program that gives each instance other attributes): not worth it.
    if !known.isStock(type, version) || of.pointee.count > 20 { return nil }
    let s = shape(ofID: id)
    for name in of.pointee.passedOver where AttributePlace(s, word(name)) != nil { return nil }
    let places = UnsafeMutablePointer<AttributePlace>.allocate(capacity: of.pointee.attributes.count)
    for (i, name) in of.pointee.attributes.enumerated() {
        guard let place = AttributePlace(s, word(name)) else {
            places.deallocate()
            return nil
        }
        (places + i).initialize(to: place)
    }
    let view = UnsafeMutablePointer<StockView>.allocate(capacity: 1)
    view.initialize(to: StockView(shape: Value(s), id: id, version: version, places: places, next: of.pointee.views))
    addRoot(&view.pointee.shape)
    // Two threads may both do this; then one of the views is found no more, which costs a few words.
    of.pointee.count += 1
    ladon_store_release(UnsafeMutableRawPointer(of) + MemoryLayout<StockClass>.offset(of: \StockClass.views).unsafelyUnwrapped, UInt(bitPattern: view))
    return view
}

/// Room for a `StockClass` that is there for ever.
func makeStockClass(_ known: WritableKeyPath<StockLoop, KnownClass>, attributes: [Word], passedOver: [Word]) -> UnsafeMutablePointer<StockClass> {
    let p = UnsafeMutablePointer<StockClass>.allocate(capacity: 1)
    p.initialize(to: StockClass(known, attributes: attributes, passedOver: passedOver))
    return p
}
