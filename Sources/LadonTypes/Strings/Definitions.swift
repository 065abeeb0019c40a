// The types of this folder, in the order in which they are installed.

import LadonRuntime

/// str, bytes, bytearray, memoryview and their iterators.
func stringTypes() -> [() -> TypeDefinition] {
    [strDefinition, strIteratorDefinition, bytesDefinition, bytesIteratorDefinition, bytearrayDefinition,
     bytearrayIteratorDefinition, memoryviewDefinition, memoryIteratorDefinition]
}
