// The module `errno`: error numbers by name, and names by number.

public func errnoModule() -> ModuleDefinition {
    ModuleDefinition("errno", doc: "This module makes available standard errno system symbols.", initialize: { t, a in
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        let codes = makeDict(t)
        if codes.isRaised { return codes }
        var row = ladon_constants(Int32(LADON_CONSTANTS_ERRNO.rawValue)).unsafelyUnwrapped
        while let text = row.pointee.name {
            let key = intern(t, makeString(t, fileSystem: text))
            let number = makeInt(t, Int(row.pointee.value))
            if dictSet(t, d, key, number) < 0 { return .raised }
            // Of two names for one number, CPython shows the other one.
            let isAlias = stringEqual(key, "EWOULDBLOCK") || stringEqual(key, "EDEADLK") || stringEqual(key, "EOPNOTSUPP")
            if !isAlias && dictSet(t, codes, number, key) < 0 { return .raised }
            row += 1
        }
        return dictSet(t, d, internStatic(t, "errorcode"), codes) < 0 ? .raised : .none
    })
}
