"""Short-lived objects beside much that lives: what many loaded modules cost a program that allocates."""
import asyncio, json, logging, re, unittest  # noqa: F401  (their functions and classes are what lives)
from measure import benchmark


class Node:
    def __init__(self, other):
        self.other = other


def lists(n):
    for i in range(n):
        last = [i]
    return last


def objects(n):
    for i in range(n):
        last = Node(i)
    return last


def strings(n):
    for i in range(n):
        last = f'{i}:x'
    return last


def floats(n):
    x = 0.5
    for _ in range(n):
        x = x * 1.0000001 + 0.1
    return x


def blocks(n):
    for _ in range(n):
        half = b'x' * 1000
        whole = half + half
    return whole


benchmark('short-lived lists', lists, 1_000_000)
benchmark('short-lived objects', objects, 500_000)
benchmark('short-lived strings', strings, 400_000)
benchmark('short-lived floats', floats, 1_000_000)
benchmark('short-lived blocks', blocks, 60_000)
