// The module `_tracemalloc`, always in the state "not tracing": the heap keeps no place of allocation, so
// start() says so instead of reporting nothing. What warnings.py and unittest ask for without tracing works.

import LadonTypes

public func tracemallocModule() -> ModuleDefinition {
    ModuleDefinition("_tracemalloc", doc: "Debug module to trace memory blocks allocated by Python.", members: [
        .method("start", "(nframe=1, /)", { t, a in
            guard let frames = asInt32(t, a[0]) else { return .raised }
            if frames < 1 { return raise(t, .valueError, "the number of frames must be in range [1; 65535]") }
            return raise(t, .runtimeError, "tracemalloc is not supported: Ladon's heap does not record where memory was allocated")
        }, "Start tracing Python memory allocations.\n\nAlso set the maximum number of frames stored in the traceback of a\ntrace to nframe."),
        .method("stop", "()", { t, a in .none }, "Stop tracing Python memory allocations.\n\nAlso clear traces of memory blocks allocated by Python."),
        .method("is_tracing", "()", { t, a in .false }, "Return True if the tracemalloc module is tracing Python memory allocations."),
        .method("clear_traces", "()", { t, a in .none }, "Clear traces of memory blocks allocated by Python."),
        .method("reset_peak", "()", { t, a in .none },
                "Set the peak size of memory blocks traced by tracemalloc to the current size.\n\nDo nothing if the tracemalloc module is not tracing memory allocations."),
        .method("get_traceback_limit", "()", { t, a in .one }, "Get the maximum number of frames stored in the traceback of a trace."),
        .method("get_traced_memory", "()", { t, a in makeTuple(t, .zero, .zero) },
                "Get the current size and peak size of memory blocks traced by tracemalloc.\n\nReturns a tuple: (current: int, peak: int)."),
        .method("get_tracemalloc_memory", "()", { t, a in .zero }, "Get the memory usage in bytes of the tracemalloc module."),
        .method("_get_object_traceback", "(obj, /)", { t, a in .none }, "Get the traceback where the Python object obj was allocated."),
        .method("_get_traces", "()", { t, a in makeList(t) }, "Get traces of all memory blocks allocated by Python."),
    ])
}
