// Modules whose Python source is part of the binary: our own in the place of the library's, and the demonstration modules that
// programs import to see whether frozen modules work. The importer itself counts as frozen, though the library has its source.

/// Modules in the place of the library's. Changed only before the runtime starts.
public nonisolated(unsafe) var frozenSources: [(name: StaticString, source: StaticString)] = [("site", siteSource)]

/// `_imp._override_frozen_modules_for_tests`: negative when the demonstration modules are not to be found. Of the process.
nonisolated(unsafe) var frozenOverride: Int32 = 0

struct FrozenModule {
    enum Source {
        case text(StaticString)
        /// A file of the library, without its suffix.
        case library(StaticString)
    }

    let name: StaticString
    let source: Source
    var isPackage = false
    /// The module in the library whose copy it is; nil: none.
    var origin: StaticString?
}

private let greeting: StaticString = """
initialized = True

def main():
    print('Hello world!')

if __name__ == '__main__':
    main()
"""

private let importers = [
    FrozenModule(name: "_frozen_importlib", source: .library("importlib/_bootstrap"), origin: "importlib._bootstrap"),
    FrozenModule(name: "_frozen_importlib_external", source: .library("importlib/_bootstrap_external"), origin: "importlib._bootstrap_external"),
]

private let demonstrations = [
    FrozenModule(name: "__hello__", source: .text(greeting), origin: "__hello__"),
    FrozenModule(name: "__hello_alias__", source: .text(greeting), origin: "__hello__"),
    FrozenModule(name: "__phello_alias__", source: .text(greeting), isPackage: true, origin: "__hello__"),
    FrozenModule(name: "__phello_alias__.spam", source: .text(greeting), origin: "__hello__"),
    FrozenModule(name: "__phello__", source: .text(greeting), isPackage: true, origin: "__phello__"),
    FrozenModule(name: "__phello__.__init__", source: .text(greeting), origin: "<__phello__"),
    FrozenModule(name: "__phello__.ham", source: .text(""), isPackage: true, origin: "__phello__.ham"),
    FrozenModule(name: "__phello__.ham.__init__", source: .text(""), origin: "<__phello__.ham"),
    FrozenModule(name: "__phello__.ham.eggs", source: .text(""), origin: "__phello__.ham.eggs"),
    FrozenModule(name: "__phello__.spam", source: .text(greeting), origin: "__phello__.spam"),
    FrozenModule(name: "__hello_only__", source: .text(greeting)),
]

/// The frozen module of that name; nil when there is none, or when it is not to be found now.
func frozenModule(_ n: Value) -> FrozenModule? {
    for module in importers where stringEqual(n, module.name) { return module }
    for row in frozenSources where stringEqual(n, row.name) { return FrozenModule(name: row.name, source: .text(row.source), origin: row.name) }
    if frozenOverride < 0 { return nil }
    return demonstrations.first { stringEqual(n, $0.name) }
}

func frozenModuleNames() -> [StaticString] {
    importers.map { $0.name } + frozenSources.map { $0.name } + demonstrations.map { $0.name }
}
