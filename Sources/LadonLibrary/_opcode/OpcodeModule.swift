// The module `_opcode`. The library's opcode numbers are those of CPython's stack machine; Ladon's code is for
// registers and has another table (see docs/instructions.md; `dis` shows it), so no number has a stack effect here.

import LadonTypes

public func opcodeModule() -> ModuleDefinition {
    ModuleDefinition("_opcode", doc: "Opcode support module.", members: [
        .method("stack_effect", "(opcode, oparg=None, /, *, jump=None)", { t, a in
            if asInt32(t, a[0]) == nil { return .raised }
            if !a[1].isNone && asInt32(t, a[1]) == nil { return .raised }
            if !a[2].isNone && !a[2].isBool { return raise(t, .valueError, "stack_effect: jump must be False, True or None") }
            return raise(t, .valueError, "invalid opcode or oparg")
        }, "Compute the stack effect of the opcode."),
        .method("get_specialization_stats", "()", { t, a in .none }, "Return the specialization stats"),
    ])
}
