// The module `grp`: the group database.

import Glibc

nonisolated(unsafe) private var entryType: TypePointer! = nil

private func entry(_ t: Thread, _ g: group) -> Value {
    let members = makeList(t)
    var p = g.gr_mem
    while let c = p?.pointee {
        if listAppend(t, members, makeString(t, fileSystem: c)) < 0 { return .raised }
        p = p.unsafelyUnwrapped + 1
    }
    let v = makeStructSequence(t, entryType)
    if v.isRaised { return v }
    let items = structSequenceItems(v)
    storeSlot(items, makeString(t, fileSystem: UnsafePointer(g.gr_name)))
    storeSlot(items + 1, g.gr_passwd == nil ? .none : makeString(t, fileSystem: UnsafePointer(g.gr_passwd)))
    storeSlot(items + 2, ownerValue(t, g.gr_gid))
    storeSlot(items + 3, members)
    return v
}

public func grpModule() -> ModuleDefinition {
    ModuleDefinition("grp", doc: "Access to the Unix group database.", members: [
        .method("getgrgid", "(id)", { t, a in
            let text = reprText(t, a[0])
            guard let gid = ownerNumber(t, a[0], "gid") else {
                if !exceptionMatches(t, .overflowError) { return .raised }
                clearException(t)
                return raise(t, .keyError, "getgrgid(): gid not found: \(text)")
            }
            let r = findAccount(t, group(), entry) { getgrgid_r(gid, $0, $1, $2, $3) }
            return r.isMissing ? raise(t, .keyError, "getgrgid(): gid not found: \(text)") : r
        }, "Return the group database entry for the given numeric group ID."),
        .method("getgrnam", "(name)", { t, a in
            if !a[0].isStr { return raise(t, .typeError, "getgrnam() argument 'name' must be str, not \(argumentType(a[0]))") }
            let bytes = fsConverter(t, a[0])
            if bytes.isRaised { return bytes }
            let c = UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self)
            let r = findAccount(t, group(), entry) { getgrnam_r(c, $0, $1, $2, $3) }
            bytes.keepAlive
            return r.isMissing ? raise(t, .keyError, "getgrnam(): name not found: \(reprText(t, a[0]))") : r
        }, "Return the group database entry for the given group name."),
        .method("getgrall", "()", { t, _ in
            let list = makeList(t)
            setgrent()
            defer { endgrent() }
            while let g = getgrent() {
                let v = entry(t, g.pointee)
                if v.isRaised || listAppend(t, list, v) < 0 { return .raised }
            }
            return list
        }, "Return a list of all available group entries, in arbitrary order."),
    ], initialize: { t, a in
        if entryType == nil {
            entryType = makeStructSequenceType(t, "grp.struct_group", "grp.struct_group: Results from getgr*() routines.", fields: [
                ("gr_name", "group name"), ("gr_passwd", "password"), ("gr_gid", "group id"), ("gr_mem", "group members"),
            ], visible: 4)
        }
        return dictSet(t, a[0].cell(as: ModuleCell.self).pointee.dict, internStatic(t, "struct_group"), entryType.value) < 0 ? .raised : .none
    })
}
