// Starts a program of the bundle with the loader and the libraries that lie beside it, so that no library of
// the host is needed; packaging/bundle compiles one for each program. The loader still looks into its usual
// folders for what is not there: plug-ins of name services and profilers, without which all works too. Made
// without a C library, so that it runs anywhere and drags in nobody's licence. It finds itself by AT_EXECFN,
// which needs no /proc, and replaces itself, so that signals, exit code and process number are the program's
// own. Left out: folders whose name the loader's list of folders cannot hold; they are refused.
#include <elf.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/limits.h>
#include <stddef.h>
#include <sys/syscall.h>

#define MOST_LINKS 40           // as the kernel
#define BESIDE "MNIST_BESIDE="  // as src/core/called.cpp

enum { kCannotStart = 126, kNotFound = 127 };  // as shells say it

// ARM64 has those calls alone that take a folder, which is the current one here.
static long system_call(long number, long a, long b, long c, long d) {
#if defined(__aarch64__)
    register long called __asm__("x8") = number;
    register long first __asm__("x0") = a;
    register long second __asm__("x1") = b;
    register long third __asm__("x2") = c;
    register long fourth __asm__("x3") = d;
    __asm__ volatile("svc #0" : "+r"(first) : "r"(called), "r"(second), "r"(third), "r"(fourth) : "memory");
    return first;
#else
    long result;
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                     : "rcx", "r11", "memory");
    return result;
#endif
}

static size_t length(const char* text) {
    size_t n = 0;
    while (text[n] != '\0') ++n;
    return n;
}

static int begins_with(const char* text, const char* start) {
    while (*start != '\0') {
        if (*text++ != *start++) return 0;
    }
    return 1;
}

static void say(const char* text) {
    system_call(SYS_write, 2, (long)text, (long)length(text), 0);
}

static __attribute__((noreturn)) void leave(int code) {
    for (;;) system_call(SYS_exit_group, code, 0, 0, 0);
}

static __attribute__((noreturn)) void refuse(int code, const char* path, const char* why) {
    say(PROGRAM ": ");
    say(path);
    say(": ");
    say(why);
    say("\n");
    leave(code);
}

struct Path {
    char text[2 * PATH_MAX];
    size_t length;
};

static void append(struct Path* path, const char* text) {
    const size_t more = length(text);
    if (path->length + more >= sizeof path->text)
        refuse(kCannotStart, text, "the path is too long: move the folder");
    for (size_t i = 0; i <= more; ++i) path->text[path->length + i] = text[i];
    path->length += more;
}

static void cut_name(struct Path* path) {
    while (path->length > 0 && path->text[path->length - 1] != '/') --path->length;
    path->text[path->length] = '\0';
}

// Behind all links of the last name; those before it are the kernel's business.
static void follow_links(struct Path* path) {
    static char target[PATH_MAX];
    for (int i = 0; i < MOST_LINKS; ++i) {
        const long n =
            system_call(SYS_readlinkat, AT_FDCWD, (long)path->text, (long)target, sizeof target - 1);
        if (n < 0) return;
        target[n] = '\0';
        if (target[0] == '/') path->length = 0;
        cut_name(path);
        append(path, target);
    }
}

// The folder of this program with a slash behind it, absolute where the current folder has a name.
static void find_folder(struct Path* folder, const char* executed) {
    static struct Path found;
    static char current[PATH_MAX];
    append(&found, executed);
    follow_links(&found);
    cut_name(&found);
    if (found.text[0] != '/' && system_call(SYS_getcwd, (long)current, sizeof current, 0, 0) > 0 &&
        current[0] == '/') {
        append(folder, current);
        append(folder, "/");
    }
    const char* rest = found.text;
    while (begins_with(rest, "./")) rest += 2;
    append(folder, rest);
    if (folder->length == 0) append(folder, "./");
    for (const char* c = folder->text; *c != '\0'; ++c) {
        if (*c == ':' || *c == ';' || *c == '$') {
            refuse(kCannotStart, folder->text,
                   "the loader cannot read folders with : ; or $ in their names: move this one");
        }
    }
}

static const char* in_folder(struct Path* path, const struct Path* folder, const char* name) {
    append(path, folder->text);
    append(path, name);
    return path->text;
}

