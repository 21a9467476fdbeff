// POSIX calls rather than streams: fsync, link (which fails on an existing name, without a race) and the
// errno of each failure.
#include "mnist/core/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <vector>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) {
    return std::generic_category().message(error);
}

[[noreturn]] void fail(const fs::path& path, const std::string& expected, int error) {
    throw InputError({.where = path.string(),
                      .expected = expected,
                      .found = reason(error),
                      .remedy = "Check the path, its permissions and the free space"});
}

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() { close_now(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    int close_now() {
        const int fd = fd_;
        fd_ = -1;
        return fd >= 0 ? ::close(fd) : 0;
    }

  private:
    int fd_;
};

// Removes the temporary file on every way out; after the rename the name is gone and the removal does
// nothing.
struct TemporaryFile {
    std::string name;
    ~TemporaryFile() { ::unlink(name.c_str()); }
};

void write_all(int fd, std::string_view content, const fs::path& path) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(path, "a writable file", errno);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
}

// A new file beside `path`; its name goes into `name`. Returns -1 and errno on failure. The mode is given to
// open(), which applies the umask by itself; the umask cannot be read without changing it for the whole
// process.
int create_temporary(const fs::path& path, const fs::path& folder, std::string& name) {
    static std::atomic<unsigned> counter{0};
    const std::string stem = path.filename().string().substr(0, 200);
    while (true) {
        name = (folder / fmt::format(".{}.{}-{}.part", stem, ::getpid(), ++counter)).string();
        const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd >= 0 || errno != EEXIST) return fd;  // EEXIST: left over from a process that was killed
    }
}

std::string read_all(int fd, const fs::path& path, std::size_t limit) {
    std::string content;
    // Growing as it comes a large one would take twice its size and more.
    struct stat status {};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        content.reserve(std::min(limit, static_cast<std::size_t>(status.st_size)));
    std::vector<char> chunk(std::size_t{1} << 16U);
    while (true) {
        const ssize_t n = ::read(fd, chunk.data(), chunk.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(path, "a readable file", errno);
        if (n == 0) return content;
        if (content.size() + static_cast<std::size_t>(n) > limit)
            throw InputError({.where = path.string(),
                              .offset = limit,
                              .expected = fmt::format("at most {} bytes", limit),
                              .found = "more",
                              .remedy = "Is it the file that was meant? If so, divide it"});
        content.append(chunk.data(), static_cast<std::size_t>(n));
    }
}

void sync_folder(const fs::path& folder) {
    const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() >= 0) ::fsync(fd.get());  // some file systems cannot; the file itself is on disk already
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view content, IfExists if_exists) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::error_code created;
    fs::create_directories(folder, created);
    if (created) fail(folder, "a folder to write into", created.value());
    std::error_code unknown;
    if (fs::is_directory(path, unknown)) fail(path, "a file name", EISDIR);

    std::string name;
    Descriptor fd(create_temporary(path, folder, name));
    if (fd.get() < 0) {
        const int error = errno;
        const fs::path whole = fs::canonical(folder, unknown);  // "." would say little
        fail(unknown ? folder : whole, "a folder to write into", error);
    }
    const TemporaryFile temporary{name};

    write_all(fd.get(), content, path);
    if (::fsync(fd.get()) != 0) fail(path, "a file that reaches the disk", errno);
    if (fd.close_now() != 0) fail(path, "a file that reaches the disk", errno);

    if (if_exists == IfExists::replace) {
        if (::rename(name.c_str(), path.c_str()) != 0) fail(path, "a file that can be replaced", errno);
    } else if (::link(name.c_str(), path.c_str()) != 0) {
        const int error = errno;
        if (error == EEXIST)
            throw InputError(
                {.where = path.string(),
                 .expected = "a new file",
                 .found = "a file of that name",
                 .remedy = "Results are never overwritten: choose another name or move the old file"});
        fail(path, "a new file", error);
    }
    sync_folder(folder);
}

fs::path first_free_path(const fs::path& wanted) {
    fs::path candidate = wanted;
    std::error_code
        unknown;  // a name that cannot be looked up is taken for free: writing to it gives the reason
    for (int n = 2; fs::exists(fs::symlink_status(candidate, unknown)); ++n) {
        candidate = wanted.parent_path() /
                    fmt::format("{}-{}{}", wanted.stem().string(), n, wanted.extension().string());
    }
    return candidate;
}

std::string read_file(const fs::path& path, std::size_t limit) {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) fail(path, "a readable file", errno);
    return read_all(fd.get(), path, limit);
}

std::string read_standard_input(std::size_t limit) {
    return read_all(STDIN_FILENO, "standard input", limit);
}

}  // namespace mnist
