// Calls the functions of one compiled kernel library with recorded arguments and writes down what they give.
//
//     native_wine LIBRARY CALLS RESULTS
//
// A program of its own, so that a library of another system is called there without a Python of that system.
// Every argument lies in memory of its own at an address that a double may have and no longer register could ask
// for (8 modulo 32), between guards; memory that is written begins as bytes 255 (a double that is no number). Every
// call is made twice, with the stack 16 bytes further the second time. native_calls.py writes CALLS and reads
// RESULTS: integers of 64 bits and bytes, as they lie in memory.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(_WIN32)
#include <malloc.h>
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace {

typedef int64_t I;
typedef uint64_t W;
typedef double D;
typedef void* P;

union Value {
    I i;
    W w;
    D d;
    P p;
};

template <typename T>
T get(const Value& value);
template <> I get<I>(const Value& value) { return value.i; }
template <> W get<W>(const Value& value) { return value.w; }
template <> D get<D>(const Value& value) { return value.d; }
template <> P get<P>(const Value& value) { return value.p; }

// 0, 1, ... of an argument list (the C++ library's own is not there for every target).
template <int... K>
struct Places {};
template <int LEFT, int... K>
struct UpTo : UpTo<LEFT - 1, LEFT - 1, K...> {};
template <int... K>
struct UpTo<0, K...> {
    typedef Places<K...> type;
};

// A function of int64_t with these arguments.
template <typename... A>
struct Number {
    static const int count = (int)sizeof...(A);

    template <int... K>
    static I at(P function, const Value* values, Places<K...>) {
        (void)values;
        return ((I(*)(A...))function)(get<A>(values[K])...);
    }
    static I call(P function, const Value* values) { return at(function, values, typename UpTo<count>::type()); }
};

// A function of sixteen hexadecimal digits, given back as their number.
struct Digits {
    static const int count = 0;
    static I call(P function, const Value*) { return (I)strtoull(((const char* (*)(void))function)(), nullptr, 16); }
};

struct Entry {
    const char* name;
    int count;
    I (*call)(P, const Value*);
};

#define NUMBER(name, ...) {#name, Number<__VA_ARGS__>::count, Number<__VA_ARGS__>::call}
#define DIGITS(name) {#name, Digits::count, Digits::call}

const Entry ENTRIES[] = {
    NUMBER(umkm_abi),
    DIGITS(umkm_digest),
    NUMBER(umkm_avx2),
    NUMBER(umkm_draw_counts, W, W, W, I, I, I, P, P, I, P),
    NUMBER(umkm_weighted_sums, I, I, I, P, I, P, P),
    NUMBER(umkm_moments, I, I, P, P, P, D, P, P),
    NUMBER(umkm_factors, I, I, P, P, P, P),
    NUMBER(umkm_ml_groups),
    NUMBER(umkm_ml_room, P),
    NUMBER(umkm_ml_draws, P, I, P, P, P, P, P, P, D, I, P, P, P, P, P, P, P, P),
    NUMBER(umkm_fiml_room, P, P),
    NUMBER(umkm_fiml_draws, P, P, I, P, P, P, P, P, D, I, P, P, P, P, P, P, P, P),
    NUMBER(umkm_polychoric_room, I, I),
    NUMBER(umkm_polychoric, I, I, I, I, I, I, P, P, P, P, P, P, P, P, P, P, P, P),
    NUMBER(umkm_dwls_inverse, I, I, I, I, I, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P, P),
};

enum Fault { OUTSIDE = 1, GIVEN = 2, STACK = 4, ABSENT = 8 };  // written beside memory, or over what was given
enum Kind { READ, WORK, WRITTEN };
enum Sort { INTEGER, DOUBLE, ADDRESS, NONE };

const int64_t GUARD = 64, STEP = 32;

[[noreturn]] void stop(const char* why) {
    fprintf(stderr, "native_wine: %s\n", why);
    exit(2);
}

void read(FILE* from, void* to, int64_t size) {
    if (size && fread(to, 1, (size_t)size, from) != (size_t)size) stop("the calls end too early");
}

int64_t number(FILE* from) {
    int64_t out;
    read(from, &out, 8);
    return out;
}

void* memory(int64_t size) {
    void* out = malloc((size_t)(size ? size : 1));
    if (!out) stop("no memory");
    return out;
}

struct Block {
    int64_t kind, size, links;
    unsigned char *given, *whole, *at;
    int64_t* link;  // (links, 2): offset in this block, number of the block whose address stands there

    void load(FILE* from) {
        kind = number(from), size = number(from), links = number(from);
        given = (unsigned char*)memory(size);
        if (kind == READ) read(from, given, size);
        link = (int64_t*)memory(16 * links);
        read(from, link, 16 * links);
        whole = (unsigned char*)memory(size + 2 * GUARD + 2 * STEP);
        at = (unsigned char*)(((uintptr_t)whole + GUARD + STEP - 1) / STEP * STEP + 8);
    }
    void fill(const Block* all) {
        memset(at - GUARD, 0xA5, (size_t)(size + 2 * GUARD));
        if (kind != READ) memset(at, 0xFF, (size_t)size);
        for (int64_t k = 0; k < links; ++k) memcpy(given + link[2 * k], &all[link[2 * k + 1]].at, 8);
        if (kind == READ) memcpy(at, given, (size_t)size);
    }
    I faults() const {
        I out = kind == READ && memcmp(at, given, (size_t)size) ? GIVEN : 0;
        for (int64_t k = 1; k <= GUARD; ++k)
            if (at[-k] != 0xA5 || at[size + k - 1] != 0xA5) out |= OUTSIDE;
        return out;
    }
    void release() { free(given), free(link), free(whole); }
};

#if defined(_WIN32)
P opened(const char* path) { return (P)LoadLibraryA(path); }
P found(P library, const char* name) { return (P)GetProcAddress((HMODULE)library, name); }
#else
P opened(const char* path) { return dlopen(path, RTLD_NOW); }
P found(P library, const char* name) { return dlsym(library, name); }
#endif

__attribute__((noinline)) I call_at(const Entry& entry, P function, const Value* values, int further) {
    volatile char* room = (volatile char*)__builtin_alloca((size_t)(16 + further));
    room[0] = 0;
    const I out = entry.call(function, values);
    return out + room[0];
}

const Entry* entry_of(const char* name) {
    for (const Entry& entry : ENTRIES)
        if (!strcmp(entry.name, name)) return &entry;
    return nullptr;
}

void one(FILE* from, FILE* to, P library) {
    char name[32];
    read(from, name, sizeof name);
    name[31] = 0;
    const Entry* entry = entry_of(name);
    const int64_t count = number(from);
    if (!entry || count != entry->count) stop(name);
    Value values[32];
    int64_t sort[32];
    if (count > 32) stop(name);
    for (int64_t k = 0; k < count; ++k) sort[k] = number(from), values[k].i = number(from);
    const int64_t blocks = number(from);
    Block* block = (Block*)memory(blocks * (int64_t)sizeof(Block));
    for (int64_t b = 0; b < blocks; ++b) block[b].load(from);
    for (int64_t k = 0; k < count; ++k) {
        if (sort[k] == ADDRESS) values[k].p = block[values[k].i].at;
        if (sort[k] == NONE) values[k].p = nullptr;
    }
    const P function = found(library, name);
    I result = -1, faults = function ? 0 : ABSENT;
    for (int turn = 0; function && turn < 2; ++turn) {
        unsigned char** kept = (unsigned char**)memory(blocks * (int64_t)sizeof(unsigned char*));
        for (int64_t b = 0; b < blocks; ++b) {
            kept[b] = (unsigned char*)memory(block[b].size);
            memcpy(kept[b], block[b].at, (size_t)block[b].size);
        }
        for (int64_t b = 0; b < blocks; ++b) block[b].fill(block);
        const I found_now = call_at(*entry, function, values, 16 * turn);
        if (turn && found_now != result) faults |= STACK;
        result = found_now;
        for (int64_t b = 0; b < blocks; ++b) {
            faults |= block[b].faults();
            if (turn && block[b].kind == WRITTEN && memcmp(kept[b], block[b].at, (size_t)block[b].size)) faults |= STACK;
            free(kept[b]);
        }
        free(kept);
    }
    fwrite(&result, 8, 1, to);
    fwrite(&faults, 8, 1, to);
    for (int64_t b = 0; b < blocks; ++b) {
        if (block[b].kind == WRITTEN) fwrite(block[b].at, 1, (size_t)block[b].size, to);
        block[b].release();
    }
    free(block);
    fflush(to);  // a call that ends the program shows in what was written before it
}

}  // namespace

int main(int words, char** word) {
    if (words != 4) stop("LIBRARY CALLS RESULTS are needed");
    const P library = opened(word[1]);
    if (!library) stop("the library does not load");
    FILE *from = fopen(word[2], "rb"), *to = fopen(word[3], "wb");
    if (!from || !to) stop("a file does not open");
    for (int64_t left = number(from); left > 0; --left) one(from, to, library);
    if (fclose(to)) stop("the results were not written");
    fclose(from);
    return 0;
}
