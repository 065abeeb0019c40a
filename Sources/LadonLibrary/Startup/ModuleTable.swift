// Every native module: the one list. A module is made when it is first imported.

nonisolated(unsafe) let nativeModuleTable: [(StaticString, () -> ModuleDefinition)] = [
    ("builtins", builtinsModule), ("sys", sysModule), ("_imp", impModule), ("marshal", marshalModule),
    ("math", mathModule), ("cmath", cmathModule), ("_random", randomCoreModule), ("_struct", structCoreModule),
]
