// What native code may assume about the selector of an event loop: a `selectors.EpollSelector` of which nothing is replaced
// (StockClass.swift), and not closed.

import LadonLibrary

let eventRead = 1, eventWrite = 2

nonisolated(unsafe) private let selectors = makeStockClass(\.selectorClass,
    attributes: [._fd_to_key, ._selector],
    passedOver: [.select, ._key_from_fd, .register, .unregister, .get_key, .get_map])
private enum Attribute {
    static let keys = 0, epoll = 1
}

/// What native code reads of an EpollSelector.
struct SelectorParts {
    var descriptor: Int32
    /// Descriptor -> SelectorKey.
    var keys: Value
}

/// nil: something of it was replaced, or it is closed.
@inline(__always) func selectorParts(_ t: Thread, _ selector: Value) -> SelectorParts? {
    guard let view = stockView(t, selector, selectors) else { return nil }
    let keys = view.pointee.load(selector, Attribute.keys)
    let descriptor = epollDescriptor(t, view.pointee.load(selector, Attribute.epoll))
    return descriptor < 0 || !keys.isExactly(.dict) ? nil : SelectorParts(descriptor: descriptor, keys: keys)
}

/// At the end of the module `selectors`.
func amendSelectors(_ t: Thread, _ dict: Value) -> Bool {
    prepareWords(t)
    let selector = dictGetName(t, dict, word(.EpollSelector))
    if !isType(selector) { return true }
    keep(&stock[t].pointee.selectorKey, dictGetName(t, dict, word(.SelectorKey)))
    selectors.pointee.remember(t, selector)
    return true
}
