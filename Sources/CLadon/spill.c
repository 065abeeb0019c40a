#include "spill.h"

#if defined(__x86_64__)
__asm__(
    ".text\n.globl ladon_spill_registers\n.type ladon_spill_registers,@function\n"
    "ladon_spill_registers:\n"
    "  movq %rbx, 0(%rdi)\n  movq %rbp, 8(%rdi)\n  movq %r12, 16(%rdi)\n"
    "  movq %r13, 24(%rdi)\n  movq %r14, 32(%rdi)\n  movq %r15, 40(%rdi)\n"
    "  leaq 8(%rsp), %rax\n"
    "  ret\n"
    ".size ladon_spill_registers, .-ladon_spill_registers\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n.globl ladon_spill_registers\n"
    "ladon_spill_registers:\n"
    "  stp x19, x20, [x0]\n  stp x21, x22, [x0, #16]\n  stp x23, x24, [x0, #32]\n"
    "  stp x25, x26, [x0, #48]\n  stp x27, x28, [x0, #64]\n  stp x29, x30, [x0, #80]\n"
    "  mov x0, sp\n"
    "  ret\n");
#else
#error "ladon_spill_registers is not written for this processor"
#endif
