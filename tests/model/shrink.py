"""The smallest part of a case that still fails: what is shown of it."""


def shrink(items, fails):
    """items without all that is not needed for fails(items) to be true, which it is: halves first, then one by one."""
    size = len(items) // 2
    while size > 0:
        at = 0
        while at < len(items):
            less = items[:at] + items[at + size:]
            if fails(less):
                items = less
            else:
                at += size
        size //= 2
    return items
