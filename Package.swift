// swift-tools-version:6.0
// The targets, from the ground up; docs/architecture.md walks through them.
import PackageDescription

let runtimeMode: [SwiftSetting] = [.swiftLanguageMode(.v5)]

let package = Package(
    name: "Ladon",
    products: [
        .executable(name: "ladon", targets: ["LadonCLI"]),
    ],
    targets: [
        .systemLibrary(name: "CGMP", path: "Sources/CGMP", providers: [.apt(["libgmp-dev"])]),
        .target(name: "CLadon"),
        .target(name: "CLadonUnicode"),
        .target(name: "CLadonNetwork"),
        .target(name: "CLadonConcurrency", dependencies: ["CLadon"]),
        .target(name: "CLadonDispatch", dependencies: ["CLadon"]),
        .target(name: "LadonSyntax", dependencies: ["CLadonUnicode"], swiftSettings: runtimeMode),
        .target(name: "LadonCompiler", dependencies: ["LadonSyntax"], exclude: ["Instructions/instructions.table"], swiftSettings: runtimeMode),
        .target(name: "LadonCore", dependencies: ["CLadon", "CLadonUnicode", "CGMP"], swiftSettings: runtimeMode),
        .target(name: "LadonRuntime", dependencies: ["LadonCore", "LadonCompiler", "CLadonDispatch"], swiftSettings: runtimeMode),
        .target(name: "LadonTypes", dependencies: ["LadonRuntime", "LadonCore"], swiftSettings: runtimeMode),
        .target(name: "LadonLibrary", dependencies: ["LadonTypes", "LadonRuntime", "LadonCore"], swiftSettings: runtimeMode),
        .target(name: "COpenSSL"),
        .target(name: "CZlib"),
        .target(name: "CBzip2"),
        .target(name: "CLzma"),
        .target(name: "CExpat"),
        .target(name: "CSQLite"),
        .target(name: "LadonNetwork", dependencies: ["LadonLibrary", "LadonRuntime", "LadonCore", "CLadonNetwork", "COpenSSL"], swiftSettings: runtimeMode),
        .target(name: "LadonFormats", dependencies: ["LadonLibrary", "LadonRuntime", "LadonCore", "CGMP", "CZlib", "CBzip2", "CLzma", "CExpat", "CSQLite"], swiftSettings: runtimeMode),
        .target(name: "LadonConcurrency", dependencies: ["LadonNetwork", "LadonFormats", "LadonLibrary", "LadonRuntime", "LadonCore", "CLadonConcurrency"], swiftSettings: runtimeMode),
        .target(name: "Ladon", dependencies: ["LadonLibrary", "LadonNetwork", "LadonFormats", "LadonConcurrency"], swiftSettings: runtimeMode),
        .executableTarget(name: "LadonCLI", dependencies: ["Ladon"], swiftSettings: runtimeMode),
        .testTarget(name: "LadonSyntaxTests", dependencies: ["LadonSyntax"], swiftSettings: runtimeMode),
        .testTarget(name: "LadonCompilerTests", dependencies: ["LadonCompiler", "LadonSyntax"], swiftSettings: runtimeMode),
        .testTarget(name: "LadonCoreTests", dependencies: ["LadonCore", "CLadon", "CLadonUnicode"], swiftSettings: runtimeMode),
    ]
)
