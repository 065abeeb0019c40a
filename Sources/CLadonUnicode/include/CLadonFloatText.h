// The C library's exactly rounded conversions between double and decimal text, free of the process's locale.
// They stand here because the parser needs them as well as the runtime.
#pragma once

#include <stdbool.h>
#include <stddef.h>

/// `%.<precision><code>` of a finite number (`code`: e, E, f, F, g, G), with "#" if `alternate`. Writes at most
/// `capacity` bytes, the terminating zero included, and returns the length of the whole text; negative if the
/// C library refused.
int ladon_format_double(char *out, size_t capacity, char code, bool alternate, int precision, double value);

/// The number that a zero-terminated decimal literal is nearest to. The grammar is the caller's affair: this
/// also takes what Python does not ("0x10", "nan(1)").
double ladon_parse_double(const char *text);
