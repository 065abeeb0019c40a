#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif
#include "CLadonFloatText.h"

/// The "C" locale, made on first use; two threads may both make it, and one of them then throws its own away.
static locale_t c_locale(void) {
    static locale_t shared;
    locale_t locale = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
    if (locale) return locale;
    locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t expected = (locale_t)0;
    if (!__atomic_compare_exchange_n(&shared, &expected, locale, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        freelocale(locale);
        return expected;
    }
    return locale;
}

int ladon_format_double(char *out, size_t capacity, char code, bool alternate, int precision, double value) {
    char format[8], *end = format;
    *end++ = '%';
    if (alternate) *end++ = '#';
    *end++ = '.';
    *end++ = '*';
    *end++ = code;
    *end = 0;
    locale_t previous = uselocale(c_locale());
    int length = snprintf(out, capacity, format, precision, value);
    uselocale(previous);
    return length;
}

double ladon_parse_double(const char *text) {
    return strtod_l(text, NULL, c_locale());
}
