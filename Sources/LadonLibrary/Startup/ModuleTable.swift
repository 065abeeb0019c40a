// Every native module: the one list. A module is made when it is first imported.

public func nativeModuleTable() -> [(StaticString, () -> ModuleDefinition)] {
    [
        ("builtins", builtinsModule), ("sys", sysModule),
        ("math", mathModule), ("cmath", cmathModule), ("_random", randomCoreModule), ("_struct", structCoreModule),
    ]
}
