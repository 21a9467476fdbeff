// fork and exec, because the child's descriptors must be arranged exactly (closed ones, terminals), which
// popen cannot do.
#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

namespace mnist::testing {
namespace {

constexpr int kSmallPipe = 4096;   // bytes, the least that Linux offers
constexpr int kLongestLine = 100;  // bytes of an epoch line, generously

struct Ends {
    int read = -1;
    int write = -1;
};

Ends make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return {ends[0], ends[1]};
}

// A terminal of 200 columns that does not turn "\n" into "\r\n", so that tests see what the program wrote.
Ends make_terminal() {
    int ours = -1;
    int theirs = -1;
    const winsize size{.ws_row = 40, .ws_col = 200, .ws_xpixel = 0, .ws_ypixel = 0};
    if (::openpty(&ours, &theirs, nullptr, nullptr, &size) != 0) throw std::runtime_error("no terminal");
    termios settings{};
    ::tcgetattr(theirs, &settings);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    ::tcsetattr(theirs, TCSANOW, &settings);
    ::fcntl(ours, F_SETFD, FD_CLOEXEC);
    ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
    return {ours, theirs};
}

Ends make_output(Outputs outputs) {
    switch (outputs) {
        case Outputs::terminal:
            return make_terminal();
        case Outputs::full_device:
            return {-1, ::open("/dev/full", O_WRONLY | O_CLOEXEC)};
        case Outputs::closed_descriptor:
            return {};
        case Outputs::small_pipe: {
            const Ends ends = make_pipe();
            if (::fcntl(ends.write, F_SETPIPE_SZ, kSmallPipe) != kSmallPipe)
                throw std::runtime_error("no small pipe");
            return ends;
        }
        case Outputs::closed_pipe: {
            Ends ends = make_pipe();
            ::close(ends.read);
            ends.read = -1;
            return ends;
        }
        case Outputs::pipes:
            break;
    }
    return make_pipe();
}

std::vector<std::string> environment_lines(const Launch& launch) {
    std::vector<std::string> lines;  // of two with one name the first counts
    for (const auto& [name, value] : launch.environment) lines.emplace_back(name).append("=").append(value);
    for (const char* name : {"PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
                             "MNIST_MAX_ISA", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"}) {
        if (const char* value = std::getenv(name)) lines.push_back(std::string(name) + "=" + value);
    }
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    all.reserve(texts.size() + 1);
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

void close_if_open(int descriptor) {
    if (descriptor >= 0) ::close(descriptor);
}

// Appends what is there; closes the descriptor at its end.
void read_some(int& descriptor, std::string& text) {
    std::array<char, 4096> chunk{};
    const ssize_t n = ::read(descriptor, chunk.data(), chunk.size());
    if (n > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(n));
    } else {
        ::close(descriptor);  // a terminal ends with EIO
        descriptor = -1;
    }
}

}  // namespace

Process::Process(const Launch& launch) : deadline_(std::chrono::steady_clock::now() + launch.timeout) {
    std::vector<std::string> arguments{launch.program};
    arguments.insert(arguments.end(), launch.arguments.begin(), launch.arguments.end());
    std::vector<std::string> environment = environment_lines(launch);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    const bool terminal = launch.outputs == Outputs::terminal;
    const Ends output = make_output(launch.outputs);
    const Ends error = terminal ? Ends{} : make_pipe();
    const Ends input = make_pipe();
    if (::write(input.write, launch.input.data(), launch.input.size()) !=
        static_cast<ssize_t>(launch.input.size()))
        throw std::runtime_error("no room for the input");
    ::close(input.write);

    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no process");
    if (pid_ == 0) {
        ::signal(SIGINT, SIG_DFL);
        if (::chdir(launch.folder.c_str()) != 0) ::_exit(126);
        if (launch.before_exec && !launch.before_exec()) ::_exit(126);
        ::dup2(input.read, STDIN_FILENO);
        if (output.write >= 0) {
            ::dup2(output.write, STDOUT_FILENO);
        } else {
            ::close(STDOUT_FILENO);
        }
        ::dup2(terminal ? output.write : error.write, STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(input.read);
    close_if_open(output.write);
    close_if_open(error.write);
    output_ = output.read;
    error_ = error.read;
}

Process::~Process() {
    close_if_open(output_);
    close_if_open(error_);
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
}

bool Process::pump() {
    std::array<pollfd, 2> ready{pollfd{output_, POLLIN, 0}, pollfd{error_, POLLIN, 0}};
    if (output_ < 0 && error_ < 0) return false;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0 || ::poll(ready.data(), ready.size(), static_cast<int>(left.count())) <= 0) {
        finished_.timed_out = true;
        return false;
    }
    if (ready[0].revents != 0) read_some(output_, finished_.output);
    if (ready[1].revents != 0) read_some(error_, finished_.error);
    return true;
}

bool Process::wait_for_output(const std::string& text, std::size_t times) {
    const auto count = [&] {
        std::size_t found = 0;
        for (std::size_t at = finished_.output.find(text); at != std::string::npos;
             at = finished_.output.find(text, at + text.size()))
            ++found;
        return found;
    };
    while (count() < times) {
        if (!pump()) return false;
    }
    return true;
}

bool Process::time_is_up() const {
    return std::chrono::steady_clock::now() >= deadline_;
}

bool Process::wait_for_error(const std::string& text) {
    while (finished_.error.find(text) == std::string::npos) {
        pollfd ready{error_, POLLIN, 0};
        if (error_ < 0 || time_is_up()) return false;
        if (::poll(&ready, 1, 100) > 0) read_some(error_, finished_.error);
    }
    return true;
}

bool Process::wait_until_output_is_full() const {
    int waiting = 0;
    while (::ioctl(output_, FIONREAD, &waiting) == 0 && waiting < kSmallPipe - kLongestLine) {
        if (time_is_up()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

void Process::send(int signal) const {
    ::kill(pid_, signal);
}

void Process::hang_up() {
    close_if_open(std::exchange(output_, -1));
}

void Process::reap(int status) {
    pid_ = -1;
    if (WIFEXITED(status)) finished_.exit_code = WEXITSTATUS(status);
}

Finished Process::finish_unread() {
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (time_is_up()) {
            finished_.timed_out = true;
            ::kill(pid_, SIGKILL);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    reap(status);
    return finished_;
}

Finished Process::finish() {
    while (pump()) {
    }
    if (finished_.timed_out) ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    reap(status);
    return finished_;
}

Finished run(const Launch& launch) {
    return Process(launch).finish();
}

}  // namespace mnist::testing
