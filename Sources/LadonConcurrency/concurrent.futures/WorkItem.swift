// `concurrent.futures.thread._WorkItem`: a call and the future that gets its result.

import LadonLibrary

struct WorkItemCell {
    var header: CellHeader
    var future: Value
    var function: Value
    var arguments: Value
    var keywords: Value
}

nonisolated(unsafe) var workItemType: TypePointer?

@inline(__always) private func item(_ v: Value) -> UnsafeMutablePointer<WorkItemCell> { v.cell(as: WorkItemCell.self) }
/// A work item whose `run` is the native one.
@inline(__always) func isWorkItem(_ v: Value) -> Bool {
    v.isCell && v.id == workItemType.unsafelyUnwrapped.pointee.id && !workItemType.unsafelyUnwrapped.hasFlag(.changed)
}

func workItemDefinition() -> TypeDefinition {
    func field(_ name: StaticString, _ get: @escaping NativeFunction, _ set: @escaping NativeFunction) -> NativeMember { .attribute(name, get: get, set: set) }
    return TypeDefinition(nil, "concurrent.futures.thread._WorkItem", flags: [.baseType, .changeable], size: MemoryLayout<WorkItemCell>.size,
                          layout: Layout(prefix: 4, base: 5, flags: .container), members: [
                              .staticMethod("__new__", "(cls, future, fn, args, kwargs)", { t, a in
                                  let v = allocateInstance(t, a[0].asType)
                                  if v.isRaised { return v }
                                  fill(v, a[1], a[2], a[3], a[4])
                                  return v
                              }),
                              .method("run", "(self)", { t, a in runWorkItem(t, a[0]) ? .none : .raised }),
                              .classMethod("__class_getitem__", "(type, object, /)", genericClassGetItem, "See PEP 585"),
                              field("future", { t, a in loadSlot(&item(a[0]).pointee.future) }, { t, a in store(&item(a[0]).pointee.future, a[1]) }),
                              field("fn", { t, a in loadSlot(&item(a[0]).pointee.function) }, { t, a in store(&item(a[0]).pointee.function, a[1]) }),
                              field("args", { t, a in loadSlot(&item(a[0]).pointee.arguments) }, { t, a in store(&item(a[0]).pointee.arguments, a[1]) }),
                              field("kwargs", { t, a in loadSlot(&item(a[0]).pointee.keywords) }, { t, a in store(&item(a[0]).pointee.keywords, a[1]) }),
                          ])
}

private func fill(_ v: Value, _ future: Value, _ function: Value, _ arguments: Value, _ keywords: Value) {
    let c = item(v)
    storeSlot(&c.pointee.future, future)
    storeSlot(&c.pointee.function, function)
    storeSlot(&c.pointee.arguments, arguments)
    storeSlot(&c.pointee.keywords, keywords)
}

private func store(_ slot: Values, _ v: Value) -> Value {
    storeSlot(slot, v.isMissing ? .none : v)
    return .none
}

/// 0: raised.
func makeWorkItem(_ t: Thread, _ future: Value, _ function: Value, _ arguments: Value, _ keywords: Value) -> Value {
    let v = allocateInstance(t, workItemType.unsafelyUnwrapped)
    if !v.isRaised { fill(v, future, function, arguments, keywords) }
    return v
}

/// Makes the call, whose result or exception goes to the future. False: raised. `whenCalled` runs between the two, if the
/// future has no callbacks, which may take long. It answers false when it raised.
func runWorkItem(_ t: Thread, _ v: Value, whenCalled: () -> Bool = { true }) -> Bool {
    let future = loadSlot(&item(v).pointee.future)
    if !isStockFuture(future) {
        let started = callMethod(t, future, intern(t, "set_running_or_notify_cancel"))
        let go = started.isRaised ? -1 : isTrue(t, started)
        if go <= 0 { return go == 0 }
    } else {
        let started = startFuture(t, future)
        if started <= 0 { return started == 0 }
    }
    let keywords = loadSlot(&item(v).pointee.keywords)
    let result = callWithTuple(t, loadSlot(&item(v).pointee.function), loadSlot(&item(v).pointee.arguments),
                               isDict(keywords) && dictCount(keywords) == 0 ? .raised : keywords)
    let e = result.isRaised ? takeException(t) : .raised
    if isStockFuture(future) && loadSlot(&futureCell(future).pointee.callbacks).bits == 0 && !whenCalled() { return false }
    if isStockFuture(future) { return finishFuture(t, future, result: result, exception: e) }
    return !callMethod(t, future, intern(t, e.bits != 0 ? "set_exception" : "set_result"), e.bits != 0 ? e : result).isRaised
}
