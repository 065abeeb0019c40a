// Prints what CLadonUnicode says, for Tests/unicode/check to compare with CPython.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "CLadonUnicode.h"

static void codes(const uint32_t *text, size_t count) {
    putchar('\t');
    for (size_t i = 0; i < count; i++) printf(i ? " %X" : "%X", text[i]);
}

static void types(void) {
    uint32_t out[3];
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        printf("%X\t%X\t%d\t%d\t%.17g\t%X", cp, ladon_uc_flags(cp) & (LADON_UC_SPECIAL - 1), ladon_uc_decimal(cp),
               ladon_uc_digit(cp), ladon_uc_number(cp), ladon_uc_tolower(cp));
        codes(out, ladon_uc_full_upper(cp, out));
        codes(out, ladon_uc_full_lower(cp, out));
        codes(out, ladon_uc_full_title(cp, out));
        codes(out, ladon_uc_full_casefold(cp, out));
        putchar('\n');
    }
}

static void properties(void) {
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        const char *tag;
        const uint32_t *mapping;
        double number = -12345;
        uint32_t count = ladon_uc_decomposition(cp, &tag, &mapping);
        ladon_uc32_number(cp, &number);
        printf("%X\t%s\t%s\t%u\t%d\t%s\t%s\t%s\t%d\t%s\t%d\t%.17g\t%s", cp, ladon_uc_category(cp),
               ladon_uc_bidirectional(cp), ladon_uc_combining(cp), ladon_uc_mirrored(cp),
               ladon_uc_east_asian_width(cp), ladon_uc32_category(cp), ladon_uc32_bidirectional(cp),
               ladon_uc32_mirrored(cp), ladon_uc32_east_asian_width(cp), ladon_uc32_decimal(cp), number, tag);
        codes(mapping, count);
        putchar('\n');
    }
}

static void names(void) {
    char name[LADON_UC_NAME_MAX];
    uint32_t out[4];
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        size_t length = ladon_uc_name(cp, name);
        if (!length) continue;
        printf("%X\t%.*s", cp, (int)length, name);
        codes(out, ladon_uc_lookup(name, length, false, out));
        putchar('\n');
    }
}

/// Lines of code points in; for each, the four forms and their quick checks out. A line that starts with "@"
/// asks for a name, one with "!" for the forms of Unicode 3.2.0.
static void answer(void) {
    static char line[1 << 16];
    static uint32_t text[1 << 14], out[4];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '@') {
            codes(out, ladon_uc_lookup(line + 1, strlen(line + 1), true, out));
            putchar('\n');
            continue;
        }
        bool old = line[0] == '!';
        size_t count = 0;
        for (char *at = line + old, *end; ; at = end) {
            unsigned long cp = strtoul(at, &end, 16);
            if (end == at) break;
            text[count++] = (uint32_t)cp;
        }
        for (int form = 0; form < 4; form++) {
            size_t length;
            uint32_t *normal = ladon_uc_normalize((ladon_uc_form)form, old, text, count, &length);
            printf("\t%u", ladon_uc_quick_check((ladon_uc_form)form, text, count));
            codes(normal, length);
            free(normal);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv) {
    (void)argc;
    switch (argv[1][0]) {
    case 't': types(); break;
    case 'p': properties(); break;
    case 'n': names(); break;
    default: answer();
    }
}
