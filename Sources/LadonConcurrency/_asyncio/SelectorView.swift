// What native code may assume about the selector of an event loop.
//
// It must be a `selectors.EpollSelector` whose `select` is the library's; to put descriptors into it and take them out, all of
// the class must be as its module left it. That is decided once per shape and version of the class, as for loops (LoopView.swift).

import LadonLibrary

let eventRead = 1, eventWrite = 2

/// What native code reads of an EpollSelector.
struct SelectorParts {
    var descriptor: Int32
    /// Descriptor -> SelectorKey.
    var keys: Value
    /// Registering, too, may be done natively.
    var canRegister: Bool
}

/// Where an EpollSelector keeps its parts; valid for one shape and version of the class.
private struct SelectorView {
    var shape: Value
    var id: UInt32
    var version: UInt32
    var keys, epoll, map: AttributePlace
    var canRegister: Bool
    var next: UnsafeMutablePointer<SelectorView>?
}
nonisolated(unsafe) private var selectorView: UnsafeMutablePointer<SelectorView>?

@inline(never) private func findSelectorView(_ t: Thread, _ selector: Value) -> UnsafeMutablePointer<SelectorView>? {
    let type = stock[t].pointee.epollSelector
    if type.bits == 0 || !selector.isCell || typeOf(selector) != type.asType { return nil }
    let version = versionOf(type.asType), id = selector.id
    var known = selectorView, count = 0
    while let view = known {
        if view.pointee.id == id && view.pointee.version == version { return view }
        known = view.pointee.next
        count += 1
    }
    if count > 20 { return nil }
    let s = shape(ofID: id)
    func isOwn(_ w: Word) -> Bool { AttributePlace(s, word(w)) != nil }
    if version == 0 || lookupType(t, type.asType, word(.select)) != stock[t].pointee.epollSelect || lookupType(t, type.asType, word(._key_from_fd)) != stock[t].pointee.keyFromDescriptor { return nil }
    if isOwn(.select) || isOwn(._key_from_fd) { return nil }
    guard let keys = AttributePlace(s, word(._fd_to_key)), let epoll = AttributePlace(s, word(._selector)), let map = AttributePlace(s, word(._map)) else { return nil }
    let canRegister = stock[t].pointee.selectorClass.isStock(type.asType, version) && !isOwn(.register) && !isOwn(.unregister) && !isOwn(.get_key) && !isOwn(.get_map)
    let view = UnsafeMutablePointer<SelectorView>.allocate(capacity: 1)
    view.initialize(to: SelectorView(shape: Value(s), id: id, version: version, keys: keys, epoll: epoll, map: map, canRegister: canRegister, next: selectorView))
    addRoot(&view.pointee.shape)
    // Views stay for ever: another thread may be reading them, and selectors hardly ever have many shapes.
    selectorView = view
    return view
}

/// nil: something of it was replaced, or it is closed.
@inline(__always) func selectorParts(_ t: Thread, _ selector: Value) -> SelectorParts? {
    if !selector.isCell { return nil }
    var view = selectorView
    if let known = view, known.pointee.id == selector.id, versionOf(stock[t].pointee.epollSelector.asType) == known.pointee.version {} else { view = findSelectorView(t, selector) }
    guard let view else { return nil }
    let keys = view.pointee.keys.load(selector)
    let descriptor = epollDescriptor(t, view.pointee.epoll.load(selector))
    if descriptor < 0 || !keys.isExactly(.dict) { return nil }
    return SelectorParts(descriptor: descriptor, keys: keys, canRegister: view.pointee.canRegister && !view.pointee.map.load(selector).isNone)
}
