// The module `_typing`: the identity function under another name.

import LadonTypes

public func typingModule() -> ModuleDefinition {
    ModuleDefinition("_typing", doc: "Accelerators for the typing module.\n", members: [.method("_idfunc", "(x, /)", { t, a in a[0] })])
}
