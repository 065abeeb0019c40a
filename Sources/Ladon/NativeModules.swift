// Where the native modules of all targets come together.

@_exported import LadonLibrary
import LadonNetwork
import LadonFormats
import LadonConcurrency

/// Makes the native modules of every target known to the import system. Once per process, before `startRuntime`.
public func registerNativeModules() {
    nativeModuleTables += [networkModules, formatModules, concurrencyModules]
    amendments += concurrencyAmendments
    frozenSources += concurrencySources
}