// For the commands that programs show: cuts what was called to what stands before the program's name. 0 where
// nothing does, or it has another name there.
static int names_folder(struct Path* called) {
    const size_t name = length(PROGRAM);
    if (called->length <= name) return 0;
    const char* last = called->text + called->length - name;
    if (last[-1] != '/' || !begins_with(last, PROGRAM)) return 0;
    cut_name(called);
    return 1;
}

static const char* why_not(long error) {
    switch (error) {
        case ENOENT:
            return "not found. The program needs all folders of its archive beside it: unpack the whole "
                   "archive again, and link to the "
                   "program (ln -s) rather than copying it";
        case EACCES:
            return "may not be executed. Either the file system is mounted noexec or the permissions were "
                   "lost: unpack the archive with "
                   "tar, on a file system that may hold programs";
        case ENOEXEC:
            return "is no program for this machine: this archive is for " MACHINE
                   " Linux. If this is one, unpack "
                   "the archive again";
        case E2BIG:
            return "too many or too long arguments";
        case ENOMEM:
            return "not enough memory";
        default:
            return "cannot be executed";
    }
}

__attribute__((used)) static void launch(char** stack) {
    const size_t count = (size_t)stack[0];
    char** const arguments = stack + 1;
    char** const environment = arguments + count + 1;
    size_t variables = 0;
    while (environment[variables] != NULL) ++variables;

    const char* executed = count > 0 ? arguments[0] : "";
    for (const Elf64_auxv_t* entry = (const Elf64_auxv_t*)(environment + variables + 1);
         entry->a_type != AT_NULL; ++entry) {
        if (entry->a_type == AT_EXECFN) executed = (const char*)entry->a_un.a_val;
    }
    static struct Path folder, loader, libraries, program, plugins, beside;
    find_folder(&folder, executed);

    // The loader goes by the program's name, which is then the name of the process.
    const char* fixed[] = {in_folder(&loader, &folder, "libexec/loader/" PROGRAM),
                           "--inhibit-cache",
                           "--library-path",
                           in_folder(&libraries, &folder, "lib"),
                           "--argv0",
                           count > 0 ? arguments[0] : PROGRAM,
                           in_folder(&program, &folder, "libexec/" PROGRAM)};
    const size_t fixed_count = sizeof fixed / sizeof fixed[0];
    const char* command[fixed_count + count + 1];
    size_t n = 0;
    for (size_t i = 0; i < fixed_count; ++i) command[n++] = fixed[i];
    for (size_t i = 1; i < count; ++i) command[n++] = arguments[i];
    command[n] = NULL;

    // A library of the host that is preloaded wants the host's C library, and plug-ins of its hwloc want
    // that. Ours has none, and would open any library where it looks for them: libexec/ has no library.
    const char* kept[variables + 3];
    n = 0;
    for (size_t i = 0; i < variables; ++i) {
        const char* variable = environment[i];
        if (begins_with(variable, "LD_PRELOAD=") || begins_with(variable, "LD_AUDIT=")) continue;
        if (begins_with(variable, "HWLOC_PLUGINS_PATH=") || begins_with(variable, BESIDE)) continue;
        kept[n++] = variable;
    }
    append(&plugins, "HWLOC_PLUGINS_PATH=");
    kept[n++] = in_folder(&plugins, &folder, "libexec");
    append(&beside, BESIDE);
    if (count > 0) append(&beside, arguments[0]);
    if (names_folder(&beside)) kept[n++] = beside.text;
    kept[n] = NULL;

    long error = -system_call(SYS_faccessat, AT_FDCWD, (long)program.text, 4 /* R_OK */, 0);
    if (error != 0) refuse(error == ENOENT ? kNotFound : kCannotStart, program.text, why_not(error));
    error = -system_call(SYS_execve, (long)loader.text, (long)command, (long)kept, 0);
    refuse(error == ENOENT ? kNotFound : kCannotStart, loader.text, why_not(error));
}

#if defined(__aarch64__)
__asm__(
    ".globl _start\n"
    "_start:\n"
    "    mov x29, #0\n"
    "    mov x30, #0\n"
    "    mov x0, sp\n"
    "    bl launch\n"
    "    brk #0\n");
#else
__asm__(
    ".globl _start\n"
    "_start:\n"
    "    xor %ebp, %ebp\n"
    "    mov %rsp, %rdi\n"
    "    and $-16, %rsp\n"
    "    call launch\n"
    "    hlt\n");
#endif
