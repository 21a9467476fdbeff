// /proc/self/exe and /proc/self/cmdline know both ways in which the program can have been started; argv[0]
// would be looked up again, in a folder or a PATH that may have changed.
#include "child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "mnist/core/error.hpp"

namespace mnist::bench {
namespace {

constexpr const char* kItself = "/proc/self/exe";
constexpr const char* kCommand = "/proc/self/cmdline";

struct Pipe {
    int read = -1, write = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw Error(fmt::format("no pipe for another process: {}", std::strerror(errno)));
        read = ends[0];
        write = ends[1];
    }
    ~Pipe() {
        ::close(read);
        close_write();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_write() {
        if (write >= 0) ::close(write);
        write = -1;
    }
};

pid_t spawn(const std::vector<std::string>& words, int output) {
    std::vector<std::string> kept = words;
    std::vector<char*> arguments;
    arguments.reserve(kept.size() + 1);
    for (std::string& word : kept) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    pid_t child = -1;
    const int error = ::posix_spawn(&child, kItself, &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw Error(fmt::format("{} cannot be started again: {}", kItself, std::strerror(error)));
    return child;
}

// Until the child closes its end.
std::string read_all(int descriptor, pid_t child, const std::atomic<bool>& stop) {
    constexpr int kLookAgain_ms = 50;
    std::string text;
    std::array<char, 65536> chunk{};
    bool told = false;
    for (;;) {
        if (!told && stop.load()) told = ::kill(child, SIGINT) == 0;
        pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
        if (::poll(&ready, 1, kLookAgain_ms) <= 0) continue;
        const ssize_t n = ::read(descriptor, chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return text;
        text.append(chunk.data(), static_cast<std::size_t>(n));
    }
}

}  // namespace

std::vector<std::string> own_command(int argc) {
    std::ifstream in(kCommand, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::vector<std::string> words;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find('\0', at), all.size());
        words.push_back(all.substr(at, end - at));
        at = end + 1;
    }
    const auto given = static_cast<std::size_t>(argc) - 1;
    if (words.size() <= given)
        throw InputError({.where = "--processes",
                          .expected = fmt::format("{}, which says how to start this program again", kCommand),
                          .found = words.empty() ? "none" : "another command",
                          .remedy = "Mount /proc"});
    words.resize(words.size() - given);
    return words;
}

ChildEnd run_child(const std::vector<std::string>& words, const std::atomic<bool>& stop) {
    Pipe pipe;
    const pid_t child = spawn(words, pipe.write);
    pipe.close_write();
    ChildEnd end;
    end.output = read_all(pipe.read, child, stop);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    return end;
}

void live_as_child() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGTTOU, SIG_IGN);
}

}  // namespace mnist::bench
