// The module `_multiprocessing`.

import CLadonConcurrency
import LadonLibrary

func multiprocessingModule() -> ModuleDefinition {
    ModuleDefinition("_multiprocessing", members: [
        .method("sem_unlink", "(name, /)", { t, a in
            withSemaphoreName(t, a[0]) { name in
                let code = ladon_semaphore_unlink(name)
                return code == 0 ? .none : raiseOSError(t, code)
            }
        }),
        .constant("flags") { t, _ in
            let d = makeDict(t)
            if d.isRaised || dictSet(t, d, internStatic(t, "HAVE_SEM_OPEN"), .one) < 0 || dictSet(t, d, internStatic(t, "HAVE_SEM_TIMEDWAIT"), .one) < 0 { return .raised }
            return d
        },
    ], types: [semLockType])
}
