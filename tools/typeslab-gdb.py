# SPDX-License-Identifier: Apache-2.0
"""typeslab-whatis ADDR: what an address is to a typeslab heap.

For gdb: "source typeslab-gdb.py", in a live process or with a core file. No
code of the process is run and no debug information is needed: the library's
symbol typeslab_live_1 says where its tables are. Nothing read is believed
further than the next read: a damaged heap ends in a message.

    (gdb) typeslab-whatis p
    0x7f3d41308190: 16 bytes into slot 8 of pointer-03, 48 bytes at 0x7f3d41308180, freed
"""
import struct

import gdb

MAGIC = 0x62616c7365707974
VERSION = 1
KIND_SMALL, KIND_LARGE, KIND_LARGE_FREE = 1, 2, 3
FREE, LIVE, STOCK, NEW = 0, 1, 2, 6


class Heap:
    """The tables of the process that gdb looks at."""

    def __init__(self):
        try:
            root = int(gdb.parse_and_eval("(unsigned long)&typeslab_live_1"))
        except gdb.error:
            raise gdb.GdbError("no libtypeslab in this program "
                               "(or its symbols were stripped)") from None
        magic, version = struct.unpack("<QI", self.read(root, 12))
        if magic != MAGIC or version != VERSION:
            raise gdb.GdbError("a heap of another version")
        layout, _, region, shape = struct.unpack("<4Q",
                                                 self.read(root + 16, 32))
        self.shape = dict(self.fields(shape))
        self.layout = layout
        self.base = self.word(region, "region_base")
        self.reach = self.word(region, "region_reach")
        self.table = self.word(region, "region_table")

    def fields(self, at):
        """heap/shape.h: names and numbers, up to an empty name."""
        for at in range(at, at + 24 * 1000, 24):
            name, value = struct.unpack("<20sI", self.read(at, 24))
            if not name[0]:
                return
            yield name.rstrip(b"\0").decode("ascii", "replace"), value

    @staticmethod
    def read(address, size):
        try:
            return bytes(gdb.selected_inferior().read_memory(address, size))
        except gdb.MemoryError:
            raise gdb.GdbError(
                f"cannot read {size} bytes at {address:#x}") from None

    def number(self, address, field, size):
        return int.from_bytes(self.read(address + self.shape[field], size),
                              "little")

    def word(self, address, field):
        return self.number(address, field, 8)

    def half(self, address, field):
        return self.number(address, field, 4)

    def record(self, chunk):
        return self.table + (chunk << self.shape["record_shift"])

    def bin_of(self, slab):
        return self.word(slab, "slab_home") - \
            self.word(self.layout, "layout_no_bins")

    def name_of(self, bin_offset):
        """pointer-03, or the name of a cache made at run time."""
        number = bin_offset >> self.shape["bin_shift"]
        nr_rows = self.half(self.layout, "layout_nr_rows")
        order = self.layout + self.shape["layout_order"]
        first = self.half(order, "order_first")
        by_class = self.half(order, "order_nr")
        shift = self.shape["nr_classes_shift"]
        at = number - (nr_rows << shift)
        row = number >> shift
        if first <= row < first + by_class:
            row = first + (number - (first << shift)) % by_class
        if at >= 0:
            named = self.word(self.layout, "layout_named")
            cache = int.from_bytes(self.read(named + 8 * at, 8), "little")
            name = self.read(cache + self.shape["named_name"], 48)
            return name.split(b"\0")[0].decode(errors="replace")
        # In the modes without types all domains are the same rows.
        for domain in ("unknown", "data", "pointer"):
            rows = self.layout + self.shape["layout_rows"] + \
                self.shape[f"domain_{domain}"] * self.shape["row_set_size"]
            count = int.from_bytes(
                self.read(rows + self.shape["row_set_count"], 8), "little")
            first = int.from_bytes(
                self.read(rows + self.shape["row_set_first"], 8), "little")
            if first <= row < first + count:
                return f"{domain}-{row - first:02}"
        return f"row {row}"

    def whatis(self, address):
        if not 0 <= address - self.base < self.reach:
            return "not in this heap"
        chunk = (address - self.base) >> self.shape["chunk_shift"]
        slab = self.record(chunk)
        if self.number(slab, "slab_kind", 1) == KIND_SMALL:
            return self.small(address, chunk, slab)
        return self.large(address, chunk)

    def small(self, address, chunk, slab):
        back = self.number(slab, "slab_bias", 2)
        size = self.word(slab, "slab_size")
        shift = self.shape["chunk_shift"]
        if not size:
            raise gdb.GdbError("a damaged record")
        begin = self.base + (chunk - back << shift)
        slot, inside = divmod(address - begin, size)
        if slot >= self.number(slab, "slab_nr_slots", 2):
            return f"in {self.name_of(self.bin_of(slab))}, " \
                "behind the last slot of a slab"
        state = self.read(self.word(slab, "slab_states") + slot, 1)[0]
        first = self.record(chunk - back)
        word = {LIVE: "live", STOCK: "freed", FREE: "freed",
                NEW: "never handed out"}.get(state, f"state {state}?")
        if state == FREE and slot >= self.number(first, "slab_nr_used", 2):
            word = "never handed out"
        return self.say(inside, f"slot {slot} of", slab, size,
                        address - inside, word)

    def large(self, address, chunk):
        for back in range(chunk, -1, -1):
            slab = self.record(back)
            kind = self.number(slab, "slab_kind", 1)
            if kind:
                break
        else:
            return "in the heap's ground, never handed out"
        begin = self.base + (back << self.shape["chunk_shift"])
        size = self.word(slab, "slab_size")
        if kind != KIND_LARGE or address >= begin + size:
            return "in the heap's ground, handed out to nobody now"
        live = self.number(slab, "slab_large_state", 1) == LIVE
        return self.say(address - begin, "a large object of", slab, size,
                        begin, "live" if live else "freed")

    def say(self, inside, what, slab, size, begin, state):
        into = f"{inside} bytes into " if inside else ""
        return f"{into}{what} {self.name_of(self.bin_of(slab))}, " \
            f"{size} bytes at {begin:#x}, {state}"


class Whatis(gdb.Command):
    """Tell what an address is to the typeslab heap.

usage: typeslab-whatis EXPRESSION

Which partition or cache it belongs to, the slot it lies in, and whether that
is live, freed or was never handed out. Works on core files, too."""

    def __init__(self):
        super().__init__("typeslab-whatis", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("usage: typeslab-whatis EXPRESSION")
        value = gdb.parse_and_eval(argument)
        address = int(value.cast(gdb.lookup_type("unsigned long")))
        # A tag that the processor ignores.
        address &= (1 << 56) - 1
        print(f"{address:#x}: {Heap().whatis(address)}")


Whatis()
