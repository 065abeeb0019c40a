// The module `pwd`: the user database.

import Glibc

nonisolated(unsafe) private var entryType: TypePointer! = nil

private func entry(_ t: Thread, _ p: passwd) -> Value {
    let v = makeStructSequence(t, entryType)
    if v.isRaised { return v }
    let items = structSequenceItems(v)
    func text(_ c: UnsafePointer<CChar>?) -> Value { c == nil ? .none : makeString(t, fileSystem: c!) }
    storeSlot(items, text(p.pw_name))
    storeSlot(items + 1, text(p.pw_passwd))
    storeSlot(items + 2, ownerValue(t, p.pw_uid))
    storeSlot(items + 3, ownerValue(t, p.pw_gid))
    storeSlot(items + 4, text(p.pw_gecos))
    storeSlot(items + 5, text(p.pw_dir))
    storeSlot(items + 6, text(p.pw_shell))
    return v
}

public func pwdModule() -> ModuleDefinition {
    ModuleDefinition("pwd", doc: "This module provides access to the Unix password database.", members: [
        .method("getpwuid", "(uidobj, /)", { t, a in
            let text = reprText(t, a[0])
            guard let uid = ownerNumber(t, a[0], "uid") else {
                if !exceptionMatches(t, .overflowError) { return .raised }
                clearException(t)
                return raise(t, .keyError, "getpwuid(): uid not found: \(text)")
            }
            let r = findAccount(t, passwd(), entry) { getpwuid_r(uid, $0, $1, $2, $3) }
            return r.isMissing ? raise(t, .keyError, "getpwuid(): uid not found: \(text)") : r
        }, "Return the password database entry for the given numeric user ID."),
        .method("getpwnam", "(name, /)", { t, a in
            if !a[0].isStr { return raise(t, .typeError, "getpwnam() argument must be str, not \(argumentType(a[0]))") }
            let bytes = fsConverter(t, a[0])
            if bytes.isRaised { return bytes }
            let c = UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self)
            let r = findAccount(t, passwd(), entry) { getpwnam_r(c, $0, $1, $2, $3) }
            bytes.keepAlive
            return r.isMissing ? raise(t, .keyError, "getpwnam(): name not found: \(reprText(t, a[0]))") : r
        }, "Return the password database entry for the given user name."),
        .method("getpwall", "()", { t, _ in
            let list = makeList(t)
            setpwent()
            defer { endpwent() }
            while let p = getpwent() {
                let v = entry(t, p.pointee)
                if v.isRaised || listAppend(t, list, v) < 0 { return .raised }
            }
            return list
        }, "Return a list of all available password database entries, in arbitrary order."),
    ], initialize: { t, a in
        if entryType == nil {
            entryType = makeStructSequenceType(t, "pwd.struct_passwd", "pwd.struct_passwd: Results from getpw*() routines.", fields: [
                ("pw_name", "user name"), ("pw_passwd", "password"), ("pw_uid", "user id"), ("pw_gid", "group id"), ("pw_gecos", "real name"),
                ("pw_dir", "home directory"), ("pw_shell", "shell program"),
            ], visible: 7)
        }
        return dictSet(t, a[0].cell(as: ModuleCell.self).pointee.dict, internStatic(t, "struct_passwd"), entryType.value) < 0 ? .raised : .none
    })
}
